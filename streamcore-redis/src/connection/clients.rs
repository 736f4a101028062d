//! The two clients of the library that speaks the protocol, and the tasks that drive them, which end with them.

use std::{
    pin::pin,
    sync::{Mutex, PoisonError},
};

use fred::{
    clients::{Client, SubscriberClient},
    error::Error,
    interfaces::{ClientLike, EventInterface},
    types::{Builder, config::Server},
};
use tokio::{
    sync::broadcast::{Receiver, error::TryRecvError},
    task::AbortHandle,
};

use super::failure;

/// A client for calls, and one that listens. Dropping them ends their connections, also when they are only just being made: the library's own
/// handles leave their tasks behind.
pub(super) struct Clients {
    pub(super) calls: Client,
    pub(super) listens: SubscriberClient,
    driving: Vec<AbortHandle>,
    errors: Mutex<Errors>,
}

struct Errors {
    told: Receiver<(Error, Option<Server>)>,
    last: Option<String>,
}

impl Clients {
    pub(super) fn new(builder: &Builder) -> Result<Self, Error> {
        let (calls, listens) = (builder.build()?, builder.build_subscriber_client()?);
        let errors = Mutex::new(Errors { told: calls.error_rx(), last: None });
        Ok(Self { calls, listens, driving: Vec::new(), errors })
    }

    /// What last went wrong with the connection since it worked: who waits for an answer learns only that none came.
    pub(super) fn last_error(&self) -> Option<String> {
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match errors.told.try_recv() {
                Ok((error, _)) => errors.last = Some(failure::plain(error.details()).into_owned()),
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => return errors.last.clone(),
            }
        }
    }

    /// It works.
    pub(super) fn forget_errors(&self) {
        let _ = self.last_error();
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).last = None;
    }

    pub(super) async fn connect(&mut self) -> Result<(), Error> {
        connect(&self.calls, &mut self.driving).await?;
        connect(&self.listens, &mut self.driving).await
    }

    /// Says goodbye, as far as somebody is there to hear it.
    pub(super) async fn quit(&self) {
        let _ = futures::join!(self.listens.quit(), self.calls.quit());
    }

    /// Ends them without a word.
    pub(super) fn end(&self) {
        for task in &self.driving {
            task.abort();
        }
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        self.end();
    }
}

async fn connect(client: &impl ClientLike, driving: &mut Vec<AbortHandle>) -> Result<(), Error> {
    // Its word comes once: whoever asks after it was given waits for ever.
    let mut connected = pin!(client.wait_for_connect());
    if futures::poll!(&mut connected).is_ready() {
        return Ok(());
    }
    driving.push(client.connect().abort_handle());
    connected.await
}
