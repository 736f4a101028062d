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
    /// This many listeners are connected. The latest wins.
    Listeners {
        /// How many.
        count: u64,
    },
}

/// Where a player's reports about one stream go. Cheap to clone; sending never blocks and never fails.
///
/// **Bounds.** [`Report::Progress`] and [`Report::Listeners`] replace earlier ones that were not read; the others come at most a few times
/// for each order given.
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
