//! A queue that tells the [`Activity`] what people put into it and take out of it, whichever way they do.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use streamcore::{
    ItemId, StreamId,
    queue::{Advance, Advanced, Applied, Change, HistoryPage, Op, Page, Queue, QueueView, Released, Result},
    runtime::Runtime,
};

use super::Activity;

#[derive(Debug)]
struct Told {
    inner: Arc<dyn Queue>,
    activity: Arc<Activity>,
    runtime: Arc<dyn Runtime>,
}

impl Activity {
    /// The same queue; what is added and removed is told here. What is played, moved or put back is not.
    #[must_use]
    pub fn queue(self: &Arc<Self>, inner: Arc<dyn Queue>, runtime: Arc<dyn Runtime>) -> Arc<dyn Queue> {
        Arc::new(Told { inner, activity: Arc::clone(self), runtime })
    }
}

/// What an edit does, as far as it is told.
enum Edit {
    Adds,
    Removes,
    /// So many, the first of them called so.
    Clears {
        title: String,
        count: u64,
    },
    Other,
}

impl Told {
    async fn edit(&self, stream: StreamId, op: &Op) -> Edit {
        match op {
            Op::Add { .. } => Edit::Adds,
            Op::Remove { .. } => Edit::Removes,
            Op::Clear => self.cleared(stream).await,
            _ => Edit::Other,
        }
    }

    /// A cleared queue does not say what it held. Somebody may add to it between the two calls: the number is for people.
    async fn cleared(&self, stream: StreamId) -> Edit {
        let Ok(view) = self.inner.view(stream, Page { offset: 0, limit: 2 }).await else { return Edit::Other };
        let first = usize::from(view.current.is_some());
        let Some(item) = view.items.get(first) else { return Edit::Other };
        Edit::Clears { title: item.title.clone(), count: view.total.saturating_sub(first) as u64 }
    }

    fn tell(&self, stream: StreamId, edit: Edit, applied: &Applied) {
        let now = self.runtime.now();
        let first = applied.placed.first().map(|placed| placed.item.title.as_str());
        match (edit, first) {
            (Edit::Adds, Some(title)) => self.activity.tracks_added(stream, title, applied.placed.len() as u64, now),
            (Edit::Removes, Some(title)) => self.activity.track_removed(stream, title, now),
            (Edit::Clears { title, count }, _) => self.activity.tracks_removed(stream, &title, count, now),
            _ => {}
        }
    }
}

#[async_trait]
impl Queue for Told {
    async fn apply(&self, stream: StreamId, change: Change) -> Result<Applied> {
        let edit = self.edit(stream, &change.op).await;
        let applied = self.inner.apply(stream, change).await?;
        if applied.changed {
            self.tell(stream, edit, &applied);
        }
        Ok(applied)
    }

    async fn advance(&self, stream: StreamId, advance: Advance) -> Result<Advanced> {
        self.inner.advance(stream, advance).await
    }

    async fn release(&self, stream: StreamId, item: ItemId) -> Result<Released> {
        self.inner.release(stream, item).await
    }

    async fn view(&self, stream: StreamId, page: Page) -> Result<QueueView> {
        self.inner.view(stream, page).await
    }

    async fn history(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<HistoryPage> {
        self.inner.history(stream, before, limit).await
    }

    async fn purge(&self, stream: StreamId) -> Result<()> {
        self.inner.purge(stream).await
    }

    fn changes(&self) -> BoxStream<'static, StreamId> {
        self.inner.changes()
    }
}
