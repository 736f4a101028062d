//! From one item to the next. The store decides what comes next, in the same step in which it notes what is done (`Queue::advance`); the
//! machine asks, once per item, and obeys the answer.

use std::time::Duration;

use super::{
    Answer, CommandId, Done, Effect, Effects, Question, QuestionId, Refusal, StoreError, Stream, backoff,
    on_air::OnAir,
    phase::{Ending, Phase},
};
use crate::{
    EventKind, FailureKind, FailureReason, ItemId, Outcome, PlaybackId, Port, QueueItem, Timestamp,
    player::Join,
    queue::{Advance, Advanced, Finished},
};

/// A track that played this long is a good one: the count of failures in a row starts anew.
pub(super) const HEALTHY_AFTER: Duration = Duration::from_secs(5);
/// So many tracks may fail one after the other before the placeholder bridges a growing pause: a stream whose every track is broken
/// never spins.
const FAILURES_AT_ONCE: u32 = 3;
const RETRY_FIRST: Duration = Duration::from_millis(250);
const RETRY_MOST: Duration = Duration::from_secs(5);
/// From the report of an end to the last moment of that playback on the wire, less a margin: so long the placeholder waits for the next
/// item before it takes over. An item that comes in the meantime joins without a gap, and one that comes later cuts off nothing but the
/// placeholder. A player reports an end about 0.6 s before that moment.
const TAIL: Duration = Duration::from_millis(400);
/// Behind the hints, which may be lost, a dry queue is looked at: after this time, and then whenever it has been dry for twice as long as at
/// the last look, but at least every [`POLL_MOST`]. So thousands of streams that wait for somebody cost nothing.
const POLL_FIRST: Duration = Duration::from_secs(5);
const POLL_MOST: Duration = Duration::from_secs(60);

/// A hand-off under way: from the end of an item until the store has told what comes next.
#[derive(Debug, Clone)]
pub(super) struct Handoff {
    /// What is done and how it went; none where nothing played.
    pub(super) finished: Option<(QueueItem, Outcome)>,
    join: Join,
    pub(super) why: Why,
    /// The waiting item to take; none: the head.
    pub(super) next: Option<ItemId>,
    /// How the item went if a skip in doubt did happen: then the store knows of that, and of nothing later.
    doubted: Option<Outcome>,
    /// What became of the item on the air while this was under way: it counts if the hand-off did not happen.
    meanwhile: Option<(QueueItem, Outcome)>,
    asked: Option<QuestionId>,
    pub(super) not_before: Option<Timestamp>,
    failures: u32,
    /// It was begun by a skip of a paused stream, and nobody has paused it again since.
    pub(super) ends_pause: bool,
    /// A hint came after the question was asked: the answer may be older than the change.
    changed_since: bool,
    pub(super) waiters: Vec<(CommandId, Wait)>,
}

/// Why a hand-off is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Nothing plays, or not any more.
    Done,
    /// Somebody asked for it while the item could go on: if the store cannot be asked, the item does go on.
    Skip,
    /// The store did not answer a skip: whether it advanced is unknown. Only asks what is current.
    Doubt,
}

/// What a command that waits for a hand-off is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// The stream as it is then.
    View,
    /// What plays then.
    Skip {
        /// Whether this command began the hand-off.
        mine: bool,
        /// The item it named: then it is no mistake that there is nothing to skip any more.
        item: Option<ItemId>,
    },
    /// What plays then, and if it came too late to have a say in it, it begins anew.
    Jump {
        /// Whether this command began the hand-off.
        mine: bool,
        item: Option<ItemId>,
        jump: Jump,
    },
}

/// Which item is to play next, and what becomes of the one that plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Jump {
    pub(super) to: ItemId,
    /// It waits again, rather than to count as skipped.
    pub(super) keep: bool,
}

impl Handoff {
    pub(super) const fn new(finished: Option<(QueueItem, Outcome)>, join: Join) -> Self {
        Self {
            finished,
            join,
            why: Why::Done,
            next: None,
            doubted: None,
            meanwhile: None,
            asked: None,
            not_before: None,
            failures: 0,
            ends_pause: false,
            changed_since: false,
            waiters: Vec::new(),
        }
    }
}

