//! A store on a Redis, for the fixtures of all ports, and an executor that gives up.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use proptest::test_runner::Config as ProptestConfig;
use streamcore_redis::{Config, RedisStore};
use streamcore_tests::redis::RedisServer;

/// Far more than any test takes, on however busy a machine: a store that never answers fails the test instead of hanging it.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs a future on a runtime of its own.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async { tokio::time::timeout(PATIENCE, future).await.expect("an end before the patience ends") })
}

/// A store, and the Redis it is on.
pub(crate) struct OnRedis {
    place: Place,
    prefix: String,
    store: RedisStore,
}

enum Place {
    /// A server of its own, which is killed and restarted with the process that uses it.
    Own(RedisServer),
    /// One that others use, too (a Cluster, a group of Sentinels), with other keys.
    Shared { url: String },
}

impl Place {
    fn url(&self) -> String {
        match self {
            Self::Own(server) => server.url(),
            Self::Shared { url } => url.clone(),
        }
    }
}

impl OnRedis {
    /// On a server of its own, which syncs every write.
    pub(crate) async fn new() -> Self {
        Self::at(Place::Own(RedisServer::start())).await
    }

    /// On one that others use, too.
    pub(crate) async fn shared(url: &str) -> Self {
        Self::at(Place::Shared { url: url.to_owned() }).await
    }

    async fn at(place: Place) -> Self {
        static USED: AtomicU64 = AtomicU64::new(0);
        let prefix = format!("test-{}-{}", std::process::id(), USED.fetch_add(1, Ordering::Relaxed));
        let store = connect(&place.url(), &prefix).await;
        Self { place, prefix, store }
    }

    /// What its own server says to a command; see [`RedisServer::ask`].
    pub(crate) fn ask(&self, command: &[&str]) -> String {
        match &self.place {
            Place::Own(server) => server.ask(command).expect("an answer"),
            Place::Shared { .. } => panic!("others use that server, too"),
        }
    }

    /// What all keys of the store begin with.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) const fn store(&self) -> &RedisStore {
        &self.store
    }

    /// Another handle on the same data, with a connection of its own.
    pub(crate) async fn second(&self) -> RedisStore {
        connect(&self.place.url(), &self.prefix).await
    }

    /// The end of the process, and of its own server with it, both without warning; then both again.
    pub(crate) async fn restart(&mut self) {
        self.store.close().await;
        if let Place::Own(server) = &mut self.place {
            server.kill();
            server.restart();
        }
        self.store = self.second().await;
    }
}

async fn connect(url: &str, prefix: &str) -> RedisStore {
    let config = Config::from_url(url).and_then(|config| config.with_prefix(prefix)).expect("a URL and a prefix");
    RedisStore::connect(config).await.expect("a connection")
}

/// How many cases a property is tried with; `STREAMCORE_PROPTEST_CASES` says otherwise.
pub(crate) fn config() -> ProptestConfig {
    let wanted = std::env::var("STREAMCORE_PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: wanted.unwrap_or(40), failure_persistence: None, ..ProptestConfig::default() }
}
