//! Queues as clients read them.

use serde::Serialize;
use serde_json::{Number, Value};
use streamcore::{QueueItem, Revision, Status, StreamId, StreamView, queue::QueueView};

use super::{Item, seconds};

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
}

impl QueuePage {
    pub(crate) fn new(channel: StreamId, view: QueueView, offset: usize, is_placeholder: bool) -> Self {
        let numbered = view.items.into_iter().enumerate();
        Self {
            items: numbered.map(|(i, item)| Item::new(channel, item, Some(offset + i))).collect(),
            total: view.total,
            is_placeholder,
            current_index: view.current.as_ref().map(|_| 1),
            current_playing: view.current.map(|item| Item::new(channel, item, Some(0))),
            revision: view.revision,
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
    /// Timers come with auto-end's own routes.
    auto_end_timer: Value,
    last_activity: Option<String>,
}

impl QueueState {
    /// Of a stream that nobody created there is no view: it is stopped.
    pub(crate) fn new(channel: StreamId, view: Option<StreamView>) -> Self {
        let status = view.as_ref().map_or(Status::Stopped, |view| view.status);
        let (current, position, listeners, started) = match view {
            Some(view) => (view.current, view.position, view.listeners, view.started_at),
            None => (None::<QueueItem>, std::time::Duration::ZERO, None, None),
        };
        Self {
            channel_id: channel,
            status,
            current_item: current.map(|item| Item::new(channel, item, Some(0))),
            started_at: started.map(|t| t.to_string()),
            current_position: seconds(position),
            listeners_count: listeners.unwrap_or(0),
            is_placeholder: status == Status::Placeholder,
            auto_end_timer: Value::Null,
            last_activity: None,
        }
    }
}

/// How a queue orders what is added.
#[derive(Debug, Serialize)]
pub(crate) struct Mode {
    pub(crate) channel_id: StreamId,
    pub(crate) mode: &'static str,
    pub(crate) message: &'static str,
}

/// How many items of which kind wait.
#[derive(Debug, Serialize)]
pub(crate) struct QueueStats {
    pub(crate) channel_id: StreamId,
    pub(crate) mode: &'static str,
    pub(crate) total: usize,
    pub(crate) vip: usize,
    pub(crate) admin: usize,
    pub(crate) normal: usize,
}
