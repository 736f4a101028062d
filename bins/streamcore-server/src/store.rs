//! Which store is in use: the embedded one, or Redis where a URL is given. The rest of the server knows only the ports.

#[cfg(feature = "redis")]
mod redis;

use std::sync::Arc;

use streamcore::{idempotency::Idempotency, library::Library, queue::Queue, registry::Registry};

use crate::{config::Config, data_dir::DataDir, failure::Failure};

#[cfg(not(any(feature = "redis", feature = "sqlite")))]
compile_error!("streamcore-server needs a store: build it with the feature `sqlite`, or `redis`, or both");

/// The ports of the store in use, and how it ends.
pub(crate) struct Store {
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) registry: Arc<dyn Registry>,
    pub(crate) library: Arc<dyn Library>,
    pub(crate) idempotency: Arc<dyn Idempotency>,
    backend: Backend,
}

enum Backend {
    #[cfg(feature = "sqlite")]
    Sqlite(streamcore_sqlite::SqliteStore),
    #[cfg(feature = "redis")]
    Redis(redis::Claimed),
}

impl Store {
    /// Opens or connects the store that the settings name. The data directory is ours.
    pub(crate) async fn open(config: &Config, data_dir: &DataDir, take_over: bool) -> Result<Self, Failure> {
        #[cfg(feature = "redis")]
        if let Some(connection) = config.redis.connection()? {
            let claimed = redis::Claimed::connect(config, connection, data_dir, take_over).await?;
            let store = Arc::new(claimed.store.clone());
            return Ok(Self::of(&store, Backend::Redis(claimed)));
        }
        Self::embedded(config, data_dir, take_over)
    }

    #[cfg(feature = "sqlite")]
    fn embedded(config: &Config, _: &DataDir, _: bool) -> Result<Self, Failure> {
        let store = streamcore_sqlite::SqliteStore::open(database(config))?;
        Ok(Self::of(&Arc::new(store.clone()), Backend::Sqlite(store)))
    }

    #[cfg(not(feature = "sqlite"))]
    fn embedded(_: &Config, _: &DataDir, _: bool) -> Result<Self, Failure> {
        Err(Failure::NoStore)
    }

    fn of<S: Queue + Registry + Library + Idempotency + 'static>(store: &Arc<S>, backend: Backend) -> Self {
        Self {
            queue: store.clone(),
            registry: store.clone(),
            library: store.clone(),
            idempotency: store.clone(),
            backend,
        }
    }

    /// What kind of store it is, as metrics tell it.
    pub(crate) const fn kind(&self) -> &'static str {
        match &self.backend {
            #[cfg(feature = "sqlite")]
            Backend::Sqlite(_) => "sqlite",
            #[cfg(feature = "redis")]
            Backend::Redis(_) => "redis",
        }
    }

    /// Counts how often the connection to it was back after an outage.
    pub(crate) fn reconnects(&self) -> Box<dyn Fn() -> u64 + Send + Sync> {
        match &self.backend {
            #[cfg(feature = "sqlite")]
            Backend::Sqlite(_) => Box::new(|| 0),
            #[cfg(feature = "redis")]
            Backend::Redis(claimed) => {
                let store = claimed.store.clone();
                Box::new(move || store.outages())
            }
        }
    }

    /// Finishes what was asked for, and closes it. Afterwards every call is answered as unavailable.
    pub(crate) async fn close(&self) {
        match &self.backend {
            #[cfg(feature = "sqlite")]
            Backend::Sqlite(store) => store.close().await,
            #[cfg(feature = "redis")]
            Backend::Redis(claimed) => claimed.close().await,
        }
    }
}

/// Where the embedded store keeps everything.
#[cfg(feature = "sqlite")]
pub(crate) fn database(config: &Config) -> std::path::PathBuf {
    config.data_dir.value.join("streamcore.sqlite3")
}
