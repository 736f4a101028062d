use std::sync::Arc;

use async_trait::async_trait;

use super::super::Capabilities;
use crate::idempotency::Idempotency;

/// A fresh, empty store of idempotency keys that cleans up after itself when dropped.
#[async_trait]
pub trait IdempotencyFixture: Send {
    /// The store under test. Every call answers with the same one.
    fn idempotency(&self) -> Arc<dyn Idempotency>;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// As for [`QueueFixture::reopen`](crate::testing::QueueFixture::reopen).
    async fn reopen(&mut self) {
        panic!("a fixture that declares `durable` implements `reopen`");
    }

    /// As for [`QueueFixture::another`](crate::testing::QueueFixture::another).
    async fn another(&mut self) -> Arc<dyn Idempotency> {
        panic!("a fixture that declares `shared` implements `another`");
    }
}
