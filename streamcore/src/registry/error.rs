use crate::StreamId;

/// What a registry answers with.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong with any registry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No stream has this id.
    #[error("stream {stream} does not exist; create it with POST /api/v1/streams")]
    NotFound {
        /// The id asked for.
        stream: StreamId,
    },
    /// A stream has this id already.
    #[error("stream {stream} exists already; choose another id")]
    Exists {
        /// The id.
        stream: StreamId,
    },
    /// The store cannot be asked now. Retry.
    #[error("the stream registry is unavailable; try again later")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What the store holds cannot be understood. Do not retry; a person has to look.
    #[error("the stream registry holds a value that cannot be read: {detail}")]
    Corrupt {
        /// Which value, and what is wrong with it.
        detail: String,
    },
}

impl Error {
    /// An outage, with what the backend said.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}
