//! What is true of one stream: who listens as far as its host has been told, since when nobody does, and when it therefore should end.
//!
//! Kept beside the machine and without it: from what the test itself does, from the facts that are told as events, and from the model that
//! presence is tested against. Where an answer was lost or a store was away at a bad moment, what is true is a span, not a moment.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use streamcore::{
    Timestamp,
    auto_end::Settings,
    presence::{Audience, Observation, SourceId, Terms},
};

use crate::{model::Model, weather::LATEST};

/// After a restart, and when the audience is known again, listeners have this long to come back.
const SETTLE: Duration = Duration::from_secs(2);
/// So long after an outage the store has surely been asked again: it is asked at least every 5 s, and waited for no longer than that.
const ASKED_AGAIN: Duration = Duration::from_secs(11);
/// So long after an outage nothing is on its way any more that was sent during it.
const ARRIVED: Duration = Duration::from_secs(5).saturating_add(LATEST);
/// So long after the last track, or after an outage of the queue, it is known that the queue is empty.
const KNOWN_DRY: Duration = Duration::from_secs(12);

/// Between these moments, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) earliest: Timestamp,
    pub(crate) latest: Timestamp,
}

impl Span {
    const fn exactly(at: Timestamp) -> Self {
        Self { earliest: at, latest: at }
    }
}

/// A session that is on the air.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// None: not yet known to the test.
    pub(crate) number: Option<u64>,
    /// When it began, by the earliest clock that it has run by.
    pub(crate) began: Timestamp,
    /// Since when nobody has listened.
    pub(crate) empty_since: Option<Span>,
    /// When that changed last.
    changed_at: Timestamp,
    /// The next time that nobody listens may have begun as early as this: it was perhaps stored, and perhaps not.
    may_be_since: Option<Timestamp>,
    not_before: Timestamp,
    complete: bool,
}

/// What a process that ends leaves to the next one.
#[derive(Debug, Clone)]
pub(crate) struct Left {
    session: Option<Session>,
    /// Whether the store was fine for so long that it has what it was told.
    clean: bool,
    /// Sources that the store must know of.
    sources: BTreeSet<SourceId>,
}

/// Since when each store has been fine, and since when one has refused everything; none if it does not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stores {
    pub(crate) registry_fine: Option<Timestamp>,
    pub(crate) registry_away: Option<Timestamp>,
    pub(crate) queue_fine: Option<Timestamp>,
}

#[derive(Debug)]
pub(crate) struct Truth {
    heard: Model,
    first_heard: BTreeMap<SourceId, Timestamp>,
    /// When something may change by the passing of time.
    ahead: BTreeSet<Timestamp>,
    now: Timestamp,
    pub(crate) session: Option<Session>,
    left: Option<Left>,
    is_suspended: bool,
    /// One of these holds.
    settings: Vec<Settings>,
    settings_at: Timestamp,
    pub(crate) stores: Stores,
    /// Since when the queue has been empty and the placeholder has played.
    pub(crate) dry_since: Option<Timestamp>,
}

impl Truth {
    pub(crate) fn new(now: Timestamp, settings: Settings) -> Self {
        let always = now.before(ARRIVED);
        Self {
            heard: Model::default(),
            first_heard: BTreeMap::new(),
            ahead: BTreeSet::new(),
            now,
            session: None,
            left: None,
            is_suspended: false,
            settings: vec![settings],
            settings_at: now,
            stores: Stores { registry_fine: Some(always), registry_away: None, queue_fine: Some(always) },
            dry_since: None,
        }
    }

    /// Who listens, as far as the host has been told.
    pub(crate) fn audience(&self) -> Audience {
        self.heard.audience(self.now)
    }

    /// Whether it is certain that nobody listens. Not asked of the audience itself: the machine does that.
    pub(crate) fn is_known_to_be_empty(&self) -> bool {
        let audience = self.audience();
        audience.complete && audience.count == 0
    }

    /// Since when nothing that is asked of the registry is answered.
    pub(crate) const fn store_away_since(&self) -> Option<Timestamp> {
        self.stores.registry_away
    }

