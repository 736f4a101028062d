//! All streams of a node.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{StreamExt, channel::oneshot, future::join_all, lock::Mutex as AsyncMutex};

use super::{
    CommandError, Ports,
    mailbox::{Mailbox, NotTaken},
    stream_loop::{StreamLoop, view},
};
use crate::{
    EndCause, Event, EventKind, ItemId, Port, QueueItem, Revision, StreamId, StreamView,
    auto_end::{Overrides, Settings},
    presence::{Observation, SourceId, SourceView, Terms},
    registry::{self, StreamRecord},
    stream::{Command, Done, Effects, Snapshot, Stream},
};

/// The answer to a skip.
#[derive(Debug, Clone, PartialEq)]
pub struct Skipped {
    /// Whether this call skipped something; false if the item it meant was no longer current, or another skip was already under way.
    pub skipped: bool,
    /// What plays now; none: the placeholder.
    pub current: Option<QueueItem>,
    /// The queue's revision after the hand-off that answers this call; none if there was none, for nothing was to be done.
    pub revision: Option<Revision>,
}

impl From<Done> for Skipped {
    fn from(done: Done) -> Self {
        match done {
            Done::Skipped { skipped, current, revision } => {
                Self { skipped, current: current.map(|item| *item), revision }
            }
            Done::View(view) => Self { skipped: false, current: view.current, revision: None },
        }
    }
}

/// The streams that a node drives, each with a task of its own.
///
/// **Cancellation.** If a future of this type is dropped, the command goes on all the same.
///
/// ```
/// # use std::sync::Arc;
/// # async fn example(ports: streamcore::driver::Ports) -> Result<(), Box<dyn std::error::Error>> {
/// use streamcore::{StreamId, driver::Host};
/// let host = Host::new(ports);
/// host.resume_all().await?; // streams that ran before a stop or crash go on
/// let view = host.start(StreamId::new(1)).await?;
/// println!("{:?}", view.status);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Host {
    ports: Ports,
    streams: Mutex<Streams>,
    /// Settings are stored and then told: one after the other, so that what is told last is what is stored.
    configuring: AsyncMutex<()>,
}

#[derive(Debug, Default)]
struct Streams {
    driven: BTreeMap<StreamId, Driven>,
    /// Streams that are being deleted: no command is taken for them.
    deleting: BTreeSet<StreamId>,
    /// Streams that ran before this process and are about to go on.
    resuming: BTreeSet<StreamId>,
    listening_for_hints: bool,
    shutting_down: bool,
}

/// A stream with a loop.
#[derive(Debug, Clone)]
struct Driven {
    mailbox: Mailbox,
    stream: Arc<Mutex<Stream>>,
    /// Dropping it ends the loop.
    _stop: Arc<oneshot::Sender<()>>,
}

impl Host {
    /// Drives streams on these ports; none yet.
    #[must_use]
    pub fn new(ports: Ports) -> Arc<Self> {
        Arc::new(Self { ports, streams: Mutex::default(), configuring: AsyncMutex::default() })
    }

    /// Resumes the streams that were running when the process before this one ended, however it ended; returns them.
    ///
    /// A stream whose snapshot cannot be read goes on without its position, and that is told as an event: it must not keep the others from
    /// going on.
    ///
    /// # Errors
    /// Those of [`Registry::running`](crate::registry::Registry::running), and of an outage while the snapshots are read: call it again.
    pub async fn resume_all(self: &Arc<Self>) -> registry::Result<Vec<StreamId>> {
        let running = self.ports.registry.running().await?;
        self.lock().resuming.extend(running.iter().copied());
        let mut read = Vec::with_capacity(running.len());
        for id in &running {
            let snapshot = match self.ports.registry.snapshot(*id).await {
                Err(registry::Error::Corrupt { detail }) => {
                    let at = self.tell_corrupt(*id, detail);
                    // It must not take the number of a session that is in the history.
                    let last = match self.ports.registry.sessions(*id, None, 1).await {
                        Err(registry::Error::Corrupt { .. }) => None,
                        newest => newest?.sessions.first().map(|session| session.number),
                    };
                    Snapshot { started_at: Some(at), session: last.unwrap_or(0) + 1, ..Snapshot::default() }
                }
                read => read?.unwrap_or_default(),
            };
            let settings = match self.ports.registry.get(*id).await {
                Err(registry::Error::Corrupt { detail }) => {
                    self.tell_corrupt(*id, detail);
                    // Its owner may have wanted it never to end.
                    Arc::new(Settings { enabled: false, ..self.ports.auto_end.clone() })
                }
                record => self.settings_of(record?.as_ref()),
            };
            read.push((*id, snapshot, settings));
        }
        // All at once: an overdue end waits for listeners to come back from now on, not from when some other stream was read.
        for (id, snapshot, settings) in read {
            if self.drive(id, snapshot, settings).is_err() {
                break; // shutting down
            }
            self.lock().resuming.remove(&id);
        }
        Ok(running)
    }

