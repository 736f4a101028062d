//! The queue keeps every promise of its port, and matches the model.

use std::sync::Arc;

use async_trait::async_trait;
use proptest::proptest;
use streamcore::{
    StreamId,
    queue::Queue,
    testing::{Capabilities, QueueFixture, compare::Comparison, strategies::edits},
};

use crate::support::{OnRedis, block_on, config};

#[async_trait]
impl QueueFixture for OnRedis {
    fn queue(&self) -> Arc<dyn Queue> {
        Arc::new(self.store().clone())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().durable().shared()
    }

    async fn reopen(&mut self) {
        self.restart().await;
    }

    async fn another(&mut self) -> Arc<dyn Queue> {
        Arc::new(self.second().await)
    }
}

mod standalone {
    use super::*;

    streamcore::queue_conformance!(fixture = async || OnRedis::new().await, block_on = block_on);
}

proptest! {
    #![proptest_config(config())]

    /// One stream edited through two connections in turn, and another one beside it, across restarts of server and process.
    #[test]
    fn redis_matches_the_model_with_a_second_client_interfering(
        before in edits(40), between in edits(20), after in edits(20),
    ) {
        block_on(async {
            let mut redis = OnRedis::new().await;
            let mut one = Comparison::new(StreamId::new(i64::MIN));
            let mut two = Comparison::new(StreamId::new(0));
            for ops in [before, between, after] {
                let second = redis.second().await;
                for (n, op) in ops.iter().enumerate() {
                    one.step(if n % 2 == 0 { redis.store() } else { &second }, op).await;
                    if ops.len() % 2 == 0 {
                        two.step(redis.store(), op).await;
                    }
                }
                second.close().await;
                redis.restart().await;
                one.check(redis.store()).await;
                two.check(redis.store()).await;
            }
        });
    }
}
