//! Tracks: what was played, and what could not be.

use prometheus_client::{metrics::counter::Counter, registry::Registry};
use streamcore::{Event, EventKind, FailureKind, Outcome, Port};

use super::labels::{OneLabel, by_one};

#[derive(Debug)]
pub(super) struct Tracks {
    pub(super) played: Counter,
    finished: OneLabel<Counter>,
    failed: OneLabel<Counter>,
    player_failures: OneLabel<Counter>,
    placeholder: Counter,
    store_failures: OneLabel<Counter>,
    /// All of `failed`.
    pub(super) failures: Counter,
}

const OUTCOMES: [&str; 4] = ["played", "skipped", "interrupted", "failed"];

const fn outcome(outcome: &Outcome) -> &'static str {
    let [played, skipped, interrupted, failed] = OUTCOMES;
    match outcome {
        Outcome::Played => played,
        Outcome::Skipped => skipped,
        Outcome::Interrupted => interrupted,
        Outcome::Failed(_) => failed,
        _ => "other",
    }
}

const fn port(port: Port) -> &'static str {
    match port {
        Port::Queue => "queue",
        Port::Registry => "registry",
        _ => "other",
    }
}

impl Tracks {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let finished = ("streamcore_tracks_finished", "Tracks that are done with, by outcome");
        let failed = ("streamcore_tracks_failed", "Tracks that could not be played, by kind of failure");
        let player = ("streamcore_player_failures", "Orders that the player could not carry out, by kind of failure");
        let store = ("streamcore_stream_store_failures", "How often a stream's store did not answer as it should");
        let kinds = || FailureKind::ALL.iter().map(|kind| kind.as_str());
        let it = Self {
            played: Counter::default(),
            finished: by_one(registry, finished, "outcome", OUTCOMES),
            failed: by_one(registry, failed, "reason", kinds()),
            player_failures: by_one(registry, player, "reason", kinds()),
            placeholder: Counter::default(),
            store_failures: by_one(registry, store, "port", [Port::Queue, Port::Registry].map(port)),
            failures: Counter::default(),
        };
        registry.register("streamcore_tracks_played", "Tracks that could be heard", it.played.clone());
        let help = "How often a queue ran dry and the placeholder began";
        registry.register("streamcore_placeholder_started", help, it.placeholder.clone());
        it
    }

    pub(super) fn record(&self, event: &Event) {
        match &event.kind {
            EventKind::TrackStarted { .. } => {
                self.played.inc();
            }
            EventKind::TrackFinished { outcome: how, .. } => {
                self.finished.of(outcome(how)).inc();
                if let Outcome::Failed(reason) = how {
                    self.failed.of(reason.kind.as_str()).inc();
                    self.failures.inc();
                }
            }
            EventKind::PlaceholderStarted => {
                self.placeholder.inc();
            }
            EventKind::PlayerFailed { reason } => {
                self.player_failures.of(reason.kind.as_str()).inc();
            }
            EventKind::StoreFailed { port: which, .. } => {
                self.store_failures.of(port(*which)).inc();
            }
            _ => {}
        }
    }
}
