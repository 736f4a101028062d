//! What an adapter author provides: a store to test, and what may be asked of it.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{queue::Queue, registry::Registry};

/// What a store can do beyond the port's contract. A check that needs more than a fixture declares does nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// What was acknowledged outlives the process: the fixture implements `reopen`.
    pub durable: bool,
    /// Several processes may use one store at a time: the fixture implements `another`.
    pub shared: bool,
}

impl Capabilities {
    /// The same, and durable.
    #[must_use]
    pub const fn durable(self) -> Self {
        Self { durable: true, ..self }
    }

    /// The same, and shared.
    #[must_use]
    pub const fn shared(self) -> Self {
        Self { shared: true, ..self }
    }
}

/// A fresh, empty queue store that cleans up after itself when dropped.
#[async_trait]
pub trait QueueFixture: Send {
    /// The queue under test. Every call answers with the same store.
    fn queue(&self) -> Arc<dyn Queue>;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Closes the store as the end of the process would, and opens it again: what a new process would see. Only called if
    /// [`durable`](Capabilities::durable); nobody holds the old queue then.
    async fn reopen(&mut self) {
        panic!("a fixture that declares `durable` implements `reopen`");
    }

    /// A second handle on the same store, as another process would hold it: apart from the first in everything but the stored data. Only
    /// called if [`shared`](Capabilities::shared).
    async fn another(&mut self) -> Arc<dyn Queue> {
        panic!("a fixture that declares `shared` implements `another`");
    }
}

/// A fresh, empty registry that cleans up after itself when dropped.
#[async_trait]
pub trait RegistryFixture: Send {
    /// The registry under test. Every call answers with the same store.
    fn registry(&self) -> Arc<dyn Registry>;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// As for [`QueueFixture::reopen`].
    async fn reopen(&mut self) {
        panic!("a fixture that declares `durable` implements `reopen`");
    }

    /// As for [`QueueFixture::another`].
    async fn another(&mut self) -> Arc<dyn Registry> {
        panic!("a fixture that declares `shared` implements `another`");
    }
}
