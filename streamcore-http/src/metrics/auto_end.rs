//! Streams that end by themselves: timers armed, called off and fired, and how exactly.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use prometheus_client::{
    metrics::{counter::Counter, histogram::Histogram},
    registry::{Registry, Unit},
};
use streamcore::{CancelCause, EndCause, Event, EventKind, StreamId};

use super::labels::{OneLabel, by_one};

/// The promise is a second; what matters lies below it.
const ERRORS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

#[derive(Debug)]
pub(super) struct AutoEnd {
    armed: Counter,
    pub(super) fired: Counter,
    cancelled: OneLabel<Counter>,
    warnings: Counter,
    error: Histogram,
    /// Streams whose timer runs: one that moves is told again, and is the same one.
    running: Mutex<BTreeSet<StreamId>>,
}

impl AutoEnd {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let cancelled = ("streamcore_auto_end_cancelled", "Timers that were called off, by cause");
        let causes = ["listener_joined", "keep_alive", "settings", "policy"];
        let it = Self {
            armed: Counter::default(),
            fired: Counter::default(),
            cancelled: by_one(registry, cancelled, "cause", causes),
            warnings: Counter::default(),
            error: Histogram::new(ERRORS),
            running: Mutex::default(),
        };
        let mut counter = |name, help, counter: &Counter| registry.register(name, help, counter.clone());
        counter("streamcore_auto_end_armed", "Timers that were armed because nobody listened", &it.armed);
        counter("streamcore_auto_end_fired", "Streams that such a timer ended", &it.fired);
        counter("streamcore_auto_end_warnings", "Warnings that were given before an end", &it.warnings);
        let help = "How much later than its deadline a stream ended";
        registry.register_with_unit("streamcore_auto_end_error", help, Unit::Seconds, it.error.clone());
        it
    }

    pub(super) fn record(&self, event: &Event) {
        match &event.kind {
            EventKind::AutoEndArmed { .. } => {
                let is_new = self.running().insert(event.stream);
                self.armed.inc_by(is_new.into());
            }
            EventKind::AutoEndCancelled { cause, .. } => {
                self.is_over(event.stream);
                self.cancelled.of(CancelCause::as_str(cause)).inc();
            }
            EventKind::AutoEndWarning { .. } => {
                self.warnings.inc();
            }
            EventKind::StreamEnded { cause, .. } => {
                if let EndCause::AutoEnd { deadline, .. } = cause {
                    self.is_over(event.stream);
                    self.fired.inc();
                    self.error.observe(event.at.since(*deadline).as_secs_f64());
                }
                self.running().remove(&event.stream);
            }
            _ => {}
        }
    }

    /// One that went on after a restart of the process is heard of now for the first time: it counts as armed, so that none is called off or
    /// fires that was not.
    fn is_over(&self, stream: StreamId) {
        let was_known = self.running().remove(&stream);
        self.armed.inc_by((!was_known).into());
    }

    fn running(&self) -> std::sync::MutexGuard<'_, BTreeSet<StreamId>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
