//! Skeleton for helpers; replaced soon. Signatures are final.
use crate::{
    ItemId, QueueItem, StreamId, StreamView,
    auto_end::AutoEndPolicy,
    metrics::MetricsSink,
    player::Player,
    queue::Queue,
    registry::{self, Registry},
    runtime::Runtime,
};
use std::sync::Arc;

/// Ports
#[derive(Debug, Clone)]
pub struct Ports {
    /// q
    pub queue: Arc<dyn Queue>,
    /// r
    pub registry: Arc<dyn Registry>,
    /// p
    pub player: Arc<dyn Player>,
    /// m
    pub sink: Arc<dyn MetricsSink>,
    /// a
    pub policy: Arc<dyn AutoEndPolicy>,
    /// rt
    pub runtime: Arc<dyn Runtime>,
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// No stream has this id.
    #[error("stream {stream} does not exist; create it with POST /api/v1/streams")]
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
    /// The stream has as many unanswered commands as it takes.
    #[error("stream {stream} has too many commands waiting; try again shortly")]
    Busy {
        /// Which.
        stream: StreamId,
    },
    /// A store cannot be asked now. Retry.
    #[error("the store is unavailable; try again later: {detail}")]
    Unavailable {
        /// What it said.
        detail: String,
    },
    /// What a store holds cannot be understood. Do not retry.
    #[error("the store holds a value that cannot be read: {detail}")]
    Corrupt {
        /// What it said.
        detail: String,
    },
    /// The host is shutting down.
    #[error("the server is shutting down; try again later")]
    ShuttingDown,
}

/// The answer to a skip.
#[derive(Debug, Clone, PartialEq)]
pub struct Skipped {
    /// Whether this call skipped something; false if the item it meant was no longer current, or another skip was already under way.
    pub skipped: bool,
    /// What plays now; none: the placeholder.
    pub current: Option<QueueItem>,
}

/// All streams of a node.
#[derive(Debug)]
pub struct Host;

impl Host {
    /// New host.
    #[must_use]
    pub fn new(_ports: Ports) -> Arc<Self> {
        Arc::new(Self)
    }
    /// Resumes the streams that ran before; returns them.
    pub async fn resume_all(&self) -> registry::Result<Vec<StreamId>> {
        unimplemented!()
    }
    /// Starts; idempotent.
    pub async fn start(&self, _stream: StreamId) -> Result<StreamView, CommandError> {
        unimplemented!()
    }
    /// Stops; idempotent.
    pub async fn stop(&self, _stream: StreamId) -> Result<StreamView, CommandError> {
        unimplemented!()
    }
    /// Pauses; idempotent; NotRunning if stopped.
    pub async fn pause(&self, _stream: StreamId) -> Result<StreamView, CommandError> {
        unimplemented!()
    }
    /// Resumes; idempotent; NotRunning if stopped.
    pub async fn resume(&self, _stream: StreamId) -> Result<StreamView, CommandError> {
        unimplemented!()
    }
    /// Skips `item`, or whatever plays. NotRunning if stopped; NothingToSkip in placeholder.
    pub async fn skip(&self, _stream: StreamId, _item: Option<ItemId>) -> Result<Skipped, CommandError> {
        unimplemented!()
    }
    /// What can be seen of the stream; NotFound if it is not in the registry.
    pub async fn view(&self, _stream: StreamId) -> Result<StreamView, CommandError> {
        unimplemented!()
    }
    /// Deletes a stopped stream with its queue. Running: refused.
    pub async fn delete(&self, _stream: StreamId) -> Result<(), CommandError> {
        unimplemented!()
    }
    /// Stores the state of all streams and closes their broadcasts; they resume at the next start.
    pub async fn shutdown(&self) {
        unimplemented!()
    }
}
