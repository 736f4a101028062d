//! Reading what the store says, or what it last said.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{
    FutureExt as _,
    future::{Either, select},
};
use uuid::Uuid;

use super::{
    Error, LastKnown, Outage, PATIENCE, PATIENCE_WHILE_AWAY, StoreStatus,
    error::MayBeOutage as _,
    query::{Answer, Query},
};
use crate::{
    StreamId, Timestamp, TrackId,
    library::{LibraryExt as _, Search, SearchPage, Track},
    queue::{self, HistoryPage, Page, QueueView},
    registry::{SessionList, StreamList, StreamRecord},
    stream::Snapshot,
};

/// One reader's look at the stores, of one or more answers.
///
/// While the store does not answer (it says so, or is silent for 3 s, or for 1 s once it is known to be away) an answer is the last known
/// one, and [`stale_since`](Self::stale_since) says when that was read. **Errors** of every method: those of the port's, an outage only
/// where nothing is known. **Cancellation.** Nothing happens.
#[derive(Debug)]
pub struct Reading {
    stores: Arc<LastKnown>,
    falls_back: bool,
    stale_since: Mutex<Option<Timestamp>>,
}

impl Reading {
    pub(super) fn new(stores: Arc<LastKnown>, falls_back: bool) -> Self {
        Self { stores, falls_back, stale_since: Mutex::default() }
    }

    /// When the oldest of the answers was read that did not come from the store now; none if all did.
    #[must_use]
    pub fn stale_since(&self) -> Option<Timestamp> {
        *self.stale_since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As [`Queue::view`](crate::queue::Queue::view).
    pub async fn view(&self, stream: StreamId, page: Page) -> Result<QueueView, Error> {
        match self.answer(Query::View { stream, offset: page.offset, limit: page.limit }).await? {
            Answer::View(view) => Ok(view),
            _ => Err(mixed_up()),
        }
    }

    /// As [`Queue::history`](crate::queue::Queue::history).
    pub async fn history(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<HistoryPage, Error> {
        match self.answer(Query::History { stream, before, limit }).await? {
            Answer::History(page) => Ok(page),
            _ => Err(mixed_up()),
        }
    }

    /// As [`Registry::get`](crate::registry::Registry::get).
    pub async fn record(&self, stream: StreamId) -> Result<Option<StreamRecord>, Error> {
        match self.answer(Query::Record { stream }).await? {
            Answer::Record(record) => Ok(record),
            _ => Err(mixed_up()),
        }
    }

    /// As [`Registry::by_uuid`](crate::registry::Registry::by_uuid).
    pub async fn by_uuid(&self, uuid: Uuid) -> Result<Option<StreamRecord>, Error> {
        match self.answer(Query::ByUuid { uuid }).await? {
            Answer::Record(record) => Ok(record),
            _ => Err(mixed_up()),
        }
    }

    /// As [`Registry::list`](crate::registry::Registry::list).
    pub async fn streams(&self, after: Option<StreamId>, limit: usize) -> Result<StreamList, Error> {
        match self.answer(Query::Streams { after, limit }).await? {
            Answer::Streams(list) => Ok(list),
            _ => Err(mixed_up()),
        }
    }

    /// As [`Registry::snapshot`](crate::registry::Registry::snapshot).
    pub async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, Error> {
        match self.answer(Query::Snapshot { stream }).await? {
            Answer::Snapshot(snapshot) => Ok(snapshot.map(|snapshot| *snapshot)),
            _ => Err(mixed_up()),
        }
    }

    /// As [`Registry::sessions`](crate::registry::Registry::sessions).
    pub async fn sessions(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<SessionList, Error> {
        match self.answer(Query::Sessions { stream, before, limit }).await? {
            Answer::Sessions(list) => Ok(list),
            _ => Err(mixed_up()),
        }
    }

    /// As [`LibraryExt::track`](crate::library::LibraryExt::track).
    pub async fn track(&self, id: TrackId) -> Result<Option<Track>, Error> {
        match self.answer(Query::Track { id }).await? {
            Answer::Track(track) => Ok(track.map(|track| *track)),
            _ => Err(mixed_up()),
        }
    }

    /// As [`Library::search`](crate::library::Library::search).
    pub async fn search(&self, search: Search) -> Result<SearchPage, Error> {
        let Search { text, after, limit } = search;
        match self.answer(Query::Search { text, after, limit }).await? {
            Answer::Search(page) => Ok(page),
            _ => Err(mixed_up()),
        }
    }

    async fn answer(&self, query: Query) -> Result<Answer, Error> {
        let stores = &self.stores;
        if !self.falls_back {
            return stores.ask(&query, true).await;
        }
        let patience = if stores.status().reads.is_some() { PATIENCE_WHILE_AWAY } else { PATIENCE };
        let until = stores.runtime.sleep_until(stores.runtime.now() + patience);
        match select(stores.ask(&query, true).boxed(), until).await {
            Either::Left((Err(error), _)) if error.outage().is_some() => self.recall(&query).ok_or(error),
            Either::Left((answer, _)) => answer,
            Either::Right(((), answer)) => {
                stores.is_silent(patience);
                match self.recall(&query) {
                    Some(known) => Ok(known),
                    None => answer.await, // for as long as its caller can wait
                }
            }
        }
    }

    fn recall(&self, query: &Query) -> Option<Answer> {
        let now = self.stores.runtime.now();
        let (answer, read_at) = self.stores.lock().memory.recall(query, now)?;
        let mut since = self.stale_since.lock().unwrap_or_else(PoisonError::into_inner);
        *since = Some(since.map_or(read_at, |since| since.min(read_at)));
        Some(answer)
    }
}

/// Each question has one kind of answer, so this does not happen.
fn mixed_up() -> Error {
    Error::Queue(queue::Error::Corrupt { detail: "an answer to another question".to_owned() })
}

/// What the log says of a store that says nothing.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {0:?}")]
struct Silent(Duration);

/// A question under way; dropped, nobody waits for its answer.
struct Asked<'a>(&'a LastKnown, u64);

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.0.lock().memory.give_up(self.1);
    }
}

