use std::sync::Arc;

use super::MetricsSink;
use crate::Event;

/// Several sinks as one; each is told each event, in the order given.
#[derive(Debug, Clone, Default)]
pub struct FanOut(Vec<Arc<dyn MetricsSink>>);

impl FanOut {
    /// These sinks.
    #[must_use]
    pub fn new(sinks: impl IntoIterator<Item = Arc<dyn MetricsSink>>) -> Self {
        Self(sinks.into_iter().collect())
    }
}

impl MetricsSink for FanOut {
    fn record(&self, event: &Event) {
        for sink in &self.0 {
            sink.record(event);
        }
    }
}
