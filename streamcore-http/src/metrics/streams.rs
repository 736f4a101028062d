//! Running streams, looked up at each scrape: a stream that ended is not among them, and so has no series any more.

use std::{fmt, sync::Arc, time::Duration};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, MetricEncoder},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
    registry::Unit,
};
use streamcore::{Status, StreamView, Timestamp, driver::Host, player::Broadcast, runtime::Runtime};

use super::{QueueLengths, labels::Both};

/// So many running streams have series of their own, where nobody says otherwise.
pub const DEFAULT_MAX_STREAMS: usize = 1_000;

/// The streams that a host runs, as series.
///
/// Totals are over all of them. Series with the label `stream` have those `max_streams` that began first: so a stream keeps its series
/// until it ends, whatever begins behind it.
///
/// **Cost.** A scrape locks each stream for as long as it takes to copy its view, one after the other; nothing waits for the scrape.
#[derive(Debug)]
pub struct Streams {
    host: Arc<Host>,
    broadcast: Arc<dyn Broadcast>,
    lengths: Arc<QueueLengths>,
    runtime: Arc<dyn Runtime>,
    max_streams: usize,
}

impl Streams {
    /// Of this host. `max_streams` is how many have series of their own; 0: none, only totals.
    #[must_use]
    pub fn new(
        host: Arc<Host>,
        broadcast: Arc<dyn Broadcast>,
        lengths: Arc<QueueLengths>,
        runtime: Arc<dyn Runtime>,
        max_streams: usize,
    ) -> Arc<Self> {
        Arc::new(Self { host, broadcast, lengths, runtime, max_streams })
    }

    /// Reads what has to be asked of the store, for at most so long: to be called before each encoding.
    ///
    /// **Cancellation.** What was read is kept.
    pub async fn refresh(&self, limit: Duration) {
        let running: Vec<_> = self.running().iter().map(|view| view.id).collect();
        self.lengths.refresh(running, limit).await;
    }

    /// The running streams, those that began first ahead.
    pub(super) fn running(&self) -> Vec<StreamView> {
        let mut views = self.host.driven();
        views.retain(|view| view.status != Status::Stopped);
        views.sort_by_key(|view| (view.started_at, view.id));
        views
    }

    /// Those of them that have series of their own.
    pub(super) fn own<'a>(&self, running: &'a [StreamView]) -> &'a [StreamView] {
        &running[..running.len().min(self.max_streams)]
    }

    pub(super) fn max_streams(&self) -> usize {
        self.max_streams
    }

    pub(super) fn length(&self, view: &StreamView) -> Option<usize> {
        self.lengths.of(view.id)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.runtime.now()
    }
}

/// When a stream is to end by itself, as things stand.
pub(super) fn end(view: &StreamView) -> Option<Timestamp> {
    view.timer.as_ref().filter(|timer| timer.held.is_none()).map(|timer| timer.deadline)
}

/// Writes gauges and counters, family by family.
pub(super) struct Writer<'a, 'b>(pub(super) &'a mut DescriptorEncoder<'b>);

impl Writer<'_, '_> {
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: usize) -> fmt::Result {
        let family = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        ConstGauge::new(value as u64).encode(family)
    }

    pub(super) fn gauges<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (L, u64)>,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        each(&mut family, values, ConstGauge::new)
    }

    pub(super) fn counters<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (L, u64)>,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        each(&mut family, values, ConstCounter::new)
    }

    /// The unit is put behind the name.
    pub(super) fn seconds<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (L, Duration)>,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Gauge)?;
        each(&mut family, values, |value: Duration| ConstGauge::new(value.as_secs_f64()))
    }
}

fn each<L: EncodeLabelSet, V, M: EncodeMetric>(
    family: &mut MetricEncoder<'_>,
    values: impl IntoIterator<Item = (L, V)>,
    metric: impl Fn(V) -> M,
) -> fmt::Result {
    values.into_iter().try_for_each(|(labels, value)| metric(value).encode(family.encode_family(&labels)?))
}

