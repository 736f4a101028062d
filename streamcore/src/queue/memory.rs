//! The queue without a store: a lock around the model. For tests, examples, and embedders that keep nothing.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use futures::stream::BoxStream;

use super::{
    Advance, Advanced, Applied, Change, Hints, HistoryPage, Page, Queue, QueueModel, QueueView, Released, Result,
};
use crate::{ItemId, StreamId};

/// Queues that vanish with the process.
///
/// **Durability.** None. **Errors.** Never `Unavailable`.
#[derive(Debug, Default)]
pub struct MemoryQueue {
    queues: Mutex<BTreeMap<StreamId, QueueModel>>,
    hints: Hints,
}

impl MemoryQueue {
    /// No queues yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn with<T>(&self, stream: StreamId, act: impl FnOnce(&mut QueueModel) -> T) -> T {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        act(queues.entry(stream).or_default())
    }

    /// Reading a stream that nobody added to leaves nothing behind.
    fn read<T>(&self, stream: StreamId, act: impl FnOnce(&QueueModel) -> T) -> T {
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        match queues.get(&stream) {
            Some(queue) => act(queue),
            None => act(&QueueModel::default()),
        }
    }

    fn notify_if(&self, changed: bool, stream: StreamId) {
        if changed {
            self.hints.notify(stream);
        }
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    async fn apply(&self, stream: StreamId, change: Change) -> Result<Applied> {
        let applied = self.with(stream, |queue| queue.apply(change))?;
        self.notify_if(applied.changed, stream);
        Ok(applied)
    }

    async fn advance(&self, stream: StreamId, advance: Advance) -> Result<Advanced> {
        let advanced = self.with(stream, |queue| queue.advance(advance));
        self.notify_if(advanced.changed, stream);
        Ok(advanced)
    }

    async fn release(&self, stream: StreamId, item: ItemId) -> Result<Released> {
        let released = self.with(stream, |queue| queue.release(item));
        self.notify_if(released.changed, stream);
        Ok(released)
    }

    async fn view(&self, stream: StreamId, page: Page) -> Result<QueueView> {
        Ok(self.read(stream, |queue| queue.view(page)))
    }

    async fn history(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<HistoryPage> {
        Ok(self.read(stream, |queue| queue.history(before, limit)))
    }

    async fn purge(&self, stream: StreamId) -> Result<()> {
        self.with(stream, QueueModel::purge);
        self.hints.notify(stream);
        Ok(())
    }

    fn changes(&self) -> BoxStream<'static, StreamId> {
        self.hints.subscribe()
    }
}
