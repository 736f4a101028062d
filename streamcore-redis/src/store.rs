//! The handle.

use std::sync::Arc;

use streamcore::StreamId;

use crate::{
    Config, ConnectError, Health,
    connection::{Connection, Shared},
    library::Mirror,
};

/// A handle on the data of one deployment; clones are handles on the same one. Needs a tokio runtime.
#[derive(Debug, Clone)]
pub struct RedisStore {
    pub(crate) connection: Shared,
    pub(crate) library: Arc<Mirror>,
}

impl RedisStore {
    /// Connects, and looks whether what answers can be used.
    ///
    /// # Errors
    /// [`ConnectError`] says what is in the way and what to do about it. **Cancellation.** Nothing is left behind.
    pub async fn connect(config: Config) -> Result<Self, ConnectError> {
        Ok(Self { connection: Connection::open(config).await?, library: Arc::default() })
    }

    /// Whether Redis answers, as of its last word; asked every second.
    #[must_use]
    pub fn health(&self) -> Health {
        self.connection.health.health()
    }

    /// How many outages are over: how often Redis answered again after it had not.
    #[must_use]
    pub fn outages(&self) -> u64 {
        self.connection.health.outages()
    }

    /// Ends the connection. Afterwards every call on any handle is answered as unavailable. Closing twice is fine.
    ///
    /// **Cancellation.** The connection may stay open until the last handle is dropped.
    pub async fn close(&self) {
        self.connection.close().await;
    }

    /// Tells everybody here that this queue changed.
    pub(crate) fn changed(&self, stream: StreamId) {
        self.connection.changes.notify(stream);
    }
}
