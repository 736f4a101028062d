//! What is measured of this server, and where it can be read.

use std::sync::Arc;

use prometheus_client::registry::Registry;
use streamcore::{driver::Host, last_known::LastKnown, player::Broadcast, runtime::Runtime};
use streamcore_http::metrics::{Build, Metrics, Process, QueueLengths, StoreHealth, Streams};

use crate::store::Store;

/// What counts, from the first moment on; and the registry that the rest joins when it is there.
pub(crate) struct Monitoring {
    pub(crate) metrics: Arc<Metrics>,
    registry: Registry,
}

impl Monitoring {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::default();
        Self { metrics: Metrics::register(&mut registry), registry }
    }

    /// The same store, measured.
    pub(crate) fn measured(&self, store: &Store, runtime: Arc<dyn Runtime>) -> Arc<LastKnown> {
        let queue = self.metrics.queue(store.queue.clone());
        let registry = self.metrics.registry(store.registry.clone());
        LastKnown::over(queue, registry, self.metrics.library(store.library.clone()), runtime)
    }

    /// With what is looked up at each scrape: everything that can be read of this server.
    pub(crate) fn of(
        mut self,
        host: Arc<Host>,
        broadcast: Arc<dyn Broadcast>,
        store: &Store,
        stores: &Arc<LastKnown>,
        runtime: &Arc<dyn Runtime>,
        max_streams: usize,
    ) -> (Registry, Arc<Streams>) {
        let lengths = QueueLengths::new(stores.clone(), Arc::clone(runtime));
        let streams = Streams::new(host, broadcast, lengths, Arc::clone(runtime), max_streams);
        let registry = &mut self.registry;
        registry.register_collector(Box::new(Arc::clone(&streams)));
        registry.register_collector(Box::new(StoreHealth::new(Arc::clone(stores), store.reconnects())));
        registry.register_collector(Box::new(Process::new()));
        let build = Build::new(env!("CARGO_PKG_VERSION"), store.kind(), Arc::clone(runtime));
        registry.register_collector(Box::new(build));
        (self.registry, streams)
    }
}
