//! Queues as clients read them.

use serde::Serialize;
use serde_json::Number;
use std::time::Duration;

use streamcore::{
    QueueItem, Revision, Status, StreamId, StreamView, Timestamp,
    queue::{EditKind, Mode, QueueView, Repeat},
};

use super::{Countdown, Item, seconds};

/// A page of the list: the current item first, then what waits.
#[derive(Debug, Serialize)]
pub(crate) struct QueuePage {
    items: Vec<Item>,
    total: usize,
    is_placeholder: bool,
    current_playing: Option<Item>,
    revision: Revision,
    /// The current item's place as people count: 1, or null without one.
    current_index: Option<u32>,
    mode: Mode,
    repeat: Repeat,
    /// What an undo would take back; null: nothing.
    undo: Option<EditKind>,
    /// How many items a restore would bring back at the most.
    restorable: usize,
    /// In the answer to an undo: what it took back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) undone: Option<Option<EditKind>>,
    /// When the state was read that this tells of, while the store is away; absent: now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stale_since: Option<String>,
    #[serde(skip)]
    view: QueueView,
}

impl QueuePage {
    pub(crate) fn new(channel: StreamId, view: QueueView, offset: usize, is_placeholder: bool) -> Self {
        let numbered = view.items.iter().enumerate();
        Self {
            items: numbered.map(|(i, item)| Item::new(channel, item.clone(), Some(offset + i))).collect(),
            total: view.total,
            is_placeholder,
            current_index: view.current.as_ref().map(|_| 1),
            current_playing: view.current.clone().map(|item| Item::new(channel, item, Some(0))),
            revision: view.revision,
            mode: view.mode,
            repeat: view.repeat,
            undo: view.undo,
            restorable: view.restorable,
            undone: None,
            stale_since: None,
            view,
        }
    }

    /// Tells when each item begins, while the current one plays with this much left of it.
    pub(crate) fn expect(&mut self, remaining: Option<Duration>, now: Timestamp) {
        let expected = self.view.expected_in(remaining);
        for (item, begins) in self.items.iter_mut().zip(expected) {
            item.expected_at = begins.map(|begins| (now + begins).to_string());
        }
    }
}

/// An item that was just added.
#[derive(Debug, Serialize)]
pub(crate) struct Added {
    #[serde(flatten)]
    pub(crate) item: Item,
    pub(crate) revision: Revision,
}

/// A change without anything else to tell.
#[derive(Debug, Serialize)]
pub(crate) struct Done {
    pub(crate) success: bool,
    pub(crate) message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revision: Option<Revision>,
}

/// The answer to a skip.
#[derive(Debug, Serialize)]
pub(crate) struct SkipAnswer {
    pub(crate) success: bool,
    pub(crate) skipped: bool,
    /// What plays next, or waits first on a stream that does not play; null: the placeholder, or nothing.
    pub(crate) next_item: Option<Item>,
    pub(crate) message: &'static str,
    pub(crate) revision: Revision,
}

/// What the stream behind a queue does.
#[derive(Debug, Serialize)]
pub(crate) struct QueueState {
    channel_id: StreamId,
    status: Status,
    current_item: Option<Item>,
    started_at: Option<String>,
    /// Seconds into the current item.
    current_position: Number,
    listeners_count: u64,
    is_placeholder: bool,
    /// The end that it is heading for; null if it is not.
    auto_end_timer: Option<Countdown>,
    last_activity: Option<String>,
}

impl QueueState {
    /// Of a stream that nobody created there is no view: it is stopped.
    pub(crate) fn new(channel: StreamId, view: Option<StreamView>, now: Timestamp) -> Self {
        let auto_end_timer = view.as_ref().and_then(|view| Countdown::of(view, now));
        let status = view.as_ref().map_or(Status::Stopped, |view| view.status);
        let (current, position, listeners, started) = match view {
            Some(view) => (view.current, view.position, view.audience.count, view.started_at),
            None => (None::<QueueItem>, Duration::ZERO, 0, None),
        };
        Self {
            channel_id: channel,
            status,
            current_item: current.map(|item| Item::new(channel, item, Some(0))),
            started_at: started.map(|t| t.to_string()),
            current_position: seconds(position),
            listeners_count: listeners,
            is_placeholder: status == Status::Placeholder,
            auto_end_timer,
            last_activity: None,
        }
    }
}

/// Items that were just added.
#[derive(Debug, Serialize)]
pub(crate) struct AddedBatch {
    pub(crate) items: Vec<Item>,
    pub(crate) revision: Revision,
}

/// How a queue orders what is added.
#[derive(Debug, Serialize)]
pub(crate) struct ModeAnswer {
    pub(crate) channel_id: StreamId,
    pub(crate) mode: Mode,
    pub(crate) message: &'static str,
    pub(crate) revision: Revision,
}

/// The answer to a migration.
#[derive(Debug, Serialize)]
pub(crate) struct Migrated {
    pub(crate) success: bool,
    pub(crate) message: &'static str,
    pub(crate) mode: Mode,
    /// How many items the list has: as many as before.
    pub(crate) total: usize,
    pub(crate) revision: Revision,
}

/// What is played again.
#[derive(Debug, Serialize)]
pub(crate) struct RepeatAnswer {
    pub(crate) channel_id: StreamId,
    pub(crate) repeat: Repeat,
    pub(crate) revision: Revision,
}

/// How many items of which tier are listed.
#[derive(Debug, Serialize)]
pub(crate) struct QueueStats {
    pub(crate) channel_id: StreamId,
    pub(crate) mode: Mode,
    pub(crate) total: usize,
    pub(crate) vip: usize,
    pub(crate) admin: usize,
    pub(crate) normal: usize,
}