fn label(view: &StreamView) -> [(&'static str, i64); 1] {
    [("stream", view.id.get())]
}

impl Collector for Streams {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let running = self.running();
        let mut to = Writer(&mut encoder);
        self.totals(&running, &mut to)?;
        self.each_stream(self.own(&running), &mut to)
    }
}

impl Streams {
    fn totals(&self, running: &[StreamView], to: &mut Writer<'_, '_>) -> fmt::Result {
        to.gauge("streamcore_active_streams", "Streams that run", running.len())?;
        let statuses = [Status::Playing, Status::Paused, Status::Placeholder];
        let count = |status| running.iter().filter(|view| view.status == status).count() as u64;
        let by_status = statuses.map(|status| ([("status", status.as_str())], count(status)));
        to.gauges("streamcore_streams", "Streams that run, by what they do", by_status)?;
        let listeners: u64 = running.iter().map(|view| view.audience.count).sum();
        let help = "Listeners of all streams, as far as they are known";
        to.gauges("streamcore_listeners", help, [(NO_LABELS, listeners)])?;
        let unknown = running.iter().filter(|view| !view.audience.complete).count();
        let help = "Streams of which it is not known whether somebody else listens";
        to.gauge("streamcore_streams_audience_unknown", help, unknown)?;
        let items: Option<usize> = running.iter().map(|view| self.length(view)).sum();
        let items = items.map(|items| (NO_LABELS, items as u64));
        to.gauges("streamcore_queue_items", "Items in the queues of running streams", items)?;
        let timers = running.iter().filter(|view| end(view).is_some()).count();
        to.gauge("streamcore_auto_end_timers", "Streams that are heading for an end by themselves", timers)?;
        let folded = running.len() - self.own(running).len();
        to.gauge("streamcore_streams_folded", "Running streams that have no series of their own", folded)
    }

    fn each_stream(&self, own: &[StreamView], to: &mut Writer<'_, '_>) -> fmt::Result {
        let now = self.now();
        let status = own.iter().map(|view| (Both(label(view), [("status", view.status.as_str())]), 1));
        to.gauges("streamcore_stream_status", "1 for what the stream does", status)?;
        let listeners = own.iter().map(|view| (label(view), view.audience.count));
        to.gauges("streamcore_stream_listeners", "Listeners, as far as they are known", listeners)?;
        let known = own.iter().map(|view| (label(view), u64::from(view.audience.complete)));
        to.gauges("streamcore_stream_audience_known", "1 if these are all, 0 if there may be more", known)?;
        let uptime = own.iter().map(|view| (label(view), view.metrics(now).uptime));
        to.seconds("streamcore_stream_uptime", "Since the session began", uptime)?;
        let items = own.iter().filter_map(|view| Some((label(view), self.length(view)? as u64)));
        to.gauges("streamcore_stream_queue_items", "Items in the queue, the current one included", items)?;
        let position = own.iter().filter(|view| view.current.is_some()).map(|view| (label(view), view.position));
        to.seconds("streamcore_stream_track_position", "How far listeners are into the current track", position)?;
        let duration = own.iter().filter_map(|view| Some((label(view), view.current.as_ref()?.duration?)));
        to.seconds("streamcore_stream_track_duration", "How long the current track is", duration)?;
        let remaining = own.iter().filter_map(|view| Some((label(view), end(view)?.since(now))));
        to.seconds("streamcore_stream_auto_end_remaining", "Until the end that it is heading for", remaining)?;
        let lag = own.iter().filter_map(|view| Some((label(view), self.broadcast.lag(view.id)?)));
        to.seconds("streamcore_stream_ring_lag", "How far the slowest listener is behind the newest audio", lag)?;
        let played = own.iter().map(|view| (label(view), view.tracks_played));
        let help = "Tracks of this session that could be heard";
        to.counters("streamcore_stream_tracks_played", help, played)?;
        let errors = own.iter().map(|view| (label(view), view.errors));
        to.counters("streamcore_stream_errors", "Tracks of this session that failed", errors)
    }
}

pub(super) const NO_LABELS: [(&str, &str); 0] = [];
