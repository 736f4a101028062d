use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{EndReason, QueueItem, StreamId, Timestamp};

/// What can be seen of a stream at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamView {
    /// Which stream.
    pub id: StreamId,
    /// What it does.
    pub status: Status,
    /// The item that plays or is paused.
    pub current: Option<QueueItem>,
    /// How far listeners are into it; zero without one.
    pub position: Duration,
    /// How many listen; none if that is not known.
    pub listeners: Option<u64>,
    /// Since when nobody listens; none while somebody does or it is not known. A stream that nobody ever listened to counts as empty from
    /// its start.
    pub empty_since: Option<Timestamp>,
    /// When the running session began; none if stopped.
    pub started_at: Option<Timestamp>,
    /// When and why the last session ended; none while running and before the first.
    pub ended: Option<(Timestamp, EndReason)>,
    /// Tracks that could be heard in this session.
    pub tracks_played: u64,
    /// Tracks that failed in this session.
    pub errors: u64,
}

impl StreamView {
    /// The figures that status pages, the live feed and metrics show.
    #[must_use]
    pub fn metrics(&self, now: Timestamp) -> StreamMetrics {
        StreamMetrics {
            listeners_count: self.listeners.unwrap_or(0),
            uptime: self.started_at.map_or(Duration::ZERO, |started_at| now.since(started_at)),
            tracks_played: self.tracks_played,
            errors_count: self.errors,
        }
    }
}

/// What a stream does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nothing; nobody can listen.
    Stopped,
    /// An item is on the air.
    Playing,
    /// Silence; what played goes on when resumed.
    Paused,
    /// The placeholder loops until an item arrives.
    Placeholder,
}

impl Status {
    /// Its name in lower case, as in JSON and labels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Playing => "playing",
            Self::Paused => "paused",
            Self::Placeholder => "placeholder",
        }
    }
}

/// The figures of one stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamMetrics {
    /// Listeners now; 0 if unknown.
    pub listeners_count: u64,
    /// How long the running session has lasted.
    pub uptime: Duration,
    /// Tracks that could be heard in this session.
    pub tracks_played: u64,
    /// Tracks that failed in this session.
    pub errors_count: u64,
}
