//! A registry of streams, measured.

use std::sync::Arc;

use async_trait::async_trait;
use streamcore::{
    StreamId,
    auto_end::Overrides,
    registry::{Error, Registry, Result, Session, SessionList, StreamList, StreamRecord},
    stream::Snapshot,
};
use uuid::Uuid;

use super::{Failure, Measured};
use crate::metrics::Metrics;

const OPERATIONS: [&str; 12] = [
    "create",
    "get",
    "by_uuid",
    "list",
    "rename",
    "set_auto_end",
    "delete",
    "save_snapshot",
    "close_session",
    "sessions",
    "snapshot",
    "running",
];

const fn place(operation: &str) -> usize {
    super::place(&OPERATIONS, operation)
}

pub(super) fn measured(inner: Arc<dyn Registry>, metrics: &Arc<Metrics>) -> Arc<dyn Registry> {
    Measured::new(inner, metrics, "registry", &OPERATIONS)
}

const fn failure(error: &Error) -> Option<Failure> {
    match error {
        Error::Unavailable { .. } => Some(Failure::Unavailable),
        Error::Corrupt { .. } => Some(Failure::Corrupt),
        _ => None,
    }
}

#[async_trait]
impl Registry for Measured<dyn Registry> {
    async fn create(&self, record: StreamRecord) -> Result<()> {
        self.measure(const { place("create") }, self.inner.create(record), failure).await
    }

    async fn get(&self, stream: StreamId) -> Result<Option<StreamRecord>> {
        self.measure(const { place("get") }, self.inner.get(stream), failure).await
    }

    async fn by_uuid(&self, uuid: Uuid) -> Result<Option<StreamRecord>> {
        self.measure(const { place("by_uuid") }, self.inner.by_uuid(uuid), failure).await
    }

    async fn list(&self, after: Option<StreamId>, limit: usize) -> Result<StreamList> {
        self.measure(const { place("list") }, self.inner.list(after, limit), failure).await
    }

    async fn rename(&self, stream: StreamId, name: String) -> Result<StreamRecord> {
        self.measure(const { place("rename") }, self.inner.rename(stream, name), failure).await
    }

    async fn set_auto_end(&self, stream: StreamId, auto_end: Overrides) -> Result<StreamRecord> {
        self.measure(const { place("set_auto_end") }, self.inner.set_auto_end(stream, auto_end), failure).await
    }

    async fn delete(&self, stream: StreamId) -> Result<()> {
        self.measure(const { place("delete") }, self.inner.delete(stream), failure).await
    }

    async fn save_snapshot(&self, stream: StreamId, snapshot: Snapshot) -> Result<()> {
        self.measure(const { place("save_snapshot") }, self.inner.save_snapshot(stream, snapshot), failure).await
    }

    async fn close_session(&self, stream: StreamId, snapshot: Snapshot, session: Session) -> Result<()> {
        self.measure(const { place("close_session") }, self.inner.close_session(stream, snapshot, session), failure)
            .await
    }

    async fn sessions(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<SessionList> {
        self.measure(const { place("sessions") }, self.inner.sessions(stream, before, limit), failure).await
    }

    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>> {
        self.measure(const { place("snapshot") }, self.inner.snapshot(stream), failure).await
    }

    async fn running(&self) -> Result<Vec<StreamId>> {
        self.measure(const { place("running") }, self.inner.running(), failure).await
    }
}
