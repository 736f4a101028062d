//! The handle that the routes hold, and the task behind it.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::future::{AbortHandle, Aborted, abortable};
use streamcore::{Timestamp, runtime::Runtime};

use super::{
    Activity, Counts, Figures, MachineSample,
    history::{History, Point, Resolution, Slice},
    machine::Machine,
};

/// How often a sample is taken for the history.
const EVERY: Duration = Duration::from_secs(10);

/// Watches the machine and the server for as long as it lives.
///
/// ```
/// # #[derive(Debug)] struct Nobody;
/// # #[async_trait::async_trait]
/// # impl streamcore_http::monitor::Figures for Nobody { async fn figures(&self) -> streamcore_http::monitor::Counts { Default::default() } }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::{path::Path, sync::Arc};
/// use streamcore::runtime::Runtime;
/// use streamcore_http::{TokioRuntime, monitor::{Activity, Monitor}};
///
/// let runtime = Arc::new(TokioRuntime::new());
/// let activity = Arc::new(Activity::new(runtime.now())); // also into the sinks of the `Host`
/// let monitor = Monitor::start(Arc::new(Nobody), activity, Path::new("."), runtime);
/// assert_eq!(monitor.counts().await.requests, None);
/// # }
/// ```
#[derive(Debug)]
pub struct Monitor {
    shared: Arc<Shared>,
    machine: Machine,
    task: AbortHandle,
}

#[derive(Debug)]
struct Shared {
    figures: Arc<dyn Figures>,
    activity: Arc<Activity>,
    history: Mutex<History>,
}

impl Shared {
    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Monitor {
    /// Begins to watch, with a task of this runtime and a thread; both end with the handle. `directory` lies on the disk that is watched:
    /// the data directory, as a rule.
    #[must_use]
    pub fn start(
        figures: Arc<dyn Figures>,
        activity: Arc<Activity>,
        directory: &Path,
        runtime: Arc<dyn Runtime>,
    ) -> Arc<Self> {
        let machine = Machine::watch(directory, runtime.clone());
        let shared = Arc::new(Shared { figures, activity, history: Mutex::default() });
        let (sampling, task) = abortable(sample(shared.clone(), machine.reader(), runtime.clone()));
        runtime.spawn(Box::pin(async move {
            let Err(Aborted) = sampling.await;
        }));
        Arc::new(Self { shared, machine, task })
    }

    /// What the server counts, now.
    pub async fn counts(&self) -> Counts {
        self.shared.figures.figures().await
    }

    /// What the machine was last seen to do: at the most some seconds ago. Right after a start it is waited for; none if the system tells
    /// nothing.
    pub async fn machine(&self) -> Option<Arc<MachineSample>> {
        self.machine.sample().await
    }

    /// The figures of some time, as [`History::read`] tells them.
    #[must_use]
    pub fn history(&self, resolution: Resolution, from: Timestamp, to: Timestamp, limit: usize) -> Slice {
        self.shared.history().read(resolution, from, to, limit)
    }

    /// What happened lately.
    #[must_use]
    pub fn activity(&self) -> &Activity {
        &self.shared.activity
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Takes samples for ever.
async fn sample(
    shared: Arc<Shared>,
    machine: super::machine::Reader,
    runtime: Arc<dyn Runtime>,
) -> std::convert::Infallible {
    let mut due = runtime.now();
    loop {
        let point = Point::new(&shared.figures.figures().await, machine.last().as_deref());
        let now = runtime.now();
        shared.history().record(now, &point);
        // One that is late is not made up for.
        due = now.max(due + EVERY);
        runtime.sleep_until(due).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::{
        TokioRuntime,
        monitor::{Counter, Gauge},
    };

    #[derive(Debug, Default)]
    struct Asked(AtomicU64);

    #[async_trait::async_trait]
    impl Figures for Asked {
        async fn figures(&self) -> Counts {
            let asked = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            Counts { requests: Some(asked), listeners: Some(asked), ..Counts::default() }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_sample_is_taken_every_ten_seconds_until_the_handle_is_gone() {
        let (asked, runtime) = (Arc::new(Asked::default()), Arc::new(TokioRuntime::new()));
        let activity = Arc::new(Activity::new(runtime.now()));
        let monitor = Monitor::start(asked.clone(), activity, Path::new("/"), runtime.clone());
        let began = runtime.now();
        tokio::time::sleep(Duration::from_secs(3_595)).await;
        let slice = monitor.history(Resolution::Hour, began.before(Resolution::Hour.width()), runtime.now(), 10);
        let samples: u32 = slice.buckets.iter().map(|(_, bucket)| bucket.samples()).sum();
        assert_eq!((samples, asked.0.load(Ordering::SeqCst)), (360, 360));
        let growth: u64 = slice.buckets.iter().filter_map(|(_, bucket)| bucket.increase(Counter::Requests)).sum();
        assert_eq!(growth, 359, "the first sample is where it begins");
        let most = slice.buckets.iter().filter_map(|(_, bucket)| bucket.gauge(Gauge::Listeners)).map(|range| range.max);
        assert_eq!(most.fold(0.0, f64::max), 360.0);
        drop(monitor);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(asked.0.load(Ordering::SeqCst), 360);
        assert_eq!(Arc::strong_count(&asked), 1, "the task is gone");
    }
}
