//! A queue, measured.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use streamcore::{
    ItemId, StreamId,
    queue::{Advance, Advanced, Applied, Change, Error, HistoryPage, Op, Page, Queue, QueueView, Released, Result},
};

use super::{Failure, Measured};
use crate::metrics::{
    Metrics,
    queue::{operation, source},
};

const OPERATIONS: [&str; 6] = ["apply", "advance", "release", "view", "history", "purge"];

const fn place(operation: &str) -> usize {
    super::place(&OPERATIONS, operation)
}

pub(super) fn measured(inner: Arc<dyn Queue>, metrics: &Arc<Metrics>) -> Arc<dyn Queue> {
    Measured::new(inner, metrics, "queue", &OPERATIONS)
}

const fn failure(error: &Error) -> Option<Failure> {
    match error {
        Error::Unavailable { .. } => Some(Failure::Unavailable),
        Error::Corrupt { .. } => Some(Failure::Corrupt),
        _ => None,
    }
}

#[async_trait]
impl Queue for Measured<dyn Queue> {
    async fn apply(&self, stream: StreamId, change: Change) -> Result<Applied> {
        let (operation, adds) = (operation(&change.op), matches!(change.op, Op::Add { .. }));
        let applied = self.measure(const { place("apply") }, self.inner.apply(stream, change), failure).await?;
        if applied.changed {
            let queue = &self.metrics.queue;
            let legacy = self.metrics.legacy.get();
            queue.changed(operation);
            legacy.inspect(|legacy| legacy.changed(stream, operation));
            for placed in applied.placed.iter().filter(|_| adds) {
                let source = source(placed.item.source);
                queue.added(source);
                legacy.inspect(|legacy| legacy.added(stream, source));
            }
        }
        Ok(applied)
    }

    async fn advance(&self, stream: StreamId, advance: Advance) -> Result<Advanced> {
        let advanced = self.measure(const { place("advance") }, self.inner.advance(stream, advance), failure).await?;
        if advanced.changed {
            self.metrics.queue.changed("advance");
        }
        Ok(advanced)
    }

    async fn release(&self, stream: StreamId, item: ItemId) -> Result<Released> {
        self.measure(const { place("release") }, self.inner.release(stream, item), failure).await
    }

    async fn view(&self, stream: StreamId, page: Page) -> Result<QueueView> {
        self.measure(const { place("view") }, self.inner.view(stream, page), failure).await
    }

    async fn history(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<HistoryPage> {
        self.measure(const { place("history") }, self.inner.history(stream, before, limit), failure).await
    }

    async fn purge(&self, stream: StreamId) -> Result<()> {
        self.measure(const { place("purge") }, self.inner.purge(stream), failure).await
    }

    fn changes(&self) -> BoxStream<'static, StreamId> {
        self.inner.changes()
    }
}
