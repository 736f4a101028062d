//! Hints that queues changed: those made here at once, those made elsewhere as Redis tells them.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use fred::{
    clients::{Client, SubscriberClient},
    error::{Error, ErrorKind},
    interfaces::{EventInterface, PubsubInterface},
    types::Message,
};
use futures::stream::BoxStream;
use streamcore::{StreamId, queue::Hints};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    task::AbortHandle,
};

/// How many streams are remembered that anybody here asked about.
const MAX_STREAMS: usize = 100_000;

/// How often something is said on the channel at first, and how long it may take to be heard.
const TRIES: u32 = 10;
const HEARD_WITHIN: Duration = Duration::from_millis(150);

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
    pub(crate) async fn follow(
        &self,
        subscriber: &SubscriberClient,
        teller: &Client,
        channel: String,
    ) -> Result<(), Error> {
        let mut messages = subscriber.message_rx();
        let mut reconnects = subscriber.reconnect_rx();
        let keeping = subscriber.manage_subscriptions().abort_handle();
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(keeping);
        subscriber.subscribe(channel.clone()).await?;
        hear_something(teller, &channel, &mut messages).await?;
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
        let handles = [telling.abort_handle(), reconnecting.abort_handle()];
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).extend(handles);
        Ok(())
    }

    /// What goes on until it is aborted.
    pub(crate) fn tasks(&self) -> Vec<AbortHandle> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Says something until it is heard: who may not listen is not told so by an answer.
async fn hear_something(teller: &Client, channel: &str, messages: &mut Receiver<Message>) -> Result<(), Error> {
    for _ in 0..TRIES {
        let () = teller.publish(channel, "hello").await?;
        if tokio::time::timeout(HEARD_WITHIN, messages.recv()).await.is_ok() {
            return Ok(());
        }
    }
    Err(Error::new(ErrorKind::Unknown, "what is told there is not heard; may its user subscribe to it?"))
}

impl Told {
    fn all(&self) {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for stream in streams {
            self.hints.notify(stream);
        }
    }
}
