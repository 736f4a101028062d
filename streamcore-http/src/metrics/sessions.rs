//! Streams that begin and end.

use prometheus_client::{
    metrics::{counter::Counter, histogram::Histogram},
    registry::{Registry, Unit},
};
use streamcore::{EndReason, Event, EventKind};

use super::labels::{OneLabel, by_one};

/// From a minute to a week.
const DURATIONS: [f64; 10] = [60.0, 300.0, 600.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 43_200.0, 86_400.0, 604_800.0];

#[derive(Debug)]
pub(super) struct Sessions {
    started: OneLabel<Counter>,
    pub(super) ended: OneLabel<Counter>,
    pub(super) duration: Histogram,
}

impl Sessions {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let started = ("streamcore_streams_started", "Streams that began, or went on after a restart of the process");
        let ended = ("streamcore_streams_ended", "Streams that ended, by reason");
        let reasons = [EndReason::AutoEnd, EndReason::Manual, EndReason::Error].map(EndReason::as_str);
        let it = Self {
            started: by_one(registry, started, "resumed", ["false", "true"]),
            ended: by_one(registry, ended, "reason", reasons),
            duration: Histogram::new(DURATIONS),
        };
        let help = "How long the sessions lasted that ended";
        registry.register_with_unit("streamcore_stream_duration", help, Unit::Seconds, it.duration.clone());
        it
    }

    pub(super) fn record(&self, event: &Event) {
        match &event.kind {
            EventKind::StreamStarted { resumed } => {
                self.started.of(if *resumed { "true" } else { "false" }).inc();
            }
            EventKind::StreamEnded { reason, started_at, .. } => {
                self.ended.of(reason.as_str()).inc();
                self.duration.observe(event.at.since(*started_at).as_secs_f64());
            }
            _ => {}
        }
    }
}