    fn tell_corrupt(&self, stream: StreamId, detail: String) -> crate::Timestamp {
        let at = self.ports.runtime.now();
        let kind = EventKind::StoreFailed { port: Port::Registry, detail };
        self.ports.sink.record(&Event { at, stream, kind });
        at
    }

    /// What holds for the end by itself of the stream with this record.
    fn settings_of(&self, record: Option<&StreamRecord>) -> Arc<Settings> {
        Arc::new(
            record.map_or_else(|| self.ports.auto_end.clone(), |record| record.auto_end.over(&self.ports.auto_end)),
        )
    }

    /// Puts a stream on the air. Idempotent. The answer shows what plays.
    ///
    /// # Errors
    /// [`NotFound`](CommandError::NotFound), [`Unavailable`](CommandError::Unavailable), [`Corrupt`](CommandError::Corrupt),
    /// [`Busy`](CommandError::Busy), [`ShuttingDown`](CommandError::ShuttingDown).
    pub async fn start(self: &Arc<Self>, stream: StreamId) -> Result<StreamView, CommandError> {
        self.command_view(stream, Command::Start).await
    }

    /// Ends a stream because somebody wants it: `by` is who, as the history will tell. Listeners are disconnected, the current item waits
    /// again at the head of the queue. Idempotent.
    ///
    /// # Errors
    /// As for [`start`](Host::start). If the store is unavailable the stream has left the air all the same, and the end is noted as soon as
    /// the store is back.
    pub async fn stop(self: &Arc<Self>, stream: StreamId, by: &str) -> Result<StreamView, CommandError> {
        self.end(stream, EndCause::Manual { by: by.to_owned() }).await
    }

    /// Ends a stream for whatever reason, as [`stop`](Host::stop) does.
    ///
    /// # Errors
    /// As for [`stop`](Host::stop).
    pub async fn end(self: &Arc<Self>, stream: StreamId, cause: EndCause) -> Result<StreamView, CommandError> {
        self.command_view(stream, Command::Stop(cause)).await
    }

    /// Has an empty stream count as empty from now on, anew: the end it is heading for is put off by the whole timeout. Acknowledged when it
    /// is stored; of a stream with listeners nothing changes. `by` is who asks.
    ///
    /// # Errors
    /// As for [`pause`](Host::pause).
    pub async fn keep_alive(self: &Arc<Self>, stream: StreamId, by: &str) -> Result<StreamView, CommandError> {
        self.command_view(stream, Command::KeepAlive { by: by.to_owned() }).await
    }

    /// Stores what of the defaults is different for a stream's end by itself; a timer that runs obeys at once. `change` is given what is
    /// stored now and the defaults, and answers what is to be. What is stored and cannot be read is taken for nothing: so it can be mended.
    ///
    /// # Errors
    /// As for [`start`](Host::start). If it was stored and the stream could not be told, it obeys from its next restart on; repeat it.
    pub async fn configure(
        self: &Arc<Self>,
        stream: StreamId,
        change: impl FnOnce(Overrides, &Settings) -> Overrides + Send + 'static,
    ) -> Result<StreamView, CommandError> {
        let (done, answer) = oneshot::channel();
        let host = self.clone();
        // In a task of its own: a caller who goes away between the two steps must not leave a stream that obeys other settings than are stored.
        self.ports.runtime.spawn(Box::pin(async move {
            let _gone = done.send(host.store_and_tell(stream, change).await);
        }));
        answer.await.unwrap_or(Err(CommandError::ShuttingDown))
    }

