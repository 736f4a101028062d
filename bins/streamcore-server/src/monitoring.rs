//! What is measured of this server, and where it can be read.

use std::{path::Path, sync::Arc};

use prometheus_client::registry::Registry;
use streamcore::{
    driver::Host, idempotency::Idempotency, last_known::LastKnown, metrics::MetricsSink, player::Broadcast,
    runtime::Runtime,
};
use streamcore_http::{
    metrics::{Build, Exposition, Metrics, Process, QueueLengths, StoreHealth, Streams, register_legacy_names},
    monitor::{Activity, Monitor, ServerFigures},
};

use crate::{config::MetricsSection, store::Store};

/// What counts, from the first moment on, and the registry that the rest joins when it is there. Nothing, where nothing is to be measured.
pub(crate) struct Monitoring {
    measured: Option<(Arc<Metrics>, Registry)>,
}

impl Monitoring {
    pub(crate) fn new(settings: &MetricsSection) -> Self {
        let measured = settings.enabled.value.then(|| {
            let mut registry = Registry::default();
            (Metrics::register(&mut registry), registry)
        });
        Self { measured }
    }

    pub(crate) fn metrics(&self) -> Option<Arc<Metrics>> {
        self.measured.as_ref().map(|(metrics, _)| Arc::clone(metrics))
    }

    /// What reads events.
    pub(crate) fn sink(&self) -> Option<Arc<dyn MetricsSink>> {
        self.metrics().map(|metrics| metrics as Arc<dyn MetricsSink>)
    }

    /// This store, measured, with what it last said; edits of its queues are told to `activity`.
    pub(crate) fn stores(&self, store: &Store, activity: &Arc<Activity>, runtime: Arc<dyn Runtime>) -> Arc<LastKnown> {
        let (mut queue, mut registry, mut library) =
            (store.queue.clone(), store.registry.clone(), store.library.clone());
        if let Some(metrics) = self.metrics() {
            (queue, registry, library) = (metrics.queue(queue), metrics.registry(registry), metrics.library(library));
        }
        LastKnown::over(activity.queue(queue, Arc::clone(&runtime)), registry, library, runtime)
    }

    /// This store's keys, measured.
    pub(crate) fn idempotency(&self, store: &Store) -> Arc<dyn Idempotency> {
        let keys = store.idempotency.clone();
        self.metrics().map_or_else(|| keys.clone(), |metrics| metrics.idempotency(keys.clone()))
    }

    /// What watches the machine this server runs on, the disk of this directory included, and what it does. This is not part of
    /// `metrics.enabled`: the panel needs it.
    pub(crate) fn monitor(
        &self,
        host: &Arc<Host>,
        lengths: &Arc<QueueLengths>,
        activity: Arc<Activity>,
        directory: &Path,
        runtime: &Arc<dyn Runtime>,
    ) -> Arc<Monitor> {
        let figures = ServerFigures::new(Arc::clone(host), Arc::clone(lengths), self.metrics());
        Monitor::start(figures, activity, directory, Arc::clone(runtime))
    }

    /// Everything that can be read of this server: what was counted, and what is looked up at each scrape.
    pub(crate) fn exposition(
        self,
        settings: &MetricsSection,
        host: &Arc<Host>,
        broadcast: Arc<dyn Broadcast>,
        lengths: Arc<QueueLengths>,
        (store, stores): (&Store, &Arc<LastKnown>),
        runtime: &Arc<dyn Runtime>,
    ) -> Option<Arc<Exposition>> {
        let (metrics, mut registry) = self.measured?;
        let max_streams = settings.max_streams.value;
        let streams = Streams::new(Arc::clone(host), broadcast, lengths, Arc::clone(runtime), max_streams);
        let build = Arc::new(Build::new(env!("CARGO_PKG_VERSION"), store.kind(), Arc::clone(runtime)));
        registry.register_collector(Box::new(Arc::clone(&streams)));
        registry.register_collector(Box::new(StoreHealth::new(Arc::clone(stores), store.reconnects())));
        registry.register_collector(Box::new(Process::new()));
        registry.register_collector(Box::new(Arc::clone(&build)));
        if settings.legacy_names.value {
            register_legacy_names(&mut registry, &metrics, Arc::clone(&streams), Arc::clone(stores), build);
        }
        Some(Exposition::looking_up(registry, streams, Arc::clone(stores)))
    }
}
