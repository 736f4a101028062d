//! Connections that listen.

use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge},
    registry::{Registry, Unit},
};

#[derive(Debug, Clone)]
pub(super) struct Connections {
    open: Gauge,
    limit: Gauge,
    sent: Counter,
}

impl Connections {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let it = Self { open: Gauge::default(), limit: Gauge::default(), sent: Counter::default() };
        registry.register("streamcore_broadcast_connections", "Connections that listen", it.open.clone());
        let help = "How many connections may listen";
        registry.register("streamcore_broadcast_connections_limit", help, it.limit.clone());
        let help = "Audio that the sockets of listeners took";
        registry.register_with_unit("streamcore_broadcast_sent", help, Unit::Bytes, it.sent.clone());
        it
    }

    pub(super) fn limit(&self, limit: usize) {
        self.limit.set(i64::try_from(limit).unwrap_or(i64::MAX));
    }

    /// One more listens, until what is returned is dropped.
    pub(super) fn open(&self) -> Listening {
        self.open.inc();
        Listening { open: self.open.clone(), sent: self.sent.clone() }
    }
}

/// A connection that listens.
#[derive(Debug)]
pub struct Listening {
    open: Gauge,
    sent: Counter,
}

impl Listening {
    /// Its socket took so many bytes.
    pub fn sent(&self, bytes: usize) {
        self.sent.inc_by(bytes as u64);
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.open.dec();
    }
}
