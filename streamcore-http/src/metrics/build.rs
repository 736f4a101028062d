//! What runs, and since when.

use std::{fmt, sync::Arc, time::Duration};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric as _},
    metrics::{MetricType, gauge::ConstGauge},
    registry::Unit,
};
use streamcore::{Timestamp, runtime::Runtime};

/// The version, the kind of store, and how long it has served.
#[derive(Debug)]
pub struct Build {
    version: &'static str,
    store: &'static str,
    runtime: Arc<dyn Runtime>,
    began: Timestamp,
}

impl Build {
    /// It serves from now on.
    #[must_use]
    pub fn new(version: &'static str, store: &'static str, runtime: Arc<dyn Runtime>) -> Self {
        Self { version, store, began: runtime.now(), runtime }
    }

    pub(super) fn version(&self) -> &'static str {
        self.version
    }

    pub(super) fn uptime(&self) -> Duration {
        self.runtime.now().since(self.began)
    }
}

impl Collector for Build {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let labels = [("version", self.version), ("store", self.store)];
        let mut info = encoder.encode_descriptor("streamcore_build_info", "What runs", None, MetricType::Gauge)?;
        ConstGauge::new(1_i64).encode(info.encode_family(&labels)?)?;
        let unit = Unit::Seconds;
        let uptime =
            encoder.encode_descriptor("streamcore_uptime", "Since it serves", Some(&unit), MetricType::Gauge)?;
        ConstGauge::new(self.uptime().as_secs_f64()).encode(uptime)
    }
}
