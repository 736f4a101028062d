//! Whether the store can be used.

use std::{fmt, sync::Arc};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric as _},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};
use streamcore::last_known::LastKnown;

/// What the last calls showed of the store, looked up at each scrape.
pub struct StoreHealth {
    store: Arc<LastKnown>,
    reconnects: Box<dyn Fn() -> u64 + Send + Sync>,
}

impl StoreHealth {
    /// Of this store, whose connection was made anew so many times; of one without a connection that is 0.
    #[must_use]
    pub fn new(store: Arc<LastKnown>, reconnects: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self { store, reconnects: Box::new(reconnects) }
    }
}

impl fmt::Debug for StoreHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreHealth").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Collector for StoreHealth {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let status = self.store.status();
        let help = "1 if the store can be used for it, as far as the last calls showed";
        let mut up = encoder.encode_descriptor("streamcore_store_up", help, None, MetricType::Gauge)?;
        let reads = status.reads.is_none();
        for (capability, works) in [("read", reads), ("write", reads && status.writes.is_none())] {
            ConstGauge::new(i64::from(works)).encode(up.encode_family(&[("capability", capability)])?)?;
        }
        let help = "How often the connection to the store was back after it had been lost";
        let name = "streamcore_store_reconnects";
        let reconnects = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        ConstCounter::new((self.reconnects)()).encode(reconnects)
    }
}