    async fn store_and_tell(
        self: &Arc<Self>,
        stream: StreamId,
        change: impl FnOnce(Overrides, &Settings) -> Overrides + Send,
    ) -> Result<StreamView, CommandError> {
        let _one_after_the_other = self.configuring.lock().await;
        let stored = match self.ports.registry.get(stream).await {
            Err(registry::Error::Corrupt { .. }) => Overrides::default(),
            read => read?.ok_or(CommandError::NotFound { stream })?.auto_end,
        };
        let record = self.ports.registry.set_auto_end(stream, change(stored, &self.ports.auto_end)).await?;
        self.command_view(stream, Command::Configure(self.settings_of(Some(&record)))).await
    }

    /// What holds for streams that say nothing else of how they end by themselves.
    #[must_use]
    pub fn auto_end(&self) -> &Settings {
        &self.ports.auto_end
    }

    /// Takes what a source tells about who listens to a stream, running or not.
    ///
    /// # Errors
    /// As for [`start`](Host::start), and [`TooMany`](CommandError::TooMany): then nothing of it is taken.
    pub async fn observe(
        self: &Arc<Self>,
        stream: StreamId,
        source: SourceId,
        terms: Terms,
        observation: Observation,
    ) -> Result<StreamView, CommandError> {
        self.command_view(stream, Command::Observe { source, terms, observation }).await
    }

    /// Who listens to a stream, source by source; nobody is known of before a stream's first start or report in this process.
    #[must_use]
    pub fn presence(&self, stream: StreamId) -> Vec<(SourceId, SourceView)> {
        let driven = self.lock().driven.get(&stream).cloned();
        driven.map_or_else(Vec::new, |driven| {
            let stream = driven.stream.lock().unwrap_or_else(PoisonError::into_inner);
            stream.presence().sources().map(|(source, view)| (source.clone(), view)).collect()
        })
    }

    /// Silence from now on; listeners stay. Idempotent.
    ///
    /// # Errors
    /// As for [`start`](Host::start), and [`NotRunning`](CommandError::NotRunning).
    pub async fn pause(self: &Arc<Self>, stream: StreamId) -> Result<StreamView, CommandError> {
        self.command_view(stream, Command::Pause).await
    }

    /// Goes on after a pause. Idempotent.
    ///
    /// # Errors
    /// As for [`pause`](Host::pause).
    pub async fn resume(self: &Arc<Self>, stream: StreamId) -> Result<StreamView, CommandError> {
        self.command_view(stream, Command::Resume).await
    }

    /// On to the next track. With an item: only if that item is current, so that two people who skip the same item skip one.
    ///
    /// # Errors
    /// As for [`pause`](Host::pause), and [`NothingToSkip`](CommandError::NothingToSkip) while the placeholder plays.
    pub async fn skip(self: &Arc<Self>, stream: StreamId, item: Option<ItemId>) -> Result<Skipped, CommandError> {
        self.command(stream, Command::Skip { item }).await.map(Skipped::from)
    }

    /// On to a waiting item, past those before it, which keep waiting. What plays now counts as skipped, or with `keep` waits again right
    /// behind it. With an item: only if that is current. If `to` does not wait any more nothing happens, and the answer says so.
    ///
    /// # Errors
    /// As for [`pause`](Host::pause).
    pub async fn jump(
        self: &Arc<Self>,
        stream: StreamId,
        item: Option<ItemId>,
        to: ItemId,
        keep: bool,
    ) -> Result<Skipped, CommandError> {
        self.command(stream, Command::Jump { item, to, keep }).await.map(Skipped::from)
    }

    /// On to another place in the current track; behind its end means on to the next. Acknowledged when it is stored. With an item: only if
    /// that is current.
    ///
    /// # Errors
    /// As for [`pause`](Host::pause), [`NothingToSeek`](CommandError::NothingToSeek) and [`NotSeekable`](CommandError::NotSeekable).
    pub async fn seek(
        self: &Arc<Self>,
        stream: StreamId,
        item: Option<ItemId>,
        position: Duration,
    ) -> Result<StreamView, CommandError> {
        self.command_view(stream, Command::Seek { item, position }).await
    }

