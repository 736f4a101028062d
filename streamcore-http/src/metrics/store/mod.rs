//! Calls to the stores: how long they take, and what becomes of them.
//!
//! [`Measured`] stands right around an adapter, inside of whatever else stands around it, so that what is measured is the store.

mod health;
mod idempotency;
mod library;
mod queue;
mod registry;

use std::{fmt, sync::Arc, time::Instant};

use prometheus_client::{
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};
use streamcore::{idempotency::Idempotency, library::Library, queue::Queue};

pub use self::health::StoreHealth;
use super::{Metrics, labels::Labels};

/// Ours answer in well under a millisecond, a Redis elsewhere within some, and no call takes longer than its limit.
const DURATIONS: [f64; 12] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0];

const PORTS: [&str; 4] = ["queue", "registry", "library", "idempotency"];

/// Why a call failed, as far as it is the store's failure. A refusal, such as that there is no such item, is an answer.
pub(super) enum Failure {
    Unavailable,
    Corrupt,
}

impl Failure {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Corrupt => "corrupt",
        }
    }
}

#[derive(Debug)]
pub(super) struct Calls {
    duration: Family<Labels<2>, Histogram, fn() -> Histogram>,
    errors: Family<Labels<2>, Counter>,
}

impl Calls {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let duration = Family::new_with_constructor((|| Histogram::new(DURATIONS)) as fn() -> Histogram);
        let it = Self { duration, errors: Family::default() };
        let help = "How long calls to the store took, failed ones included";
        registry.register_with_unit("streamcore_store_operation_duration", help, Unit::Seconds, it.duration.clone());
        registry.register("streamcore_store_errors", "Calls to the store that failed", it.errors.clone());
        for port in PORTS {
            for failure in [Failure::Unavailable, Failure::Corrupt] {
                let _made = it.errors.get_or_create_owned(&[("port", port), ("kind", failure.as_str())]);
            }
        }
        it
    }
}

/// A port that is measured.
pub(super) struct Measured<P: ?Sized> {
    inner: Arc<P>,
    metrics: Arc<Metrics>,
}

impl<P: ?Sized + fmt::Debug> fmt::Debug for Measured<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<P: ?Sized> Measured<P> {
    /// A call that is given up by its caller is not measured: nobody knows how long it would have taken.
    async fn measure<T, E>(
        &self,
        port: &'static str,
        operation: &'static str,
        call: impl Future<Output = Result<T, E>>,
        failure: fn(&E) -> Option<Failure>,
    ) -> Result<T, E> {
        let began = Instant::now();
        let answer = call.await;
        let calls = &self.metrics.store;
        let duration = calls.duration.get_or_create_owned(&[("port", port), ("operation", operation)]);
        duration.observe(began.elapsed().as_secs_f64());
        if let Some(failure) = answer.as_ref().err().and_then(failure) {
            calls.errors.get_or_create_owned(&[("port", port), ("kind", failure.as_str())]).inc();
        }
        answer
    }
}

impl Metrics {
    /// The same queue, measured: its calls, and what they changed.
    #[must_use]
    pub fn queue(self: &Arc<Self>, inner: Arc<dyn Queue>) -> Arc<dyn Queue> {
        Arc::new(Measured { inner, metrics: Arc::clone(self) })
    }

    /// The same registry of streams, measured.
    #[must_use]
    pub fn registry(
        self: &Arc<Self>,
        inner: Arc<dyn streamcore::registry::Registry>,
    ) -> Arc<dyn streamcore::registry::Registry> {
        Arc::new(Measured { inner, metrics: Arc::clone(self) })
    }

    /// The same library, measured.
    #[must_use]
    pub fn library(self: &Arc<Self>, inner: Arc<dyn Library>) -> Arc<dyn Library> {
        Arc::new(Measured { inner, metrics: Arc::clone(self) })
    }

    /// The same keys, measured.
    #[must_use]
    pub fn idempotency(self: &Arc<Self>, inner: Arc<dyn Idempotency>) -> Arc<dyn Idempotency> {
        Arc::new(Measured { inner, metrics: Arc::clone(self) })
    }
}
