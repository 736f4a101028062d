//! A store in a folder of its own, and an executor that gives up.

use std::{
    path::PathBuf,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use streamcore::{
    queue::Queue,
    registry::Registry,
    testing::{Capabilities, QueueFixture, RegistryFixture},
};
use streamcore_sqlite::SqliteStore;
use tempfile::TempDir;

pub(crate) struct Store {
    /// None only while reopening.
    store: Option<SqliteStore>,
    folder: TempDir,
}

impl Store {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = SqliteStore::open(folder.path().join("streamcore.db")).expect("a new store opens");
        Self { store: Some(store), folder }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("streamcore.db")
    }

    pub(crate) fn store(&self) -> &SqliteStore {
        self.store.as_ref().expect("open")
    }

    pub(crate) async fn restart(&mut self) {
        if let Some(store) = self.store.take() {
            store.close().await;
        }
        self.store = Some(SqliteStore::open(self.path()).expect("the store reopens"));
    }
}

#[async_trait]
impl QueueFixture for Store {
    fn queue(&self) -> Arc<dyn Queue> {
        Arc::new(self.store().clone())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().durable()
    }

    async fn reopen(&mut self) {
        self.restart().await;
    }
}

#[async_trait]
impl RegistryFixture for Store {
    fn registry(&self) -> Arc<dyn Registry> {
        Arc::new(self.store().clone())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().durable()
    }

    async fn reopen(&mut self) {
        self.restart().await;
    }
}

/// Far more than any test takes, on however busy a machine: a store that never answers fails the test instead of hanging it.
const PATIENCE: Duration = Duration::from_secs(300);

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let start = Instant::now();
    loop {
        if let Poll::Ready(answer) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return answer;
        }
        let left = PATIENCE.checked_sub(start.elapsed()).expect("an answer before the patience ends");
        thread::park_timeout(left);
    }
}
