//! Who listens, and the end that follows when nobody does.
//!
//! The policy decides; this sees to it that it is asked, that its timer is stored before it counts, and that nothing ends on a guess: an
//! end needs an audience that is known to be nobody, and a store that has just answered.

use std::{sync::Arc, time::Duration};

use super::{CommandId, Effects, Refusal, Stream, Timer, phase::Phase, snapshot::StoredTimer, view::Held};
use crate::{
    CancelCause, EndCause, EventKind, Timestamp,
    auto_end::{self, Settings, Verdict},
    player::Report,
    presence::{Audience, Observation, Presence, SourceId, Terms},
    stream::Snapshot,
};

/// After a restart, or when the audience is known again, listeners have this long to come back before an overdue end.
const SETTLE: Duration = Duration::from_secs(2);
/// An end needs a store that has answered within this time.
const FRESH: Duration = Duration::from_secs(5);
/// If nothing else was stored for a while, something is so long before an end, so that the end itself need not wait for the store: at the
/// latest this long, and each stream up to [`CONFIRM_SPREAD`] milliseconds earlier, so that many with one deadline do not come at once.
const CONFIRM_AHEAD: Duration = Duration::from_millis(1_500);
const CONFIRM_SPREAD: u64 = 3_000;
const TICK: Duration = Duration::from_millis(1);
/// So many words of the player are taken at once, and then one in [`WORD_EVERY`], the latest: whoever connects and leaves a thousand times a
/// second, which anybody may, costs a few events and saves.
const WORDS_AT_ONCE: u32 = 16;
const WORD_EVERY: Duration = Duration::from_millis(250);

/// What is known of the audience, and the timer.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch {
    settings: Arc<Settings>,
    presence: Presence,
    /// The audience as the world was told of it.
    told: Audience,
    empty_since: Option<Timestamp>,
    timer: Option<Timer>,
    /// Warnings that were to come before are past, and skipped.
    warn_from: Timestamp,
    /// No policy ends the stream before.
    not_before: Timestamp,
    /// When the policy wants to be asked, or an end that was put off is due.
    ask_at: Option<Timestamp>,
    /// Why a timer that is no longer foreseen is not, where it is not for the policy's own reasons.
    cancel_cause: Option<CancelCause>,
    /// What must be known after a restart has changed.
    unsaved: bool,
    /// The counts of the session have changed, which is worth storing when there is time.
    counts_unsaved: bool,
    peak: u64,
    total: u64,
    arrivals_seen: u64,
    /// The player's last word, if it came too soon after others.
    late_word: Option<Observation>,
    /// How many of its words may be taken, as of the moment beside it.
    words_left: u32,
    words_since: Timestamp,
}

impl Watch {
    pub(super) fn new(settings: Arc<Settings>) -> Self {
        Self { settings, ..Self::default() }
    }

    /// What a stream that ran as this was taken knows after a restart: nothing of sources elsewhere, and nobody is connected to its own
    /// player yet.
    pub(super) fn restored(settings: Arc<Settings>, snapshot: &Snapshot, now: Timestamp) -> Self {
        // Of a stopped stream nothing hangs on them: whoever still tells will tell again.
        let sources = snapshot.sources.iter().filter(|_| snapshot.started_at.is_some());
        let presence = Presence::restored(sources.cloned(), Terms::REMOTE, now);
        let mut watch = Self {
            arrivals_seen: presence.arrivals(),
            presence,
            peak: snapshot.peak_listeners,
            total: snapshot.total_listeners,
            ..Self::new(settings)
        };
        if snapshot.started_at.is_some() {
            let stored = snapshot.timer.filter(|timer| timer.session == snapshot.session);
            // A moment that has not come yet was written by a clock that has been set back since.
            let since = snapshot.empty_since.filter(|since| *since <= now);
            watch.timer = stored.filter(|_| since.is_some()).map(|timer| Timer::at(timer.deadline));
            watch.empty_since = since;
            (watch.warn_from, watch.not_before) = (now, now + SETTLE);
        }
        watch
    }

