//! The in-memory queue keeps the port's promises and matches the model; so does one behind a wrapper that never fails.

mod queue_support;

use std::sync::Arc;

use futures::executor::block_on;
use proptest::proptest;
use queue_support::config;
use streamcore::{
    StreamId,
    queue::{MemoryQueue, Queue},
    testing::{
        Capabilities, Flaky, QueueFixture,
        compare::{Comparison, assert_matches_model},
        flaky::Fault,
        strategies::edits,
    },
};

struct Memory(Arc<MemoryQueue>);

impl QueueFixture for Memory {
    fn queue(&self) -> Arc<dyn Queue> {
        self.0.clone()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }
}

async fn memory() -> Memory {
    Memory(Arc::new(MemoryQueue::new()))
}

streamcore::queue_conformance!(fixture = memory, block_on = block_on);

proptest! {
    #![proptest_config(config())]

    #[test]
    fn memory_matches_the_model(ops in edits(60)) {
        block_on(assert_matches_model(&MemoryQueue::new(), &ops));
    }

    #[test]
    fn a_wrapper_that_does_not_fail_changes_nothing(ops in edits(20)) {
        block_on(assert_matches_model(&Flaky::by(MemoryQueue::new(), |_| Fault::None), &ops));
    }

    #[test]
    fn two_streams_of_one_store_match_their_models(ops in edits(20), others in edits(20)) {
        block_on(async {
            let queue = MemoryQueue::new();
            let (mut one, mut two) = (Comparison::new(StreamId::new(1)), Comparison::new(StreamId::new(2)));
            for (op, other) in ops.iter().zip(&others) {
                one.step(&queue, op).await;
                two.step(&queue, other).await;
                one.check(&queue).await;
            }
        });
    }
}
