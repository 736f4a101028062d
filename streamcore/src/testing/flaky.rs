//! Stores that fail on purpose, by a script: for tests of whatever drives a store.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    task::{Poll, Waker},
};

use async_trait::async_trait;
use futures::{
    FutureExt,
    stream::{self, BoxStream},
};

use crate::{
    ItemId, StreamId,
    auto_end::Overrides,
    queue::{self, Advance, Advanced, Applied, Change, HistoryPage, Page, Queue, QueueView, Released},
    registry::{self, Registry, Session, SessionList, StreamList, StreamRecord},
    stream::Snapshot,
};

/// What becomes of one call.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing: it is done and answered.
    #[default]
    None,
    /// It is answered with `Unavailable` and not done.
    Refuse,
    /// It is done, and answered with `Unavailable`.
    LoseAnswer,
    /// It waits until the gate opens, and then is done.
    Hold(Gate),
    /// It is done, and its answer waits until the gate opens.
    HoldAnswer(Gate),
}

/// Which call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Called {
    /// The method's name.
    pub method: &'static str,
    /// The stream it is about; none for calls about all of them.
    pub stream: Option<StreamId>,
    /// How many calls came before it, of whatever method.
    pub nth: u64,
}

/// A store of any port ([`Queue`], [`Registry`], [`Library`](crate::library::Library),
/// [`Idempotency`](crate::idempotency::Idempotency)) around another one that fails when its script says so.
///
/// ```
/// use streamcore::{StreamId, queue::{MemoryQueue, Page, Queue}, testing::{Flaky, flaky::Fault}};
/// let queue = Flaky::by(MemoryQueue::new(), |call| if call.method == "view" { Fault::Refuse } else { Fault::None });
/// # async fn example(queue: Flaky<MemoryQueue>) {
/// assert!(queue.view(StreamId::new(1), Page::ALL).await.is_err_and(|e| e.is_retryable()));
/// # }
/// ```
pub struct Flaky<T> {
    inner: T,
    script: Mutex<Script>,
}

struct Script {
    decide: Box<dyn FnMut(Called) -> Fault + Send>,
    calls: u64,
}

impl<T> Flaky<T> {
    /// Fails as `script` says, which is asked once for every call, in their order.
    pub fn by(inner: T, script: impl FnMut(Called) -> Fault + Send + 'static) -> Self {
        Self { inner, script: Mutex::new(Script { decide: Box::new(script), calls: 0 }) }
    }

    /// Fails as listed, one call after the other, and no more after the last.
    pub fn listed<I>(inner: T, faults: I) -> Self
    where
        I: IntoIterator<Item = Fault>,
        I::IntoIter: Send + 'static,
    {
        let mut faults = faults.into_iter();
        Self::by(inner, move |_| faults.next().unwrap_or_default())
    }

    /// The store inside, which does not fail.
    pub const fn inner(&self) -> &T {
        &self.inner
    }

    /// How many calls there were.
    pub fn calls(&self) -> u64 {
        self.script.lock().unwrap_or_else(PoisonError::into_inner).calls
    }

    fn fault(&self, method: &'static str, stream: Option<StreamId>) -> Fault {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        let nth = script.calls;
        script.calls += 1;
        (script.decide)(Called { method, stream, nth })
    }

