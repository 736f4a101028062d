use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Ended;
use crate::{EndCause, EndReason, ItemId, Timestamp, presence::SourceId};

/// What a stream must remember to go on after a restart. The queue is not part of it: the store's queue is the truth about the queue.
///
/// Stored as JSON and read for ever: a field that an older process did not write has its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Snapshot {
    /// The number of the running session, or of the last one: raised at each start. A timer belongs to one session.
    pub session: u64,
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
    /// The most listeners at one moment of this session.
    pub peak_listeners: u64,
    /// How often somebody came to listen in this session.
    pub total_listeners: u64,
    /// Since when it counts as empty; none while somebody is known to listen.
    pub empty_since: Option<Timestamp>,
    /// The end that this session is heading for.
    pub timer: Option<StoredTimer>,
    /// Who told about listeners, besides the stream's own player. After a restart nothing is known of them until they tell again.
    pub sources: Vec<SourceId>,
    /// When and why the last session ended.
    pub ended: Option<Ended>,
}

/// A timer as it is stored: absolute, and good for one session only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredTimer {
    /// Which session it may end.
    pub session: u64,
    /// When it ends.
    pub deadline: Timestamp,
}

/// An end as it is read: servers before sessions were numbered wrote when and why, and nothing else.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum StoredEnd {
    Whole { at: Timestamp, cause: EndCause },
    Short(Timestamp, EndReason),
}

impl From<StoredEnd> for Ended {
    fn from(stored: StoredEnd) -> Self {
        match stored {
            StoredEnd::Whole { at, cause } => Self { at, cause },
            StoredEnd::Short(at, reason) => {
                let cause = match reason {
                    EndReason::AutoEnd => EndCause::AutoEnd { empty_since: at, deadline: at },
                    EndReason::Manual => EndCause::Manual { by: "unknown".to_owned() },
                    EndReason::Error => EndCause::Error { detail: "unknown".to_owned() },
                };
                Self { at, cause }
            }
        }
    }
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

    /// Whether a store that has this one keeps it instead of that one, which was taken before and took too long on its way: because it is of a
    /// later session, or because the session that is on the air in the other one is over in this one.
    #[must_use]
    pub const fn outlives(&self, other: &Self) -> bool {
        let is_over = self.session == other.session && !self.is_running() && other.is_running();
        self.session > other.session || is_over
    }
}
