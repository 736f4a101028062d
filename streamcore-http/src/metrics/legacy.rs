//! The names of the system before this one, for dashboards that ask for them: `sattva_*`, and some without any prefix. Off unless asked for.
//!
//! What they counted is counted here as they counted it: by `channel_id`. The series of a channel are there while its stream runs; what happens to
//! queues whose streams do not run, and to streams beyond `max_streams`, is counted for the channel `other`.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, EncodeLabelValue, EncodeMetric as _, LabelValueEncoder},
    metrics::{MetricType, counter::Counter, family::Family, gauge::ConstGauge},
    registry::{Registry, Unit},
};
use streamcore::{EndCause, Event, EventKind, Outcome, Status, StreamId, StreamView, last_known::LastKnown};

use super::{Build, Metrics, Streams, streams::Writer, streams::end};

/// A channel, or all that are not kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Channel {
    Of(i64),
    Other,
}

impl EncodeLabelValue for Channel {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        match self {
            Self::Of(id) => EncodeLabelValue::encode(id, encoder),
            Self::Other => EncodeLabelValue::encode(&"other", encoder),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    channel_id: Channel,
    operation: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Added {
    channel_id: Channel,
    source: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Because {
    channel_id: Channel,
    reason: &'static str,
}

/// What is counted by channel.
#[derive(Debug)]
pub(super) struct ByChannel {
    operations: Family<Operation, Counter>,
    added: Family<Added, Counter>,
    removed: Family<Because, Counter>,
    ended: Family<Because, Counter>,
    known: Mutex<BTreeSet<i64>>,
    max_streams: usize,
}

/// The operations that were counted, and what they are called here.
const fn legacy_operation(operation: &str) -> bool {
    matches!(operation.as_bytes(), b"add" | b"priority_add" | b"remove" | b"move" | b"clear")
}

impl ByChannel {
    fn register(registry: &mut Registry, max_streams: usize) -> Self {
        let it = Self {
            operations: Family::default(),
            added: Family::default(),
            removed: Family::default(),
            ended: Family::default(),
            known: Mutex::default(),
            max_streams,
        };
        registry.register("sattva_queue_operations", "Operations on queues", it.operations.clone());
        registry.register("sattva_queue_items_added", "Items that were added", it.added.clone());
        registry.register("sattva_queue_items_removed", "Items that left a queue", it.removed.clone());
        registry.register("sattva_auto_end", "Streams that ended by themselves", it.ended.clone());
        let _made = it.ended.get_or_create_owned(&Because { channel_id: Channel::Other, reason: "no_listeners" });
        it
    }

    fn channel(&self, stream: StreamId) -> Channel {
        if self.known().contains(&stream.get()) { Channel::Of(stream.get()) } else { Channel::Other }
    }

    /// A stream runs: it is kept apart, if there is a place.
    fn begins(&self, stream: StreamId) {
        let mut known = self.known();
        if known.len() < self.max_streams {
            known.insert(stream.get());
        }
    }

    pub(super) fn changed(&self, stream: StreamId, operation: &'static str) {
        if !legacy_operation(operation) {
            return;
        }
        let channel_id = self.channel(stream);
        self.operations.get_or_create_owned(&Operation { channel_id, operation }).inc();
        let reason = match operation {
            "remove" => "removed",
            "clear" => "cleared",
            _ => return,
        };
        self.removed.get_or_create_owned(&Because { channel_id, reason }).inc();
    }

    pub(super) fn added(&self, stream: StreamId, source: &'static str) {
        self.added.get_or_create_owned(&Added { channel_id: self.channel(stream), source }).inc();
    }

    pub(super) fn record(&self, event: &Event) {
        match &event.kind {
            EventKind::StreamStarted { .. } => self.begins(event.stream),
            EventKind::TrackFinished { outcome, .. } => {
                let channel_id = self.channel(event.stream);
                let reason = match outcome {
                    Outcome::Skipped => "skipped",
                    Outcome::Played => "played",
                    // It waits again, or there is no old name for what became of it.
                    _ => return,
                };
                self.removed.get_or_create_owned(&Because { channel_id, reason }).inc();
                if reason == "skipped" {
                    self.operations.get_or_create_owned(&Operation { channel_id, operation: "skip" }).inc();
                }
            }
            EventKind::StreamEnded { cause, .. } => {
                self.forget(event.stream);
                if matches!(cause, EndCause::AutoEnd { .. }) {
                    // Counted for all: a series that is gone with the stream would never be seen.
                    let ended = Because { channel_id: Channel::Other, reason: "no_listeners" };
                    self.ended.get_or_create_owned(&ended).inc();
                }
            }
            _ => {}
        }
    }

    fn forget(&self, stream: StreamId) {
        if !self.known().remove(&stream.get()) {
            return;
        }
        let channel_id = Channel::Of(stream.get());
        for operation in ["add", "priority_add", "remove", "move", "clear", "skip"] {
            self.operations.remove(&Operation { channel_id, operation });
        }
        for source in ["file", "stream", "youtube", "other"] {
            self.added.remove(&Added { channel_id, source });
        }
        for reason in ["played", "skipped", "removed", "cleared"] {
            self.removed.remove(&Because { channel_id, reason });
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeSet<i64>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was looked up.
#[derive(Debug)]
struct LookedUp {
    streams: Arc<Streams>,
    store: Arc<LastKnown>,
    build: Arc<Build>,
}

/// Adds the old names to a registry that has the new ones. To be called once, before anything is recorded.
pub fn register_legacy_names(
    registry: &mut Registry,
    metrics: &Metrics,
    streams: Arc<Streams>,
    store: Arc<LastKnown>,
    build: Arc<Build>,
) {
    let http = &metrics.http;
    registry.register("sattva_http_requests", "As http_requests", http.requests.clone());
    let help = "As http_request_duration";
    registry.register_with_unit("sattva_http_request_duration", help, Unit::Seconds, http.duration.clone());
    registry.register("sattva_http_requests_in_progress", "As http_requests_in_flight", http.in_flight.clone());
    let sessions = metrics.sessions.duration.clone();
    registry.register_with_unit("sattva_stream_duration", "As streamcore_stream_duration", Unit::Seconds, sessions);
    let _only_once = metrics.legacy.set(ByChannel::register(registry, streams.max_streams()));
    registry.register_collector(Box::new(LookedUp { streams, store, build }));
}

impl Collector for LookedUp {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let running = self.streams.running();
        let own = self.streams.own(&running);
        let now = self.streams.now();
        let mut to = Writer(&mut encoder);
        to.gauge("sattva_active_streams", "As streamcore_active_streams", running.len())?;
        let items = || own.iter().filter_map(|view| Some((channel(view), self.streams.length(view)? as u64)));
        to.gauges("sattva_queue_size", "As streamcore_stream_queue_items", items())?;
        let listeners = || own.iter().map(|view| (channel(view), view.audience.count));
        to.gauges("sattva_stream_listeners", "As streamcore_stream_listeners", listeners())?;
        let position = own.iter().filter(|view| view.current.is_some()).map(|view| (channel(view), view.position));
        to.seconds("sattva_current_track_position", "As streamcore_stream_track_position", position)?;
        let duration = own.iter().filter_map(|view| Some((channel(view), view.current.as_ref()?.duration?)));
        to.seconds("sattva_current_track_duration", "As streamcore_stream_track_duration", duration)?;
        let timers = own.iter().map(|view| (channel(view), u64::from(end(view).is_some())));
        to.gauges("sattva_auto_end_timer_active", "1 if the stream is heading for an end by itself", timers)?;
        let placeholder = own.iter().map(|view| (channel(view), u64::from(view.status == Status::Placeholder)));
        to.gauges("sattva_placeholder_active", "1 if the placeholder plays", placeholder)?;
        let status = own.iter().map(|view| (channel(view), 1));
        to.gauges("stream_status", "1 if the stream runs", status)?;
        let uptime = own.iter().map(|view| (channel(view), view.metrics(now).uptime));
        to.seconds("stream_uptime", "As streamcore_stream_uptime", uptime)?;
        to.gauges("stream_viewers_current", "As streamcore_stream_listeners", listeners())?;
        let up = self.store.status().reads.is_none();
        let pool = [("pool", "default")];
        let help = "1 if the store can be read: there is no pool";
        to.gauges("db_connections_active", help, [(pool, u64::from(up))])?;
        to.gauges("db_connections_idle", "0: there is no pool", [(pool, 0)])?;
        let labels = [("version", self.build.version()), ("python_version", ""), ("environment", "production")];
        to.gauges("sattva_app_info", "As streamcore_build_info", [(labels, 1)])?;
        let family = encoder.encode_descriptor(
            "sattva_app_uptime",
            "As streamcore_uptime",
            Some(&Unit::Seconds),
            MetricType::Gauge,
        )?;
        ConstGauge::new(self.build.uptime().as_secs_f64()).encode(family)
    }
}

fn channel(view: &StreamView) -> [(&'static str, i64); 1] {
    [("channel_id", view.id.get())]
}
