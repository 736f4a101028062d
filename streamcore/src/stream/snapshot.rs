use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ItemId, Timestamp};

/// What a stream must remember to go on after a restart. The queue is not part of it: the store's queue is the truth about the queue.
///
/// Stored as JSON and read for ever: a field that an older process did not write has its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Snapshot {
    /// When the running session began; none if the stream is stopped.
    pub started_at: Option<Timestamp>,
    /// Whether it is paused.
    pub paused: bool,
    /// The item on the air and how far listeners were into it.
    pub playing: Option<Playing>,
    /// Tracks that could be heard in this session.
    pub tracks_played: u64,
    /// Tracks that failed in this session.
    pub errors: u64,
    /// When and why the last session ended.
    pub ended: Option<(Timestamp, crate::EndReason)>,
}

/// An item and a position in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playing {
    /// Which.
    pub item: ItemId,
    /// How far into it.
    pub position: Duration,
    /// Whether it has been told as started.
    #[serde(default)]
    pub started: bool,
}

impl Snapshot {
    /// Whether the stream was running when this was taken.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.started_at.is_some()
    }
}
