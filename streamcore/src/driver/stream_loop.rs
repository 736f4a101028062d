//! The loop of one stream, on one page: wait for the next input, feed it, perform what comes of it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures::{
    FutureExt, StreamExt,
    channel::oneshot,
    future::{BoxFuture, pending},
    stream::FuturesUnordered,
};

use super::{
    Ports,
    mailbox::{Letter, Mailbox},
    perform,
};
use crate::{
    Status, StreamId, StreamView, Timestamp,
    stream::{CommandId, Effect, Effects, Input, Reply, Stream},
};

/// A stream with its loop's state. What others see of it is in `view`.
pub(super) struct StreamLoop {
    pub(super) id: StreamId,
    pub(super) ports: Ports,
    pub(super) mailbox: Mailbox,
    pub(super) stream: Arc<Mutex<Stream>>,
}

impl StreamLoop {
    /// Runs until `stop` resolves (or its sender is dropped).
    pub(super) async fn run(self, first: Effects, stop: oneshot::Receiver<()>) {
        let _at_the_end = AtTheEnd(&self);
        let mut asked: FuturesUnordered<BoxFuture<'static, Input>> = FuturesUnordered::new();
        let mut replies: BTreeMap<CommandId, oneshot::Sender<Reply>> = BTreeMap::new();
        let mut last_command = 0;
        let mut stop = stop.fuse();
        self.perform(first, &mut asked, &mut replies);
        loop {
            let deadline = self.lock().next_deadline();
            let mut tick = self.sleep(deadline).fuse();
            let letter = self.mailbox.next().fuse();
            futures::pin_mut!(letter);
            let input = futures::select_biased! {
                _ = stop => break,
                answer = asked.select_next_some() => answer,
                letter = letter => match letter {
                    Letter::Report(report) => Input::Report(report),
                    Letter::QueueChanged => Input::QueueChanged,
                    Letter::Command(command, reply) => {
                        last_command += 1;
                        let id = CommandId(last_command);
                        replies.insert(id, reply);
                        Input::Command { id, command }
                    }
                },
                () = tick => Input::Tick,
            };
            let effects = self.lock().handle(self.ports.runtime.now(), input);
            self.perform(effects, &mut asked, &mut replies);
        }
    }

    fn perform(
        &self,
        effects: Effects,
        asked: &mut FuturesUnordered<BoxFuture<'static, Input>>,
        replies: &mut BTreeMap<CommandId, oneshot::Sender<Reply>>,
    ) {
        for effect in effects {
            match effect {
                Effect::Ask { question, ask } => asked.push(perform::ask(&self.ports, self.id, question, ask)),
                Effect::Order(order) => perform::order(&self.ports, self.id, &self.mailbox, order),
                Effect::Emit(event) => self.ports.sink.record(&event),
                Effect::Reply { command, reply } => {
                    self.mailbox.answered();
                    if let Some(waiting) = replies.remove(&command) {
                        // Whoever asked may have gone away; what was done is done.
                        let _gone = waiting.send(reply);
                    }
                }
            }
        }
    }

    fn sleep(&self, deadline: Option<Timestamp>) -> BoxFuture<'static, ()> {
        deadline.map_or_else(|| pending().boxed(), |deadline| self.ports.runtime.sleep_until(deadline))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Stream> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leaves nothing behind however the loop ends, also when a port panics: nobody waits for it, and nothing plays on without it.
struct AtTheEnd<'a>(&'a StreamLoop);

impl Drop for AtTheEnd<'_> {
    fn drop(&mut self) {
        let Self(stream_loop) = self;
        stream_loop.mailbox.close();
        let on_air = stream_loop.lock().view(Timestamp::default()).status != Status::Stopped;
        if on_air {
            stream_loop.ports.player.close(stream_loop.id);
        }
    }
}

/// What can be seen of a stream now.
pub(super) fn view(stream: &Mutex<Stream>, now: Timestamp) -> StreamView {
    stream.lock().unwrap_or_else(PoisonError::into_inner).view(now)
}
