//! The registry port: records, snapshots and sessions, each a value of its own; `docs/redis.md` describes the keys.

mod edit;
mod read;
mod rows;
mod save;

use async_trait::async_trait;
use streamcore::{
    StreamId,
    auto_end::Overrides,
    registry::{Error, Registry, Result, Session, SessionList, StreamList, StreamRecord},
    stream::Snapshot,
};
use uuid::Uuid;

use crate::{RedisStore, error::Fault};

/// What an operation inside the store answers with.
type Outcome<T> = std::result::Result<T, Fault<Error>>;

/// The records, by id.
const STREAMS: &str = "streams";
/// The places of all streams, in order.
const ORDER: &str = "order";
/// Uuid and place of each stream, in order.
const UUIDS: &str = "uuids";
/// The snapshots, by id.
const SNAPSHOTS: &str = "snapshots";
/// The places of the streams that run, in order.
const RUNNING: &str = "running";

/// The sessions of a stream that ended, in the order of their numbers.
fn sessions_of(stream: StreamId) -> String {
    format!("sessions:{stream}")
}

#[async_trait]
impl Registry for RedisStore {
    async fn create(&self, record: StreamRecord) -> Result<()> {
        edit::create(&self.connection, &record).await.map_err(Fault::into_port)
    }

    async fn get(&self, stream: StreamId) -> Result<Option<StreamRecord>> {
        read::get(&self.connection, stream).await.map_err(Fault::into_port)
    }

    async fn by_uuid(&self, uuid: Uuid) -> Result<Option<StreamRecord>> {
        read::by_uuid(&self.connection, uuid).await.map_err(Fault::into_port)
    }

    async fn list(&self, after: Option<StreamId>, limit: usize) -> Result<StreamList> {
        read::list(&self.connection, after, limit).await.map_err(Fault::into_port)
    }

    async fn rename(&self, stream: StreamId, name: String) -> Result<StreamRecord> {
        edit::change(&self.connection, stream, Some(name), None).await.map_err(Fault::into_port)
    }

    async fn set_auto_end(&self, stream: StreamId, auto_end: Overrides) -> Result<StreamRecord> {
        edit::change(&self.connection, stream, None, Some(auto_end)).await.map_err(Fault::into_port)
    }

    async fn delete(&self, stream: StreamId) -> Result<()> {
        edit::delete(&self.connection, stream).await.map_err(Fault::into_port)
    }

    async fn save_snapshot(&self, stream: StreamId, snapshot: Snapshot) -> Result<()> {
        save::save(&self.connection, stream, &snapshot, None).await.map_err(Fault::into_port)
    }

    async fn close_session(&self, stream: StreamId, snapshot: Snapshot, session: Session) -> Result<()> {
        save::save(&self.connection, stream, &snapshot, Some(&session)).await.map_err(Fault::into_port)
    }

    async fn sessions(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<SessionList> {
        read::sessions(&self.connection, stream, before, limit).await.map_err(Fault::into_port)
    }

    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>> {
        read::snapshot(&self.connection, stream).await.map_err(Fault::into_port)
    }

    async fn running(&self) -> Result<Vec<StreamId>> {
        read::running(&self.connection).await.map_err(Fault::into_port)
    }
}
