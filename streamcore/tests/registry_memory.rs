//! The in-memory registry keeps the port's promises; so does one behind a wrapper that never fails.

use std::sync::Arc;

use futures::executor::block_on;
use streamcore::{
    registry::{MemoryRegistry, Registry},
    testing::{Capabilities, Flaky, RegistryFixture, flaky::Fault},
};

struct Memory(Arc<dyn Registry>);

impl RegistryFixture for Memory {
    fn registry(&self) -> Arc<dyn Registry> {
        self.0.clone()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }
}

async fn memory() -> Memory {
    Memory(Arc::new(MemoryRegistry::new()))
}

async fn wrapped() -> Memory {
    Memory(Arc::new(Flaky::by(MemoryRegistry::new(), |_| Fault::None)))
}

streamcore::registry_conformance!(fixture = memory, block_on = block_on);

mod behind_a_wrapper {
    use super::*;

    streamcore::registry_conformance!(fixture = wrapped, block_on = block_on);
}