    /// What can be seen of a stream now.
    ///
    /// # Errors
    /// [`NotFound`](CommandError::NotFound); of a stream that this process has not run yet also [`Unavailable`](CommandError::Unavailable)
    /// and [`Corrupt`](CommandError::Corrupt).
    pub async fn view(&self, stream: StreamId) -> Result<StreamView, CommandError> {
        if let Some(view) = self.driven_view(stream) {
            return Ok(view);
        }
        let record = self.ports.registry.get(stream).await?.ok_or(CommandError::NotFound { stream })?;
        Ok(self.view_at_rest(&record, self.ports.registry.snapshot(stream).await?))
    }

    /// What can be seen now of a stream that this process drives; none if it does not. No store is asked.
    #[must_use]
    pub fn driven_view(&self, stream: StreamId) -> Option<StreamView> {
        let now = self.ports.runtime.now();
        let driven = self.lock().driven.get(&stream).cloned();
        driven.map(|driven| view(&driven.stream, now))
    }

    /// What can be seen now of every stream that this process drives, running or not, in the order of their ids. No store is asked, and no
    /// stream waits for another's.
    #[must_use]
    pub fn driven(&self) -> Vec<StreamView> {
        let now = self.ports.runtime.now();
        let driven: Vec<_> = self.lock().driven.values().map(|driven| Arc::clone(&driven.stream)).collect();
        driven.iter().map(|stream| view(stream, now)).collect()
    }

    /// What can be seen of a stream that this process does not drive, by what is stored of it.
    #[must_use]
    pub fn view_at_rest(&self, record: &StreamRecord, snapshot: Option<Snapshot>) -> StreamView {
        let now = self.ports.runtime.now();
        // Not driven here: whatever the snapshot says of running is of a process that is gone.
        let snapshot = stopped(snapshot.unwrap_or_default());
        let settings = self.settings_of(Some(record));
        Stream::restore(record.id, self.ports.policy.clone(), settings, snapshot, now).0.view(now)
    }

    /// Forgets a stopped stream, its queue and its history.
    ///
    /// # Errors
    /// [`Running`](CommandError::Running), [`NotFound`](CommandError::NotFound), [`Unavailable`](CommandError::Unavailable): repeat it.
    pub async fn delete(self: &Arc<Self>, stream: StreamId) -> Result<(), CommandError> {
        // From here on nobody can start it: its loop takes no command, and no new loop is made.
        let _nobody_starts_it = self.close_off(stream)?;
        self.command_to(self.loop_of(stream).await?, stream, Command::Retire).await?;
        // The queue first: a crash in between leaves an empty stream that can be deleted again, not a queue that nobody owns.
        self.ports.queue.purge(stream).await?;
        self.ports.registry.delete(stream).await?;
        Ok(())
    }

    /// Stores the state of all streams and takes them off the air; they go on at the next start. No command is taken from now on.
    ///
    /// Waits for the stores; put a time limit around it. **Cancellation.** Streams that were not stored yet go on from their last stored
    /// position.
    pub async fn shutdown(&self) {
        let driven = {
            let mut streams = self.lock();
            streams.shutting_down = true;
            std::mem::take(&mut streams.driven)
        };
        let suspended = driven.values().map(|driven| driven.mailbox.command(Command::Suspend));
        let replies: Vec<_> = suspended.flatten().collect();
        join_all(replies).await;
    }

    async fn command_view(self: &Arc<Self>, stream: StreamId, command: Command) -> Result<StreamView, CommandError> {
        match self.command(stream, command).await? {
            Done::View(view) => Ok(*view),
            Done::Skipped { .. } => self.view(stream).await,
        }
    }

    async fn command(self: &Arc<Self>, stream: StreamId, command: Command) -> Result<Done, CommandError> {
        if self.lock().deleting.contains(&stream) {
            return Err(CommandError::NotFound { stream });
        }
        match self.command_to(self.loop_of(stream).await?, stream, command).await {
            // It was deleted while the command was on its way.
            Err(CommandError::ShuttingDown | CommandError::NotFound { .. }) if !self.lock().shutting_down => {
                self.forget_if_retired(stream);
                Err(CommandError::NotFound { stream })
            }
            answer => answer,
        }
    }

    /// A retired loop takes no commands: if the stream is not gone after all, it gets a new one.
    fn forget_if_retired(&self, stream: StreamId) {
        let mut streams = self.lock();
        let retired = |driven: &Driven| driven.stream.lock().unwrap_or_else(PoisonError::into_inner).is_retired();
        if streams.driven.get(&stream).is_some_and(retired) {
            streams.driven.remove(&stream);
        }
    }

