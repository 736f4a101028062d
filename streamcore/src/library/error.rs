use crate::TrackId;

/// What a library answers with.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong with any library. Each variant is a decision that the caller can take.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No track has this id. Do not retry.
    #[error("track {track} is not in the library; it may have been deleted, search again")]
    NotFound {
        /// The id asked for.
        track: TrackId,
    },
    /// The library is full, or would be with all of the tracks to add; none was added.
    #[error("the library is full ({limit} tracks); delete some or raise library.max_tracks")]
    LimitReached {
        /// The limit.
        limit: usize,
    },
    /// A field is longer than a track may have. Do not retry.
    #[error("the {field} of track {track} is too long ({got}, at most {max}); shorten it")]
    TooLong {
        /// The track.
        track: TrackId,
        /// The field's name.
        field: &'static str,
        /// The longest there may be: characters of a title or an artist, else bytes.
        max: usize,
        /// How long it is.
        got: usize,
    },
    /// One call names more tracks than it may. Ask in parts.
    #[error("{got} tracks are too many for one call (at most {max}); ask in parts")]
    TooMany {
        /// The most there may be.
        max: usize,
        /// How many there are.
        got: usize,
    },
    /// The store cannot be asked now. The change may or may not have happened: retry with the same ids.
    #[error("the library's store is unavailable; try again later")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What the store holds cannot be understood. Do not retry; a person has to look.
    #[error("the library's store holds a value that cannot be read: {detail}")]
    Corrupt {
        /// Which value, and what is wrong with it.
        detail: String,
    },
    /// This adapter cannot do it.
    #[error("this library does not support {operation}")]
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