impl Stream {
    /// Asks for the first item of a session; `command` is answered with what came of it.
    pub(super) fn take_first(&mut self, commands: Vec<CommandId>, fx: &mut Effects) {
        let mut handoff = Handoff::new(None, Join::Now);
        handoff.waiters = commands.into_iter().map(|command| (command, Wait::View)).collect();
        self.begin(handoff, fx);
    }

    /// The player is through with an item.
    pub(super) fn ended(&mut self, playback: PlaybackId, fx: &mut Effects) {
        if self.live_mut(playback).is_none_or(|live| live.done.is_some()) {
            return;
        }
        // A track shorter than the player's lead ends before it is heard; it is heard all the same.
        self.started(playback, fx);
        self.failures_in_a_row = 0;
        if let Some(url) = self.live().map(|live| live.item.url.clone()) {
            self.quarantine.played_well(&url);
        }
        self.finish(playback, Outcome::Played, Join::AtEnd, fx);
    }

    /// The player cannot play an item, or not any further.
    pub(super) fn failed(&mut self, playback: PlaybackId, reason: FailureReason, fx: &mut Effects) {
        if self.live_mut(playback).is_none_or(|live| live.done.is_some()) {
            return;
        }
        if reason.kind == FailureKind::Unavailable {
            return self.player_failed(reason, fx);
        }
        self.broken(playback, reason, Join::AtEnd, fx);
    }

    /// An item makes no progress: it has no tail to wait for.
    pub(super) fn stalled(&mut self, playback: PlaybackId, reason: FailureReason, fx: &mut Effects) {
        self.broken(playback, reason, Join::Now, fx);
        if self.live_mut(playback).is_some() && self.tail_until.take().is_some() {
            self.put_placeholder(Join::Now, fx);
        }
    }

    fn broken(&mut self, playback: PlaybackId, reason: FailureReason, join: Join, fx: &mut Effects) {
        let now = self.now;
        if let Some(url) = self.live_mut(playback).map(|live| live.item.url.clone()) {
            self.quarantine.failed(&url, now);
        }
        self.errors += 1;
        self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        self.finish(playback, Outcome::Failed(reason), join, fx);
    }

    fn finish(&mut self, playback: PlaybackId, outcome: Outcome, join: Join, fx: &mut Effects) {
        let Some(live) = self.live_mut(playback) else { return };
        live.done = Some(outcome.clone());
        let item = live.item.clone();
        self.tail_until = Some(self.now + TAIL);
        if let Some(under_way) = &mut self.handoff {
            under_way.meanwhile = Some((item.clone(), outcome.clone()));
        }
        let mut handoff = Handoff::new(Some((item, outcome)), join);
        match self.handoff.take() {
            // Whether an earlier skip of it happened matters only for how it went: it is over.
            Some(doubt) if doubt.why == Why::Doubt && doubt.asked.is_none() => {
                handoff.waiters = doubt.waiters;
                handoff.doubted = doubt.finished.map(|(_, outcome)| outcome);
            }
            // A skip of this very item is under way, or its outcome is about to be known.
            under_way @ Some(_) => return self.handoff = under_way,
            None => {}
        }
        if let Some(over) = self.failures_in_a_row.checked_sub(FAILURES_AT_ONCE).filter(|over| *over > 0) {
            handoff.not_before = Some(self.now + backoff::delay(over, RETRY_FIRST, RETRY_MOST));
            self.handoff = Some(handoff);
        } else {
            self.begin(handoff, fx);
        }
    }

    /// The player can play nothing now. The item is not to blame: it stays current, and is tried again where it was.
    fn player_failed(&mut self, reason: FailureReason, fx: &mut Effects) {
        self.emit(EventKind::PlayerFailed { reason }, fx);
        self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        self.resume = self.live().map(|live| live.playing_at(self.now));
        self.put_placeholder(Join::AtEnd, fx);
        if self.handoff.is_none() {
            let mut handoff = Handoff::new(None, Join::Now);
            handoff.why = Why::Doubt;
            handoff.not_before = Some(self.now + backoff::delay(self.failures_in_a_row, RETRY_FIRST, RETRY_MOST));
            self.handoff = Some(handoff);
        }
    }

