use super::Mode;
use crate::{ItemId, Revision, Timestamp};

/// What a queue answers with.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong with any queue. Each variant is a decision that the caller can take.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No waiting item has this id. Do not retry.
    #[error("item {item} is not in the queue; it may have been played or removed, reload the list")]
    NotFound {
        /// The id asked for.
        item: ItemId,
    },
    /// The queue is no longer at the revision the author saw. Reload, decide again.
    #[error("the queue changed: it is at revision {current} now; reload the list and try again")]
    RevisionMismatch {
        /// The revision it is at.
        current: Revision,
    },
    /// The edit would touch the current item, or put another in its place.
    #[error("item {item} is playing now and cannot be edited; use skip")]
    CurrentItem {
        /// The current item.
        item: ItemId,
    },
    /// The place does not exist.
    #[error("position must be between {min} and {max}")]
    OutOfRange {
        /// The first place an item can be moved to.
        min: usize,
        /// The last.
        max: usize,
    },
    /// The queue is full.
    #[error("the queue is full ({limit} items); remove an item or raise queue.max_items")]
    LimitReached {
        /// The limit.
        limit: usize,
    },
    /// One requester has as many items listed as one may have.
    #[error("this requester has {limit} items in the queue already, which is the limit; wait until one has played")]
    QuotaReached {
        /// Which item of the batch is the first too many, from 0.
        index: usize,
        /// The limit.
        limit: usize,
    },
    /// The media is listed already, and may be only once.
    #[error("this media is in the queue already; wait until it has played")]
    Duplicate {
        /// Which item of the batch, from 0.
        index: usize,
        /// The item that is listed, or comes earlier in the batch.
        of: ItemId,
    },
    /// The media was heard a short while ago.
    #[error("this media was played lately; try again later")]
    Cooldown {
        /// Which item of the batch, from 0.
        index: usize,
        /// When it may be added again.
        until: Timestamp,
    },
    /// The queue is not in the mode that the author believes it is in.
    #[error("the queue is in mode {}; reload and decide again", mode.as_str())]
    ModeMismatch {
        /// The mode it is in.
        mode: Mode,
    },
    /// No edit is remembered that could be taken back.
    #[error("there is no edit to undo")]
    NothingToUndo,
    /// Nothing was cleared, or all of it has come back.
    #[error("there is nothing to restore; only what was cleared last can be")]
    NothingToRestore,
    /// The store cannot be asked now. The change may or may not have happened: retry with the same ids.
    #[error("the queue's store is unavailable; try again later")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What the store holds cannot be understood. Do not retry; a person has to look.
    #[error("the queue's store holds a value that cannot be read: {detail}")]
    Corrupt {
        /// Which value, and what is wrong with it.
        detail: String,
    },
    /// This adapter cannot do it.
    #[error("this queue does not support {operation}")]
    NotSupported {
        /// What was asked.
        operation: &'static str,
    },
}

impl Error {
    /// An outage, with what the backend said.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}
