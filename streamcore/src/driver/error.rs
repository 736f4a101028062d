use crate::{
    StreamId,
    presence::TooMany,
    queue, registry,
    stream::{Refusal, StoreError, StoreErrorKind},
};

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// No stream has this id.
    #[error("stream {stream} does not exist; create it first")]
    NotFound {
        /// The id asked for.
        stream: StreamId,
    },
    /// The stream is not running.
    #[error("stream {stream} is not running; start it first")]
    NotRunning {
        /// Which.
        stream: StreamId,
    },
    /// The stream is running.
    #[error("stream {stream} is running; stop it first")]
    Running {
        /// Which.
        stream: StreamId,
    },
    /// Nothing is playing that could be skipped.
    #[error("nothing is playing on stream {stream}; add a track first")]
    NothingToSkip {
        /// Which.
        stream: StreamId,
    },
    /// Nothing is playing in which one could move to another place, or another item than the one named.
    #[error("nothing is playing on stream {stream} that can be moved in, or another track by now; reload its status")]
    NothingToSeek {
        /// Which.
        stream: StreamId,
    },
    /// What plays is live.
    #[error("what stream {stream} plays is live and cannot be moved in; skip it instead")]
    NotSeekable {
        /// Which.
        stream: StreamId,
    },
    /// More sources or listeners are told of than are kept.
    #[error("stream {stream}: {cause}")]
    TooMany {
        /// Which.
        stream: StreamId,
        /// What there are too many of.
        cause: TooMany,
    },
    /// The stream has as many unanswered commands as it takes. Try again.
    #[error("stream {stream} has too many commands waiting; try again shortly")]
    Busy {
        /// Which.
        stream: StreamId,
    },
    /// A store cannot be asked now. Whether the command was carried out is unknown; repeating it is safe.
    #[error("the store is unavailable; try again later: {detail}")]
    Unavailable {
        /// What it said.
        detail: String,
    },
    /// What a store holds cannot be understood. Do not retry; a person has to look.
    #[error("the store holds a value that cannot be read: {detail}")]
    Corrupt {
        /// What it said.
        detail: String,
    },
    /// The host is shutting down.
    #[error("the server is shutting down; try again later")]
    ShuttingDown,
}

impl CommandError {
    pub(super) fn refused(stream: StreamId, refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotRunning => Self::NotRunning { stream },
            Refusal::Running => Self::Running { stream },
            Refusal::NothingToSkip => Self::NothingToSkip { stream },
            Refusal::NothingToSeek => Self::NothingToSeek { stream },
            Refusal::NotSeekable => Self::NotSeekable { stream },
            Refusal::TooMany(cause) => Self::TooMany { stream, cause },
            Refusal::Suspended => Self::ShuttingDown,
            Refusal::Store(StoreError { kind: StoreErrorKind::Away, detail }) => Self::Unavailable { detail },
            Refusal::Store(StoreError { kind: StoreErrorKind::Unreadable, detail }) => Self::Corrupt { detail },
            Refusal::Store(StoreError { kind: StoreErrorKind::Gone, .. }) => Self::NotFound { stream },
        }
    }
}

impl From<registry::Error> for CommandError {
    fn from(error: registry::Error) -> Self {
        match error {
            registry::Error::NotFound { stream } => Self::NotFound { stream },
            registry::Error::Corrupt { detail } => Self::Corrupt { detail },
            other => Self::Unavailable { detail: with_sources(&other) },
        }
    }
}

impl From<queue::Error> for CommandError {
    fn from(error: queue::Error) -> Self {
        match error {
            queue::Error::Corrupt { detail } => Self::Corrupt { detail },
            other => Self::Unavailable { detail: with_sources(&other) },
        }
    }
}

/// An error and what caused it, on one line.
pub(super) fn with_sources(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
