//! For adapter authors: what proves that an adapter, a policy or a driver keeps its promises. Feature `testing`.
//!
//! Somebody who writes a queue:
//!
//! 1. implements a [`QueueFixture`], which owns whatever the queue needs (a folder, a server) and says what it is [capable](Capabilities) of;
//! 2. writes one line, [`queue_conformance!`](crate::queue_conformance), and gets one named test per promise;
//! 3. compares it to the model over generated operations with [`compare::assert_matches_model`].
//!
//! ```
//! use std::sync::Arc;
//! use streamcore::{queue::{MemoryQueue, Queue}, testing::{Capabilities, QueueFixture}};
//!
//! #[derive(Default)]
//! struct Memory(Arc<MemoryQueue>);
//!
//! #[async_trait::async_trait]
//! impl QueueFixture for Memory {
//!     fn queue(&self) -> Arc<dyn Queue> {
//!         self.0.clone()
//!     }
//!     fn capabilities(&self) -> Capabilities {
//!         Capabilities::default() // vanishes with the process, and cannot be opened twice
//!     }
//! }
//!
//! streamcore::queue_conformance!(fixture = async || Memory::default(), block_on = futures::executor::block_on);
//! # fn main() {}
//! ```
//!
//! The other stores work the same way: [`registry_conformance!`](crate::registry_conformance), [`library_conformance!`](crate::library_conformance)
//! with [`library::compare`], [`idempotency_conformance!`](crate::idempotency_conformance) with [`idempotency::compare`].
//!
//! Everything here panics on a broken promise, as tests do. Like the rest of the core it knows no clock, thread or randomness: the executor
//! is yours ([`queue_conformance!`](crate::queue_conformance) takes it as `block_on`), and let yours give up after a while, so that an
//! adapter that never answers fails instead of hanging.

pub mod compare;
mod fixture;
pub mod flaky;
pub mod idempotency;
mod items;
pub mod library;
pub mod policy;
pub mod queue;
pub mod registry;
mod sim;
pub mod strategies;

pub use self::{
    fixture::{Capabilities, QueueFixture, RegistryFixture},
    flaky::Flaky,
    items::{item, item_id},
    sim::SimRuntime,
};
