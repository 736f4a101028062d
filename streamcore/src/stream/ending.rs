//! How a stream begins and ends: what the store must know before anybody is told.

use super::{
    Answer, CommandId, Effect, Effects, Order, Question, QuestionId, Refusal, StoreError, StoreErrorKind, Stream,
    backoff,
    on_air::OnAir,
    phase::{Ending, Phase},
};
use crate::{EndCause, Event, EventKind, ItemId, Port, Timestamp, registry::Session, stream::Ended};

use std::time::Duration;

const RETRY_FIRST: Duration = Duration::from_millis(250);
const RETRY_MOST: Duration = Duration::from_secs(5);

/// Commands that wait for a phase, and the release under way.
#[derive(Debug, Clone, Default)]
pub(super) struct Transitions {
    starters: Vec<CommandId>,
    stoppers: Vec<CommandId>,
    releasing: Option<QuestionId>,
    /// When the session began whose end the world is to be told of when it is noted.
    end_untold: Option<Timestamp>,
    retry_at: Option<Timestamp>,
    failures: u32,
    /// The last answer was that the store holds what it cannot read: no waiting will end that.
    unreadable: bool,
}

impl Stream {
    pub(super) fn start(&mut self, command: CommandId, fx: &mut Effects) {
        match self.phase {
            Phase::Running => self.reply_view(command, fx),
            Phase::Stopped => {
                self.transitions.starters.push(command);
                self.begin_start(fx);
            }
            Phase::Starting | Phase::Ending(_) => self.transitions.starters.push(command),
            Phase::Suspended => self.refuse(command, Refusal::Suspended, fx),
        }
    }

    /// Notes that the stream runs before anybody hears it: whoever was told that it started finds it running after a crash.
    fn begin_start(&mut self, fx: &mut Effects) {
        self.become_phase(Phase::Starting);
        self.started_at = Some(self.now);
        self.session += 1;
        self.watch_begins();
        self.queue_empty = false; // what the last session was told of the queue is not news of it now
        (self.tracks_played, self.errors, self.failures_in_a_row) = (0, 0, 0);
        self.save(None, fx);
    }

    fn open(&mut self, fx: &mut Effects) {
        self.become_phase(Phase::Running);
        self.ended = None;
        fx.0.push(Effect::Order(Order::Open));
        self.emit(EventKind::StreamStarted { resumed: false }, fx);
        let starters = std::mem::take(&mut self.transitions.starters);
        self.take_first(starters, fx);
    }

    pub(super) fn stop(&mut self, command: CommandId, cause: EndCause, fx: &mut Effects) {
        match self.phase {
            Phase::Stopped if self.saving.is_settled() => self.reply_view(command, fx),
            Phase::Stopped => self.save(Some(command), fx),
            Phase::Suspended => self.refuse(command, Refusal::Suspended, fx),
            Phase::Ending(_) => {
                self.give_up_starts(fx); // the last word is to stop
                self.transitions.stoppers.push(command);
            }
            Phase::Starting | Phase::Running => {
                self.transitions.stoppers.push(command);
                self.end(cause, fx);
            }
        }
    }

    /// Leaves the air at once, then puts the current item back and notes the end.
    pub(super) fn end(&mut self, cause: EndCause, fx: &mut Effects) {
        let was_on_air = self.phase == Phase::Running;
        let ended = Ended { at: self.now, cause: cause.clone() };
        let started_at = self.started_at.take().filter(|_| was_on_air);
        if let Some(started_at) = started_at {
            self.saving.close(Session {
                number: self.session,
                started_at,
                ended: ended.clone(),
                peak_listeners: self.watch.peak(),
                total_listeners: self.watch.total(),
                tracks_played: self.tracks_played,
                errors: self.errors,
            });
        }
        self.ended = Some(ended);
        (self.paused, self.resume, self.tail_until) = (false, None, None);
        self.watch_ends();
        let on_air = std::mem::take(&mut self.on_air);
        if !was_on_air {
            // It was only about to start: nothing was taken from the queue.
            self.give_up_starts(fx);
            self.become_phase(Phase::Ending(Ending::Saving));
            return self.save(None, fx);
        }
        self.transitions.end_untold = started_at;
        fx.0.push(Effect::Order(Order::Close));
        if self.handoff.is_some() {
            self.become_phase(Phase::Ending(Ending::HandingOff));
            self.hurry_handoff(fx);
        } else if let OnAir::Item(live) = on_air {
            self.become_phase(Phase::Ending(Ending::Releasing(live.item.id)));
            self.ask_release(fx);
        } else {
            self.become_phase(Phase::Ending(Ending::Saving));
            self.save(None, fx);
        }
    }

