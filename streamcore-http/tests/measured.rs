//! A store that is measured keeps its port's promises. Promise M8.

use std::sync::Arc;

use prometheus_client::registry::Registry as Families;
use streamcore::{
    idempotency::{Idempotency, MemoryIdempotency},
    library::{Library, MemoryLibrary},
    queue::{MemoryQueue, Queue},
    registry::{MemoryRegistry, Registry},
    testing::{Capabilities, QueueFixture, RegistryFixture, idempotency::IdempotencyFixture, library::LibraryFixture},
};
use streamcore_http::metrics::Metrics;

fn metrics() -> Arc<Metrics> {
    Metrics::register(&mut Families::default())
}

macro_rules! fixture {
    ($name:ident, $fixture:ident, $port:ident, $method:ident, $memory:expr) => {
        struct $name(Arc<dyn $port>);

        impl $name {
            async fn make() -> Self {
                Self(metrics().$method(Arc::new($memory)))
            }
        }

        impl $fixture for $name {
            fn $method(&self) -> Arc<dyn $port> {
                self.0.clone()
            }

            fn capabilities(&self) -> Capabilities {
                Capabilities::default()
            }
        }
    };
}

fixture!(MeasuredQueue, QueueFixture, Queue, queue, MemoryQueue::new());
fixture!(MeasuredRegistry, RegistryFixture, Registry, registry, MemoryRegistry::new());
fixture!(MeasuredLibrary, LibraryFixture, Library, library, MemoryLibrary::new());
fixture!(MeasuredKeys, IdempotencyFixture, Idempotency, idempotency, MemoryIdempotency::new());

mod queue {
    streamcore::queue_conformance!(fixture = crate::MeasuredQueue::make, block_on = futures::executor::block_on);
}

mod registry {
    streamcore::registry_conformance!(fixture = crate::MeasuredRegistry::make, block_on = futures::executor::block_on);
}

mod library {
    streamcore::library_conformance!(fixture = crate::MeasuredLibrary::make, block_on = futures::executor::block_on);
}

mod idempotency {
    streamcore::idempotency_conformance!(fixture = crate::MeasuredKeys::make, block_on = futures::executor::block_on);
}
