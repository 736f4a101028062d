//! Virtual time: a runtime for tests in which an hour passes in a moment, the same way every time.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use futures::{
    FutureExt,
    future::BoxFuture,
    task::{ArcWake, waker},
};

use crate::{Timestamp, runtime::Runtime};

/// So many polls without the passing of time are a loop that spins.
const MAX_POLLS: usize = 1_000_000;

/// A deterministic, single-threaded [`Runtime`] whose time passes only when the test says so. Clones are the same runtime.
///
/// ```
/// use std::time::Duration;
/// use streamcore::{Timestamp, runtime::Runtime, testing::SimRuntime};
/// let runtime = SimRuntime::new(Timestamp::from_millis(0));
/// let woken = runtime.run(async {
///     runtime.sleep_until(Timestamp::from_millis(3_600_000)).await;
///     runtime.now()
/// });
/// assert_eq!(woken, Timestamp::from_millis(3_600_000));
/// ```
#[derive(Clone)]
pub struct SimRuntime(Arc<Mutex<State>>);

struct State {
    now: Timestamp,
    timers: BTreeMap<(Timestamp, u64), Waker>,
    next_timer: u64,
    tasks: BTreeMap<u64, Arc<Task>>,
    next_task: u64,
    ready: VecDeque<u64>,
}

struct Task {
    id: u64,
    /// None while it is being polled.
    future: Mutex<Option<BoxFuture<'static, ()>>>,
    runtime: SimRuntime,
}

impl ArcWake for Task {
    fn wake_by_ref(task: &Arc<Self>) {
        let mut state = task.runtime.lock();
        if !state.ready.contains(&task.id) {
            state.ready.push_back(task.id);
        }
    }
}

impl SimRuntime {
    /// A runtime in which it is `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(State {
            now,
            timers: BTreeMap::new(),
            next_timer: 0,
            tasks: BTreeMap::new(),
            next_task: 0,
            ready: VecDeque::new(),
        })))
    }

    /// Runs every task until all of them wait, without letting time pass.
    pub fn settle(&self) {
        for _ in 0..MAX_POLLS {
            let task = {
                let mut state = self.lock();
                let Some(id) = state.ready.pop_front() else { return };
                state.tasks.get(&id).cloned()
            };
            let Some(task) = task else { continue };
            let Some(mut future) = task.future.lock().unwrap_or_else(PoisonError::into_inner).take() else { continue };
            let waker = waker(task.clone());
            match future.poll_unpin(&mut Context::from_waker(&waker)) {
                Poll::Ready(()) => drop(self.lock().tasks.remove(&task.id)),
                Poll::Pending => *task.future.lock().unwrap_or_else(PoisonError::into_inner) = Some(future),
            }
        }
        panic!("the tasks never come to rest at {}", self.now());
    }

    /// Lets this much time pass: every timer fires at its moment, in order.
    pub fn pass(&self, time: Duration) {
        let end = self.now() + time;
        self.settle();
        while self.fire_next(end) {
            self.settle();
        }
        self.lock().now = end;
    }

    /// Runs a future to its end, letting time pass as far as it waits for it.
    ///
    /// # Panics
    /// If it waits for something that will never happen.
    pub fn run<T: Send + 'static>(&self, future: impl Future<Output = T> + Send) -> T {
        let mut future = std::pin::pin!(future);
        let waker = futures::task::noop_waker();
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return output;
            }
            // Time passes only when nothing else is left to do: what was just begun may wait for an earlier moment.
            if self.lock().ready.is_empty() {
                let passed = self.fire_next(Timestamp::from_millis(u64::MAX));
                assert!(passed, "it waits for something that will never happen");
            }
            self.settle();
        }
    }

    fn fire_next(&self, end: Timestamp) -> bool {
        let waker = {
            let mut state = self.lock();
            let Some(entry) = state.timers.first_entry().filter(|entry| entry.key().0 <= end) else { return false };
            let ((due, _), waker) = entry.remove_entry();
            state.now = state.now.max(due);
            waker
        };
        waker.wake();
        true
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runtime for SimRuntime {
    fn now(&self) -> Timestamp {
        self.lock().now
    }

    fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'static, ()> {
        let mut timer = Timer { runtime: self.clone(), deadline, key: None };
        poll_fn(move |cx| timer.poll(cx)).boxed()
    }

    fn spawn(&self, future: BoxFuture<'static, ()>) {
        let mut state = self.lock();
        let id = state.next_task;
        state.next_task += 1;
        state.tasks.insert(id, Arc::new(Task { id, future: Mutex::new(Some(future)), runtime: self.clone() }));
        state.ready.push_back(id);
    }
}

struct Timer {
    runtime: SimRuntime,
    deadline: Timestamp,
    key: Option<(Timestamp, u64)>,
}

impl Timer {
    fn poll(&mut self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.runtime.lock();
        if let Some(key) = self.key.take() {
            state.timers.remove(&key);
        }
        if state.now >= self.deadline {
            return Poll::Ready(());
        }
        let key = (self.deadline, state.next_timer);
        state.next_timer += 1;
        state.timers.insert(key, cx.waker().clone());
        self.key = Some(key);
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            let forgotten = self.runtime.lock().timers.remove(&key);
            drop(forgotten);
        }
    }
}

impl fmt::Debug for SimRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimRuntime").field("now", &self.now()).finish_non_exhaustive()
    }
}
