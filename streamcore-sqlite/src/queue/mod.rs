//! The queue port. [`stored`] is a queue inside a transaction; each other file holds the SQL of its operations.

mod add;
mod advance;
mod blocks;
mod edit;
mod items;
mod order;
mod read;
mod reorder;
mod stored;
mod undo;

use async_trait::async_trait;
use futures::stream::BoxStream;
use streamcore::{
    ItemId, StreamId,
    queue::{Advance, Advanced, Applied, Change, Error, HistoryPage, Page, Queue, QueueView, Released, Result},
};

use crate::{SqliteStore, error::Fault};

/// What an operation inside the store answers with.
type Outcome<T> = std::result::Result<T, Fault<Error>>;

#[async_trait]
impl Queue for SqliteStore {
    async fn apply(&self, stream: StreamId, change: Change) -> Result<Applied> {
        self.write(
            move |conn| edit::apply(conn, stream, change),
            self.hint(stream, |applied: &Applied| applied.changed),
        )
        .await
    }

    async fn advance(&self, stream: StreamId, advance: Advance) -> Result<Advanced> {
        let hint = self.hint(stream, |advanced: &Advanced| advanced.changed);
        self.write(move |conn| advance::advance(conn, stream, &advance), hint).await
    }

    async fn release(&self, stream: StreamId, item: ItemId) -> Result<Released> {
        let hint = self.hint(stream, |released: &Released| released.changed);
        self.write(move |conn| advance::release(conn, stream, item), hint).await
    }

    async fn view(&self, stream: StreamId, page: Page) -> Result<QueueView> {
        self.read(move |conn| read::view(conn, stream, page)).await
    }

    async fn history(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<HistoryPage> {
        self.read(move |conn| read::history(conn, stream, before, limit)).await
    }

    async fn purge(&self, stream: StreamId) -> Result<()> {
        self.write(move |conn| edit::purge(conn, stream), self.hint(stream, |()| true)).await
    }

    fn changes(&self) -> BoxStream<'static, StreamId> {
        self.hints().subscribe()
    }
}

impl SqliteStore {
    fn hint<T>(&self, stream: StreamId, changed: fn(&T) -> bool) -> impl FnOnce(&T) + Send + use<T> {
        let hints = self.hints().clone();
        move |answer| {
            if changed(answer) {
                hints.notify(stream);
            }
        }
    }
}