    /// The earliest moment at which the stream may end by itself.
    pub(crate) fn earliest_end(&self) -> Option<Timestamp> {
        let session = self.session.as_ref()?;
        let timeout =
            self.settings.iter().filter(|settings| settings.enabled).map(|settings| settings.timeout).min()?;
        Some((session.empty_since?.earliest + timeout).max(session.not_before))
    }

    /// The moment at which it must have ended by itself if everything stays as it is.
    pub(crate) fn latest_end(&self) -> Option<Timestamp> {
        let session = self.session.as_ref().filter(|_| self.is_known_to_be_empty() && !self.is_suspended)?;
        let (since, registry) = (session.empty_since?, self.stores.registry_fine?);
        let mut end = session.not_before.max(self.settings_at);
        for settings in &self.settings {
            if !settings.enabled {
                return None;
            }
            end = end.max(since.latest + settings.timeout);
            if settings.only_when_queue_empty {
                end = end.max(self.dry_since? + KNOWN_DRY);
            }
        }
        // Stores that were fine all the time are not waited for.
        let answered = (registry + ASKED_AGAIN).max(self.stores.queue_fine? + KNOWN_DRY);
        Some(if answered <= end { end } else { answered })
    }

    /// The shortest timeout that may hold.
    pub(crate) fn timeout(&self) -> Duration {
        self.settings.iter().map(|settings| settings.timeout).min().unwrap_or_default()
    }

    /// Whether it goes on as long as something plays.
    pub(crate) fn goes_on_while_something_plays(&self) -> bool {
        self.settings.iter().all(|settings| settings.only_when_queue_empty)
    }

    /// Time has passed. Each time before something changes by that alone, and at last, `lasted` is shown what was true until which moment.
    pub(crate) fn pass_to(&mut self, to: Timestamp, mut lasted: impl FnMut(&Self, Timestamp)) {
        while let Some(next) = self.ahead.first().copied().filter(|next| *next <= to) {
            self.ahead.remove(&next);
            if next > self.now {
                lasted(self, next);
                self.look(next);
            }
        }
        lasted(self, to);
        self.look(to);
    }

    /// A source tells something.
    pub(crate) fn told(&mut self, source: &SourceId, terms: Terms, observation: Observation) {
        if !self.heard.sources(self.now).contains_key(source) {
            self.first_heard.insert(source.clone(), self.now);
        }
        for lapse in [Duration::ZERO, terms.fresh_for.unwrap_or_default()] {
            self.ahead.extend([self.now + lapse, self.now + lapse + terms.gone_after]);
        }
        self.heard.observe(self.now, source, terms, observation);
        self.look(self.now);
    }

    fn look(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        self.heard.advance(self.now);
        let audience = self.audience();
        let Some(session) = &mut self.session else { return };
        if audience.count > 0 {
            session.may_be_since = None;
            if session.empty_since.take().is_some() {
                session.changed_at = self.now;
            }
        } else if audience.complete && session.empty_since.is_none() {
            let earliest = session.may_be_since.take().unwrap_or(self.now);
            session.empty_since = Some(Span { earliest: earliest.min(self.now), latest: self.now });
            session.changed_at = self.now;
        }
        if audience.complete && !session.complete {
            session.not_before = self.now + SETTLE;
        }
        session.complete = audience.complete;
    }

    /// A session begins.
    pub(crate) fn began(&mut self) {
        let (began, changed_at, not_before) = (self.now, self.now, self.now);
        let (number, empty_since, may_be_since) = (None, None, None);
        let begun = Session { number, began, empty_since, changed_at, may_be_since, not_before, complete: true };
        self.session = Some(begun);
        self.look(self.now);
    }

