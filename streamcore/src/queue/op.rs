//! The words of the port: what one asks of a queue and what it answers.

use serde::{Deserialize, Serialize};

use crate::{ItemId, Outcome, QueueItem, Revision, Timestamp};

/// One edit, with the revision its author saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What to do.
    pub op: Op,
    /// If set, the edit is refused unless the queue still is at this revision.
    pub expected: Option<Revision>,
}

impl From<Op> for Change {
    fn from(op: Op) -> Self {
        Self { op, expected: None }
    }
}

/// What an admin may do to a queue. None of these ever touches the current item.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Op {
    /// Adds an item.
    Add {
        /// The item, with an id its caller made. An id that is waiting, current or in the history is recognised: nothing changes.
        item: Box<QueueItem>,
        /// Where it goes.
        placement: Placement,
        /// Refused if the queue, current item included, holds this many already.
        max_items: usize,
    },
    /// Removes a waiting item.
    Remove {
        /// Which.
        id: ItemId,
    },
    /// Moves a waiting item.
    Move {
        /// Which.
        id: ItemId,
        /// Its new 0-based place in the list that people see, the current item (if any) being place 0.
        to: usize,
    },
    /// Removes all waiting items.
    Clear,
}

/// Where an added item goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Placement {
    /// Behind all others.
    #[default]
    Back,
    /// Ahead of all waiting items, right behind the current one.
    Front,
}

/// The answer to an edit, computed inside the atomic step that made it.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The queue's revision after the edit.
    pub revision: Revision,
    /// Whether anything changed: false for a repeated add, a move to the same place, the clearing of an empty queue.
    pub changed: bool,
    /// The item added, moved or removed, and its place (for a removed item: the place it had). None for [`Op::Clear`], and for a repeated
    /// add whose item has been played since.
    pub placed: Option<Placed>,
    /// How many items the list has after the edit, the current one included.
    pub total: usize,
}

/// An item and its 0-based place in the list that people see.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The item.
    pub item: QueueItem,
    /// Its place; 0 is the current item if there is one, else the head.
    pub position: usize,
}

/// A hand-off: what became of the current item, so that the next one may take its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Advance {
    /// What the caller believes is current and is done with; none if it believes that nothing is.
    pub finished: Option<Finished>,
    /// When. Kept in the history.
    pub at: Timestamp,
}

/// The item that is done, and how it went.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// Which.
    pub item: ItemId,
    /// How it went.
    pub outcome: Outcome,
}

/// The answer to a hand-off: always the truth, whether or not this call changed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Advanced {
    /// The queue's revision after the call.
    pub revision: Revision,
    /// Whether this call changed anything.
    pub changed: bool,
    /// The current item after the call.
    pub current: Option<QueueItem>,
}

/// The answer to a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The queue's revision after the call.
    pub revision: Revision,
    /// Whether this call changed anything.
    pub changed: bool,
}

/// Which part of a list to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many entries to leave out at the head.
    pub offset: usize,
    /// How many to return at the most.
    pub limit: usize,
}

impl Page {
    /// Everything.
    pub const ALL: Self = Self { offset: 0, limit: usize::MAX };
}

/// A consistent reading of a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueView {
    /// The revision this view shows.
    pub revision: Revision,
    /// The current item, also when the page leaves it out.
    pub current: Option<QueueItem>,
    /// The page: the current item first, then what waits, from [`Page::offset`] on.
    pub items: Vec<QueueItem>,
    /// How many items the whole list has, the current one included.
    pub total: usize,
}

/// One finished item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Numbers the entries of one queue in the order in which they finished, from 1.
    pub seq: u64,
    /// What was played.
    pub item: QueueItem,
    /// How it went.
    pub outcome: Outcome,
    /// When it ended.
    pub finished_at: Timestamp,
}

/// A page of the history, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryPage {
    /// The entries.
    pub entries: Vec<HistoryEntry>,
    /// Pass this as `before` to read on; none at the end.
    pub next: Option<u64>,
    /// How many entries are kept.
    pub total: usize,
}