    /// The call's future is lazy: a call that is refused or dropped while held was never made.
    pub(super) async fn call<R, E>(
        &self,
        (method, stream): (&'static str, Option<StreamId>),
        call: impl Future<Output = Result<R, E>> + Send,
        unavailable: fn(Injected) -> E,
    ) -> Result<R, E> {
        match self.fault(method, stream) {
            Fault::None => call.await,
            Fault::Refuse => Err(unavailable(Injected("refused"))),
            Fault::LoseAnswer => {
                // Whatever it was, nobody hears it.
                drop(call.await);
                Err(unavailable(Injected("the answer was lost")))
            }
            Fault::Hold(gate) => {
                gate.opened().await;
                call.await
            }
            Fault::HoldAnswer(gate) => {
                let answer = call.await;
                gate.opened().await;
                answer
            }
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Flaky<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flaky").field("inner", &self.inner).finish_non_exhaustive()
    }
}

/// What an injected outage says.
#[derive(Debug, thiserror::Error)]
#[error("a fault of the test: {0}")]
pub(super) struct Injected(&'static str);

fn queue_down(why: Injected) -> queue::Error {
    queue::Error::unavailable(why)
}

fn registry_down(why: Injected) -> registry::Error {
    registry::Error::unavailable(why)
}

#[async_trait]
impl<Q: Queue> Queue for Flaky<Q> {
    async fn apply(&self, stream: StreamId, change: Change) -> queue::Result<Applied> {
        self.call(("apply", Some(stream)), self.inner.apply(stream, change), queue_down).await
    }

    async fn advance(&self, stream: StreamId, advance: Advance) -> queue::Result<Advanced> {
        self.call(("advance", Some(stream)), self.inner.advance(stream, advance), queue_down).await
    }

    async fn release(&self, stream: StreamId, item: ItemId) -> queue::Result<Released> {
        self.call(("release", Some(stream)), self.inner.release(stream, item), queue_down).await
    }

    async fn view(&self, stream: StreamId, page: Page) -> queue::Result<QueueView> {
        self.call(("view", Some(stream)), self.inner.view(stream, page), queue_down).await
    }

    async fn history(&self, stream: StreamId, before: Option<u64>, limit: usize) -> queue::Result<HistoryPage> {
        self.call(("history", Some(stream)), self.inner.history(stream, before, limit), queue_down).await
    }

    async fn purge(&self, stream: StreamId) -> queue::Result<()> {
        self.call(("purge", Some(stream)), self.inner.purge(stream), queue_down).await
    }

    /// Any fault but a gate makes a subscription that never hints; one behind a gate hints what it missed once that opens.
    fn changes(&self) -> BoxStream<'static, StreamId> {
        let changes = self.inner.changes();
        match self.fault("changes", None) {
            Fault::None => changes,
            Fault::Refuse | Fault::LoseAnswer => Box::pin(stream::pending()),
            Fault::Hold(gate) | Fault::HoldAnswer(gate) => {
                Box::pin(async move { gate.opened().await }.map(|()| changes).flatten_stream())
            }
        }
    }
}

#[async_trait]
impl<R: Registry> Registry for Flaky<R> {
    async fn create(&self, record: StreamRecord) -> registry::Result<()> {
        self.call(("create", Some(record.id)), self.inner.create(record), registry_down).await
    }

    async fn get(&self, stream: StreamId) -> registry::Result<Option<StreamRecord>> {
        self.call(("get", Some(stream)), self.inner.get(stream), registry_down).await
    }

    async fn by_uuid(&self, uuid: uuid::Uuid) -> registry::Result<Option<StreamRecord>> {
        self.call(("by_uuid", None), self.inner.by_uuid(uuid), registry_down).await
    }

    async fn list(&self, after: Option<StreamId>, limit: usize) -> registry::Result<StreamList> {
        self.call(("list", None), self.inner.list(after, limit), registry_down).await
    }

    async fn rename(&self, stream: StreamId, name: String) -> registry::Result<StreamRecord> {
        self.call(("rename", Some(stream)), self.inner.rename(stream, name), registry_down).await
    }

    async fn set_auto_end(&self, stream: StreamId, auto_end: Overrides) -> registry::Result<StreamRecord> {
        self.call(("set_auto_end", Some(stream)), self.inner.set_auto_end(stream, auto_end), registry_down).await
    }

    async fn delete(&self, stream: StreamId) -> registry::Result<()> {
        self.call(("delete", Some(stream)), self.inner.delete(stream), registry_down).await
    }

    async fn save_snapshot(&self, stream: StreamId, snapshot: Snapshot) -> registry::Result<()> {
        self.call(("save_snapshot", Some(stream)), self.inner.save_snapshot(stream, snapshot), registry_down).await
    }

    async fn close_session(&self, stream: StreamId, snapshot: Snapshot, session: Session) -> registry::Result<()> {
        let close = self.inner.close_session(stream, snapshot, session);
        self.call(("close_session", Some(stream)), close, registry_down).await
    }

    async fn sessions(&self, stream: StreamId, before: Option<u64>, limit: usize) -> registry::Result<SessionList> {
        self.call(("sessions", Some(stream)), self.inner.sessions(stream, before, limit), registry_down).await
    }

    async fn snapshot(&self, stream: StreamId) -> registry::Result<Option<Snapshot>> {
        self.call(("snapshot", Some(stream)), self.inner.snapshot(stream), registry_down).await
    }

    async fn running(&self) -> registry::Result<Vec<StreamId>> {
        self.call(("running", None), self.inner.running(), registry_down).await
    }
}

/// Holds calls back until the test opens it; then it stays open. Clones are the same gate.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<Mutex<GateState>>);

#[derive(Debug, Default)]
struct GateState {
    open: bool,
    waiting: Vec<Waker>,
}

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets everything through, what waits and what comes.
    pub fn open(&self) {
        let waiting = {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.open = true;
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Waits until it is open. **Cancellation.** Nothing happens.
    pub async fn opened(&self) {
        std::future::poll_fn(|cx| {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if state.open {
                return Poll::Ready(());
            }
            if !state.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
                state.waiting.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }
}
