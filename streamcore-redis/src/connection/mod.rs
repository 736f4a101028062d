//! The connection: made once, kept by a watch of its own, used by [`call`](Connection::call).

mod call;
mod clients;
mod failure;
mod open;
mod watch;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Semaphore, task::AbortHandle};

use self::clients::Clients;
use crate::{
    Config,
    changes::Changes,
    clock::ServerClock,
    health::Watch,
    keys::{Keys, Tagged},
};

/// How long a server may take to say goodbye.
const PARTING: Duration = Duration::from_millis(500);

/// How many calls may be under way, before more are refused as unavailable.
pub const MAX_WAITING: usize = 4_096;

/// What all handles of a store share.
pub(crate) struct Connection {
    clients: Clients,
    pub(crate) keys: Keys,
    pub(crate) config: Config,
    pub(crate) changes: Changes,
    pub(crate) health: Watch,
    clock: ServerClock,
    places: Semaphore,
    call_ids: CallIds,
    tasks: Vec<AbortHandle>,
}

/// Names calls: a random number of this connection's, and a count.
struct CallIds {
    connection: u128,
    next: AtomicU64,
}

impl CallIds {
    fn new() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self { connection: u128::from_le_bytes(bytes), next: AtomicU64::new(0) })
    }

    fn next(&self) -> String {
        format!("{:032x}{:x}", self.connection, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.end_tasks();
    }
}

impl Connection {
    /// For what is no script.
    pub(crate) const fn client(&self) -> &fred::clients::Client {
        &self.clients.calls
    }

    /// Ends it: further calls are refused.
    pub(crate) async fn close(&self) {
        self.places.close();
        self.end_tasks();
        // Whatever it answers, the connection is over; and a server that answers nothing is not waited for.
        let _ = tokio::time::timeout(PARTING, self.clients.quit()).await;
        self.clients.end();
    }

    fn end_tasks(&self) {
        for task in self.tasks.iter().chain(&self.changes.tasks()) {
            task.abort();
        }
    }

    /// The hash of the calls of about ten seconds, where a call finds its own answer if it comes again.
    fn calls_key(&self, tag: &Tagged) -> String {
        tag.key(&format!("calls:{}", self.clock.now().div_euclid(10_000)))
    }
}

pub(crate) type Shared = Arc<Connection>;
