use crate::{ItemId, Revision};

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
