use std::sync::Arc;

use async_trait::async_trait;

use super::super::Capabilities;
use crate::library::Library;

/// A fresh, empty library that cleans up after itself when dropped.
#[async_trait]
pub trait LibraryFixture: Send {
    /// The library under test. Every call answers with the same store.
    fn library(&self) -> Arc<dyn Library>;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// As for [`QueueFixture::reopen`](crate::testing::QueueFixture::reopen).
    async fn reopen(&mut self) {
        panic!("a fixture that declares `durable` implements `reopen`");
    }

    /// As for [`QueueFixture::another`](crate::testing::QueueFixture::another).
    async fn another(&mut self) -> Arc<dyn Library> {
        panic!("a fixture that declares `shared` implements `another`");
    }
}
