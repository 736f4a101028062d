//! What the server counts, as the monitor asks for it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use streamcore::{Status, driver::Host};

use crate::metrics::{Metrics, QueueLengths, Totals};

/// What the server counts, at one moment. What nobody counts is none, which is not zero.
///
/// All are of this process and begin with it; those that "were" only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Streams that run.
    pub active_streams: Option<u64>,
    /// Listeners of all streams, as far as they are known.
    pub listeners: Option<u64>,
    /// Items in the queues of running streams, current ones included.
    pub queue_items: Option<u64>,
    /// Edits that changed a queue.
    pub queue_operations: Option<u64>,
    /// Requests that are being answered.
    pub requests_in_flight: Option<u64>,
    /// Requests that were answered.
    pub requests: Option<u64>,
    /// Those of them that were answered with a status from 500 up.
    pub server_errors: Option<u64>,
    /// Requests whose duration was taken.
    pub duration_samples: Option<u64>,
    /// Tracks that could be heard.
    pub tracks_played: Option<u64>,
    /// Tracks that could not be played.
    pub tracks_failed: Option<u64>,
    /// Silence where something should have been heard, in milliseconds.
    pub dead_air_ms: Option<u64>,
    /// Streams that ended because nobody listened.
    pub auto_ends: Option<u64>,
    /// Listeners that were disconnected because they fell too far behind.
    pub listeners_dropped: Option<u64>,
}

/// Who counts.
///
/// **Contract.** [`figures`](Figures::figures) is called every ten seconds and by each request for figures. It answers within about a second,
/// with what it has by then. **Cancellation.** Nothing is lost.
///
/// ```
/// use streamcore_http::monitor::{Counts, Figures};
///
/// #[derive(Debug)]
/// struct OneStream;
///
/// #[async_trait::async_trait]
/// impl Figures for OneStream {
///     async fn figures(&self) -> Counts {
///         Counts { active_streams: Some(1), ..Counts::default() }
///     }
/// }
/// ```
#[async_trait]
pub trait Figures: std::fmt::Debug + Send + Sync {
    /// What is counted so far.
    async fn figures(&self) -> Counts;
}

/// The figures of this server: of the streams that a host runs, of their queues and of what is measured, if anything is.
#[derive(Debug)]
pub struct ServerFigures {
    host: Arc<Host>,
    lengths: Arc<QueueLengths>,
    metrics: Option<Arc<Metrics>>,
}

/// How long to wait for queues to be read.
const QUEUES_LIMIT: Duration = Duration::from_secs(1);

impl ServerFigures {
    /// Of these.
    #[must_use]
    pub fn new(host: Arc<Host>, lengths: Arc<QueueLengths>, metrics: Option<Arc<Metrics>>) -> Arc<Self> {
        Arc::new(Self { host, lengths, metrics })
    }
}

#[async_trait]
impl Figures for ServerFigures {
    async fn figures(&self) -> Counts {
        let mut running = self.host.driven();
        running.retain(|view| view.status != Status::Stopped);
        self.lengths.refresh(running.iter().map(|view| view.id), QUEUES_LIMIT).await;
        let totals = self.metrics.as_ref().map(|metrics| metrics.totals());
        let total = |total: fn(&Totals) -> u64| totals.as_ref().map(total);
        Counts {
            active_streams: Some(running.len() as u64),
            listeners: Some(running.iter().map(|view| view.audience.count).sum()),
            queue_items: Some(running.iter().filter_map(|view| self.lengths.of(view.id)).sum::<usize>() as u64),
            queue_operations: total(|totals| totals.queue_operations),
            requests_in_flight: total(|totals| totals.requests_in_flight),
            requests: total(|totals| totals.requests),
            server_errors: total(|totals| totals.failed_requests),
            // Of each that was answered.
            duration_samples: total(|totals| totals.requests),
            tracks_played: total(|totals| totals.tracks_played),
            tracks_failed: total(|totals| totals.tracks_failed),
            dead_air_ms: total(|totals| (totals.dead_air_seconds * 1_000.0) as u64),
            auto_ends: total(|totals| totals.auto_ends),
            listeners_dropped: total(|totals| totals.listeners_dropped),
        }
    }
}