    /// Takes the commands that wait for a start or an end.
    pub(super) fn ending_waiters(&mut self) -> Vec<CommandId> {
        let stoppers = std::mem::take(&mut self.transitions.stoppers);
        stoppers.into_iter().chain(std::mem::take(&mut self.transitions.starters)).collect()
    }

    fn give_up_starts(&mut self, fx: &mut Effects) {
        for command in std::mem::take(&mut self.transitions.starters) {
            self.reply_view(command, fx);
        }
    }

    pub(super) fn ending_knows_current(&mut self, current: Option<ItemId>, fx: &mut Effects) {
        if let Some(item) = current {
            self.become_phase(Phase::Ending(Ending::Releasing(item)));
            self.ask_release(fx);
        } else {
            self.become_phase(Phase::Ending(Ending::Saving));
            self.save(None, fx);
        }
    }

    fn ask_release(&mut self, fx: &mut Effects) {
        let Phase::Ending(Ending::Releasing(item)) = self.phase else { return };
        let question = self.next_question();
        self.transitions.releasing = Some(question);
        self.transitions.retry_at = None;
        fx.0.push(Effect::Ask { question, ask: Question::Release(item) });
    }

    pub(super) fn release_answered(
        &mut self,
        question: QuestionId,
        answer: &Result<Answer, StoreError>,
        fx: &mut Effects,
    ) {
        if self.transitions.releasing != Some(question) {
            return; // no longer asked
        }
        self.transitions.releasing = None;
        match answer {
            Ok(_) => {
                self.transitions.failures = 0;
                self.become_phase(Phase::Ending(Ending::Saving));
                self.save(None, fx);
            }
            Err(error) => {
                self.transitions.failures += 1;
                let delay = backoff::delay(self.transitions.failures, RETRY_FIRST, RETRY_MOST);
                self.transitions.retry_at = Some(self.now + delay);
                self.emit(EventKind::StoreFailed { port: Port::Queue, detail: error.detail.clone() }, fx);
                self.ending_failed(error, fx);
            }
        }
    }

    /// The store has the newest state.
    pub(super) fn state_is_stored(&mut self, fx: &mut Effects) {
        match self.phase {
            Phase::Starting => self.open(fx),
            Phase::Ending(Ending::Saving) => {
                self.become_phase(Phase::Stopped);
                self.tell_end(fx);
                for command in std::mem::take(&mut self.transitions.stoppers) {
                    self.reply_view(command, fx);
                }
                if !self.transitions.starters.is_empty() {
                    self.begin_start(fx);
                }
            }
            Phase::Suspended if self.saving.has_closed() => self.tell_end(fx),
            _ => {}
        }
    }

    /// Tells of an end once it is noted: what a crash leaves unnoted goes on, and ends, and is told of, later.
    fn tell_end(&mut self, fx: &mut Effects) {
        let Some(started_at) = self.transitions.end_untold.take() else { return };
        if let Some(Ended { at, cause }) = self.ended.clone() {
            let kind = EventKind::StreamEnded { session: self.session, started_at, reason: cause.reason(), cause };
            fx.0.push(Effect::Emit(Event { at, stream: self.id, kind }));
        }
    }

    /// The store has not. A start is given up (and that is noted as soon as the store is back: whether it noted the start is unknown); an
    /// end goes on trying.
    pub(super) fn state_is_not_stored(&mut self, error: &StoreError, fx: &mut Effects) {
        match self.phase {
            Phase::Starting => {
                self.become_phase(Phase::Stopped);
                self.started_at = None;
                self.watch_ends();
                self.ending_failed(error, fx);
            }
            Phase::Ending(_) => self.ending_failed(error, fx),
            _ => {}
        }
    }

    /// Tells those who wait for a start or an end that it is not done yet.
    pub(super) fn ending_failed(&mut self, error: &StoreError, fx: &mut Effects) {
        self.transitions.unreadable = error.kind == StoreErrorKind::Unreadable;
        for command in self.ending_waiters() {
            self.refuse(command, Refusal::Store(error.clone()), fx);
        }
    }

    /// Whether the stream is off the air, and cannot say so to a store that holds what it cannot read: it may be deleted, as nothing else mends it.
    pub(super) const fn ends_in_vain(&self) -> bool {
        matches!(self.phase, Phase::Ending(_)) && self.transitions.unreadable
    }

    pub(super) fn ending_deadline(&self) -> Option<Timestamp> {
        if matches!(self.phase, Phase::Ending(Ending::Releasing(_))) { self.transitions.retry_at } else { None }
    }

    pub(super) fn end_if_due(&mut self, fx: &mut Effects) {
        if self.ending_deadline().is_some_and(|due| due <= self.now) {
            self.ask_release(fx);
        }
    }
}
