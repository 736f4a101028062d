/// What a store of idempotency keys answers with.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong with any store of idempotency keys.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The caller has as many requests in progress as it may have keys. Retry when one of them is answered.
    #[error("{limit} requests with an Idempotency-Key are in progress already; wait for an answer to one of them")]
    LimitReached {
        /// The limit.
        limit: usize,
    },
    /// A part of the key or of the answer is larger than is kept. Do not retry.
    #[error("the {field} is too long to be kept under an idempotency key ({got} bytes, at most {max})")]
    TooLong {
        /// Which part.
        field: &'static str,
        /// The most there may be, in bytes.
        max: usize,
        /// How many there are.
        got: usize,
    },
    /// The store cannot be asked now. The change may or may not have happened.
    #[error("the store of idempotency keys is unavailable; try again later")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What the store holds cannot be understood. Do not retry; a person has to look.
    #[error("the store of idempotency keys holds a value that cannot be read: {detail}")]
    Corrupt {
        /// Which value, and what is wrong with it.
        detail: String,
    },
    /// This adapter cannot do it.
    #[error("this store of idempotency keys does not support {operation}")]
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
        matches!(self, Self::Unavailable(_) | Self::LimitReached { .. })
    }
}