    /// A session goes on in another process, in which nothing has been heard of these sources yet.
    pub(crate) fn went_on(&mut self, number: u64, sources: impl IntoIterator<Item = SourceId>) {
        let now = self.now;
        self.know_of(sources);
        let left = self.left.take();
        let clean = left.as_ref().is_some_and(|left| left.clean);
        let before = left.and_then(|left| left.session);
        let began = before.as_ref().map_or(Timestamp::default(), |session| session.began.min(now));
        let may_be_since = before.as_ref().and_then(|session| session.may_be_since).filter(|_| clean);
        let mut session = Session {
            number: Some(number),
            began,
            empty_since: before.and_then(|session| session.empty_since).filter(|_| clean),
            changed_at: now,
            may_be_since: may_be_since.or_else(|| (!clean).then_some(began)),
            not_before: now + SETTLE,
            complete: true,
        };
        // A clock that was set back: the time that nobody listens begins anew.
        if session.empty_since.is_some_and(|since| since.earliest > now) {
            session.empty_since = None;
        }
        self.session = Some(session);
        self.look(now);
    }

    /// Sources of which nothing has been heard in this process.
    pub(crate) fn know_of(&mut self, sources: impl IntoIterator<Item = SourceId>) {
        for source in sources {
            self.told(&source, Terms::REMOTE, Observation::Unknown);
        }
    }

    /// Its process is about to end: nothing more happens in this one.
    pub(crate) fn is_suspended(&mut self) {
        self.is_suspended = true;
    }

    /// It has ended, and whoever listened to its player has been disconnected.
    pub(crate) fn ended(&mut self) {
        self.session = None;
        self.told(&SourceId::player(), Terms::LOCAL, Observation::Gone);
    }

    /// Somebody came and has left already: the time that nobody listens begins anew.
    pub(crate) fn somebody_was_here(&mut self) {
        if let Some(session) = &mut self.session {
            (session.empty_since, session.may_be_since, session.changed_at) = (None, None, self.now);
        }
        self.look(self.now);
    }

    /// Somebody asks for it to be kept alive; whether that means anything to it.
    pub(crate) fn is_kept_alive(&mut self) -> bool {
        let Some(session) = &mut self.session else { return false };
        let Some(since) = &mut session.empty_since else { return false };
        (since.latest, session.changed_at) = (self.now, self.now);
        true
    }

    /// That was confirmed: it holds since this moment, at which it was asked for.
    pub(crate) fn was_kept_alive(&mut self, asked: Timestamp) {
        if let Some(since) = self.session.as_mut().and_then(|session| session.empty_since.as_mut()) {
            *since = Span::exactly(asked);
        }
    }

    /// Other settings may hold from now on.
    pub(crate) fn may_be_set(&mut self, settings: Settings) {
        self.settings.push(settings);
        self.settings_at = self.now;
    }

    /// These settings hold from now on.
    pub(crate) fn is_set(&mut self, settings: Settings) {
        (self.settings, self.settings_at) = (vec![settings], self.now);
    }

    /// The process ends, and the next one begins at this moment by its clock, with these settings.
    pub(crate) fn restarted(&mut self, now: Timestamp, settings: Settings) {
        let store_had = |what: Timestamp| self.stores.registry_fine.is_some_and(|since| since + ARRIVED <= what);
        let session = self.session.take();
        let clean = session.as_ref().is_some_and(|session| store_had(session.changed_at));
        let sources = self.heard.sources(self.now).into_keys().filter(|source| {
            let first = self.first_heard.get(source).copied().unwrap_or(self.now);
            let player = *source == SourceId::player();
            !player && session.as_ref().is_some_and(|session| store_had(first.max(session.began)))
        });
        let left = Left { sources: sources.collect(), session, clean };
        let was_long = |since: Timestamp| since + ARRIVED <= self.now;
        let still = |since: Option<Timestamp>| since.map(|s| if was_long(s) { now.before(ARRIVED) } else { now });
        let stores = Stores {
            registry_fine: still(self.stores.registry_fine),
            registry_away: self.stores.registry_away.map(|_| now),
            queue_fine: still(self.stores.queue_fine),
        };
        *self = Self { left: Some(left), stores, ..Self::new(now, settings) };
    }

    /// Sources that the store must know of, by the time that the process before ended.
    pub(crate) fn sources_left(&self) -> BTreeSet<SourceId> {
        self.left.as_ref().map(|left| left.sources.clone()).unwrap_or_default()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.heard.now()
    }
}
