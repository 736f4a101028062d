//! A registry that vanishes with the process.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use super::{Error, MAX_SESSIONS, Registry, Result, Session, SessionList, StreamList, StreamRecord};
use crate::{StreamId, auto_end::Overrides, stream::Snapshot};

/// Streams that vanish with the process. **Durability.** None.
#[derive(Debug, Default)]
pub struct MemoryRegistry {
    streams: Mutex<BTreeMap<StreamId, Entry>>,
}

#[derive(Debug)]
struct Entry {
    record: StreamRecord,
    snapshot: Option<Snapshot>,
    sessions: BTreeMap<u64, Session>,
}

impl Entry {
    fn save(&mut self, snapshot: Snapshot) {
        if self.snapshot.as_ref().is_none_or(|stored| !stored.outlives(&snapshot)) {
            self.snapshot = Some(snapshot);
        }
    }
}

impl MemoryRegistry {
    /// No streams yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<StreamId, Entry>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Registry for MemoryRegistry {
    async fn create(&self, record: StreamRecord) -> Result<()> {
        let stream = record.id;
        match self.lock().entry(stream) {
            std::collections::btree_map::Entry::Occupied(_) => Err(Error::Exists { stream }),
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(Entry { record, snapshot: None, sessions: BTreeMap::new() });
                Ok(())
            }
        }
    }

    async fn get(&self, stream: StreamId) -> Result<Option<StreamRecord>> {
        Ok(self.lock().get(&stream).map(|entry| entry.record.clone()))
    }

    async fn by_uuid(&self, uuid: uuid::Uuid) -> Result<Option<StreamRecord>> {
        Ok(self.lock().values().find(|entry| entry.record.uuid == uuid).map(|entry| entry.record.clone()))
    }

    async fn list(&self, after: Option<StreamId>, limit: usize) -> Result<StreamList> {
        let streams = self.lock();
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut rest = streams.range((start, Bound::Unbounded)).map(|(_, entry)| entry.record.clone());
        let page = rest.by_ref().take(limit).collect();
        Ok(StreamList { streams: page, more: rest.next().is_some(), total: streams.len() })
    }

    async fn rename(&self, stream: StreamId, name: String) -> Result<StreamRecord> {
        let mut streams = self.lock();
        let entry = streams.get_mut(&stream).ok_or(Error::NotFound { stream })?;
        entry.record.name = name;
        Ok(entry.record.clone())
    }

    async fn set_auto_end(&self, stream: StreamId, auto_end: Overrides) -> Result<StreamRecord> {
        let mut streams = self.lock();
        let entry = streams.get_mut(&stream).ok_or(Error::NotFound { stream })?;
        entry.record.auto_end = auto_end;
        Ok(entry.record.clone())
    }

    async fn delete(&self, stream: StreamId) -> Result<()> {
        self.lock().remove(&stream).map(|_| ()).ok_or(Error::NotFound { stream })
    }

    async fn save_snapshot(&self, stream: StreamId, snapshot: Snapshot) -> Result<()> {
        self.lock().get_mut(&stream).ok_or(Error::NotFound { stream })?.save(snapshot);
        Ok(())
    }

    async fn close_session(&self, stream: StreamId, snapshot: Snapshot, session: Session) -> Result<()> {
        let mut streams = self.lock();
        let entry = streams.get_mut(&stream).ok_or(Error::NotFound { stream })?;
        entry.save(snapshot);
        entry.sessions.entry(session.number).or_insert(session);
        while entry.sessions.len() > MAX_SESSIONS {
            entry.sessions.pop_first();
        }
        Ok(())
    }

    async fn sessions(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<SessionList> {
        let streams = self.lock();
        let Some(entry) = streams.get(&stream) else {
            return Ok(SessionList { sessions: Vec::new(), next: None, total: 0 });
        };
        let end = before.map_or(Bound::Unbounded, Bound::Excluded);
        let mut rest = entry.sessions.range((Bound::Unbounded, end)).rev().map(|(_, session)| session.clone());
        let sessions: Vec<_> = rest.by_ref().take(limit).collect();
        let next = rest.next().and(sessions.last().map(|session| session.number));
        Ok(SessionList { sessions, next, total: entry.sessions.len() })
    }

    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>> {
        Ok(self.lock().get(&stream).and_then(|entry| entry.snapshot.clone()))
    }

    async fn running(&self) -> Result<Vec<StreamId>> {
        let streams = self.lock();
        let running = streams.iter().filter(|(_, entry)| entry.snapshot.as_ref().is_some_and(Snapshot::is_running));
        Ok(running.map(|(id, _)| *id).collect())
    }
}