    /// The loop of a stream that exists; made if it has none.
    async fn loop_of(self: &Arc<Self>, stream: StreamId) -> Result<Driven, CommandError> {
        let driven = self.lock().driven.get(&stream).cloned();
        if let Some(driven) = driven.as_ref().filter(|driven| !driven.mailbox.is_closed()) {
            return Ok(driven.clone());
        }
        let record = self.ports.registry.get(stream).await?.ok_or(CommandError::NotFound { stream })?;
        let snapshot = self.ports.registry.snapshot(stream).await?.unwrap_or_default();
        // A stream whose loop broke down goes on. Of one that had none whatever the snapshot says of running is of a process that is gone:
        // `resume_all` resumes those, and one that it is about to resume goes on here and now.
        let goes_on = driven.is_some() || self.lock().resuming.contains(&stream);
        let snapshot = if goes_on { snapshot } else { stopped(snapshot) };
        self.drive(stream, snapshot, self.settings_of(Some(&record)))
    }

    async fn command_to(&self, driven: Driven, stream: StreamId, command: Command) -> Result<Done, CommandError> {
        let replied = driven.mailbox.command(command).map_err(|not_taken| match not_taken {
            NotTaken::Full => CommandError::Busy { stream },
            NotTaken::Closed => CommandError::ShuttingDown,
        })?;
        drop(driven); // who waits for an answer does not keep the loop alive
        let reply = replied.await.map_err(|_| CommandError::ShuttingDown)?;
        reply.map_err(|refusal| CommandError::refused(stream, refusal))
    }

    fn close_off(self: &Arc<Self>, stream: StreamId) -> Result<ClosedOff, CommandError> {
        if !self.lock().deleting.insert(stream) {
            return Err(CommandError::NotFound { stream });
        }
        Ok(ClosedOff { host: self.clone(), stream })
    }

    /// Gives a stream a loop, unless it has one.
    fn drive(
        self: &Arc<Self>,
        id: StreamId,
        snapshot: Snapshot,
        settings: Arc<Settings>,
    ) -> Result<Driven, CommandError> {
        let mut streams = self.lock();
        if streams.shutting_down {
            return Err(CommandError::ShuttingDown);
        }
        if let Some(driven) = streams.driven.get(&id).filter(|driven| !driven.mailbox.is_closed()) {
            return Ok(driven.clone());
        }
        if !std::mem::replace(&mut streams.listening_for_hints, true) {
            self.pass_on_hints();
        }
        let (stream, effects): (Stream, Effects) =
            Stream::restore(id, self.ports.policy.clone(), settings, snapshot, self.ports.runtime.now());
        let (stop, stopped) = oneshot::channel();
        let driven =
            Driven { mailbox: Mailbox::default(), stream: Arc::new(Mutex::new(stream)), _stop: Arc::new(stop) };
        let stream_loop = StreamLoop {
            id,
            ports: self.ports.clone(),
            mailbox: driven.mailbox.clone(),
            stream: driven.stream.clone(),
        };
        self.ports.runtime.spawn(Box::pin(stream_loop.run(effects, stopped)));
        streams.driven.insert(id, driven.clone());
        Ok(driven)
    }

    /// Tells each stream's loop when its queue may have changed, for as long as the host lives.
    fn pass_on_hints(self: &Arc<Self>) {
        let (host, mut changes) = (Arc::downgrade(self), self.ports.queue.changes());
        self.ports.runtime.spawn(Box::pin(async move {
            while let Some(stream) = changes.next().await {
                let Some(host) = host.upgrade() else { return };
                if let Some(driven) = host.lock().driven.get(&stream) {
                    driven.mailbox.queue_changed();
                }
            }
        }));
    }

    fn lock(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The snapshot of the same stream, stopped.
fn stopped(snapshot: Snapshot) -> Snapshot {
    Snapshot { started_at: None, playing: None, paused: false, ..snapshot }
}

/// Keeps commands away from a stream while it is deleted, also if whoever deletes it gives up.
struct ClosedOff {
    host: Arc<Host>,
    stream: StreamId,
}

impl Drop for ClosedOff {
    fn drop(&mut self) {
        self.host.lock().deleting.remove(&self.stream);
        self.host.forget_if_retired(self.stream);
    }
}
