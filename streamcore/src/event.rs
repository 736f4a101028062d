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
        /// Which session of it: see [`Session::number`](crate::registry::Session::number).
        session: u64,
        /// When that session began.
        started_at: Timestamp,
        /// Why; also the label that the log, the history and metrics carry.
        reason: EndReason,
        /// Who or what ended it.
        cause: EndCause,
    },
    /// Nobody listens: the stream ends at this moment unless something changes. Told again when the moment moves.
    AutoEndArmed {
        /// Which session of it.
        session: u64,
        /// Since when it counts as empty.
        empty_since: Timestamp,
        /// When it ends.
        deadline: Timestamp,
    },
    /// The stream ends soon.
    AutoEndWarning {
        /// Which session of it.
        session: u64,
        /// How long before its end this warning was to come, in whole seconds.
        seconds: u64,
        /// When it ends.
        deadline: Timestamp,
    },
    /// The stream does not end at the moment that was told. (A stream that ends is not told as this.)
    AutoEndCancelled {
        /// Which session of it.
        session: u64,
        /// Why not.
        cause: CancelCause,
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
    /// The number of listeners changed, or whether it is known.
    ListenersChanged {
        /// How many are known to listen.
        count: u64,
        /// Whether that is all of them.
        known: bool,
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

/// Who or what ended a stream.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EndCause {
    /// Its policy: nobody listened.
    AutoEnd {
        /// Since when it counted as empty.
        empty_since: Timestamp,
        /// When it was to end: what it ended later than that is the error of the timer.
        deadline: Timestamp,
    },
    /// A person or a program that may.
    Manual {
        /// Which, such as an account or `service token`.
        by: String,
    },
    /// It could not go on.
    Error {
        /// What was wrong.
        detail: String,
    },
}

impl EndCause {
    /// The kind of it.
    #[must_use]
    pub const fn reason(&self) -> EndReason {
        match self {
            Self::AutoEnd { .. } => EndReason::AutoEnd,
            Self::Manual { .. } => EndReason::Manual,
            Self::Error { .. } => EndReason::Error,
        }
    }
}

/// Why a stream does not end as told.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
#[non_exhaustive]
pub enum CancelCause {
    /// Somebody listens.
    ListenerJoined,
    /// Somebody asked for it to be kept alive; it counts as empty from then on, anew.
    KeepAlive {
        /// Who.
        by: String,
    },
    /// Its settings were changed.
    Settings,
    /// Its policy has another opinion now: something plays again, say.
    Policy,
}

impl CancelCause {
    /// Its name in snake case, as in JSON, logs and labels.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::ListenerJoined => "listener_joined",
            Self::KeepAlive { .. } => "keep_alive",
            Self::Settings => "settings",
            Self::Policy => "policy",
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
