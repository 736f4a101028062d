//! A bounded "something changed" for adapters that make their own changes.

use std::{
    collections::BTreeSet,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, Weak},
    task::{Context, Poll, Waker},
};

use futures::stream::{BoxStream, Stream};

use crate::StreamId;

/// Tells any number of readers which streams changed. A reader has at most one pending hint per stream, so a slow one costs little.
///
/// ```
/// use futures::StreamExt;
/// use streamcore::{StreamId, queue::Hints};
/// let hints = Hints::default();
/// let mut changes = hints.subscribe();
/// hints.notify(StreamId::new(1));
/// hints.notify(StreamId::new(1));
/// hints.notify(StreamId::new(2));
/// drop(hints);
/// let seen: Vec<_> = futures::executor::block_on(changes.collect());
/// assert_eq!(seen, [StreamId::new(1), StreamId::new(2)]);
/// ```
#[derive(Debug, Default)]
pub struct Hints {
    readers: Mutex<Vec<Weak<Reader>>>,
}

#[derive(Debug, Default)]
struct Reader {
    state: Mutex<ReaderState>,
}

#[derive(Debug, Default)]
struct ReaderState {
    pending: BTreeSet<StreamId>,
    waker: Option<Waker>,
    closed: bool,
}

impl Reader {
    fn wake(&self, change: impl FnOnce(&mut ReaderState)) {
        let waker = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut state);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

struct Subscription(Arc<Reader>);

impl Stream for Subscription {
    type Item = StreamId;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<StreamId>> {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.pending.pop_first() {
            Some(stream) => Poll::Ready(Some(stream)),
            None if state.closed => Poll::Ready(None),
            None => {
                state.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Hints {
    /// Tells every reader that this stream changed. Never blocks.
    pub fn notify(&self, stream: StreamId) {
        self.each(|reader| {
            reader.wake(|state| {
                state.pending.insert(stream);
            });
        });
    }

    /// Hints from now on, until this value is dropped.
    #[must_use]
    pub fn subscribe(&self) -> BoxStream<'static, StreamId> {
        let reader = Arc::new(Reader::default());
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.retain(|r| r.strong_count() > 0);
        readers.push(Arc::downgrade(&reader));
        Box::pin(Subscription(reader))
    }

    fn each(&self, act: impl Fn(&Reader)) {
        let readers: Vec<_> = {
            let readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
            readers.iter().filter_map(Weak::upgrade).collect()
        };
        for reader in readers {
            act(&reader);
        }
    }
}

impl Drop for Hints {
    fn drop(&mut self) {
        self.each(|reader| reader.wake(|state| state.closed = true));
    }
}
