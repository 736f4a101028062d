//! Finds an order of the calls that explains every answer: revision by revision, going back where it was a dead end.
//!
//! What happened between two lists that were seen is guided by the second: a step after which too few are left to get there is not tried.
//! Of steps whose order does not matter one order is enough: a state that led nowhere is remembered.

use std::{
    collections::{BTreeMap, HashSet},
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
};

use super::{Fate, List, Order, Sighting, Step, Story, bound::Means, state::State};

/// Steps that are tried before it is given up: far more than a story that can be explained ever took.
const PATIENCE: usize = 200_000;

/// How many revisions back another way is still tried: a wrong guess is found out long before.
const MEMORY: usize = 400;

/// The ways to one revision, and the one that is being tried.
struct Choice {
    options: Vec<Step>,
    next: usize,
}

impl Choice {
    fn is_open(&self) -> bool {
        self.next < self.options.len()
    }
}

struct Search<'a> {
    story: &'a Story,
    means: Means<'a>,
    /// For each revision the calls that may have led to it, the most urgent first.
    candidates: Vec<Vec<usize>>,
    /// For each revision the acknowledged calls that must be in the order by then.
    due: Vec<Vec<usize>>,
    sightings: BTreeMap<usize, Vec<&'a Sighting>>,
    used: Vec<bool>,
    /// A fingerprint of `used`.
    used_print: u64,
    /// Fingerprints of the states from which there is no way on, by their revisions.
    dead: BTreeMap<usize, HashSet<u64>>,
    /// The list at each revision so far.
    lists: Vec<List>,
    /// The queue at the last revision, and at those to which the search may come back.
    states: Vec<Option<State>>,
    /// How many items of the history were handed over at each revision so far.
    handed: Vec<usize>,
}

pub(super) fn search(story: &Story) -> Result<Order, String> {
    let mut search = Search::new(story)?;
    let mut choices: Vec<Choice> = Vec::new();
    let (mut tried, mut deepest) = (0, (0, String::new()));
    let mut sound = search.check(&mut deepest);
    while !sound || (choices.len() as u64) < story.last {
        if sound {
            choices.push(Choice { options: search.options(), next: 0 });
            if let Some(old) = choices.len().checked_sub(MEMORY) {
                search.states[old] = None;
                let choice = &mut choices[old];
                choice.options.truncate(choice.next);
            }
        }
        let may_come_back = choices.iter().rev().skip(1).take(MEMORY).any(Choice::is_open);
        let Some(choice) = choices.last_mut() else {
            return Err(format!("no order explains revision {}: {}", deepest.0, deepest.1));
        };
        if let Some(step) = choice.next.checked_sub(1).and_then(|taken| choice.options.get(taken)) {
            search.undo(*step);
        }
        let step = choice.options.get(choice.next).copied();
        choice.next += 1;
        sound = match step {
            Some(step) => search.take(step, choice.is_open() || may_come_back) && search.check(&mut deepest),
            None => {
                search.note(&mut deepest, search.lists.len(), || "nothing that was told leads there".to_owned());
                if let Some(print) = search.print() {
                    search.dead.entry(search.lists.len()).or_default().insert(print);
                }
                choices.pop();
                false
            }
        };
        tried += 1;
        if tried > PATIENCE {
            return Err(format!("gave up after {tried} steps at revision {}: {}", deepest.0, deepest.1));
        }
    }
    let unknown = |done: bool| {
        let calls = story.calls.iter().zip(&search.used);
        calls.filter(|(call, used)| call.fate == Fate::Unknown && **used == done).count()
    };
    let steps = choices.iter().filter_map(|choice| choice.options.get(choice.next - 1).copied()).collect();
    Ok(Order { unknown_done: unknown(true), unknown_lost: unknown(false), tried, steps, lists: search.lists })
}

