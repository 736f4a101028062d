//! Time and tasks on tokio.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::future::BoxFuture;
use streamcore::{Timestamp, runtime::Runtime};
use tokio::time::Instant;

/// The [`Runtime`] port on tokio: the wall clock at its creation plus the monotonic time elapsed since, so that setting the wall clock neither
/// freezes nor fires a timer.
#[derive(Debug, Clone)]
pub struct TokioRuntime {
    handle: tokio::runtime::Handle,
    wall_at_start: Timestamp,
    started: Instant,
}

impl TokioRuntime {
    /// The runtime that this is called in.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn new() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self {
            handle: tokio::runtime::Handle::current(),
            wall_at_start: Timestamp::default() + since_epoch,
            started: Instant::now(),
        }
    }
}

impl Default for TokioRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl Runtime for TokioRuntime {
    fn now(&self) -> Timestamp {
        self.wall_at_start + self.started.elapsed()
    }

    fn sleep_until(&self, deadline: Timestamp) -> BoxFuture<'static, ()> {
        let clock = self.clone();
        Box::pin(async move {
            // `now` counts whole milliseconds and tokio's timer rounds, so look again after each sleep: late is allowed, early is not.
            while clock.now() < deadline {
                tokio::time::sleep(deadline.since(clock.now())).await;
            }
        })
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.handle.spawn(task);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleep_is_never_early() {
        let runtime = TokioRuntime::new();
        for millis in 1..20 {
            let deadline = runtime.now() + Duration::from_millis(millis);
            runtime.sleep_until(deadline).await;
            assert!(runtime.now() >= deadline);
        }
    }

    #[tokio::test]
    async fn a_deadline_in_the_past_has_come() {
        let runtime = TokioRuntime::new();
        runtime.sleep_until(Timestamp::default()).await;
    }

    #[tokio::test]
    async fn a_spawned_task_runs_from_a_foreign_thread() {
        let runtime = TokioRuntime::new();
        let (done, seen) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            runtime.spawn(Box::pin(async move {
                let _ = done.send(());
            }));
        });
        seen.await.unwrap();
    }
}
