//! The stream machine: what a stream does, decided in one place.
//!
//! [`Stream::handle`] takes the time and one [`Input`] and returns [`Effects`] by value. It never waits, reads no clock, does no IO and
//! cannot fail: a late, repeated or contradictory input yields no effects. Whoever drives it performs the effects in order and feeds the
//! answers back; [`driver`](crate::driver) does that on the ports.
//!
//! **The one rule for drivers**, *feed one, do all*: after each input, perform every effect returned before feeding the next. A timer is only
//! a hint: feed [`Input::Tick`] at [`Stream::next_deadline`], early, late or twice.
//!
//! ```
//! use streamcore::{StreamId, Timestamp, stream::{Command, CommandId, Effect, Input, Question, Stream}};
//! use std::sync::Arc;
//! let mut stream = Stream::new(StreamId::new(1), Arc::new(streamcore::auto_end::BySettings), Arc::default());
//! let start = Input::Command { id: CommandId(1), command: Command::Start };
//! let effects = stream.handle(Timestamp::from_millis(0), start);
//! // First of all the store must know that the stream runs.
//! assert!(matches!(effects.iter().next(), Some(Effect::Ask { ask: Question::Save(_), .. })));
//! ```

mod backoff;
mod effect;
mod ending;
mod handoff;
mod input;
mod on_air;
mod phase;
mod quarantine;
mod saving;
mod seek;
mod skip;
mod snapshot;
mod view;
mod watch;
mod watchdog;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use self::{
    effect::{Done, Effect, Effects, Order, Question, Refusal, Reply},
    input::{Answer, Command, CommandId, Input, QuestionId, StoreError, StoreErrorKind},
    snapshot::{Playing, Snapshot, StoredTimer},
    view::{Ended, Held, Status, StreamMetrics, StreamView, Timer},
};
use self::{
    ending::Transitions,
    handoff::{Handoff, Jump},
    on_air::OnAir,
    phase::Phase,
    quarantine::Quarantine,
    saving::Saving,
    watch::Watch,
};
use crate::{
    Event, EventKind, PlaybackId, StreamId, Timestamp,
    auto_end::{AutoEndPolicy, Settings},
    player::{Join, Report},
    presence::Presence,
};

/// One stream as a state machine. See the [module](self).
#[derive(Debug, Clone)]
pub struct Stream {
    id: StreamId,
    policy: Arc<dyn AutoEndPolicy>,
    /// The latest time ever told: time does not run backwards in here.
    now: Timestamp,
    phase: Phase,
    transitions: Transitions,
    on_air: OnAir,
    placeholder_join: Join,
    handoff: Option<Handoff>,
    saving: Saving,
    paused: bool,
    /// Where to go on after a restart, until the store has told which item is current.
    resume: Option<Playing>,
    watch: Watch,
    /// The number of the running session, or of the last one.
    session: u64,
    started_at: Option<Timestamp>,
    ended: Option<Ended>,
    /// Whether the store's last word was that nothing is current and nothing waits.
    queue_empty: bool,
    tracks_played: u64,
    errors: u64,
    failures_in_a_row: u32,
    quarantine: Quarantine,
    poll_from: Timestamp,
    /// When the placeholder was put on the air.
    dry_since: Timestamp,
    /// Until when the tail of the item that is done with is still on the air.
    tail_until: Option<Timestamp>,
    last_question: u64,
    last_playback: u64,
}

impl Stream {
    /// A stopped stream that was never started.
    #[must_use]
    pub fn new(id: StreamId, policy: Arc<dyn AutoEndPolicy>, settings: Arc<Settings>) -> Self {
        Self {
            id,
            policy,
            now: Timestamp::default(),
            phase: Phase::Stopped,
            transitions: Transitions::default(),
            on_air: OnAir::default(),
            placeholder_join: Join::Now,
            handoff: None,
            saving: Saving::default(),
            paused: false,
            resume: None,
            watch: Watch::new(settings),
            session: 0,
            started_at: None,
            ended: None,
            queue_empty: false,
            tracks_played: 0,
            errors: 0,
            failures_in_a_row: 0,
            quarantine: Quarantine::default(),
            poll_from: Timestamp::default(),
            dry_since: Timestamp::default(),
            tail_until: None,
            last_question: 0,
            last_playback: 0,
        }
    }

