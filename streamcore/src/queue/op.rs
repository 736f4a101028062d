//! The words of the port: what one asks of a queue and what it answers.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Mode, Repeat, Rules};
use crate::{ItemId, Outcome, QueueItem, RequestId, Revision, Timestamp};

/// One edit, with the revision its author saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What to do.
    pub op: Op,
    /// If set, the edit is refused unless the queue still is at this revision.
    pub expected: Option<Revision>,
    /// If set, names the request: one that was made before, and is among the last [`REQUESTS_REMEMBERED`](super::REQUESTS_REMEMBERED), is
    /// recognised and changes nothing, whatever revision it expects. A refused edit is not remembered.
    pub request: Option<RequestId>,
}

impl From<Op> for Change {
    fn from(op: Op) -> Self {
        Self { op, expected: None, request: None }
    }
}

/// What an admin may do to a queue. None of these ever touches the current item.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Op {
    /// Adds items, all or none.
    Add {
        /// The items in their order, with ids their caller made. An id that is waiting, current or in the history is recognised: nothing
        /// changes about it.
        items: Vec<QueueItem>,
        /// Where they go.
        placement: Placement,
        /// What they must keep to; checked in the same atomic step.
        rules: Rules,
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
    /// Removes all waiting items. They are kept for [`Op::Restore`].
    Clear,
    /// Puts the waiting items in a random order, the same for the same seed: see [`shuffle`](super::shuffle).
    Shuffle {
        /// Where the randomness comes from.
        seed: u64,
    },
    /// Changes where further items are inserted. Nothing is moved.
    SetMode {
        /// From now on.
        mode: Mode,
    },
    /// Changes the mode and, once, the order: the waiting items are put as if they had come in this mode.
    Migrate {
        /// If set, the mode that the author believes it is in.
        from: Option<Mode>,
        /// The new one.
        to: Mode,
    },
    /// Changes what is played again.
    SetRepeat {
        /// From now on.
        repeat: Repeat,
    },
    /// Takes the last edit back, as far as what it did still waits to be played; then the one before, up to
    /// [`UNDO_LIMIT`](super::UNDO_LIMIT) of them.
    Undo,
    /// Puts what was cleared last back to the head, in its order, without what has come back by other ways.
    Restore {
        /// Refused if the queue, current item included, would hold more than this.
        max_items: usize,
    },
}

impl Op {
    /// Adds one item where the mode puts it, by the default rules.
    #[must_use]
    pub fn add(item: QueueItem) -> Self {
        Self::Add { items: vec![item], placement: Placement::Back, rules: Rules::default() }
    }
}

/// Where an added item goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Placement {
    /// Where the queue's [`Mode`] puts it; with [`Mode::Fifo`], behind all others.
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
    /// The items added, moved or removed, and their places after the edit (for a removed item: the place it had). Empty for other edits; a
    /// repeated add leaves out items that have been played since.
    pub placed: Vec<Placed>,
    /// How many items the list has after the edit, the current one included.
    pub total: usize,
    /// For [`Op::Undo`]: what was undone.
    pub undone: Option<EditKind>,
}

/// The kinds of edits, as people read them beside an undo button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EditKind {
    /// [`Op::Add`].
    Add,
    /// [`Op::Remove`].
    Remove,
    /// [`Op::Move`].
    Move,
    /// [`Op::Clear`].
    Clear,
    /// [`Op::Shuffle`].
    Shuffle,
    /// [`Op::SetMode`].
    Mode,
    /// [`Op::Migrate`].
    Migrate,
    /// [`Op::SetRepeat`].
    Repeat,
    /// [`Op::Restore`].
    Restore,
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
    /// The waiting item to take; if it does not wait (any more), nothing changes. None: the head.
    pub next: Option<ItemId>,
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
    /// How long the waiting items ahead of the page take.
    pub ahead: Playtime,
    /// Where further items are inserted.
    pub mode: Mode,
    /// What is played again.
    pub repeat: Repeat,
    /// What [`Op::Undo`] would take back.
    pub undo: Option<EditKind>,
    /// How many cleared items [`Op::Restore`] would put back at the most.
    pub restorable: usize,
}

/// How long some items take together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Playtime {
    /// The sum of the durations that are known (at the most [`Duration::MAX`]).
    pub known: Duration,
    /// How many items have none.
    pub unknown: usize,
}

impl Playtime {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { known: self.known.saturating_add(other.known), unknown: self.unknown + other.unknown }
    }

    /// The sum, unless something of it is unknown.
    #[must_use]
    pub fn total(self) -> Option<Duration> {
        (self.unknown == 0).then_some(self.known)
    }
}

impl From<&QueueItem> for Playtime {
    fn from(item: &QueueItem) -> Self {
        match item.duration {
            Some(known) => Self { known, unknown: 0 },
            None => Self { known: Duration::ZERO, unknown: 1 },
        }
    }
}

impl QueueView {
    /// In how long each entry of the page begins, if nobody edits the queue: `remaining` is what is left of the current item, if that is
    /// known. Unknown behind an item whose end is unknown. The current item itself begins in no time.
    #[must_use]
    pub fn expected_in(&self, remaining: Option<Duration>) -> Vec<Option<Duration>> {
        let mut until = match &self.current {
            Some(_) => remaining.zip(self.ahead.total()).map(|(remaining, ahead)| remaining.saturating_add(ahead)),
            None => self.ahead.total(),
        };
        let mut next = |item: &QueueItem| {
            if self.current.as_ref().is_some_and(|current| current.id == item.id) {
                return Some(Duration::ZERO);
            }
            let begins = until;
            until = until.zip(item.duration).map(|(until, duration)| until.saturating_add(duration));
            begins
        };
        self.items.iter().map(&mut next).collect()
    }
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
