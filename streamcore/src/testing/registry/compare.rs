//! Compares a registry with the memory one, call by call.

use uuid::Uuid;

use super::{super::items::Expected, strategies::RegistryOp};
use crate::{
    StreamId,
    registry::{MemoryRegistry, Registry},
};

/// Makes each call on an empty registry and on a memory one, and compares the answers, errors included, and what can be read, after every
/// step.
///
/// # Panics
/// At the first difference, naming the step.
///
/// ```
/// use proptest::prelude::*;
/// use streamcore::{registry::MemoryRegistry, testing::registry::{compare::assert_matches_memory, strategies::registry_ops}};
/// proptest!(ProptestConfig::with_cases(1), |(ops in registry_ops(20))| {
///     futures::executor::block_on(assert_matches_memory(&MemoryRegistry::new(), &ops));
/// });
/// ```
pub async fn assert_matches_memory(registry: &dyn Registry, ops: &[RegistryOp]) {
    let mut comparison = Comparison::default();
    for op in ops {
        comparison.step(registry, op).await;
    }
}

/// A comparison in steps, for tests that do something of their own in between, such as closing and reopening the store.
#[derive(Debug, Default)]
pub struct Comparison {
    memory: MemoryRegistry,
    steps: usize,
}

impl Comparison {
    /// Makes one call on both and compares.
    ///
    /// # Panics
    /// On a difference.
    pub async fn step(&mut self, registry: &dyn Registry, op: &RegistryOp) {
        self.steps += 1;
        let (actual, expected) = (carried_out(registry, op).await, carried_out(&self.memory, op).await);
        assert_eq!(actual, expected, "step {}: the answer to {op:?}", self.steps);
        self.check(registry).await;
    }

    /// Compares all streams, as a list and by their UUIDs, with their snapshots and their sessions, by pages.
    ///
    /// # Panics
    /// On a difference.
    pub async fn check(&self, registry: &dyn Registry) {
        let (step, memory) = (self.steps, &self.memory);
        let all = memory.list(None, usize::MAX).await.answered();
        assert_eq!(registry.list(None, usize::MAX).await.answered(), all, "step {step}: all streams");
        assert_eq!(registry.running().await.answered(), memory.running().await.answered(), "step {step}: what runs");
        for uuid in (0..6).map(Uuid::from_u128) {
            let (found, expected) = (registry.by_uuid(uuid).await, memory.by_uuid(uuid).await);
            assert_eq!(found.answered(), expected.answered(), "step {step}: {uuid}");
        }
        for record in all.streams {
            let stream = record.id;
            assert_eq!(registry.get(stream).await.answered(), Some(record), "step {step}: {stream}");
            let (stored, expected) = (registry.snapshot(stream).await, memory.snapshot(stream).await);
            assert_eq!(stored.answered(), expected.answered(), "step {step}: the snapshot of {stream}");
            self.check_sessions(registry, stream).await;
        }
    }

    async fn check_sessions(&self, registry: &dyn Registry, stream: StreamId) {
        let mut before = None;
        loop {
            let page = registry.sessions(stream, before, 2).await.answered();
            let expected = self.memory.sessions(stream, before, 2).await.answered();
            assert_eq!(page, expected, "step {}: the sessions of {stream} below {before:?}", self.steps);
            before = page.next;
            if before.is_none() {
                return;
            }
        }
    }
}

/// What is answered, as text: port errors hold boxed sources and cannot be compared as values.
async fn carried_out(registry: &dyn Registry, op: &RegistryOp) -> String {
    match op.clone() {
        RegistryOp::Create { record } => format!("{:?}", registry.create(record).await),
        RegistryOp::Rename { stream, name } => format!("{:?}", registry.rename(stream, name).await),
        RegistryOp::SetAutoEnd { stream, auto_end } => format!("{:?}", registry.set_auto_end(stream, auto_end).await),
        RegistryOp::Delete { stream } => format!("{:?}", registry.delete(stream).await),
        RegistryOp::Save { stream, snapshot } => format!("{:?}", registry.save_snapshot(stream, snapshot).await),
        RegistryOp::Close { stream, snapshot, session } => {
            format!("{:?}", registry.close_session(stream, snapshot, session).await)
        }
    }
}
