//! What an operator measures: families of Prometheus, fed by the facts that streams emit, by requests and by calls to the stores.
//!
//! ```text
//!  events ─► Metrics (a MetricsSink) ──┐
//!  requests, calls to the stores ──────┤ a file per family ──► Registry ──► exposition/ ──► GET /metrics
//!  Host, Broadcast (read at a scrape) ─┴─ streams.rs, process.rs ──┘
//! ```
//!
//! Nothing here is global: the registry is the caller's, who may register collectors of his own beside ours, or read ours without any HTTP
//! server. `docs/metrics.md` lists every name.
//!
//! **Bounded.** A label is the name of a variant, the template of a route or the number of a running stream, never what somebody sent.
//!
//! ```
//! use prometheus_client::registry::Registry;
//! use streamcore::{Event, EventKind, StreamId, Timestamp, metrics::MetricsSink};
//! use streamcore_http::metrics::Metrics;
//!
//! let mut registry = Registry::default();
//! let metrics = Metrics::register(&mut registry); // also give it to the host: `Ports { sink: metrics.clone(), .. }`
//! metrics.record(&Event { at: Timestamp::default(), stream: StreamId::new(1), kind: EventKind::PlaceholderStarted });
//!
//! let mut page = String::new();
//! prometheus_client::encoding::text::encode(&mut page, &registry)?;
//! assert!(page.contains("streamcore_placeholder_started_total 1"));
//! # Ok::<(), std::fmt::Error>(())
//! ```

mod auto_end;
mod broadcast;
mod build;
mod exposition;
mod http;
mod labels;
mod legacy;
mod process;
mod quality;
mod queue;
mod queue_lengths;
mod sessions;
mod store;
mod streams;
mod tracks;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use prometheus_client::{
    metrics::histogram::Histogram,
    registry::{Registry, Unit},
};
use streamcore::{Event, metrics::MetricsSink};

#[cfg(feature = "server")]
pub(crate) use self::process::Usage;
pub use self::{
    broadcast::Listening,
    build::Build,
    exposition::{Exposition, Format, accepts_gzip, gzip},
    http::{Answering, RouteMeter},
    legacy::register_legacy_names,
    process::Process,
    queue_lengths::QueueLengths,
    store::StoreHealth,
    streams::{DEFAULT_MAX_STREAMS, Streams},
};

/// The families that count what happens. What is looked up at each scrape is registered beside them: [`Streams`], [`StoreHealth`], [`Build`], [`Process`].
///
/// **Cost.** To record something takes well under a microsecond and no lock that a scrape holds for longer than it takes to copy a family.
#[derive(Debug)]
pub struct Metrics {
    broadcast: broadcast::Connections,
    http: Arc<http::Http>,
    sessions: sessions::Sessions,
    tracks: tracks::Tracks,
    auto_end: auto_end::AutoEnd,
    quality: quality::Quality,
    queue: queue::Operations,
    store: store::Calls,
    scrape: Histogram,
    /// Only where the old names are wanted.
    legacy: OnceLock<legacy::ByChannel>,
}

impl Metrics {
    /// Adds our families to a registry. Every series whose labels are known is there from the beginning, at zero, so that a rate is right
    /// from its first event on.
    #[must_use]
    pub fn register(registry: &mut Registry) -> Arc<Self> {
        let scrape = Histogram::new([0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5]);
        let help = "How long earlier scrapes took to be answered";
        registry.register_with_unit("streamcore_scrape_duration", help, Unit::Seconds, scrape.clone());
        Arc::new(Self {
            scrape,
            broadcast: broadcast::Connections::register(registry),
            http: http::Http::register(registry),
            sessions: sessions::Sessions::register(registry),
            tracks: tracks::Tracks::register(registry),
            auto_end: auto_end::AutoEnd::register(registry),
            quality: quality::Quality::register(registry),
            queue: queue::Operations::register(registry),
            store: store::Calls::register(registry),
            legacy: OnceLock::new(),
        })
    }
}

/// What has happened since the process began, in all.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// Requests that were answered.
    pub requests: u64,
    /// Those of them that were answered with a status of 500 or more.
    pub failed_requests: u64,
    /// Requests that are being answered now.
    pub requests_in_flight: u64,
    /// Edits of queues, and hand-overs.
    pub queue_operations: u64,
    /// Tracks that could be heard.
    pub tracks_played: u64,
    /// Tracks that could not be played.
    pub tracks_failed: u64,
    /// Silence where something should have been heard, in seconds.
    pub dead_air_seconds: f64,
    /// Listeners that were disconnected because they fell too far behind.
    pub listeners_dropped: u64,
    /// Streams that ended by themselves.
    pub auto_ends: u64,
}

impl Metrics {
    /// What measures the requests by one method that one route answers. `template` is the route's, such as `/api/v1/queue/{stream}`; none for
    /// requests that no route answers.
    ///
    /// ```
    /// # let metrics = streamcore_http::metrics::Metrics::register(&mut prometheus_client::registry::Registry::default());
    /// let route = metrics.route("GET", Some("/radio/{name}"));
    /// // ... and for each request:
    /// let (began, request) = (std::time::Instant::now(), route.begin());
    /// // ... and when the head of the answer is known:
    /// request.answered(404, Some("no_such_radio"), began.elapsed());
    /// assert_eq!(metrics.totals().requests, 1);
    /// ```
    #[must_use]
    pub fn route(&self, method: &str, template: Option<&'static str>) -> RouteMeter {
        self.http.route(method, template)
    }

    /// A connection listens, until what is returned is dropped.
    #[must_use]
    pub fn listener(&self) -> Listening {
        self.broadcast.open()
    }

    /// So many connections may listen.
    pub fn limit_listeners(&self, limit: usize) {
        self.broadcast.limit(limit);
    }

    /// A scrape was answered within this time.
    pub fn scraped(&self, took: Duration) {
        self.scrape.observe(took.as_secs_f64());
    }

    /// The sums, for who has no Prometheus.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let (requests, failed_requests) = self.http.totals();
        Totals {
            requests,
            failed_requests,
            requests_in_flight: self.http.underway(),
            queue_operations: self.queue.all.get(),
            tracks_played: self.tracks.played.get(),
            tracks_failed: self.tracks.failures.get(),
            dead_air_seconds: self.quality.dead_air.get(),
            listeners_dropped: self.quality.dropped.get(),
            auto_ends: self.auto_end.fired.get(),
        }
    }
}

impl MetricsSink for Metrics {
    fn record(&self, event: &Event) {
        self.sessions.record(event);
        self.tracks.record(event);
        self.auto_end.record(event);
        self.quality.record(event);
        if let Some(legacy) = self.legacy.get() {
            legacy.record(event);
        }
    }
}

#[cfg(test)]
mod tests;
