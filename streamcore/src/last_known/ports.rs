//! The ports: as the stores behind them, with an eye on what becomes of each call.

use async_trait::async_trait;
use futures::stream::BoxStream;
use uuid::Uuid;

use super::{LastKnown, Outage, error::MayBeOutage, memory::Age, query::Scope};
use crate::{
    ItemId, StreamId, TrackId,
    auto_end::Overrides,
    library::{self, Added, Library, Search, SearchPage, Track, TrackChange},
    queue::{self, Advance, Advanced, Applied, Change, HistoryPage, Page, Queue, QueueView, Released},
    registry::{self, Registry, Session, SessionList, StreamList, StreamRecord},
    stream::Snapshot,
};

impl LastKnown {
    /// An error that is no outage is an answer.
    pub(super) fn note_read<T, E: MayBeOutage>(&self, answer: &Result<T, E>) {
        let outage = answer.as_ref().err().and_then(MayBeOutage::outage);
        let outage = outage.map(|source| Outage::new(self.runtime.now(), source));
        let status = &mut self.lock().status;
        match outage {
            Some(outage) => status.not_read(outage),
            None => status.read(),
        }
    }

    fn read<T, E: MayBeOutage>(&self, answer: Result<T, E>) -> Result<T, E> {
        self.note_read(&answer);
        answer
    }

    /// A change that was refused for another reason than an outage says nothing of whether one could be made.
    fn written<T, E: MayBeOutage>(
        &self,
        scope: Scope,
        answer: Result<T, E>,
        made: impl Fn(&T) -> bool,
    ) -> Result<T, E> {
        match &answer {
            Ok(done) if made(done) => {
                self.lock().status.written();
                self.changed(scope, Age::Wrong);
            }
            Ok(_) => {}
            Err(error) => {
                if let Some(source) = error.outage() {
                    let outage = Outage::new(self.runtime.now(), source);
                    self.lock().status.not_written(outage);
                }
            }
        }
        answer
    }

    /// What is gone is not known any more, whatever becomes of reading it anew.
    fn gone(&self, scope: Scope, is_gone: bool) {
        if is_gone {
            self.lock().memory.forget_all(scope);
        }
    }
}

#[async_trait]
impl Queue for LastKnown {
    async fn apply(&self, stream: StreamId, change: Change) -> queue::Result<Applied> {
        self.written(Scope::Queue(stream), self.queue.apply(stream, change).await, |_| true)
    }

    async fn advance(&self, stream: StreamId, advance: Advance) -> queue::Result<Advanced> {
        self.written(Scope::Queue(stream), self.queue.advance(stream, advance).await, |done| done.changed)
    }

    async fn release(&self, stream: StreamId, item: ItemId) -> queue::Result<Released> {
        self.written(Scope::Queue(stream), self.queue.release(stream, item).await, |done| done.changed)
    }

    async fn view(&self, stream: StreamId, page: Page) -> queue::Result<QueueView> {
        self.read(self.queue.view(stream, page).await)
    }

    async fn history(&self, stream: StreamId, before: Option<u64>, limit: usize) -> queue::Result<HistoryPage> {
        self.read(self.queue.history(stream, before, limit).await)
    }

    async fn purge(&self, stream: StreamId) -> queue::Result<()> {
        let answer = self.queue.purge(stream).await;
        self.gone(Scope::Queue(stream), answer.is_ok());
        self.written(Scope::Queue(stream), answer, |()| true)
    }

    fn changes(&self) -> BoxStream<'static, StreamId> {
        self.queue.changes()
    }
}

#[async_trait]
impl Registry for LastKnown {
    async fn create(&self, record: StreamRecord) -> registry::Result<()> {
        let scope = Scope::Stream(record.id);
        self.written(scope, self.registry.create(record).await, |()| true)
    }

    async fn get(&self, stream: StreamId) -> registry::Result<Option<StreamRecord>> {
        self.read(self.registry.get(stream).await)
    }

    async fn by_uuid(&self, uuid: Uuid) -> registry::Result<Option<StreamRecord>> {
        self.read(self.registry.by_uuid(uuid).await)
    }

    async fn list(&self, after: Option<StreamId>, limit: usize) -> registry::Result<StreamList> {
        self.read(self.registry.list(after, limit).await)
    }

    async fn rename(&self, stream: StreamId, name: String) -> registry::Result<StreamRecord> {
        self.written(Scope::Record(stream), self.registry.rename(stream, name).await, |_| true)
    }

    async fn set_auto_end(&self, stream: StreamId, auto_end: Overrides) -> registry::Result<StreamRecord> {
        self.written(Scope::Record(stream), self.registry.set_auto_end(stream, auto_end).await, |_| true)
    }

    async fn delete(&self, stream: StreamId) -> registry::Result<()> {
        let answer = self.registry.delete(stream).await;
        self.gone(Scope::Stream(stream), answer.is_ok());
        self.written(Scope::Stream(stream), answer, |()| true)
    }

    async fn save_snapshot(&self, stream: StreamId, snapshot: Snapshot) -> registry::Result<()> {
        self.written(Scope::Snapshot(stream), self.registry.save_snapshot(stream, snapshot).await, |()| true)
    }

    async fn close_session(&self, stream: StreamId, snapshot: Snapshot, session: Session) -> registry::Result<()> {
        let answer = self.registry.close_session(stream, snapshot, session).await;
        self.written(Scope::Sessions(stream), answer, |()| true)
    }

    async fn sessions(&self, stream: StreamId, before: Option<u64>, limit: usize) -> registry::Result<SessionList> {
        self.read(self.registry.sessions(stream, before, limit).await)
    }

    async fn snapshot(&self, stream: StreamId) -> registry::Result<Option<Snapshot>> {
        self.read(self.registry.snapshot(stream).await)
    }

    async fn running(&self) -> registry::Result<Vec<StreamId>> {
        self.read(self.registry.running().await)
    }
}

#[async_trait]
impl Library for LastKnown {
    async fn add(&self, tracks: Vec<Track>, max_tracks: usize) -> library::Result<Vec<Added>> {
        let made = |added: &Vec<Added>| added.iter().any(|added| added.is_new);
        self.written(Scope::Library, self.library.add(tracks, max_tracks).await, made)
    }

    async fn get(&self, ids: Vec<TrackId>) -> library::Result<Vec<Track>> {
        self.read(self.library.get(ids).await)
    }

    async fn find_by_url(&self, url: &str) -> library::Result<Option<Track>> {
        self.read(self.library.find_by_url(url).await)
    }

    async fn update(&self, id: TrackId, change: TrackChange) -> library::Result<Track> {
        self.written(Scope::Library, self.library.update(id, change).await, |_| true)
    }

    async fn delete(&self, id: TrackId) -> library::Result<Track> {
        self.written(Scope::Library, self.library.delete(id).await, |_| true)
    }

    async fn search(&self, search: Search) -> library::Result<SearchPage> {
        self.read(self.library.search(search).await)
    }
}
