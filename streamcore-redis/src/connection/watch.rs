//! Asks Redis every second whether it is there, and puts things right when it is back.

use std::{
    sync::Weak,
    time::{Duration, Instant},
};

use fred::{
    error::Error,
    interfaces::ClientLike,
    types::{ClusterHash, CustomCommand},
};
use tokio::{task::AbortHandle, time::timeout};
use tracing::{info, warn};

use super::Connection;

const EVERY: Duration = Duration::from_secs(1);

/// While it is away: who waits for it should not wait longer than need be.
const EVERY_WHILE_AWAY: Duration = Duration::from_millis(250);

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many answers in a row may be missing. Of a Cluster each question goes to another node, and one that is away is not all of it.
const MISSING: u32 = 2;
const MISSING_OF_CLUSTER: u32 = 4;

impl Connection {
    pub(super) fn watch(connection: Weak<Self>) -> Vec<AbortHandle> {
        let watching = tokio::spawn(async move {
            let mut missing = 0;
            loop {
                tokio::time::sleep(if missing == 0 { EVERY } else { EVERY_WHILE_AWAY }).await;
                let Some(connection) = connection.upgrade() else { return };
                missing = connection.ask_whether_it_is_there(missing).await;
            }
        });
        vec![watching.abort_handle()]
    }

    async fn ask_whether_it_is_there(&self, missing: u32) -> u32 {
        let asked = async {
            // One that loads its data tells the time, and nothing else. (Of a Cluster another node has taken its place.)
            if !self.config.is_cluster() {
                let format = CustomCommand::new_static("GET", ClusterHash::FirstKey, false);
                let _: Option<String> =
                    self.clients.calls.custom(format, vec![self.keys.registry().key("format")]).await?;
            }
            self.read_clock().await
        };
        let reason = match timeout(PATIENCE, asked).await {
            Ok(Ok(())) => {
                self.clients.forget_errors();
                self.answered();
                return 0;
            }
            Ok(Err(error)) => error.details().to_owned(),
            Err(_) => format!("no answer for {} s", PATIENCE.as_secs()),
        };
        let missing = missing + 1;
        if missing >= if self.config.is_cluster() { MISSING_OF_CLUSTER } else { MISSING } {
            self.silent(&reason);
        }
        missing
    }

    /// Reads the server's clock.
    pub(super) async fn read_clock(&self) -> Result<(), Error> {
        let time = CustomCommand::new_static("TIME", ClusterHash::Random, false);
        let (seconds, micros): (i64, i64) = self.clients.calls.custom(time, Vec::<String>::new()).await?;
        self.clock.set(seconds.saturating_mul(1_000).saturating_add(micros / 1_000), Instant::now());
        Ok(())
    }

    /// It answered.
    pub(super) fn answered(&self) {
        if self.health.up() {
            info!(server = %self.config.server(), "Redis answers again");
            // What was told meanwhile was told to nobody.
            self.changes.all();
        }
    }

    /// A call got no answer. Of a Cluster that says something of one shard only: what is true of all of it the watch finds out.
    pub(super) fn unanswered(&self, reason: &str) {
        if !self.config.is_cluster() {
            self.silent(reason);
        }
    }

    /// It did not.
    fn silent(&self, reason: &str) {
        let error = self.clients.last_error();
        let reason = error.as_deref().unwrap_or(reason);
        if self.health.down(reason) {
            warn!(server = %self.config.server(), reason, "Redis does not answer; what plays goes on");
        }
    }
}
