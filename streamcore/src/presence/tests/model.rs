//! The model: every word that was taken, and the answers found by going through all of them for a moment. Slow and plain.

use std::collections::BTreeMap;

use super::*;

#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    words: BTreeMap<SourceId, Vec<Word>>,
    now: Timestamp,
}

#[derive(Debug, Clone)]
struct Word {
    at: Timestamp,
    terms: Terms,
    observation: Observation,
}

impl Word {
    fn lapses_at(&self) -> Option<Timestamp> {
        match self.observation {
            Observation::Unknown | Observation::Gone => Some(self.at),
            _ => self.terms.fresh_for.map(|span| self.at + span),
        }
    }

    fn gone_at(&self) -> Option<Timestamp> {
        self.lapses_at().map(|at| at + self.terms.gone_after)
    }
}

/// What is known of a source at a moment.
type Known = (Audience, Timestamp, Option<Timestamp>, Option<Timestamp>);

impl Model {
    pub(super) fn observe(&mut self, at: Timestamp, source: &SourceId, terms: Terms, observation: Observation) {
        self.now = self.now.max(at);
        self.words.entry(source.clone()).or_default().push(Word { at: self.now, terms, observation });
    }

    pub(super) fn advance(&mut self, to: Timestamp) {
        self.now = self.now.max(to);
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// Every source as it is known at a moment, if nothing is heard until then.
    pub(super) fn sources(&self, now: Timestamp) -> BTreeMap<SourceId, Known> {
        let known = |(source, words): (&SourceId, &Vec<Word>)| Some((source.clone(), at_moment(words, now)?));
        self.words.iter().filter_map(known).collect()
    }

    pub(super) fn audience(&self, now: Timestamp) -> Audience {
        let mut all = Audience::NOBODY;
        for (one, ..) in self.sources(now).values() {
            all = Audience { count: all.count + one.count, complete: all.complete && one.complete };
        }
        all
    }
}

fn at_moment(words: &[Word], now: Timestamp) -> Option<Known> {
    let words = present_life(words);
    let last = words.last().filter(|word| word.observation != Observation::Gone)?;
    if last.gone_at().is_some_and(|at| at <= now) {
        return None;
    }
    let (lapsed, everybody) = (last.lapses_at().is_some_and(|at| at <= now), told_everybody(words, words.len(), now));
    let count = if lapsed { 0 } else { anonymous(words) + names(words, now).len() as u64 };
    let complete = everybody && !lapsed;
    let (fresh, gone) = (last.lapses_at().filter(|_| complete), last.gone_at().filter(|_| !complete));
    Some((Audience { count, complete }, last.at, fresh, gone))
}

/// The words since the source was gone the last time.
fn present_life(words: &[Word]) -> &[Word] {
    let ended = |n: &usize| {
        let (word, next) = (&words[*n], words.get(n + 1));
        word.observation == Observation::Gone || next.is_some_and(|next| word.gone_at().is_some_and(|at| at <= next.at))
    };
    let begin = (0..words.len().saturating_sub(1)).rev().find(ended).map_or(0, |n| n + 1);
    &words[begin..]
}

/// Whether the first `n` words tell of everybody at a moment.
fn told_everybody(words: &[Word], n: usize, now: Timestamp) -> bool {
    let Some(word) = n.checked_sub(1).map(|last| &words[last]) else { return true };
    let lapsed = word.lapses_at().is_some_and(|at| at <= now);
    !lapsed
        && match word.observation {
            Observation::All(_) | Observation::Count { .. } => true,
            Observation::Changed { .. } => told_everybody(words, n - 1, word.at) && anonymous(&words[..n - 1]) == 0,
            _ => false,
        }
}

fn anonymous(words: &[Word]) -> u64 {
    match words.last() {
        Some(Word { observation: Observation::Count { now, .. }, .. }) => *now,
        _ => 0,
    }
}

/// Who has a name: for each, what the last word that names them says, if nothing was dropped since.
fn names(words: &[Word], now: Timestamp) -> BTreeSet<ListenerId> {
    let mut here = BTreeMap::new();
    for (n, word) in words.iter().enumerate() {
        let next = words.get(n + 1).map_or(now, |next| next.at);
        match &word.observation {
            Observation::All(ids) => here = ids.iter().map(|id| (id.clone(), word.lapses_at())).collect(),
            Observation::Changed { joined, left } => {
                here.retain(|id, _| !left.contains(id));
                here.extend(joined.iter().map(|id| (id.clone(), word.lapses_at())));
            }
            _ => here.clear(),
        }
        if word.lapses_at().is_some_and(|at| at <= next) {
            here.clear();
        }
        here.retain(|_, until| until.is_none_or(|until| until > next));
    }
    here.into_keys().collect()
}
