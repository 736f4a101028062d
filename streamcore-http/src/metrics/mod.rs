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
pub(crate) mod broadcast;
mod build;
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

use std::sync::{Arc, OnceLock};

use prometheus_client::registry::Registry;
use streamcore::{Event, metrics::MetricsSink};

pub use self::{
    build::Build,
    http::{Answering, Method},
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
    pub(crate) broadcast: broadcast::Connections,
    pub(crate) http: http::Http,
    pub(crate) sessions: sessions::Sessions,
    pub(crate) tracks: tracks::Tracks,
    pub(crate) auto_end: auto_end::AutoEnd,
    pub(crate) quality: quality::Quality,
    pub(crate) queue: queue::Operations,
    pub(crate) store: store::Calls,
    /// Only where the old names are wanted.
    legacy: OnceLock<legacy::ByChannel>,
}

impl Metrics {
    /// Adds our families to a registry. Every series whose labels are known is there from the beginning, at zero, so that a rate is right
    /// from its first event on.
    #[must_use]
    pub fn register(registry: &mut Registry) -> Arc<Self> {
        Arc::new(Self {
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
