//! One source: who listens through it, and how long its word holds.
//!
//! A word of a source holds until it *lapses*: its terms' `fresh_for` later, at once if it says that it cannot tell, never if its terms
//! name no time. When it lapses the source is unknown; its terms' `gone_after` later it is gone. Every word begins this anew.

use std::collections::BTreeSet;

use crate::Timestamp;

use super::{Audience, ListenerId, Observation, SourceView, Terms, TooMany, named::Named, roster::MAX_LISTENERS};

#[derive(Debug, Clone)]
pub(super) struct Source {
    terms: Terms,
    heard_at: Timestamp,
    /// When its last word ceases to hold; none: not before the next one.
    lapses_at: Option<Timestamp>,
    /// Whether everybody who listens through it is known.
    complete: bool,
    named: Named,
    /// Those who are not known by identity.
    anonymous: u64,
    /// So many have been counted as arrived and may come to be known again: they are not counted twice.
    counted: u64,
    /// How many have ever come, as it told last.
    ever: Option<u64>,
}

impl Source {
    /// A source that begins now, with nobody; so many had come before, and are part of its totals.
    pub(super) fn begun(terms: Terms, now: Timestamp, ever: u64) -> Self {
        let mut source = Self {
            terms,
            heard_at: now,
            lapses_at: None,
            complete: true,
            named: Named::default(),
            anonymous: 0,
            counted: 0,
            ever: Some(ever),
        };
        source.hear(terms, now);
        source
    }

    /// A source that was known of before a restart: whoever listens through it has been counted.
    pub(super) fn restored(terms: Terms, now: Timestamp) -> Self {
        let unknown = Self { complete: false, counted: u64::MAX, ever: None, ..Self::begun(terms, now, 0) };
        Self { lapses_at: Some(now), ..unknown }
    }

    /// Takes a word of this source, and says how many have arrived by it. So many of its listeners can be known by identity.
    pub(super) fn observe(
        &mut self,
        now: Timestamp,
        terms: Terms,
        observation: Observation,
        room: usize,
    ) -> Result<u64, TooMany> {
        match observation {
            Observation::All(ids) => {
                within(room, ids.len())?;
                self.hear(terms, now);
                Ok(self.all(ids))
            }
            Observation::Changed { joined, left } => {
                let joined: BTreeSet<_> = joined.into_iter().collect();
                let left: BTreeSet<_> =
                    left.into_iter().filter(|id| !joined.contains(id) && self.named.contains(id)).collect();
                let new = joined.iter().filter(|id| !self.named.contains(id)).count();
                within(room, self.named.len() - left.len() + new)?;
                self.hear(terms, now);
                Ok(self.changed(joined, &left, new as u64))
            }
            Observation::Count { now: count, ever } => {
                self.hear(terms, now);
                Ok(self.count(count, ever))
            }
            Observation::Unknown | Observation::Gone => {
                self.hear(terms, now);
                self.lapses_at = Some(now);
                Ok(0)
            }
        }
    }

    fn hear(&mut self, terms: Terms, now: Timestamp) {
        (self.terms, self.heard_at) = (terms, now);
        self.lapses_at = terms.fresh_for.map(|span| now + span);
    }

    fn all(&mut self, ids: BTreeSet<ListenerId>) -> u64 {
        let new = ids.iter().filter(|id| !self.named.contains(id)).count() as u64;
        let counted = self.counted.saturating_add(self.anonymous);
        self.named.replace(ids, self.lapses_at);
        (self.complete, self.anonymous, self.counted, self.ever) = (true, 0, 0, None);
        new.saturating_sub(counted)
    }

    fn changed(&mut self, joined: BTreeSet<ListenerId>, left: &BTreeSet<ListenerId>, new: u64) -> u64 {
        // Which of those who are not known by identity these are, nobody can tell.
        self.complete &= self.anonymous == 0;
        self.counted = self.counted.saturating_add(std::mem::take(&mut self.anonymous));
        self.ever = None;
        left.iter().for_each(|id| self.named.remove(id));
        joined.into_iter().for_each(|id| self.named.insert(id, self.lapses_at));
        let arrived = new.saturating_sub(self.counted);
        if self.counted < u64::MAX {
            self.counted = self.counted.saturating_sub(new);
        }
        arrived
    }

    fn count(&mut self, count: u64, ever: Option<u64>) -> u64 {
        let counted = self.counted.saturating_add(self.anonymous).saturating_add(self.named.len() as u64);
        let arrived = match (self.ever, ever) {
            (Some(before), Some(ever)) if ever >= before => ever - before,
            (Some(_), Some(ever)) => ever, // it began anew
            _ => count.saturating_sub(counted),
        };
        self.named.clear();
        (self.complete, self.anonymous, self.counted, self.ever) = (true, count, 0, ever);
        arrived
    }

    /// Forgets what has expired; whether the source is gone.
    pub(super) fn expire(&mut self, now: Timestamp) -> bool {
        if self.lapses_at.is_some_and(|at| at <= now) {
            let dropped = self.anonymous.saturating_add(self.named.len() as u64);
            self.counted = self.counted.saturating_add(dropped);
            self.named.clear();
            (self.complete, self.anonymous) = (false, 0);
        } else {
            self.named.expire(now);
        }
        self.lapses_at.is_some_and(|at| at + self.terms.gone_after <= now)
    }

    /// When [`expire`](Self::expire) would next change something.
    pub(super) fn next_change(&self) -> Option<Timestamp> {
        let holds = self.complete || self.named.len() > 0;
        let end = self.lapses_at.map(|lapse| if holds { lapse } else { lapse + self.terms.gone_after });
        [self.named.next_expiry(), end].into_iter().flatten().min()
    }

    /// How many of its listeners are known by identity.
    pub(super) fn named(&self) -> usize {
        self.named.len()
    }

    pub(super) fn audience(&self) -> Audience {
        Audience { count: self.anonymous.saturating_add(self.named.len() as u64), complete: self.complete }
    }

    /// How many have ever come, as it told last.
    pub(super) fn ever(&self) -> u64 {
        self.ever.unwrap_or_default()
    }

    pub(super) fn view(&self) -> SourceView {
        let (lapses_at, known) = (self.lapses_at, self.complete);
        SourceView {
            audience: self.audience(),
            heard_at: self.heard_at,
            fresh_until: lapses_at.filter(|_| known),
            gone_at: lapses_at.filter(|_| !known).map(|at| at + self.terms.gone_after),
        }
    }
}

fn within(room: usize, listeners: usize) -> Result<(), TooMany> {
    if listeners > room { Err(TooMany::Listeners { limit: MAX_LISTENERS }) } else { Ok(()) }
}
