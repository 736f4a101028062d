//! Stores that are away, slow, forgetful or late, as the weather of the moment wants it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures::{FutureExt, channel::oneshot, future::BoxFuture};
use streamcore::{
    StreamId, Timestamp,
    auto_end::Overrides,
    queue::MemoryQueue,
    registry::{Error, MemoryRegistry, Registry, Result, Session, SessionList, StreamList, StreamRecord},
    runtime::Runtime,
    stream::Snapshot,
    testing::{
        Flaky, SimRuntime,
        flaky::{Fault, Gate},
    },
};
use uuid::Uuid;

use crate::random::Random;

/// The longest that a call may be on its way: longer than anybody waits for it.
pub(crate) const LATEST: Duration = Duration::from_secs(20);

/// What becomes of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    /// They are done and answered at once.
    Fine,
    /// They are refused.
    Away,
    /// They are done, and answered as if they were not.
    Forgetful,
    /// They are done at once and answered seconds later.
    Slow,
    /// They are done when perhaps nobody waits for them any more, and even then after whatever was asked later.
    Late,
    /// Any of these, each time another.
    Fickle,
}

impl Weather {
    pub(crate) const ALL: [Self; 6] = [Self::Fine, Self::Away, Self::Forgetful, Self::Slow, Self::Late, Self::Fickle];
}

/// What becomes of one call.
enum Lot {
    Done,
    Refused,
    Forgotten,
    /// Done after the one time, answered after the other.
    Delayed(Duration, Duration),
}

/// The weather over both stores. Clones are the same.
#[derive(Clone)]
pub(crate) struct Sky(Arc<Mutex<State>>);

struct State {
    runtime: SimRuntime,
    registry: Weather,
    queue: Weather,
    random: Random,
}

impl Sky {
    pub(crate) fn new(runtime: SimRuntime, seed: u64) -> Self {
        let (registry, queue) = (Weather::Fine, Weather::Fine);
        Self(Arc::new(Mutex::new(State { runtime, registry, queue, random: Random::new(seed) })))
    }

    /// A queue under this sky.
    pub(crate) fn queue(&self) -> Arc<Flaky<MemoryQueue>> {
        let sky = self.clone();
        Arc::new(Flaky::by(MemoryQueue::new(), move |call| {
            if call.method == "changes" {
                return Fault::None;
            }
            let weather = sky.lock().queue;
            match sky.lot(weather) {
                Lot::Done => Fault::None,
                Lot::Refused => Fault::Refuse,
                Lot::Forgotten => Fault::LoseAnswer,
                Lot::Delayed(before, after) => {
                    let (gate, opened) = (Gate::new(), before + after);
                    let (runtime, opens) = (sky.runtime(), gate.clone());
                    let at = runtime.now() + opened;
                    sky.runtime().spawn(Box::pin(async move {
                        runtime.sleep_until(at).await;
                        opens.open();
                    }));
                    if before > after { Fault::Hold(gate) } else { Fault::HoldAnswer(gate) }
                }
            }
        }))
    }

    pub(crate) fn registry(&self) -> Arc<UnsteadyRegistry> {
        Arc::new(UnsteadyRegistry { inner: Arc::new(MemoryRegistry::new()), sky: self.clone() })
    }

    /// Another process: calls of the one before are heard of no more.
    pub(crate) fn move_to(&self, runtime: SimRuntime) {
        self.lock().runtime = runtime;
    }

    pub(crate) fn set_registry(&self, weather: Weather) {
        self.lock().registry = weather;
    }

    pub(crate) fn set_queue(&self, weather: Weather) {
        self.lock().queue = weather;
    }

    fn runtime(&self) -> SimRuntime {
        self.lock().runtime.clone()
    }

    fn lot(&self, weather: Weather) -> Lot {
        let random = &mut self.lock().random;
        let weather = if weather == Weather::Fickle { random.one_of(&Weather::ALL[..5]) } else { weather };
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        match weather {
            Weather::Fine | Weather::Fickle => Lot::Done,
            Weather::Away => Lot::Refused,
            Weather::Forgetful => Lot::Forgotten,
            Weather::Slow => Lot::Delayed(Duration::ZERO, Duration::from_millis(1 + random.below(8_000))),
            Weather::Late => Lot::Delayed(Duration::from_millis(1 + random.below(millis(LATEST))), Duration::ZERO),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Sky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sky").finish_non_exhaustive()
    }
}

/// A registry under the weather. A call that is on its way arrives also if nobody waits for it any more.
#[derive(Debug)]
pub(crate) struct UnsteadyRegistry {
    inner: Arc<MemoryRegistry>,
    sky: Sky,
}

impl UnsteadyRegistry {
    /// What is really stored.
    pub(crate) fn inner(&self) -> &MemoryRegistry {
        &self.inner
    }

