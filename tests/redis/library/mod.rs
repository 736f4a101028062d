//! The library on Redis keeps every promise of the port and matches the memory one; what it cannot read it names.

mod format;
mod hostile;
mod mirror;

use std::sync::Arc;

use async_trait::async_trait;
use proptest::proptest;
use streamcore::{
    library::{Library, Search},
    testing::{
        Capabilities,
        library::{LibraryFixture, compare::Comparison, strategies::library_ops},
    },
};

use crate::{
    cases::config,
    hands::Hands,
    support::{OnRedis, block_on},
};

#[async_trait]
impl LibraryFixture for OnRedis {
    fn library(&self) -> Arc<dyn Library> {
        Arc::new(self.store().clone())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().durable().shared()
    }

    async fn reopen(&mut self) {
        self.restart().await;
    }

    async fn another(&mut self) -> Arc<dyn Library> {
        Arc::new(self.second().await)
    }
}

streamcore::library_conformance!(fixture = OnRedis::new, block_on = block_on);

proptest! {
    #![proptest_config(config())]

    #[test]
    fn redis_matches_the_memory_library_with_two_handles_across_kills(
        before in library_ops(30), after in library_ops(20),
    ) {
        block_on(async {
            let mut hands = Hands::new().await;
            let mut comparison = Comparison::default();
            for ops in [before, after] {
                for (n, op) in ops.iter().enumerate() {
                    if n % 5 == 4 {
                        hands.forget_scripts();
                    }
                    comparison.step(if n % 2 == 0 { &hands.one } else { &hands.two }, op).await;
                }
                hands.restart();
                comparison.check(&hands.two).await;
                comparison.check(&hands.one).await;
            }
        });
    }
}

fn search(text: &str, limit: usize) -> Search {
    Search { text: text.into(), after: None, limit }
}
