//! The core's errors as ours. A variant that a later core adds is answered as an internal error until it gets its line here.

use std::error::Error;

use streamcore::{
    Timestamp,
    driver::CommandError,
    idempotency,
    last_known::{self, Outage},
    library, playlist,
    presence::TooMany,
    queue, registry,
};

use super::ApiError;

/// An outage of the store; if it is its disk that fails, with how.
fn unavailable(source: &(dyn Error + Send + Sync + 'static)) -> ApiError {
    let outage = Outage::new(Timestamp::from_millis(0), source);
    ApiError::from(&outage)
}

impl From<queue::Error> for ApiError {
    fn from(error: queue::Error) -> Self {
        match error {
            queue::Error::NotFound { item } => Self::ItemNotFound { item: item.to_string() },
            queue::Error::RevisionMismatch { current } => Self::RevisionMismatch { current },
            queue::Error::CurrentItem { item } => Self::CurrentItem { item },
            queue::Error::OutOfRange { min, max } => Self::OutOfRange { min, max },
            queue::Error::LimitReached { limit } => Self::QueueFull { limit },
            queue::Error::QuotaReached { index, limit } => Self::QuotaReached { index, limit },
            queue::Error::Duplicate { index, of } => Self::Duplicate { index, of },
            // How long that is from now, its caller knows better: see `Cooldown::now`.
            queue::Error::Cooldown { index, until } => Self::Cooldown { index, until, now: until },
            queue::Error::ModeMismatch { mode } => Self::ModeMismatch { mode },
            queue::Error::NothingToUndo => Self::NothingToUndo,
            queue::Error::NothingToRestore => Self::NothingToRestore,
            queue::Error::Unavailable(source) => unavailable(&*source),
            queue::Error::Corrupt { detail } => Self::Corrupt { detail },
            queue::Error::NotSupported { operation } => Self::NotSupported { operation },
            _ => Self::Internal,
        }
    }
}

impl From<registry::Error> for ApiError {
    fn from(error: registry::Error) -> Self {
        match error {
            registry::Error::NotFound { stream } => Self::StreamNotFound { stream: stream.to_string() },
            registry::Error::Exists { stream } => Self::StreamExists { stream },
            registry::Error::Unavailable(source) => unavailable(&*source),
            registry::Error::Corrupt { detail } => Self::Corrupt { detail },
            _ => Self::Internal,
        }
    }
}

impl From<idempotency::Error> for ApiError {
    fn from(error: idempotency::Error) -> Self {
        match error {
            idempotency::Error::LimitReached { limit } => Self::TooManyKeys { limit },
            idempotency::Error::Unavailable(source) => unavailable(&*source),
            idempotency::Error::Corrupt { detail } => Self::Corrupt { detail },
            idempotency::Error::NotSupported { operation } => Self::NotSupported { operation },
            _ => Self::Internal,
        }
    }
}

impl From<library::Error> for ApiError {
    fn from(error: library::Error) -> Self {
        match error {
            library::Error::NotFound { track } => Self::TrackNotFound { track: track.to_string() },
            library::Error::LimitReached { limit } => Self::LibraryFull { limit },
            library::Error::Unavailable(source) => unavailable(&*source),
            library::Error::Corrupt { detail } => Self::Corrupt { detail },
            library::Error::NotSupported { operation } => Self::NotSupported { operation },
            _ => Self::Internal,
        }
    }
}

impl From<&Outage> for ApiError {
    fn from(outage: &Outage) -> Self {
        Self::Unavailable { detail: outage.detail.clone(), disk: outage.disk }
    }
}

impl From<last_known::Error> for ApiError {
    fn from(error: last_known::Error) -> Self {
        match error {
            last_known::Error::Queue(error) => error.into(),
            last_known::Error::Registry(error) => error.into(),
            last_known::Error::Library(error) => error.into(),
            _ => Self::Internal,
        }
    }
}

impl From<playlist::Error> for ApiError {
    fn from(error: playlist::Error) -> Self {
        Self::List(error)
    }
}

impl From<CommandError> for ApiError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::NotFound { stream } => Self::StreamNotFound { stream: stream.to_string() },
            CommandError::NotRunning { stream } => Self::StreamNotRunning { stream },
            CommandError::Running { stream } => Self::StreamRunning { stream },
            CommandError::NothingToSkip { stream } => Self::NothingToSkip { stream },
            CommandError::NothingToSeek { stream } => Self::NothingToSeek { stream },
            CommandError::NotSeekable { stream } => Self::NotSeekable { stream },
            CommandError::TooMany { cause: TooMany::Sources { limit }, .. } => Self::TooManySources { limit },
            CommandError::TooMany { cause: TooMany::Listeners { limit }, .. } => Self::TooManyIds { limit },
            CommandError::Busy { stream } => Self::Busy { stream },
            CommandError::Unavailable { detail } => Self::Unavailable { detail, disk: None },
            CommandError::Corrupt { detail } => Self::Corrupt { detail },
            CommandError::ShuttingDown => Self::ShuttingDown,
            _ => Self::Internal,
        }
    }
}
