//! What listeners hear that they should not: gaps, dead air, lag.

use std::{sync::atomic::AtomicU64, time::Duration};

use prometheus_client::{
    metrics::{counter::Counter, histogram::Histogram},
    registry::{Registry, Unit},
};
use streamcore::{Event, EventKind};

/// A sample lasts 0.00002 s, a gap of 0.01 s can be heard.
const GAPS: [f64; 11] = [0.0, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
/// What is told begins at 0.2 s, and what listeners have in hand ends at about 2 s.
const LAGS: [f64; 8] = [0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 5.0, 10.0];
/// A listener may be some 15 s behind.
const DROP_LAGS: [f64; 7] = [1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0];

#[derive(Debug)]
pub(super) struct Quality {
    gap: Histogram,
    pub(super) dead_air: Counter<f64, AtomicU64>,
    incidents: Counter,
    encoder_lag: Histogram,
    pub(super) dropped: Counter,
    drop_lag: Histogram,
}

impl Quality {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let it = Self {
            gap: Histogram::new(GAPS),
            dead_air: Counter::default(),
            incidents: Counter::default(),
            encoder_lag: Histogram::new(LAGS),
            dropped: Counter::default(),
            drop_lag: Histogram::new(DROP_LAGS),
        };
        let mut histogram = |name, help, histogram: &Histogram| {
            registry.register_with_unit(name, help, Unit::Seconds, histogram.clone());
        };
        histogram("streamcore_switch_gap", "Silence between a track and the next one", &it.gap);
        let help = "How late waves of audio were that were late by more than 0.2 s";
        histogram("streamcore_encoder_lag", help, &it.encoder_lag);
        let help = "How far those listeners were behind that were disconnected for it";
        histogram("streamcore_broadcast_drop_lag", help, &it.drop_lag);
        let help = "Silence where something should have been heard";
        registry.register_with_unit("streamcore_dead_air", help, Unit::Seconds, it.dead_air.clone());
        let help = "How often there was silence where something should have been heard";
        registry.register("streamcore_dead_air_incidents", help, it.incidents.clone());
        let help = "Listeners that were disconnected because they fell too far behind";
        registry.register("streamcore_broadcast_dropped", help, it.dropped.clone());
        it
    }

    pub(super) fn record(&self, event: &Event) {
        let seconds = |ms: u64| Duration::from_millis(ms).as_secs_f64();
        match &event.kind {
            EventKind::Switched { gap_us } => self.gap.observe(Duration::from_micros(*gap_us).as_secs_f64()),
            EventKind::DeadAir { lasted_ms } => {
                self.dead_air.inc_by(seconds(*lasted_ms));
                self.incidents.inc();
            }
            EventKind::EncoderLag { behind_ms } => self.encoder_lag.observe(seconds(*behind_ms)),
            EventKind::ListenerDropped { behind_ms } => {
                self.dropped.inc();
                self.drop_lag.observe(seconds(*behind_ms));
            }
            _ => {}
        }
    }
}
