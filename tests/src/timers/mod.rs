//! Many streams in one process with a real clock, whose listeners come and go as told: who measures or tests timers stands on this.
//!
//! Nothing is audible and nobody is connected: [`SilentPlayer`] reports as many listeners as it is told. What the streams do is in the [`Ledger`].

mod churn;
mod ledger;
mod player;

use std::{sync::Arc, time::Duration};

use streamcore::{
    StreamId,
    auto_end::{BySettings, Overrides, Settings},
    driver::{Host, Ports},
    queue::Queue,
    registry::{Registry, StreamRecord},
    runtime::Runtime,
};
use tokio::task::JoinSet;

pub use self::{
    churn::{Verdict, churn},
    ledger::{End, Fate, Ledger},
    player::SilentPlayer,
};

/// So many streams are being started at a time.
const AT_A_TIME: usize = 64;

/// A host and everything around it.
#[derive(Debug, Clone)]
pub struct Stage {
    /// The streams.
    pub host: Arc<Host>,
    /// Who listens.
    pub player: Arc<SilentPlayer>,
    /// What happened.
    pub ledger: Arc<Ledger>,
    /// The clock.
    pub runtime: Arc<dyn Runtime>,
    registry: Arc<dyn Registry>,
}

impl Stage {
    /// Streams on these stores and this clock; none yet.
    #[must_use]
    pub fn new(queue: Arc<dyn Queue>, registry: Arc<dyn Registry>, runtime: Arc<dyn Runtime>) -> Self {
        let (player, ledger) = (Arc::new(SilentPlayer::default()), Arc::new(Ledger::new(&*runtime)));
        let host = Host::new(Ports {
            queue,
            registry: registry.clone(),
            player: player.clone(),
            sink: ledger.clone(),
            policy: Arc::new(BySettings),
            auto_end: Settings::default(),
            runtime: runtime.clone(),
        });
        Self { host, player, ledger, runtime, registry }
    }

    /// Starts streams 1 to `count`, each with a timeout of its own and one listener.
    ///
    /// # Panics
    /// If a store refuses.
    pub async fn start(&self, count: usize, timeout: impl Fn(StreamId) -> Duration) {
        self.player.open_with(1);
        let mut starting = JoinSet::new();
        for id in ids(count) {
            let auto_end = Overrides { timeout: Some(timeout(id)), ..Overrides::default() };
            let record = StreamRecord {
                id,
                uuid: uuid::Uuid::from_u128(id.get().unsigned_abs().into()),
                name: String::new(),
                created_at: self.runtime.now(),
                auto_end,
            };
            let (registry, host) = (self.registry.clone(), self.host.clone());
            starting.spawn(async move {
                registry.create(record).await.expect("the stream is new");
                host.start(id).await.expect("it starts");
            });
            if starting.len() >= AT_A_TIME {
                starting.join_next().await.expect("some are starting").expect("it started");
            }
        }
        starting.join_all().await;
    }
}

/// The ids of so many streams.
pub fn ids(count: usize) -> impl Iterator<Item = StreamId> {
    (1..).map(StreamId::new).take(count)
}
