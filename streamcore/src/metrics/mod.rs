//! Where facts go: a sink reads events and never answers.

mod fan_out;
mod recording;

pub use self::{fan_out::FanOut, recording::Recording};
use crate::Event;

/// Reads every event once.
///
/// **Contract.** [`record`](MetricsSink::record) is synchronous, cannot fail and must not block: it is called from the loop that keeps a
/// stream playing. A slow exporter is the exporter's problem: buffer (bounded) and drop.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use streamcore::{Event, EventKind, metrics::MetricsSink};
///
/// #[derive(Debug, Default)]
/// struct TracksPlayed(AtomicU64);
///
/// impl MetricsSink for TracksPlayed {
///     fn record(&self, event: &Event) {
///         if matches!(event.kind, EventKind::TrackStarted { .. }) {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait MetricsSink: std::fmt::Debug + Send + Sync {
    /// Takes note of one event.
    fn record(&self, event: &Event);
}

/// Takes note of nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Noop;

impl MetricsSink for Noop {
    fn record(&self, _event: &Event) {}
}
