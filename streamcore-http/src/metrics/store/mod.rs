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
    /// Whoever asked did not wait for the answer.
    GivenUp,
}

impl Failure {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Corrupt => "corrupt",
            Self::GivenUp => "given_up",
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
            for failure in [Failure::Unavailable, Failure::Corrupt, Failure::GivenUp] {
                let _made = it.errors.get_or_create_owned(&[("port", port), ("kind", failure.as_str())]);
            }
        }
        it
    }
}

/// Where an operation stands among those of its port: looked up when the program is built, so that no call needs to.
const fn place(operations: &[&str], wanted: &str) -> usize {
    let mut place = 0;
    while place < operations.len() {
        if is_same(operations[place].as_bytes(), wanted.as_bytes()) {
            return place;
        }
        place += 1;
    }
    panic!("no such operation")
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

/// A port that is measured.
pub(super) struct Measured<P: ?Sized> {
    inner: Arc<P>,
    metrics: Arc<Metrics>,
    port: &'static str,
    /// One for each operation.
    durations: Vec<Histogram>,
}

impl<P: ?Sized + fmt::Debug> fmt::Debug for Measured<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<P: ?Sized> Measured<P> {
    fn new(inner: Arc<P>, metrics: &Arc<Metrics>, port: &'static str, operations: &[&'static str]) -> Arc<Self> {
        let family = &metrics.store.duration;
        let duration =
            |operation: &&'static str| family.get_or_create_owned(&[("port", port), ("operation", operation)]);
        Arc::new(Self {
            inner,
            metrics: Arc::clone(metrics),
            port,
            durations: operations.iter().map(duration).collect(),
        })
    }

    /// `operation` is its place among those that [`new`](Self::new) was given.
    async fn measure<T, E>(
        &self,
        operation: usize,
        call: impl Future<Output = Result<T, E>>,
        failure: fn(&E) -> Option<Failure>,
    ) -> Result<T, E> {
        let mut under_way = UnderWay { port: self, operation, began: Instant::now(), failure: Some(Failure::GivenUp) };
        let answer = call.await;
        under_way.failure = answer.as_ref().err().and_then(failure);
        answer
    }
}

/// A call that was not answered yet. If it is dropped so, whoever waited has given up: such calls are those of a store that hangs.
struct UnderWay<'a, P: ?Sized> {
    port: &'a Measured<P>,
    operation: usize,
    began: Instant,
    failure: Option<Failure>,
}

impl<P: ?Sized> Drop for UnderWay<'_, P> {
    fn drop(&mut self) {
        let Measured { port, metrics, durations, .. } = self.port;
        if let Some(duration) = durations.get(self.operation) {
            duration.observe(self.began.elapsed().as_secs_f64());
        }
        if let Some(failure) = &self.failure {
            let labels = [("port", *port), ("kind", failure.as_str())];
            metrics.store.errors.get_or_create_owned(&labels).inc();
        }
    }
}

impl Metrics {
    /// The same queue, measured: its calls, and what they changed.
    #[must_use]
    pub fn queue(self: &Arc<Self>, inner: Arc<dyn Queue>) -> Arc<dyn Queue> {
        queue::measured(inner, self)
    }

    /// The same registry of streams, measured.
    #[must_use]
    pub fn registry(
        self: &Arc<Self>,
        inner: Arc<dyn streamcore::registry::Registry>,
    ) -> Arc<dyn streamcore::registry::Registry> {
        registry::measured(inner, self)
    }

    /// The same library, measured.
    #[must_use]
    pub fn library(self: &Arc<Self>, inner: Arc<dyn Library>) -> Arc<dyn Library> {
        library::measured(inner, self)
    }

    /// The same keys, measured.
    #[must_use]
    pub fn idempotency(self: &Arc<Self>, inner: Arc<dyn Idempotency>) -> Arc<dyn Idempotency> {
        idempotency::measured(inner, self)
    }
}