impl<'a> Search<'a> {
    fn new(story: &'a Story) -> Result<Self, String> {
        let last = usize::try_from(story.last).map_err(|error| error.to_string())?;
        let (mut candidates, mut due) = (vec![Vec::new(); last + 1], vec![Vec::new(); last + 1]);
        let mut urgent: Vec<_> = story.calls.iter().enumerate().filter(|(_, call)| !is_refused(call.fate)).collect();
        // What was acknowledged is likelier to have happened than what was not, and what was told early to have happened early.
        urgent.sort_by_key(|(_, call)| (call.until, call.fate == Fate::Unknown));
        for (index, call) in urgent {
            let until = usize::try_from(call.until).unwrap_or(usize::MAX);
            if call.fate == Fate::Done {
                let told = due.get_mut(until).ok_or_else(|| format!("{call:?} was told a revision beyond the last"))?;
                told.push(index);
            }
            let from = usize::try_from(call.after).unwrap_or(usize::MAX).saturating_add(1);
            for at in (from..=until.min(last)).filter(|at| call.may_lead_to(*at as u64)) {
                candidates[at].push(index);
            }
        }
        let mut sightings: BTreeMap<usize, Vec<&Sighting>> = BTreeMap::new();
        for sighting in &story.sightings {
            sightings.entry(usize::try_from(sighting.revision).unwrap_or(usize::MAX)).or_default().push(sighting);
        }
        Ok(Self {
            story,
            means: Means::new(story),
            candidates,
            due,
            sightings,
            used: vec![false; story.calls.len()],
            used_print: 0,
            dead: BTreeMap::new(),
            lists: vec![List::default()],
            states: vec![Some(State::default())],
            handed: vec![0],
        })
    }

    fn here(&self) -> &List {
        self.lists.last().unwrap_or(const { &List { current: None, waiting: Vec::new() } })
    }

    /// What may lead from here to the next revision. Some of it may turn out to be refused or to change nothing when it is taken.
    fn options(&self) -> Vec<Step> {
        let next = self.lists.len();
        let open = || self.candidates[next].iter().copied().filter(|index| !self.used[*index]);
        // Somebody was told this very revision, so nothing else led to it. (Who clears an empty queue, or moves to its own place, is told one
        // that others made.)
        let told = |index: &usize| {
            let call = &self.story.calls[*index];
            call.fate == Fate::Done && call.edit.always_changes() && call.after + 1 == call.until
        };
        if open().any(|index| told(&index)) {
            return open().filter(told).map(Step::Call).collect();
        }
        let possible = |index: &usize| {
            let edit = self.story.calls[*index].edit;
            match self.here().after(edit, self.story.max_items) {
                Err(_) => false,
                Ok(after) => !edit.is_plain() || after != *self.here(),
            }
        };
        let mut options: Vec<_> = open().filter(possible).map(Step::Call).collect();
        options.extend(self.advanced().map(|_| Step::Advance));
        if options.len() > 1 {
            // What was acknowledged is tried in the order in which it was, what was not by how near it seems to lead.
            options.sort_by_cached_key(|step| match step {
                Step::Call(index)
                    if self.story.calls[*index].fate == Fate::Unknown || self.story.calls[*index].again.is_some() =>
                {
                    1 + self.left_after(*step).unwrap_or(usize::MAX / 2)
                }
                _ => 0,
            });
        }
        options
    }

    /// The list after a step, as far as the list alone can tell.
    fn guess(&self, step: Step) -> List {
        let after = match step {
            Step::Call(index) => self.here().after(self.story.calls[index].edit, self.story.max_items).ok(),
            Step::Advance => self.advanced().map(|(list, _)| list),
        };
        after.unwrap_or_else(|| self.here().clone())
    }

    /// How many changes it takes at least from behind this step to the next list that was seen.
    fn left_after(&self, step: Step) -> Option<usize> {
        self.left(&self.guess(step), self.lists.len())
    }

    fn left(&self, list: &List, revision: usize) -> Option<usize> {
        let Some((next, seen)) = self.sightings.range(revision + 1..).next() else { return Some(0) };
        let there = &seen.first()?.list;
        self.means
            .least(list, revision as u64, there, *next as u64, &self.used)
            .filter(|least| *least <= next - revision)
    }

    /// What tells this state from others; none if there is no coming back to it anyway.
    fn print(&self) -> Option<u64> {
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let state = self.states.last()?.as_ref()?;
        Some(hasher.hash_one((state.print(), self.handed.last(), self.used_print)))
    }