    async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(Arc<MemoryRegistry>) -> BoxFuture<'static, Result<T>> + Send,
    ) -> Result<T> {
        let done = call(self.inner.clone());
        let weather = self.sky.lock().registry;
        match self.sky.lot(weather) {
            Lot::Done => done.await,
            Lot::Refused => Err(Error::unavailable("it is away")),
            Lot::Forgotten => {
                drop(done.await);
                Err(Error::unavailable("the answer was lost"))
            }
            Lot::Delayed(before, after) => {
                let (answer, answered) = oneshot::channel();
                let runtime = self.sky.runtime();
                let (waits, now) = (runtime.clone(), runtime.now());
                runtime.spawn(Box::pin(async move {
                    waits.sleep_until(now + before).await;
                    let result = done.await;
                    waits.sleep_until(now + before + after).await;
                    let _nobody_waits = answer.send(result);
                }));
                answered.await.unwrap_or_else(|_| Err(Error::unavailable("the process is gone")))
            }
        }
    }
}

#[async_trait]
impl Registry for UnsteadyRegistry {
    async fn create(&self, record: StreamRecord) -> Result<()> {
        self.call(|inner| async move { inner.create(record).await }.boxed()).await
    }

    async fn get(&self, stream: StreamId) -> Result<Option<StreamRecord>> {
        self.call(move |inner| async move { inner.get(stream).await }.boxed()).await
    }

    async fn by_uuid(&self, uuid: Uuid) -> Result<Option<StreamRecord>> {
        self.call(move |inner| async move { inner.by_uuid(uuid).await }.boxed()).await
    }

    async fn list(&self, after: Option<StreamId>, limit: usize) -> Result<StreamList> {
        self.call(move |inner| async move { inner.list(after, limit).await }.boxed()).await
    }

    async fn rename(&self, stream: StreamId, name: String) -> Result<StreamRecord> {
        self.call(move |inner| async move { inner.rename(stream, name).await }.boxed()).await
    }

    async fn set_auto_end(&self, stream: StreamId, auto_end: Overrides) -> Result<StreamRecord> {
        self.call(move |inner| async move { inner.set_auto_end(stream, auto_end).await }.boxed()).await
    }

    async fn delete(&self, stream: StreamId) -> Result<()> {
        self.call(move |inner| async move { inner.delete(stream).await }.boxed()).await
    }

    async fn save_snapshot(&self, stream: StreamId, snapshot: Snapshot) -> Result<()> {
        self.call(move |inner| async move { inner.save_snapshot(stream, snapshot).await }.boxed()).await
    }

    async fn close_session(&self, stream: StreamId, snapshot: Snapshot, session: Session) -> Result<()> {
        self.call(move |inner| async move { inner.close_session(stream, snapshot, session).await }.boxed()).await
    }

    async fn sessions(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<SessionList> {
        self.call(move |inner| async move { inner.sessions(stream, before, limit).await }.boxed()).await
    }

    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>> {
        self.call(move |inner| async move { inner.snapshot(stream).await }.boxed()).await
    }

    async fn running(&self) -> Result<Vec<StreamId>> {
        self.call(|inner| async move { inner.running().await }.boxed()).await
    }
}

/// A clock that can be set back for a moment, though no runtime may do that: the machine is to bear it.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    pub(crate) runtime: SimRuntime,
    back: Arc<Mutex<Duration>>,
}

impl Clock {
    pub(crate) fn new(runtime: SimRuntime) -> Self {
        Self { runtime, back: Arc::default() }
    }

    pub(crate) fn set_back(&self, by: Duration) {
        *self.back.lock().unwrap_or_else(PoisonError::into_inner) = by;
    }
}

impl Runtime for Clock {
    fn now(&self) -> Timestamp {
        self.runtime.now().before(*self.back.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'static, ()> {
        self.runtime.sleep_until(deadline)
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.runtime.spawn(task);
    }
}
