//! The store keeps every promise of both ports, and its queue matches the model, restarts included.

#[path = "support/cases.rs"]
mod cases;
mod support;

use cases::config;
use proptest::proptest;
use streamcore::{
    StreamId,
    testing::{
        compare::{Comparison, assert_matches_model},
        registry::{self, strategies::registry_ops},
        strategies::edits,
    },
};
use support::{Store, block_on};

streamcore::queue_conformance!(fixture = async || Store::new(), block_on = block_on);
streamcore::registry_conformance!(fixture = async || Store::new(), block_on = block_on);

proptest! {
    #![proptest_config(config())]

    #[test]
    fn sqlite_matches_the_model(ops in edits(60)) {
        block_on(assert_matches_model(Store::new().store(), &ops));
    }

    #[test]
    fn sqlite_matches_the_models_of_two_streams_across_restarts(
        before in edits(12), between in edits(12), after in edits(12),
    ) {
        block_on(async {
            let mut store = Store::new();
            let mut one = Comparison::new(StreamId::new(i64::MIN));
            let mut two = Comparison::new(StreamId::new(0));
            for ops in [before, between, after] {
                for op in &ops {
                    one.step(store.store(), op).await;
                    if ops.len() % 2 == 0 {
                        two.step(store.store(), op).await;
                    }
                }
                store.restart().await;
                one.check(store.store()).await;
                two.check(store.store()).await;
            }
        });
    }

    #[test]
    fn sqlite_matches_the_memory_registry_across_restarts(before in registry_ops(30), after in registry_ops(30)) {
        block_on(async {
            let mut store = Store::new();
            let mut comparison = registry::compare::Comparison::default();
            for ops in [before, after] {
                for op in &ops {
                    comparison.step(store.store(), op).await;
                }
                store.restart().await;
                comparison.check(store.store()).await;
            }
        });
    }
}