    /// A session begins at `now`; sources that are known of stay known.
    fn begin(&mut self, now: Timestamp) {
        (self.timer, self.empty_since, self.told) = (None, None, Audience::NOBODY);
        (self.warn_from, self.not_before) = (now, now);
        self.arrivals_seen = self.presence.arrivals();
        (self.peak, self.total) = (0, self.audience().count);
    }

    pub(super) const fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    pub(super) fn audience(&self) -> Audience {
        self.presence.audience()
    }

    pub(super) const fn empty_since(&self) -> Option<Timestamp> {
        self.empty_since
    }

    pub(super) const fn timer(&self) -> Option<&Timer> {
        self.timer.as_ref()
    }

    /// Whether the counts of the session have changed since they were stored.
    pub(super) const fn has_new_counts(&self) -> bool {
        self.counts_unsaved
    }

    pub(super) const fn stored(&mut self) {
        (self.unsaved, self.counts_unsaved) = (false, false);
    }

    pub(super) const fn peak(&self) -> u64 {
        self.peak
    }

    pub(super) const fn total(&self) -> u64 {
        self.total
    }

    pub(super) const fn presence(&self) -> &Presence {
        &self.presence
    }

    /// The sources that must be heard of again after a restart.
    pub(super) fn sources(&self) -> Vec<SourceId> {
        let player = SourceId::player();
        self.presence.sources().map(|(source, _)| source.clone()).filter(|source| *source != player).collect()
    }

    pub(super) fn stored_timer(&self, session: u64) -> Option<StoredTimer> {
        self.timer.as_ref().map(|timer| StoredTimer { session, deadline: timer.deadline })
    }

    /// The warnings that are still to come before this deadline, nearest to it last.
    fn warnings(&self, deadline: Timestamp) -> impl Iterator<Item = (Duration, Timestamp)> {
        let moment = move |before: &Duration| (*before, deadline.before(*before));
        self.settings.warnings.iter().map(moment).filter(|(_, at)| *at >= self.warn_from)
    }

    fn next_warning(&self) -> Option<Timestamp> {
        let timer = self.timer.as_ref().filter(|_| self.audience().is_empty())?;
        self.warnings(timer.deadline).map(|(_, at)| at).min()
    }
}

impl Stream {
    pub(super) fn watch_begins(&mut self) {
        self.watch.begin(self.now);
    }

    /// Whoever listened to the stream's own player has been disconnected; who listens elsewhere is told by those sources.
    pub(super) fn watch_ends(&mut self) {
        self.watch.late_word = None;
        // The player is one source among others: that it is gone always fits.
        let _ = self.watch.presence.observe(self.now, &SourceId::player(), Terms::LOCAL, Observation::Gone);
        (self.watch.empty_since, self.watch.timer, self.watch.ask_at) = (None, None, None);
    }

    pub(super) fn player_counted(&mut self, report: &Report) {
        let observation = match report {
            Report::Listeners { count, ever } => Observation::Count { now: *count, ever: Some(*ever) },
            _ => Observation::Unknown,
        };
        self.watch.late_word = Some(observation);
        self.take_late_word();
    }

    fn take_late_word(&mut self) {
        let watch = &mut self.watch;
        let earned = self.now.since(watch.words_since).as_millis() / WORD_EVERY.as_millis();
        let earned = u32::try_from(earned).unwrap_or(u32::MAX);
        if watch.words_left.saturating_add(earned) >= WORDS_AT_ONCE {
            (watch.words_left, watch.words_since) = (WORDS_AT_ONCE, self.now);
        } else {
            watch.words_left += earned;
            watch.words_since = watch.words_since + WORD_EVERY * earned;
        }
        if watch.words_left == 0 {
            return;
        }
        if let Some(word) = watch.late_word.take() {
            watch.words_left -= 1;
            // Its place is kept by restricting the others, and it names nobody: it always fits.
            let _ = watch.presence.observe(self.now, &SourceId::player(), Terms::LOCAL, word);
        }
    }

    pub(super) fn observe(
        &mut self,
        command: CommandId,
        source: &SourceId,
        terms: Terms,
        observation: Observation,
        fx: &mut Effects,
    ) {
        if self.phase == Phase::Suspended {
            return self.refuse(command, Refusal::Suspended, fx);
        }
        let known = self.watch.sources();
        if let Err(too_many) = self.watch.presence.observe(self.now, source, terms, observation) {
            return self.refuse(command, Refusal::TooMany(too_many), fx);
        }
        if self.phase == Phase::Running && self.watch.sources() != known {
            // After a restart it must be missed: so it is acknowledged when it is stored.
            self.watch.unsaved = true;
            self.attend(fx);
            return self.reply_when_saved(command, fx);
        }
        self.attend(fx);
        self.reply_view(command, fx);
    }

