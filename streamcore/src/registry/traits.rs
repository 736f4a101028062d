use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Result;
use crate::{
    StreamId, Timestamp,
    auto_end::Overrides,
    stream::{Ended, Snapshot},
};

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
    /// What of the server's defaults for its end by itself is different for this stream.
    #[serde(default)]
    pub auto_end: Overrides,
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

/// So many sessions of each stream are kept.
pub const MAX_SESSIONS: usize = 1_000;

/// One session of a stream, from its start to its end. Restarts of the process in between are part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its number: 1 for the first start of the stream, and one more for each. A start that was given up has a number and no session.
    pub number: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// When and why it ended.
    pub ended: Ended,
    /// The most listeners at one moment.
    pub peak_listeners: u64,
    /// How often somebody came to listen.
    pub total_listeners: u64,
    /// Tracks that could be heard.
    pub tracks_played: u64,
    /// Tracks that failed.
    pub errors: u64,
}

/// A page of sessions, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionList {
    /// The sessions.
    pub sessions: Vec<Session>,
    /// Where the next page goes on: the sessions before this number; none if there are no more.
    pub next: Option<u64>,
    /// How many are kept in all.
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

    /// Replaces what of the defaults is different for this stream's end by itself, and answers with the record. **Errors.**
    /// [`NotFound`](super::Error::NotFound).
    async fn set_auto_end(&self, stream: StreamId, auto_end: Overrides) -> Result<StreamRecord>;

    /// Forgets a stream, its snapshot and its sessions. **Idempotence.** The second call answers [`NotFound`](super::Error::NotFound).
    async fn delete(&self, stream: StreamId) -> Result<()>;

    /// Replaces the stream's snapshot, unless the stored one [outlives](Snapshot::outlives) it, being of a later session or of the same one
    /// when it was over: then nothing changes, and that is no error (a save that took too long on its way must undo neither the end
    /// of its session nor the next one). **Errors.** [`NotFound`](super::Error::NotFound).
    async fn save_snapshot(&self, stream: StreamId, snapshot: Snapshot) -> Result<()>;

    /// Replaces the stream's snapshot, as [`save_snapshot`](Registry::save_snapshot) does, and adds a session that ended to the stream's
    /// history, in one step. At most [`MAX_SESSIONS`] are kept: the one with the lowest number makes way. **Idempotence.** A session whose
    /// number is in the history is not added, and the one that is there stays as it is; nor is one that would be the first to make way.
    /// **Errors.** [`NotFound`](super::Error::NotFound).
    async fn close_session(&self, stream: StreamId, snapshot: Snapshot, session: Session) -> Result<()>;

    /// Reads the sessions with numbers below `before` (none: all), newest first, at most `limit`. Of a stream that does not exist there are
    /// none.
    async fn sessions(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<SessionList>;

    /// Reads the stream's snapshot; none if it has none, or does not exist.
    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>>;

    /// The streams whose snapshot says that they run: those to resume after a restart, in the order of their ids.
    async fn running(&self) -> Result<Vec<StreamId>>;
}
