use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{EndCause, QueueItem, StreamId, Timestamp, auto_end, presence::Audience};

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
    /// How many listen, as far as is known.
    pub audience: Audience,
    /// Since when the stream counts as empty: since nobody has listened, or since it was last asked to be kept alive. None while somebody is
    /// known to listen. A stream that nobody ever listened to counts as empty from its start. While the audience is unknown it is what it
    /// was.
    pub empty_since: Option<Timestamp>,
    /// Whether nothing is current and nothing waits, as far as the stream has been told.
    pub queue_empty: bool,
    /// How it is to end by itself.
    pub auto_end: Arc<auto_end::Settings>,
    /// When it ends if nothing changes; none if it does not.
    pub timer: Option<Timer>,
    /// The number of the running session, or of the last one; 0 before the first.
    pub session: u64,
    /// When the running session began; none if stopped.
    pub started_at: Option<Timestamp>,
    /// When and why the last session ended; none while running and before the first.
    pub ended: Option<Ended>,
    /// The most listeners at one moment of this session.
    pub peak_listeners: u64,
    /// How often somebody came to listen in this session.
    pub total_listeners: u64,
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
            listeners_count: self.audience.count,
            uptime: self.started_at.map_or(Duration::ZERO, |started_at| now.since(started_at)),
            tracks_played: self.tracks_played,
            errors_count: self.errors,
        }
    }
}

/// When and why a session ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "super::snapshot::StoredEnd")]
pub struct Ended {
    /// When it left the air.
    pub at: Timestamp,
    /// Who or what ended it.
    pub cause: EndCause,
}

/// The end that a stream is heading for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// When it ends.
    pub deadline: Timestamp,
    /// The warnings that have been given, in whole seconds before the end, each with its moment.
    pub warned: Vec<(u64, Timestamp)>,
    /// Why nothing will happen at the deadline, as things stand.
    pub held: Option<Held>,
}

impl Timer {
    pub(super) const fn at(deadline: Timestamp) -> Self {
        Self { deadline, warned: Vec::new(), held: None }
    }
}

/// Why an end is put off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Held {
    /// Nobody knows whether somebody listens.
    AudienceUnknown,
    /// The store does not answer.
    StoreAway,
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
    /// Listeners now, as far as is known.
    pub listeners_count: u64,
    /// How long the running session has lasted.
    pub uptime: Duration,
    /// Tracks that could be heard in this session.
    pub tracks_played: u64,
    /// Tracks that failed in this session.
    pub errors_count: u64,
}
