//! The roster: what is known of each source now.

use crate::Timestamp;

use super::{Audience, Observation, SourceId, Terms};

/// So many sources may tell about one stream.
pub const MAX_SOURCES: usize = 64;
/// So many listeners of one source are known by identity.
pub const MAX_LISTENERS: usize = 100_000;

/// Who listens to one stream. See the [module](super).
#[derive(Debug, Clone, Default)]
pub struct Presence {}

/// Why an observation was not taken; nothing of it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TooMany {
    /// So many sources tell about the stream already.
    #[error("{limit} sources tell about this stream's listeners already; let one be gone first")]
    Sources {
        /// How many there may be.
        limit: usize,
    },
    /// So many listeners of this source would be known by identity.
    #[error("at most {limit} listeners of one source are known by identity; tell their count instead")]
    Listeners {
        /// How many there may be.
        limit: usize,
    },
}

/// What is known of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceView {
    /// How many listen through it, as far as is known.
    pub audience: Audience,
    /// When it was last heard of.
    pub heard_at: Timestamp,
    /// When it will be unknown if it stays quiet; none if it is, or if its word holds until the next one.
    pub fresh_until: Option<Timestamp>,
    /// When it will be gone if it stays quiet; none if it is known.
    pub gone_at: Option<Timestamp>,
}

impl Presence {
    /// After a restart: these sources were known of before, and none of them has been heard of since.
    pub fn restored(_sources: impl IntoIterator<Item = SourceId>, _terms: Terms, _now: Timestamp) -> Self {
        Self::default()
    }

    /// Takes what a source tells at `now`; the source's word holds on these terms from now on.
    ///
    /// # Errors
    /// [`TooMany`]: nothing is taken.
    pub fn observe(
        &mut self,
        _now: Timestamp,
        _source: &SourceId,
        _terms: Terms,
        _observation: Observation,
    ) -> Result<(), TooMany> {
        Ok(())
    }

    /// Forgets what has expired by `now`.
    pub fn expire(&mut self, _now: Timestamp) {}

    /// When [`expire`](Self::expire) would next change something.
    #[must_use]
    pub fn next_change(&self) -> Option<Timestamp> {
        None
    }

    /// How many listen, over all sources, as of the last call that named a time.
    #[must_use]
    pub fn audience(&self) -> Audience {
        Audience::NOBODY
    }

    /// How many have arrived in all: each time that somebody is there who was not there before counts.
    #[must_use]
    pub fn arrivals(&self) -> u64 {
        0
    }

    /// The sources, in the order of their names.
    pub fn sources(&self) -> impl Iterator<Item = (&SourceId, SourceView)> {
        std::iter::empty()
    }
}