    /// When the tail of a track that is done with is over and nothing follows it yet.
    pub(super) fn tail_deadline(&self) -> Option<Timestamp> {
        if self.phase == Phase::Running && !self.paused { self.tail_until } else { None }
    }

    pub(super) fn end_tail_if_due(&mut self, fx: &mut Effects) {
        if self.tail_deadline().is_some_and(|due| due <= self.now) {
            self.put_placeholder(Join::AtEnd, fx);
        }
    }

    pub(super) fn queue_changed(&mut self, fx: &mut Effects) {
        self.queue_empty = false; // until the store says so again
        match &mut self.handoff {
            Some(handoff) => handoff.changed_since = true,
            None => self.look_if_dry(fx),
        }
    }

    /// Whether the queue's store was asked for what comes next and has not answered as it should.
    pub(super) fn hand_off_is_failing(&self) -> bool {
        self.handoff.as_ref().is_some_and(|handoff| handoff.failures > 0)
    }

    /// Asks for an item if nothing but the placeholder plays. While paused nothing would be heard of it: that waits for the end of the
    /// pause.
    pub(super) fn look_if_dry(&mut self, fx: &mut Effects) {
        // Behind the tail of the last track an item joins; the placeholder it interrupts.
        let in_tail = self.live().is_some_and(|live| live.done.is_some());
        let dry = in_tail || matches!(self.on_air, OnAir::Placeholder { .. });
        if self.phase == Phase::Running && dry && !self.paused && self.handoff.is_none() {
            self.poll_from = self.now;
            self.begin(Handoff::new(None, if in_tail { Join::AtEnd } else { Join::Now }), fx);
        }
    }

    pub(super) fn begin(&mut self, handoff: Handoff, fx: &mut Effects) {
        self.handoff = Some(handoff);
        self.ask_if_due(fx);
    }

    pub(super) fn ask_if_due(&mut self, fx: &mut Effects) {
        let (now, question) = (self.now, self.next_question());
        let Some(handoff) = &mut self.handoff else { return };
        if handoff.asked.is_some() || handoff.not_before.is_some_and(|at| now < at) {
            return;
        }
        handoff.not_before = None;
        handoff.changed_since = false;
        handoff.asked = Some(question);
        let finished = handoff.finished.as_ref();
        let finished = finished.map(|(item, outcome)| Finished { item: item.id, outcome: outcome.clone() });
        let ask = match handoff.why {
            Why::Done | Why::Skip => Question::Advance(Advance { finished, next: handoff.next, at: now }),
            Why::Doubt => Question::Current,
        };
        fx.0.push(Effect::Ask { question, ask });
    }

    /// When a hand-off is to be tried again, or a dry queue is to be looked at.
    pub(super) fn handoff_deadline(&self) -> Option<Timestamp> {
        match (&self.phase, &self.handoff) {
            (Phase::Running | Phase::Ending(Ending::HandingOff), Some(handoff)) if handoff.asked.is_none() => {
                Some(handoff.not_before.unwrap_or(self.now))
            }
            (Phase::Running, None) if matches!(self.on_air, OnAir::Placeholder { .. }) && !self.paused => {
                Some(self.poll_from + self.poll_from.since(self.dry_since).clamp(POLL_FIRST, POLL_MOST))
            }
            _ => None,
        }
    }

    pub(super) fn hand_off_if_due(&mut self, fx: &mut Effects) {
        if self.handoff_deadline().is_none_or(|due| self.now < due) {
            return;
        }
        if self.handoff.is_some() { self.ask_if_due(fx) } else { self.look_if_dry(fx) }
    }

    /// Takes the answer if it is one to the hand-off.
    pub(super) fn hand_off_answered(
        &mut self,
        question: QuestionId,
        answer: &Result<Answer, StoreError>,
        fx: &mut Effects,
    ) -> bool {
        let Some(mut handoff) = self.handoff.take_if(|handoff| handoff.asked == Some(question)) else { return false };
        handoff.asked = None;
        match answer {
            Ok(Answer::Advanced(advanced)) => self.handed_off(handoff, advanced.clone(), fx),
            Ok(Answer::Done) => self.handoff_failed(handoff, &StoreError::nonsense(), fx),
            Err(error) => self.handoff_failed(handoff, error, fx),
        }
        true
    }