    pub(super) fn keep_alive(&mut self, command: CommandId, by: String, fx: &mut Effects) {
        if self.phase != Phase::Running {
            return self.refuse(command, Refusal::NotRunning, fx);
        }
        if let Some(since) = &mut self.watch.empty_since {
            *since = self.now;
            self.watch.unsaved = true;
            self.cancel_timer(CancelCause::KeepAlive { by }, fx);
        }
        self.attend(fx);
        self.reply_when_saved(command, fx);
    }

    pub(super) fn configure(&mut self, command: CommandId, settings: Arc<Settings>, fx: &mut Effects) {
        self.watch.settings = settings;
        self.watch.warn_from = self.watch.warn_from.max(self.now);
        self.watch.cancel_cause = Some(CancelCause::Settings);
        self.attend(fx);
        self.reply_view(command, fx);
    }

    /// Asks the policy, and does what follows from its answer: sets the timer, warns, ends.
    pub(super) fn attend(&mut self, fx: &mut Effects) {
        self.watch.presence.expire(self.now);
        let settings_changed = self.watch.cancel_cause.take();
        self.watch.ask_at = None;
        if self.phase != Phase::Running {
            return;
        }
        self.take_late_word();
        self.note_audience(fx);
        let view = self.view(self.now);
        let cause = match &view {
            view if view.empty_since.is_none() => CancelCause::ListenerJoined, // and perhaps left again
            _ => settings_changed.unwrap_or(CancelCause::Policy),
        };
        let verdict = self.policy.decide(&view, self.now);
        // While somebody listens nothing is foreseen. What is unknown neither sets, stops nor moves a timer: it is foreseen as if nobody had come meanwhile.
        let view_complete = view.audience.complete;
        let empty = crate::StreamView { audience: Audience::NOBODY, ..view };
        let foreseen = empty.empty_since.and_then(|_| auto_end::forecast(&*self.policy, &empty, self.now));
        match foreseen {
            Some(deadline) => self.set_timer(deadline, fx),
            None => self.cancel_timer(cause, fx),
        }
        self.warn(fx);
        if std::mem::take(&mut self.watch.unsaved) {
            self.save(None, fx);
        }
        match verdict {
            Verdict::Keep => {}
            // A policy that names the past is asked again in a moment instead of at once for ever.
            Verdict::KeepUntil(at) => self.watch.ask_at = Some(at.max(self.now + TICK)),
            Verdict::End => self.end_if_certain(fx),
        }
        let handing_off_fails = self.hand_off_is_failing();
        if let Some(timer) = &mut self.watch.timer {
            let away = (handing_off_fails || self.saving.is_failing()).then_some(Held::StoreAway);
            timer.held = if view_complete { away } else { Some(Held::AudienceUnknown) };
        }
    }

    /// When [`attend`](Self::attend) has something to do by the passing of time alone.
    pub(super) fn watch_deadline(&self) -> Option<Timestamp> {
        let running = self.phase == Phase::Running;
        let ask = self.watch.ask_at.filter(|_| running);
        let word = self.watch.late_word.as_ref().map(|_| self.watch.words_since + WORD_EVERY).filter(|_| running);
        let warning = self.watch.next_warning().filter(|_| running);
        let expiry = self.watch.presence.next_change().filter(|_| self.phase != Phase::Suspended);
        [ask, word, warning, expiry].into_iter().flatten().min()
    }

    /// When something is to be stored for no other reason than to know at the deadline that the store is there.
    pub(super) fn confirm_deadline(&self) -> Option<Timestamp> {
        let timer = self.watch.timer.as_ref().filter(|_| self.watch.audience().is_empty())?;
        let stale = self.saving.confirmed_at() + FRESH < timer.deadline;
        let spread = Duration::from_millis(self.id.get().unsigned_abs().wrapping_mul(2_654_435_761) % CONFIRM_SPREAD);
        stale.then(|| timer.deadline.before(CONFIRM_AHEAD + spread)).filter(|_| self.now < timer.deadline)
    }

