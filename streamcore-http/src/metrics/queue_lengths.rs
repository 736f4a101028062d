//! How long the queues of running streams are: read at a scrape, and only those that changed since the last one.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use futures::{StreamExt as _, future};
use streamcore::{
    StreamId,
    queue::{Page, Queue},
    runtime::Runtime,
};

/// How many queues are read at once.
const AT_ONCE: usize = 16;

/// The lengths of queues, as of the last [`refresh`](Self::refresh).
///
/// **Cost.** A queue is read again when its store [hints](Queue::changes) that it changed; ten thousand queues of which fifty changed are fifty
/// reads. **Bounds.** Some numbers for each running stream.
#[derive(Debug)]
pub struct QueueLengths {
    queue: Arc<dyn Queue>,
    runtime: Arc<dyn Runtime>,
    known: Mutex<BTreeMap<StreamId, Length>>,
}

#[derive(Debug, Default)]
struct Length {
    items: Option<usize>,
    /// How often a change was hinted at, ...
    hints: u64,
    /// ... and how often it had been when the length was read: a hint that comes while it is read is not lost.
    read_at: u64,
}

impl QueueLengths {
    /// Of the queues of this store, to whose hints it listens for as long as it lives.
    #[must_use]
    pub fn new(queue: Arc<dyn Queue>, runtime: Arc<dyn Runtime>) -> Arc<Self> {
        let mut changes = queue.changes();
        let it = Arc::new(Self { queue, runtime: Arc::clone(&runtime), known: Mutex::default() });
        let lengths: Weak<Self> = Arc::downgrade(&it);
        runtime.spawn(Box::pin(async move {
            while let Some(stream) = changes.next().await {
                let Some(lengths) = lengths.upgrade() else { return };
                if let Some(length) = lengths.known().get_mut(&stream) {
                    length.hints += 1;
                }
            }
        }));
        it
    }

    /// Reads what changed of the queues of these streams, for at most so long; of one that could not be read in time the length stays what it
    /// was. Other streams are forgotten.
    ///
    /// **Cancellation.** What was read is kept.
    pub async fn refresh(&self, running: impl IntoIterator<Item = StreamId>, limit: Duration) {
        let due = self.due(running);
        let read = futures::stream::iter(due).for_each_concurrent(AT_ONCE, |(stream, hints)| self.read(stream, hints));
        let late = self.runtime.sleep_until(self.runtime.now() + limit);
        future::select(std::pin::pin!(read), late).await;
    }

    /// Those to be read, each with the hints that it had until now.
    fn due(&self, running: impl IntoIterator<Item = StreamId>) -> Vec<(StreamId, u64)> {
        let mut known = self.known();
        let mut before = std::mem::take(&mut *known);
        *known = running.into_iter().map(|stream| (stream, before.remove(&stream).unwrap_or_default())).collect();
        let is_due = |length: &Length| length.items.is_none() || length.read_at != length.hints;
        known.iter().filter(|(_, length)| is_due(length)).map(|(stream, length)| (*stream, length.hints)).collect()
    }

    async fn read(&self, stream: StreamId, hints: u64) {
        let Ok(view) = self.queue.view(stream, Page { offset: 0, limit: 0 }).await else { return };
        if let Some(length) = self.known().get_mut(&stream) {
            (length.items, length.read_at) = (Some(view.total), hints);
        }
    }

    /// How many items the queue had, the current one included; none if it was never read.
    #[must_use]
    pub fn of(&self, stream: StreamId) -> Option<usize> {
        self.known().get(&stream)?.items
    }

    /// How often a change of this queue was hinted at.
    #[cfg(test)]
    pub(super) fn hints_of(&self, stream: StreamId) -> Option<u64> {
        self.known().get(&stream).map(|length| length.hints)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<StreamId, Length>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
