//! Hints that queues changed: those made here at once, those made elsewhere as Redis tells them.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use fred::{
    clients::SubscriberClient,
    error::Error,
    interfaces::{EventInterface, PubsubInterface},
};
use futures::stream::BoxStream;
use streamcore::{StreamId, queue::Hints};
use tokio::{sync::broadcast::error::RecvError, task::AbortHandle};

/// How many streams are remembered that anybody here asked about.
const MAX_STREAMS: usize = 100_000;

/// Who is told, and of which streams when it is not known what changed.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    told: Arc<Told>,
    tasks: Mutex<Vec<AbortHandle>>,
}

#[derive(Debug, Default)]
struct Told {
    hints: Hints,
    streams: Mutex<BTreeSet<StreamId>>,
}

impl Changes {
    /// Something of this stream was asked for here: whoever drives it wants to know when messages may have been lost.
    pub(crate) fn of_interest(&self, stream: StreamId) {
        let mut streams = self.told.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if streams.len() < MAX_STREAMS {
            streams.insert(stream);
        }
    }

    pub(crate) fn notify(&self, stream: StreamId) {
        self.told.hints.notify(stream);
    }

    /// Anything may have changed.
    pub(crate) fn all(&self) {
        self.told.all();
    }

    pub(crate) fn subscribe(&self) -> BoxStream<'static, StreamId> {
        self.told.hints.subscribe()
    }

    /// Listens to what is told on this channel, also after a reconnect.
    pub(crate) async fn follow(&self, subscriber: &SubscriberClient, channel: String) -> Result<(), Error> {
        let mut messages = subscriber.message_rx();
        let mut reconnects = subscriber.reconnect_rx();
        let keeping = subscriber.manage_subscriptions();
        subscriber.subscribe(channel).await?;
        let told = Arc::clone(&self.told);
        let telling = tokio::spawn(async move {
            loop {
                match messages.recv().await {
                    Ok(message) => match message.value.as_string().and_then(|id| id.parse().ok()) {
                        Some(stream) => told.hints.notify(stream),
                        None => tracing::debug!("a message on the channel of changes is no stream's id"),
                    },
                    Err(RecvError::Lagged(_)) => told.all(),
                    Err(RecvError::Closed) => return,
                }
            }
        });
        let told = Arc::clone(&self.told);
        let reconnecting = tokio::spawn(async move {
            while !matches!(reconnects.recv().await, Err(RecvError::Closed)) {
                told.all();
            }
        });
        let handles = [keeping.abort_handle(), telling.abort_handle(), reconnecting.abort_handle()];
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).extend(handles);
        Ok(())
    }

    /// What goes on until it is aborted.
    pub(crate) fn tasks(&self) -> Vec<AbortHandle> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Told {
    fn all(&self) {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for stream in streams {
            self.hints.notify(stream);
        }
    }
}
