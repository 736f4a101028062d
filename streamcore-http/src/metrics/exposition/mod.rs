//! From a registry to what a scraper reads: OpenMetrics 1.0 or the Prometheus text format 0.0.4, whichever it prefers.

mod help;
mod negotiate;
mod text;

use std::{fmt, io::Write as _, sync::Arc, time::Duration};

use flate2::{Compression, write::GzEncoder};
use prometheus_client::{encoding::text::encode, registry::Registry};
use streamcore::last_known::LastKnown;

pub use self::negotiate::{Format, accepts_gzip};
use super::Streams;

/// What can be read of a registry.
///
/// ```
/// use prometheus_client::{metrics::counter::Counter, registry::Registry};
/// use streamcore_http::metrics::{Exposition, Format, Metrics};
///
/// let mut registry = Registry::default();
/// let _metrics = Metrics::register(&mut registry);
/// let own = Counter::<u64>::default();
/// registry.register("my_requests", "What an embedder counts", own.clone());
/// own.inc();
///
/// let exposition = Exposition::new(registry);
/// let format = Format::preferred(["text/plain;version=0.0.4"]);
/// let page = exposition.render(format)?;
/// assert!(page.contains("\nmy_requests_total 1\n"));
/// assert!(exposition.render(Format::OpenMetrics)?.ends_with("# EOF\n"));
/// # Ok::<(), std::fmt::Error>(())
/// ```
#[derive(Debug)]
pub struct Exposition {
    registry: Registry,
    lookups: Option<(Arc<Streams>, Arc<LastKnown>)>,
}

impl Exposition {
    /// Of this registry, to which nothing can be added any more.
    #[must_use]
    pub fn new(registry: Registry) -> Arc<Self> {
        Arc::new(Self { registry, lookups: None })
    }

    /// The same, of a registry that these streams and the health of this store are registered in: before each scrape the store is asked whether it is
    /// there, and how long the queues are that changed. On a quiet night nobody else asks.
    #[must_use]
    pub fn looking_up(registry: Registry, streams: Arc<Streams>, store: Arc<LastKnown>) -> Arc<Self> {
        Arc::new(Self { registry, lookups: Some((streams, store)) })
    }

    /// Reads what has to be asked of the store, for at most so long; then [`render`](Self::render).
    ///
    /// **Cancellation.** Nothing is lost.
    pub async fn refresh(&self, limit: Duration) {
        if let Some((streams, store)) = &self.lookups {
            futures::future::join(streams.refresh(limit), store.probe(limit)).await;
        }
    }

    /// Everything, as it is now. Ten thousand streams take some ten milliseconds of processor time: no work for the thread of an event loop.
    ///
    /// # Errors
    /// If a collector fails.
    pub fn render(&self, format: Format) -> Result<String, fmt::Error> {
        let mut page = help::Page::default();
        encode(&mut page, &self.registry)?;
        let page = page.text;
        Ok(match format {
            Format::OpenMetrics => page,
            Format::Text => text::from_openmetrics(&page),
        })
    }
}

/// The page, compressed: it is nine tenths repetition, so that fast is good enough.
#[must_use]
pub fn gzip(page: &str) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(page.len() / 8), Compression::fast());
    encoder.write_all(page.as_bytes()).ok()?;
    encoder.finish().ok()
}

#[cfg(test)]
mod tests;