impl LastKnown {
    /// Asks the store whether it can be read, at most for so long, and says how it is. **Cancellation.** Nothing is learnt.
    pub async fn probe(&self, patience: Duration) -> StoreStatus {
        let until = self.runtime.sleep_until(self.runtime.now() + patience);
        let asked = async {
            let queue = self.queue.view(StreamId::new(0), Page { offset: 0, limit: 1 });
            let registry = self.registry.list(None, 1);
            let (queue, registry) = futures::future::join(queue, registry).await;
            queue.map(drop).map_err(Error::from).and(registry.map(drop).map_err(Error::from))
        };
        match select(asked.boxed(), until).await {
            Either::Left((answer, _)) => self.note_read(&answer),
            Either::Right(_) => self.is_silent(patience),
        }
        self.status()
    }

    /// Asks the store, and remembers what it says.
    pub(super) async fn ask(&self, query: &Query, wanted: bool) -> Result<Answer, Error> {
        let asked_at = self.runtime.now();
        let number = self.lock().memory.ask(query.clone());
        let asked = Asked(self, number);
        let answer = self.carry(query).await;
        self.note_read(&answer);
        if let Ok(answer) = &answer {
            let spawns = {
                let mut state = self.lock();
                let outdated = state.memory.answer(number, answer.clone(), asked_at, wanted);
                outdated && !std::mem::replace(&mut state.refreshing, true)
            };
            if spawns {
                self.refresh();
            }
        }
        drop(asked);
        answer
    }

    async fn carry(&self, query: &Query) -> Result<Answer, Error> {
        Ok(match query.clone() {
            Query::View { stream, offset, limit } => {
                Answer::View(self.queue.view(stream, Page { offset, limit }).await?)
            }
            Query::History { stream, before, limit } => {
                Answer::History(self.queue.history(stream, before, limit).await?)
            }
            Query::Record { stream } => Answer::Record(self.registry.get(stream).await?),
            Query::ByUuid { uuid } => Answer::Record(self.registry.by_uuid(uuid).await?),
            Query::Streams { after, limit } => Answer::Streams(self.registry.list(after, limit).await?),
            Query::Snapshot { stream } => Answer::Snapshot(self.registry.snapshot(stream).await?.map(Box::new)),
            Query::Sessions { stream, before, limit } => {
                Answer::Sessions(self.registry.sessions(stream, before, limit).await?)
            }
            Query::Track { id } => Answer::Track(self.library.track(id).await?.map(Box::new)),
            Query::Search { text, after, limit } => {
                Answer::Search(self.library.search(Search { text, after, limit }).await?)
            }
        })
    }

    fn is_silent(&self, patience: Duration) {
        let outage = Outage::new(self.runtime.now(), &Silent(patience));
        self.lock().status.not_read(outage);
    }
}
