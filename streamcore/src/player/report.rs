use std::{fmt, sync::Arc, time::Duration};

use crate::{FailureReason, PlaybackId};

/// What a player tells about a stream.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Report {
    /// The first moment of this playback is on the air.
    Started {
        /// Which.
        playback: PlaybackId,
    },
    /// This playback is on the air at this position. About once a second; the latest wins.
    Progress {
        /// Which.
        playback: PlaybackId,
        /// How far into the item listeners are.
        position: Duration,
    },
    /// Nothing of this playback is left but its last moments, about half a second: time for the next order. Of a playback shorter than that
    /// it may come before [`Report::Started`], which may then be left out.
    Ended {
        /// Which.
        playback: PlaybackId,
    },
    /// This playback cannot begin or go on.
    Failed {
        /// Which.
        playback: PlaybackId,
        /// Why.
        reason: FailureReason,
    },
    /// Something about the quality of what is on the air. Silence that somebody ordered (a pause, no order at all) is none.
    Incident(Incident),
    /// This many listeners are connected. The latest wins.
    Listeners {
        /// How many.
        count: u64,
        /// How many have connected since the stream was opened, those included that have left.
        ever: u64,
    },
    /// The player cannot tell any more how many listen; until the next [`Listeners`](Self::Listeners).
    ListenersUnknown,
}

/// What a player measures about its own work, as the ones who listen would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Incident {
    /// A track followed another with [`Join::AtEnd`](super::Join::AtEnd); told once for each such join, also where nothing is missing.
    Switched {
        /// The silence between the last sample of the one and the first of the next.
        gap: Duration,
    },
    /// Nothing was there to be sent although something should have been audible; told when it is over.
    DeadAir {
        /// How long listeners heard nothing.
        lasted: Duration,
    },
    /// What was to be sent was ready too late, without listeners hearing of it yet; told at most once a second.
    EncoderLag {
        /// How late.
        behind: Duration,
    },
    /// A listener fell further behind than the player keeps, and was disconnected.
    ListenerDropped {
        /// How far.
        behind: Duration,
    },
}

/// Where a player's reports about one stream go. Cheap to clone; sending never blocks and never fails.
///
/// **Bounds.** [`Report::Progress`] and [`Report::Listeners`] replace earlier ones that were not read; of incidents at most 64 wait to be read, and
/// further ones are dropped; the others come at most a few times for each order given.
#[derive(Clone)]
pub struct Reports(Arc<dyn Fn(Report) + Send + Sync>);

impl Reports {
    /// Reports go to this function, which must not block.
    pub fn new(send: impl Fn(Report) + Send + Sync + 'static) -> Self {
        Self(Arc::new(send))
    }

    /// Reports.
    pub fn send(&self, report: Report) {
        (self.0)(report);
    }
}

impl fmt::Debug for Reports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reports")
    }
}
