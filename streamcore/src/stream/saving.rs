//! Keeping the snapshot in the store up to date: one save at a time, the newest state last.

use std::time::Duration;

use super::{
    CommandId, Effect, Effects, Question, QuestionId, Refusal, StoreError, StoreErrorKind, Stream, backoff,
    phase::{Ending, Phase},
};
use crate::{EventKind, Port, Timestamp, registry::Session};

/// While a track plays its position is stored this often; with the time a save takes it stays well within the promised 5 s.
const POSITION_EVERY: Duration = Duration::from_secs(2);
/// The counts of a session are stored this often while they change.
const COUNTS_EVERY: Duration = Duration::from_secs(10);
const RETRY_FIRST: Duration = Duration::from_millis(250);
const RETRY_MOST: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Default)]
pub(super) struct Saving {
    asked: Option<QuestionId>,
    /// Commands that are answered when what is asked now is stored.
    waiters: Vec<CommandId>,
    /// The state changed after what is asked now was taken.
    dirty: bool,
    /// Commands that are answered when the next save is done.
    next_waiters: Vec<CommandId>,
    retry_at: Option<Timestamp>,
    failures: u32,
    last: Timestamp,
    /// When the store last noted something.
    confirmed_at: Timestamp,
    /// A session that ended, until the store has it.
    closing: Option<Session>,
    /// What is asked now closes it.
    is_close: bool,
    /// The store does not know the stream.
    gone: bool,
}

impl Saving {
    /// Whether there is nowhere to store anything.
    pub(super) const fn is_for_nobody(&self) -> bool {
        self.gone
    }

    /// Whether the store did not note what it was last asked to.
    pub(super) const fn is_failing(&self) -> bool {
        self.failures > 0
    }

    pub(super) const fn confirmed_at(&self) -> Timestamp {
        self.confirmed_at
    }

    /// Whether the store has all there is (after a failure it has not), and has answered so recently that it can be relied on.
    pub(super) fn is_confirmed(&self, now: Timestamp, within: Duration) -> bool {
        self.is_settled() && now.since(self.confirmed_at) <= within
    }

    /// Whether the store has all sessions that ended.
    pub(super) const fn has_closed(&self) -> bool {
        self.closing.is_none()
    }

    /// The next save also adds this to the history.
    pub(super) fn close(&mut self, session: Session) {
        self.closing = Some(session);
    }

    /// Whether the store has the newest state.
    pub(super) const fn is_settled(&self) -> bool {
        self.asked.is_none() && !self.dirty
    }
}

impl Stream {
    /// Stores the state; `waiter` is answered when it is durable.
    pub(super) fn save(&mut self, waiter: Option<CommandId>, fx: &mut Effects) {
        self.saving.next_waiters.extend(waiter);
        self.saving.dirty = true;
        if self.saving.asked.is_none() && self.may_save() {
            self.ask_save(fx);
        }
    }

    /// Answers a command when the state as it is now is durable, without storing it once more if that is under way already.
    pub(super) fn reply_when_saved(&mut self, command: CommandId, fx: &mut Effects) {
        if self.saving.asked.is_some() && !self.saving.dirty {
            self.saving.waiters.push(command);
        } else {
            self.save(Some(command), fx);
        }
    }

    /// An end is noted last of all, when the current item is back in the queue: see [`Ending`].
    pub(super) const fn may_save(&self) -> bool {
        !matches!(self.phase, Phase::Ending(Ending::HandingOff | Ending::Releasing(_)))
    }

    fn ask_save(&mut self, fx: &mut Effects) {
        let question = self.next_question();
        self.saving.asked = Some(question);
        self.saving.dirty = false;
        self.saving.retry_at = None;
        self.saving.last = self.now;
        self.saving.waiters = std::mem::take(&mut self.saving.next_waiters);
        self.watch.stored();
        let (snapshot, closing) = (self.snapshot(), self.saving.closing.clone());
        self.saving.is_close = closing.is_some();
        let ask = match closing {
            Some(session) => Question::Close { snapshot, session },
            None => Question::Save(snapshot),
        };
        fx.0.push(Effect::Ask { question, ask });
    }

    /// Stores nothing more than what is asked already; takes the commands that waited for more.
    pub(super) fn give_up_saving(&mut self) -> Vec<CommandId> {
        self.saving.dirty = false;
        std::mem::take(&mut self.saving.next_waiters)
    }

    /// Takes the answer if it is one to a save.
    pub(super) fn save_answered(
        &mut self,
        question: QuestionId,
        answer: &Result<(), StoreError>,
        fx: &mut Effects,
    ) -> bool {
        if self.saving.asked != Some(question) {
            return false;
        }
        self.saving.asked = None;
        let waiters = std::mem::take(&mut self.saving.waiters);
        match answer {
            Ok(()) => {
                self.saving.failures = 0;
                self.saving.confirmed_at = self.now;
                if std::mem::take(&mut self.saving.is_close) {
                    self.saving.closing = None;
                }
                self.saving.gone = false;
                for command in waiters {
                    self.reply_view(command, fx);
                }
                if !self.saving.dirty {
                    self.state_is_stored(fx);
                } else if self.may_save() {
                    self.ask_save(fx);
                }
            }
            Err(error) => {
                self.saving.gone = error.kind == StoreErrorKind::Gone;
                self.saving.failures += 1;
                self.saving.dirty = true;
                self.saving.retry_at = Some(self.now + backoff::delay(self.saving.failures, RETRY_FIRST, RETRY_MOST));
                let waiters = waiters.into_iter().chain(std::mem::take(&mut self.saving.next_waiters));
                for command in waiters {
                    self.refuse(command, Refusal::Store(error.clone()), fx);
                }
                self.emit(EventKind::StoreFailed { port: Port::Registry, detail: error.detail.clone() }, fx);
                self.state_is_not_stored(error, fx);
            }
        }
        true
    }

    /// When the next save is due.
    pub(super) fn save_deadline(&self) -> Option<Timestamp> {
        if self.saving.asked.is_some() || self.phase == Phase::Suspended || !self.may_save() {
            return None;
        }
        let position = (self.phase == Phase::Running && self.is_advancing()).then(|| self.saving.last + POSITION_EVERY);
        let running = self.phase == Phase::Running;
        let counts = (running && self.watch.has_new_counts()).then(|| self.saving.last + COUNTS_EVERY);
        let confirm = if running { self.confirm_deadline() } else { None };
        self.saving.retry_at.or_else(|| [position, counts, confirm].into_iter().flatten().min())
    }

    pub(super) fn save_if_due(&mut self, fx: &mut Effects) {
        if self.save_deadline().is_some_and(|due| due <= self.now) {
            self.ask_save(fx);
        }
    }
}
