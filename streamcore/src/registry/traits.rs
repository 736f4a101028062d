use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Result;
use crate::{StreamId, Timestamp, stream::Snapshot};

/// What is known of a stream, running or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamRecord {
    /// Its id.
    pub id: StreamId,
    /// Its other, stable identity, for clients that know streams by UUID.
    pub uuid: Uuid,
    /// What people call it: 1 to 200 characters.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A page of streams, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamList {
    /// The streams.
    pub streams: Vec<StreamRecord>,
    /// Whether there are more behind the last one.
    pub more: bool,
    /// How many there are in all.
    pub total: usize,
}

/// The streams of a deployment.
///
/// **Contract.** Each method is one atomic step, and durable before its future resolves as far as the backend promises. **Cancellation.** If
/// a future is dropped the change may or may not have happened; repeating it is safe ([`create`](Registry::create) then answers
/// [`Exists`](super::Error::Exists)). **Errors** of every method: [`Unavailable`](super::Error::Unavailable) (try again),
/// [`Corrupt`](super::Error::Corrupt) (do not).
#[async_trait]
pub trait Registry: std::fmt::Debug + Send + Sync {
    /// Adds a stream, stopped. **Errors.** [`Exists`](super::Error::Exists).
    async fn create(&self, record: StreamRecord) -> Result<()>;

    /// Reads one. None if there is no such stream: not finding is no error.
    async fn get(&self, stream: StreamId) -> Result<Option<StreamRecord>>;

    /// Finds the stream with this UUID; of several, which callers should not make, the one with the lowest id. None if there is none.
    async fn by_uuid(&self, uuid: Uuid) -> Result<Option<StreamRecord>>;

    /// Reads the streams with ids above `after`, at most `limit`.
    async fn list(&self, after: Option<StreamId>, limit: usize) -> Result<StreamList>;

    /// Gives a stream another name. **Errors.** [`NotFound`](super::Error::NotFound).
    async fn rename(&self, stream: StreamId, name: String) -> Result<StreamRecord>;

    /// Forgets a stream and its snapshot. **Idempotence.** The second call answers [`NotFound`](super::Error::NotFound).
    async fn delete(&self, stream: StreamId) -> Result<()>;

    /// Replaces the stream's snapshot. **Errors.** [`NotFound`](super::Error::NotFound).
    async fn save_snapshot(&self, stream: StreamId, snapshot: Snapshot) -> Result<()>;

    /// Reads the stream's snapshot; none if it has none, or does not exist.
    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>>;

    /// The streams whose snapshot says that they run: those to resume after a restart, in the order of their ids.
    async fn running(&self) -> Result<Vec<StreamId>>;
}
