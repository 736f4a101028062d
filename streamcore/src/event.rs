//! Facts. Each is emitted once, by the stream machine or its driver; metrics, live feed, history and logs only read them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{FailureReason, Outcome, QueueItem, StreamId, Timestamp, player::Incident};

/// Something that happened to a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// To which stream.
    pub stream: StreamId,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// The stream began, or went on after a restart.
    StreamStarted {
        /// Whether it was running before this process.
        resumed: bool,
    },
    /// The stream ended.
    StreamEnded {
        /// Why.
        reason: EndReason,
    },
    /// A track can be heard from now on, for the first time.
    TrackStarted {
        /// Which.
        item: QueueItem,
    },
    /// A track that was told as started goes on after a restart of the process or the player.
    TrackResumed {
        /// Which.
        item: QueueItem,
        /// Where in it, in milliseconds.
        position_ms: u64,
    },
    /// A track is done with.
    TrackFinished {
        /// Which.
        item: QueueItem,
        /// How it went.
        outcome: Outcome,
    },
    /// The queue is dry (or cannot be asked): the placeholder plays from now on.
    PlaceholderStarted,
    /// Silence until resumed.
    Paused,
    /// Audible again.
    Resumed,
    /// The number of listeners changed.
    ListenersChanged {
        /// How many there are.
        count: u64,
    },
    /// A store did not answer as it should; the stream goes on with what it has and tries again.
    StoreFailed {
        /// Which port.
        port: Port,
        /// What it said, in words.
        detail: String,
    },
    /// A track followed another.
    Switched {
        /// The silence that listeners heard in between, in microseconds.
        gap_us: u64,
    },
    /// Listeners heard nothing although something should have been audible.
    DeadAir {
        /// How long, in milliseconds.
        lasted_ms: u64,
    },
    /// The encoder was late, though not so late that listeners heard of it.
    EncoderLag {
        /// How late, in milliseconds.
        behind_ms: u64,
    },
    /// A listener fell too far behind and was disconnected.
    ListenerDropped {
        /// How far, in milliseconds.
        behind_ms: u64,
    },
    /// Somebody moved to another place in the current track.
    Sought {
        /// Which track.
        item: QueueItem,
        /// Where it goes on, in milliseconds.
        position_ms: u64,
    },
    /// The player could not do as told.
    PlayerFailed {
        /// Why.
        reason: FailureReason,
    },
}

/// The ports that a stream depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Port {
    /// The queue.
    Queue,
    /// The registry of streams.
    Registry,
}

/// Why a stream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// A policy decided.
    AutoEnd,
    /// Somebody stopped it.
    Manual,
    /// It could not go on.
    Error,
}

impl EndReason {
    /// Its name in snake case, as in JSON, logs and labels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AutoEnd => "auto_end",
            Self::Manual => "manual",
            Self::Error => "error",
        }
    }
}

impl From<Incident> for EventKind {
    fn from(incident: Incident) -> Self {
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        match incident {
            Incident::Switched { gap } => Self::Switched { gap_us: u64::try_from(gap.as_micros()).unwrap_or(u64::MAX) },
            Incident::DeadAir { lasted } => Self::DeadAir { lasted_ms: millis(lasted) },
            Incident::EncoderLag { behind } => Self::EncoderLag { behind_ms: millis(behind) },
            Incident::ListenerDropped { behind } => Self::ListenerDropped { behind_ms: millis(behind) },
        }
    }
}