    fn handed_off(&mut self, handoff: Handoff, advanced: Advanced, fx: &mut Effects) {
        let current_id = advanced.current.as_ref().map(|item| item.id);
        let was_playing = handoff.finished.is_some();
        // The skip in doubt did not happen if its item is current still; nor did the jump to an item that does not wait any more.
        let in_doubt = handoff.finished.as_ref().filter(|_| handoff.why == Why::Doubt || handoff.next.is_some());
        let no_skip = in_doubt.is_some_and(|(item, _)| current_id == Some(item.id));
        if no_skip && self.phase == Phase::Running {
            return self.doubt_is_over(handoff, advanced.current, fx);
        }
        let doubted = handoff.doubted.filter(|_| !advanced.changed);
        // Who asks for an item by name has it tried.
        let jumped = handoff.next.is_some();
        if let Some((item, outcome)) = handoff.finished.filter(|_| !no_skip) {
            let outcome = doubted.unwrap_or(outcome);
            // What nobody has heard of made way unnoticed.
            let heard = self.live().is_none_or(|live| live.item.id != item.id || live.started || live.told_before);
            if heard || outcome != Outcome::Interrupted {
                self.emit(EventKind::TrackFinished { item, outcome }, fx);
            }
        }
        if self.phase != Phase::Running {
            self.on_air = OnAir::Silence;
            for (command, wait) in handoff.waiters {
                match wait {
                    Wait::View => self.reply_view(command, fx),
                    Wait::Skip { .. } | Wait::Jump { .. } => self.refuse(command, Refusal::NotRunning, fx),
                }
            }
            return self.ending_knows_current(current_id, fx);
        }
        if handoff.ends_pause && (was_playing || current_id.is_some()) && std::mem::take(&mut self.paused) {
            self.emit(EventKind::Resumed, fx);
        }
        if let Some(item) = &advanced.current
            && !jumped
            && let Some(reason) = self.quarantine.refuses(&item.url, self.now)
        {
            return self.pass_over(item.clone(), reason, handoff.join, handoff.waiters, fx);
        }
        let was_dry = matches!(self.on_air, OnAir::Placeholder { .. });
        // However long the hand-off took: behind silence an item starts at once, and behind the placeholder as soon as whatever plays before
        // that has played out.
        let join = match self.on_air {
            OnAir::Item(_) => handoff.join,
            OnAir::Placeholder { .. } => Join::AtEnd,
            OnAir::Silence => Join::Now,
        };
        self.queue_empty = advanced.current.is_none();
        let (current, revision) = (advanced.current.clone().map(Box::new), Some(advanced.revision));
        match advanced.current {
            Some(item) => self.put_item(item, join, fx),
            // The tail of the last track plays out first; see `TAIL`.
            None if join == Join::AtEnd && self.tail_until.is_some() => {}
            None => self.put_placeholder(join, fx),
        }
        self.resume = None;
        if !(was_dry && matches!(self.on_air, OnAir::Placeholder { .. })) {
            self.save(None, fx);
        }
        for (command, wait) in handoff.waiters {
            match wait {
                Wait::View => self.reply_view(command, fx),
                Wait::Skip { item: None, .. } if current.is_none() && !was_playing => {
                    self.refuse(command, Refusal::NothingToSkip, fx);
                }
                // It was too late to have a say in this hand-off.
                Wait::Jump { mine: false, item, jump } => self.jump(command, item, jump, fx),
                Wait::Jump { jump, .. } => {
                    let skipped = current.as_ref().is_some_and(|current| current.id == jump.to);
                    let done = Done::Skipped { skipped, current: current.clone(), revision };
                    fx.0.push(Effect::Reply { command, reply: Ok(done) });
                }
                Wait::Skip { mine, .. } => {
                    let done = Done::Skipped { skipped: mine, current: current.clone(), revision };
                    fx.0.push(Effect::Reply { command, reply: Ok(done) });
                }
            }
        }
        if handoff.changed_since {
            self.look_if_dry(fx);
        }
    }

    /// The item that is current now is not tried; whoever waits is answered with what comes after it.
    fn pass_over(
        &mut self,
        item: QueueItem,
        reason: FailureReason,
        join: Join,
        waiters: Vec<(CommandId, Wait)>,
        fx: &mut Effects,
    ) {
        self.errors += 1;
        self.resume = None;
        let mut next = Handoff::new(Some((item, Outcome::Failed(reason))), join);
        next.waiters = waiters;
        self.begin(next, fx);
    }