    /// The stream that this snapshot was taken of, in a new process: if it was running it goes on, with the item that the queue says is
    /// current, at the stored position if that is the item it was playing.
    pub fn restore(
        id: StreamId,
        policy: Arc<dyn AutoEndPolicy>,
        settings: Arc<Settings>,
        snapshot: Snapshot,
        now: Timestamp,
    ) -> (Self, Effects) {
        let mut stream = Self {
            now,
            watch: Watch::restored(settings.clone(), &snapshot, now),
            // One that ran before sessions were numbered is the first.
            session: snapshot.session.max(snapshot.started_at.is_some().into()),
            paused: snapshot.paused,
            resume: snapshot.playing,
            started_at: snapshot.started_at,
            ended: snapshot.ended,
            tracks_played: snapshot.tracks_played,
            errors: snapshot.errors,
            ..Self::new(id, policy, settings)
        };
        let mut fx = Effects::default();
        if snapshot.started_at.is_some() {
            stream.phase = Phase::Running;
            fx.0.push(Effect::Order(Order::Open));
            stream.emit(EventKind::StreamStarted { resumed: true }, &mut fx);
            stream.take_first(Vec::new(), &mut fx);
            stream.settle(&mut fx);
        }
        (stream, fx)
    }

    /// Takes one input at the time `now` and returns what is to be done.
    ///
    /// A `now` earlier than one seen before is read as that one. Total: no input makes it panic or fail.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Effects {
        self.now = self.now.max(now);
        let mut fx = Effects::default();
        match input {
            Input::Command { id, command } => self.command(id, command, &mut fx),
            Input::Report(report) => self.report(report, &mut fx),
            Input::Answer { question, answer } => self.answer(question, answer, &mut fx),
            Input::QueueChanged => self.queue_changed(&mut fx),
            Input::Tick => {}
        }
        self.settle(&mut fx);
        fx
    }

    /// When [`handle`](Stream::handle) wants to be called with [`Input::Tick`] if nothing happens before; after the last `now` it was given.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let own = [self.handoff_deadline(), self.tail_deadline(), self.ending_deadline(), self.save_deadline()];
        own.into_iter().chain([self.stall_deadline(), self.watch_deadline()]).flatten().min()
    }

    /// What can be seen of the stream at `now`.
    #[must_use]
    pub fn view(&self, now: Timestamp) -> StreamView {
        let live = self.live();
        let status = match self.phase {
            Phase::Running if self.paused => Status::Paused,
            Phase::Running if live.is_some() => Status::Playing,
            Phase::Running => Status::Placeholder,
            _ => Status::Stopped,
        };
        StreamView {
            id: self.id,
            status,
            current: live.map(|live| live.item.clone()),
            position: live.map(|live| live.position_at(self.now.max(now))).unwrap_or_default(),
            audience: self.watch.audience(),
            empty_since: self.watch.empty_since(),
            queue_empty: self.queue_empty && live.is_none(),
            auto_end: self.watch.settings().clone(),
            timer: self.watch.timer().cloned(),
            session: self.session,
            started_at: self.started_at,
            ended: self.ended.clone(),
            peak_listeners: self.watch.peak(),
            total_listeners: self.watch.total(),
            tracks_played: self.tracks_played,
            errors: self.errors,
        }
    }

    /// What must be stored for the stream to go on after a restart.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let live = self.live().map(|live| live.playing_at(self.now));
        Snapshot {
            session: self.session,
            started_at: self.started_at,
            paused: self.paused,
            playing: live.or(self.resume),
            tracks_played: self.tracks_played,
            errors: self.errors,
            peak_listeners: self.watch.peak(),
            total_listeners: self.watch.total(),
            empty_since: self.watch.empty_since(),
            timer: self.watch.stored_timer(self.session),
            sources: self.watch.sources(),
            ended: self.ended.clone(),
        }
    }

    /// Who listens, source by source.
    #[must_use]
    pub const fn presence(&self) -> &Presence {
        self.watch.presence()
    }

    /// Whether it takes no commands any more, or is of a stream that its store does not know.
    pub(crate) fn is_retired(&self) -> bool {
        self.phase == Phase::Suspended || (self.phase == Phase::Stopped && self.saving.is_for_nobody())
    }

    fn command(&mut self, id: CommandId, command: Command, fx: &mut Effects) {
        match command {
            Command::Start => self.start(id, fx),
            Command::Stop(cause) => self.stop(id, cause, fx),
            Command::KeepAlive { by } => self.keep_alive(id, by, fx),
            Command::Configure(settings) => self.configure(id, settings, fx),
            Command::Observe { source, terms, observation } => self.observe(id, &source, terms, observation, fx),
            Command::Skip { item } => self.skip(id, item, fx),
            Command::Jump { item, to, keep } => self.jump(id, item, Jump { to, keep }, fx),
            Command::Seek { item, position } => self.seek(id, item, position, fx),
            Command::Suspend => self.suspend(id, fx),
            Command::Retire => self.retire(id, fx),
            Command::Pause | Command::Resume if self.phase != Phase::Running => {
                self.refuse(id, Refusal::NotRunning, fx)
            }
            Command::Pause => {
                if !self.paused {
                    self.pause(fx);
                }
                self.save(Some(id), fx);
            }
            Command::Resume => {
                if self.paused {
                    self.unpause(fx);
                    self.look_if_dry(fx);
                }
                self.save(Some(id), fx);
            }
        }
    }

    /// Whoever still waits learns that no answer will come from this process. An end that is not noted yet is left so: the stream goes on at
    /// the next start, as after a crash, and nobody was told that it ended.
    fn suspend(&mut self, id: CommandId, fx: &mut Effects) {
        if self.phase == Phase::Suspended {
            return self.refuse(id, Refusal::Suspended, fx);
        }
        let waiting = self.ending_waiters().into_iter().chain(self.handoff_waiters());
        for command in waiting.collect::<Vec<_>>() {
            self.refuse(command, Refusal::Suspended, fx);
        }
        if self.phase == Phase::Running {
            fx.0.push(Effect::Order(Order::Close));
        }
        let may_save = self.may_save();
        self.become_phase(Phase::Suspended);
        if may_save {
            self.save(Some(id), fx);
        } else {
            for command in self.give_up_saving() {
                self.refuse(command, Refusal::Suspended, fx);
            }
            self.reply_view(id, fx);
        }
    }

    fn retire(&mut self, id: CommandId, fx: &mut Effects) {
        match self.phase {
            Phase::Stopped if self.saving.is_settled() => {
                self.become_phase(Phase::Suspended);
                self.reply_view(id, fx);
            }
            Phase::Suspended => self.refuse(id, Refusal::Suspended, fx),
            Phase::Ending(_) if self.ends_in_vain() => {
                let waiting = [self.ending_waiters(), self.handoff_waiters(), self.give_up_saving()].concat();
                for command in waiting {
                    self.refuse(command, Refusal::Suspended, fx);
                }
                self.become_phase(Phase::Suspended);
                self.reply_view(id, fx);
            }
            _ => self.refuse(id, Refusal::Running, fx),
        }
    }

    fn report(&mut self, report: Report, fx: &mut Effects) {
        if self.phase != Phase::Running {
            return;
        }
        match report {
            Report::Started { playback } => self.started(playback, fx),
            Report::Progress { playback, position } => self.progressed(playback, position),
            Report::Ended { playback } => self.ended(playback, fx),
            Report::Failed { playback, reason } => self.failed(playback, reason, fx),
            Report::Listeners { .. } | Report::ListenersUnknown => self.player_counted(&report),
            Report::Incident(incident) => self.emit(EventKind::from(incident), fx),
        }
    }

    fn answer(&mut self, question: QuestionId, answer: Result<Answer, StoreError>, fx: &mut Effects) {
        let done = answer.as_ref().map(|_| ()).map_err(Clone::clone);
        if self.save_answered(question, &done, fx) || self.phase == Phase::Suspended {
            return;
        }
        if !self.hand_off_answered(question, &answer, fx) {
            self.release_answered(question, &answer, fx);
        }
    }

    /// Does what the passing of time has made due.
    fn settle(&mut self, fx: &mut Effects) {
        if self.phase == Phase::Suspended {
            return;
        }
        self.end_tail_if_due(fx);
        self.give_up_if_stalled(fx);
        self.hand_off_if_due(fx);
        self.end_if_due(fx);
        self.attend(fx);
        self.save_if_due(fx);
    }

    fn become_phase(&mut self, next: Phase) {
        debug_assert!(self.phase.may_become(next), "{:?} may not become {next:?}", self.phase);
        self.phase = next;
    }

    fn emit(&self, kind: EventKind, fx: &mut Effects) {
        fx.0.push(Effect::Emit(Event { at: self.now, stream: self.id, kind }));
    }

    fn reply_view(&self, command: CommandId, fx: &mut Effects) {
        let view = Done::View(Box::new(self.view(self.now)));
        fx.0.push(Effect::Reply { command, reply: Ok(view) });
    }

    fn refuse(&self, command: CommandId, refusal: Refusal, fx: &mut Effects) {
        fx.0.push(Effect::Reply { command, reply: Err(refusal) });
    }

    const fn next_question(&mut self) -> QuestionId {
        self.last_question += 1;
        QuestionId(self.last_question)
    }

    const fn next_playback(&mut self) -> PlaybackId {
        self.last_playback += 1;
        PlaybackId(self.last_playback)
    }
}
