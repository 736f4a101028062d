//! A store on Redis, and the note on it that says whose it is: two servers on the same data would both drive its streams.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use streamcore_redis::{AdvisoryLock, RedisStore};
use tokio_util::task::AbortOnDropHandle;
use tracing::{error, info, warn};

use crate::{config::Config, data_dir::DataDir, failure::Failure};

/// How long a note lasts: so long a server that ended without a word keeps another one from beginning.
const LASTS: Duration = Duration::from_secs(10);
const RENEW_EVERY: Duration = Duration::from_secs(3);
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// A store that says that it is ours.
pub(crate) struct Claimed {
    pub(crate) store: RedisStore,
    who: Arc<Who>,
    renewing: AbortOnDropHandle<()>,
}

/// How we are known.
struct Who {
    /// Of this data directory on this machine: as we hold its lock, whoever bore it before is gone.
    id: String,
    /// For people.
    description: String,
}

impl Who {
    fn of(data_dir: &DataDir) -> Self {
        // Without a name, a copy of the data directory on another machine would pass for this one; that is all.
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host = host.trim();
        let named = if host.is_empty() { "an unnamed host" } else { host };
        let fits: String = host.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
        Self {
            id: format!("{}-{fits}", data_dir.id),
            description: format!("process {} on {named}", std::process::id()),
        }
    }
}

impl Claimed {
    /// Connects, and begins to say so; waits for one that may just have ended, and refuses one that is there.
    pub(crate) async fn connect(
        config: &Config,
        connection: streamcore_redis::Config,
        data_dir: &DataDir,
        take_over: bool,
    ) -> Result<Self, Failure> {
        let origin = config.redis.url.origin;
        let server = connection.server();
        let store = RedisStore::connect(connection).await.map_err(|error| Failure::Redis { origin, error })?;
        if let Err(reason) = may_do_its_work(&store).await {
            store.close().await;
            return Err(Failure::Claim { origin, reason });
        }
        let who = Arc::new(Who::of(data_dir));
        let claim = claim(&store, &who, config, take_over).await;
        if let Err(failure) = claim {
            store.close().await;
            return Err(failure);
        }
        info!(%server, prefix = config.redis.prefix.value, "using Redis");
        let renewing = AbortOnDropHandle::new(tokio::spawn(renew(store.clone(), Arc::clone(&who))));
        Ok(Self { store, who, renewing })
    }

    pub(crate) async fn close(&self) {
        self.renewing.abort();
        // Away or not, the note is over in a moment.
        let _ = self.store.unlock_advisory(&self.who.id).await;
        self.store.close().await;
    }
}

/// Whether every command that is needed is allowed. One that is refused in the middle of a change would leave half of it done: a script takes back
/// what it wrote of a queue's items, not everything.
async fn may_do_its_work(store: &RedisStore) -> Result<(), String> {
    let inspection = store.inspect().await.map_err(|error| error.to_string())?;
    let is_refused = |told: &str| told.contains("NOPERM") || told.contains("can't run") || told.contains("permission");
    let refused: Vec<_> = inspection.forbidden.iter().filter(|(_, told)| is_refused(told)).collect();
    let Some((_, told)) = refused.first() else { return Ok(()) };
    let names: Vec<_> = refused.iter().map(|(name, _)| name.as_str()).collect();
    Err(format!("its user may not {} ({told}); docs/redis.md has the rights that are needed", names.join(", ")))
}

async fn claim(store: &RedisStore, who: &Who, config: &Config, take_over: bool) -> Result<(), Failure> {
    let begin = Instant::now();
    let mut least: Option<Duration> = None;
    loop {
        let claim = store.lock_advisory(&who.id, &who.description, LASTS, take_over).await;
        let claim =
            claim.map_err(|error| Failure::Claim { origin: config.redis.url.origin, reason: error.to_string() })?;
        let AdvisoryLock::Taken { by, expires_in } = claim else { return Ok(()) };
        match least {
            None => {
                warn!(
                    by,
                    ?expires_in,
                    "another server used this Redis a moment ago; waiting until it is known to be gone"
                );
            }
            // Renewed: it is there.
            Some(least) if expires_in > least => {
                return Err(Failure::SecondServer { by, prefix: config.redis.prefix.value.clone() });
            }
            // A note that does not end is none of a server's.
            Some(_) if begin.elapsed() > LASTS * 2 => {
                return Err(Failure::SecondServer { by, prefix: config.redis.prefix.value.clone() });
            }
            Some(_) => {}
        }
        least = Some(expires_in);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn renew(store: RedisStore, who: Arc<Who>) {
    let mut displaced = false;
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        match store.lock_advisory(&who.id, &who.description, LASTS, false).await {
            Ok(AdvisoryLock::Ours) => displaced = false,
            Ok(AdvisoryLock::Taken { by, .. }) => {
                if !displaced {
                    error!(by, "another server uses this Redis, too, and drives the same streams: stop one of the two");
                }
                displaced = true;
            }
            // Away: the store's own watch says so.
            Err(_) => {}
        }
    }
}
