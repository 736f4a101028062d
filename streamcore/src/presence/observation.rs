//! What a source tells, and how long its word holds.

use std::{collections::BTreeSet, time::Duration};

use super::ListenerId;

/// What a source tells about its listeners.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Observation {
    /// Exactly these listen: whoever is not named has left.
    All(BTreeSet<ListenerId>),
    /// These came and those left; of the others nothing is said. Repeating it changes nothing. Who is named as both is here.
    Changed {
        /// Who came, or is still here.
        joined: Vec<ListenerId>,
        /// Who left.
        left: Vec<ListenerId>,
    },
    /// So many listen; who they are is not told.
    Count {
        /// How many listen now.
        now: u64,
        /// How many have come since the source began, if it counts that: told as a total because reports may be lost on the way.
        ever: Option<u64>,
    },
    /// The source cannot tell: its own source failed, or it has gone away.
    Unknown,
    /// The source is no more, and nobody listens through it.
    Gone,
}

/// How long the word of a source holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// So long after its last word nothing is known of it, and a listener that it has not named for so long is a ghost. None: its word
    /// holds until the next one, because its end would be noticed.
    pub fresh_for: Option<Duration>,
    /// So long it may be unknown; then it counts as gone.
    pub gone_after: Duration,
}

impl Terms {
    /// For sources that report over the network: 90 s, and gone 5 min later.
    pub const REMOTE: Self = Self { fresh_for: Some(Duration::from_secs(90)), gone_after: Duration::from_secs(300) };
    /// For the stream's own player, in the same process.
    pub const LOCAL: Self = Self { fresh_for: None, gone_after: Duration::from_secs(300) };
}

/// How many listen to a stream, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audience {
    /// How many are known to listen.
    pub count: u64,
    /// Whether that is all of them: no source is unknown.
    pub complete: bool,
}

impl Default for Audience {
    /// Nobody.
    fn default() -> Self {
        Self::NOBODY
    }
}

impl Audience {
    /// Nobody, for certain.
    pub const NOBODY: Self = Self { count: 0, complete: true };
    /// Nobody knows.
    pub const UNKNOWN: Self = Self { count: 0, complete: false };

    /// Exactly so many.
    #[must_use]
    pub const fn known(count: u64) -> Self {
        Self { count, complete: true }
    }

    /// Whether it is certain that nobody listens.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.count == 0 && self.complete
    }

    /// Whether somebody is known to listen.
    #[must_use]
    pub const fn is_present(self) -> bool {
        self.count > 0
    }
}