    /// The skip did not happen: the item goes on, or is followed if it has ended meanwhile. Skips that waited take their turn.
    fn doubt_is_over(&mut self, handoff: Handoff, current: Option<QueueItem>, fx: &mut Effects) {
        if handoff.meanwhile.is_some() {
            let mut next = Handoff::new(handoff.meanwhile, Join::AtEnd);
            next.waiters = handoff.waiters;
            return self.begin(next, fx);
        }
        if let (None, Some(item)) = (self.live(), current) {
            // The player failed in the meantime.
            self.put_item(item, Join::Now, fx);
        }
        for (command, wait) in handoff.waiters {
            match wait {
                Wait::View => self.reply_view(command, fx),
                Wait::Skip { item, .. } => self.skip(command, item, fx),
                Wait::Jump { mine: false, item, jump } => self.jump(command, item, jump, fx),
                Wait::Jump { .. } => {
                    let current = self.live().map(|live| Box::new(live.item.clone()));
                    fx.0.push(Effect::Reply {
                        command,
                        reply: Ok(Done::Skipped { skipped: false, current, revision: None }),
                    });
                }
            }
        }
    }

    fn handoff_failed(&mut self, mut handoff: Handoff, error: &StoreError, fx: &mut Effects) {
        self.emit(EventKind::StoreFailed { port: Port::Queue, detail: error.detail.clone() }, fx);
        let (starters, skippers): (Vec<_>, Vec<_>) =
            std::mem::take(&mut handoff.waiters).into_iter().partition(|(_, wait)| *wait == Wait::View);
        for (command, _) in skippers {
            self.refuse(command, Refusal::Store(error.clone()), fx);
        }
        if self.phase != Phase::Running {
            self.ending_failed(error, fx);
            if handoff.why == Why::Skip {
                handoff.why = Why::Doubt; // it was refused: it must not happen any more
            }
        } else if handoff.why == Why::Done {
            handoff.next = None;
            // A track that is done with has its tail still to play; then the placeholder follows. At a start there is nothing yet, and what
            // was skipped goes no further.
            if self.live().is_none_or(|live| live.done.is_none()) {
                self.put_placeholder(Join::Now, fx);
            }
        } else if let Some(done) = handoff.meanwhile {
            // If the store did carry the skip out, that is what became of the item, whatever came after.
            let doubted = handoff.finished.map(|(_, outcome)| outcome);
            handoff = Handoff { failures: handoff.failures, doubted, ..Handoff::new(Some(done), Join::AtEnd) };
        } else if let Some(item) = self.live().map(|live| live.item.clone()) {
            // The item goes on. If the store did advance, the stream follows as soon as it is told.
            let outcome = handoff.finished.map_or(Outcome::Skipped, |(_, outcome)| outcome);
            let doubt = Handoff { why: Why::Doubt, ..Handoff::new(Some((item, outcome)), Join::Now) };
            handoff = Handoff { failures: handoff.failures, ..doubt };
        }
        handoff.failures = handoff.failures.saturating_add(1);
        handoff.not_before = Some(self.now + backoff::delay(handoff.failures, RETRY_FIRST, RETRY_MOST));
        self.handoff = Some(handoff);
        // A stream that starts without its store is on the air all the same, with the placeholder.
        for (command, _) in starters {
            self.reply_view(command, fx);
        }
    }

    /// Takes the commands that wait for the hand-off.
    pub(super) fn handoff_waiters(&mut self) -> Vec<CommandId> {
        let waiters = self.handoff.as_mut().map(|handoff| std::mem::take(&mut handoff.waiters));
        waiters.unwrap_or_default().into_iter().map(|(command, _)| command).collect()
    }

    /// An end must wait for the hand-off under way: only its answer tells which item to put back. Asks at once if it was waiting.
    pub(super) fn hurry_handoff(&mut self, fx: &mut Effects) -> bool {
        let Some(handoff) = &mut self.handoff else { return false };
        handoff.not_before = None;
        self.ask_if_due(fx);
        true
    }
}