    /// Takes note of who listens to a running stream now.
    fn note_audience(&mut self, fx: &mut Effects) {
        let now = self.now;
        let watch = &mut self.watch;
        let audience = watch.presence.audience();
        let arrivals = watch.presence.arrivals();
        let arrived = arrivals.saturating_sub(std::mem::replace(&mut watch.arrivals_seen, arrivals));
        watch.total = watch.total.saturating_add(arrived);
        watch.counts_unsaved |= arrived > 0 || audience.count > watch.peak;
        watch.peak = watch.peak.max(audience.count);
        let empty_since = watch.empty_since;
        // Of somebody who came and left between two reports only the coming is told.
        if audience.is_present() || (arrived > 0 && !audience.complete) {
            watch.empty_since = None;
        } else if audience.is_empty() && (empty_since.is_none() || arrived > 0) {
            watch.empty_since = Some(now);
        }
        watch.unsaved |= watch.empty_since != empty_since;
        let before = std::mem::replace(&mut watch.told, audience);
        if audience == before {
            return;
        }
        if audience.complete && !before.complete {
            (watch.not_before, watch.warn_from) = (now + SETTLE, now);
        }
        self.emit(EventKind::ListenersChanged { count: audience.count, known: audience.complete }, fx);
    }

    fn set_timer(&mut self, deadline: Timestamp, fx: &mut Effects) {
        let Some(empty_since) = self.watch.empty_since else { return };
        match &self.watch.timer {
            // What is overdue stays due when it was.
            Some(timer) if timer.deadline == deadline || (deadline <= self.now && timer.deadline <= self.now) => return,
            None if !self.watch.audience().complete => return,
            _ => {}
        }
        self.watch.timer = Some(Timer::at(deadline));
        (self.watch.warn_from, self.watch.unsaved) = (self.now, true);
        self.emit(EventKind::AutoEndArmed { session: self.session, empty_since, deadline }, fx);
    }

    fn cancel_timer(&mut self, cause: CancelCause, fx: &mut Effects) {
        if self.watch.timer.take().is_some() {
            self.watch.unsaved = true;
            self.emit(EventKind::AutoEndCancelled { session: self.session, cause }, fx);
        }
    }

    /// Gives the warning that has come due; of several the last one, for the others are past.
    fn warn(&mut self, fx: &mut Effects) {
        let Some(deadline) = self.watch.timer.as_ref().map(|timer| timer.deadline) else { return };
        if !self.watch.audience().is_empty() {
            return;
        }
        if deadline <= self.now {
            self.watch.warn_from = self.now + TICK; // it is too late for any
            return;
        }
        let due = self.watch.warnings(deadline).filter(|(_, at)| *at <= self.now).min();
        let Some((before, _)) = due else { return };
        let (session, seconds) = (self.session, before.as_secs());
        self.watch.warn_from = self.now + TICK;
        if let Some(timer) = &mut self.watch.timer {
            timer.warned.push((seconds, self.now));
        }
        self.emit(EventKind::AutoEndWarning { session, seconds, deadline }, fx);
    }

    /// Ends the stream as its policy says, if it is certain that nobody listens and that the end can be noted.
    fn end_if_certain(&mut self, fx: &mut Effects) {
        let (Some(empty_since), true) = (self.watch.empty_since, self.watch.audience().is_empty()) else { return };
        if self.watch.late_word.is_some() {
            return; // it may be that somebody came
        }
        if self.now < self.watch.not_before {
            self.watch.ask_at = Some(self.watch.not_before);
            return;
        }
        // What comes next is the queue's to say, and what it says may be that it is not empty any more.
        if self.handoff.is_some() {
            return; // its answer leads back here
        }
        if !self.saving.is_confirmed(self.now, FRESH) {
            if self.saving.is_settled() {
                self.save(None, fx); // its answer leads back here
            }
            return;
        }
        let deadline = self.watch.timer.as_ref().map_or(self.now, |timer| timer.deadline);
        self.end(EndCause::AutoEnd { empty_since, deadline }, fx);
    }
}