    fn mark(&mut self, index: usize, used: bool) {
        self.used[index] = used;
        self.used_print ^= BuildHasherDefault::<DefaultHasher>::default().hash_one(index);
    }

    /// The list after a hand-off, if the history has one.
    fn advanced(&self) -> Option<(List, usize)> {
        let handed = self.handed.last().copied().unwrap_or(0);
        let (list, done) = self.story.plays.then(|| self.here().advanced())??;
        match done {
            None => Some((list, handed)),
            Some(item) if self.story.finished.get(handed) == Some(&item) => Some((list, handed + 1)),
            Some(_) => None,
        }
    }

    /// Carries a step out, keeping the state before it if asked to; false if the model refuses it, or nothing changes by it.
    fn take(&mut self, step: Step, keep: bool) -> bool {
        let handed = self.handed.last().copied().unwrap_or(0);
        let handed = if step == Step::Advance { self.advanced().map_or(handed, |(_, handed)| handed) } else { handed };
        let before = self.states.last_mut().and_then(|state| if keep { state.clone() } else { state.take() });
        let mut state = before.unwrap_or_default();
        let changed = match step {
            Step::Call(index) => {
                self.mark(index, true);
                state.apply(self.story, self.story.calls[index].edit) == Ok(true)
            }
            Step::Advance => {
                state.advance(self.story);
                true
            }
        };
        self.lists.push(state.list());
        self.states.push(Some(state));
        self.handed.push(handed);
        changed
    }

    fn undo(&mut self, step: Step) {
        if let Step::Call(index) = step {
            self.mark(index, false);
        }
        self.lists.pop();
        self.states.pop();
        self.handed.pop();
    }

    /// Whether the newest revision is as everybody saw it, and everything is in the order that must be by now.
    fn check(&self, deepest: &mut (usize, String)) -> bool {
        let revision = self.lists.len() - 1;
        let list = self.here();
        for sighting in self.sightings.get(&revision).into_iter().flatten() {
            if sighting.list != *list {
                self.note(deepest, revision, || {
                    format!("seen was {:?}, and the order leads to {list:?}", sighting.list)
                });
                return false;
            }
        }
        let missing = self.due[revision].iter().find(|index| !self.used[**index] && !self.was_idle(**index));
        if let Some(index) = missing {
            self.note(deepest, revision, || {
                format!("{:?} was acknowledged and is not in it", self.story.calls[*index])
            });
            return false;
        }
        let all_handed = self.handed.last() == Some(&self.story.finished.len());
        if revision as u64 == self.story.last && !all_handed {
            self.note(deepest, revision, || "the history has items that no order hands over".to_owned());
            return false;
        }
        if self.left(list, revision).is_none() {
            self.note(deepest, revision, || format!("nothing leads from {list:?} to what was seen next"));
            return false;
        }
        let dead = self.dead.get(&self.lists.len());
        !dead.is_some_and(|dead| self.print().is_some_and(|print| dead.contains(&print)))
    }

    /// Whether an acknowledged call may have changed nothing.
    fn was_idle(&self, index: usize) -> bool {
        let call = &self.story.calls[index];
        if call.edit.always_changes() {
            return false;
        }
        if !call.edit.is_plain() {
            // It is told the revision that it found.
            return self
                .states
                .last()
                .and_then(Option::as_ref)
                .is_some_and(|here| here.told(self.story, call.edit) == Ok(false));
        }
        let from = usize::try_from(call.after).unwrap_or(usize::MAX);
        let seen = self.lists.get(from..).unwrap_or_default();
        seen.iter().any(|list| list.after(call.edit, self.story.max_items).is_ok_and(|after| after == *list))
    }

    /// Remembers what was in the way at the latest revision that was reached.
    fn note(&self, deepest: &mut (usize, String), revision: usize, why: impl FnOnce() -> String) {
        if revision >= deepest.0 {
            *deepest = (revision, why());
        }
    }
}

fn is_refused(fate: Fate) -> bool {
    matches!(fate, Fate::Refused(_))
}
