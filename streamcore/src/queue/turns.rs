//! Whose turn it is: the order of [`Mode::Fair`](super::Mode::Fair).
//!
//! Requesters take turns, each playing one item a turn. The *n*-th item of a requester in the list, the current one included, is their turn
//! number *n*; who has had a turn in this round already is one turn further. An added item is inserted right before the first item, behind its
//! requester's last one, that is somebody's later turn than this one is its requester's.
//!
//! So a late-comer waits for at most one item of each other requester, however many they queued, and nobody gains by being away: what one did
//! not take in earlier rounds is gone (catching up is bounded by one turn). An item that was skipped or failed was no turn: its requester's
//! next item moves up to where that turn's place is.
//!
//! The rule looks only at the list and at who had a turn. It holds for any list, whatever was moved in it, and switching modes moves nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::HISTORY_LIMIT;
use crate::{Outcome, Requester};

/// Who has had a turn in the round that is under way.
///
/// **Bound.** At most [`HISTORY_LIMIT`] requesters; when there would be more, a new round begins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Turns(BTreeSet<Requester>);

impl Turns {
    /// Notes what became of an item: played to its end it was a turn, else not. A second turn of one requester begins a new round.
    pub fn finished(&mut self, requester: Requester, outcome: &Outcome) {
        if *outcome != Outcome::Played {
            return;
        }
        if self.0.contains(&requester) || self.0.len() >= HISTORY_LIMIT {
            self.0.clear();
        }
        self.0.insert(requester);
    }

    /// Whether this requester has had a turn in this round.
    #[must_use]
    pub fn had(&self, requester: &Requester) -> bool {
        self.0.contains(requester)
    }

    /// How many turns this requester has had when the waiting items begin: in this round, and by the current item. If that is its
    /// requester's second turn, it began a new round.
    #[must_use]
    pub fn before_waiting(&self, requester: &Requester, current: Option<&Requester>) -> usize {
        let new_round = current.is_some_and(|current| self.had(current));
        usize::from(!new_round && self.had(requester)) + usize::from(current == Some(requester))
    }

    /// The index among the waiting items where an added item of `requester` goes. For adapters that read the list anyway: O(n).
    ///
    /// ```
    /// use streamcore::{Requester, queue::Turns};
    /// let (ann, bob) = (Requester::Chat(1), Requester::Chat(2));
    /// // Ann's first track plays and three more of hers wait: Bob's first goes ahead of all of them, his second behind one.
    /// let mut waiting = vec![ann.clone(), ann.clone(), ann.clone()];
    /// for place in [0, 2] {
    ///     assert_eq!(Turns::default().place(Some(&ann), &waiting, &bob), place);
    ///     waiting.insert(place, bob.clone());
    /// }
    /// ```
    #[must_use]
    pub fn place(&self, current: Option<&Requester>, waiting: &[Requester], requester: &Requester) -> usize {
        let own = waiting.iter().filter(|other| *other == requester).count();
        let turn = self.before_waiting(requester, current) + own;
        let from = waiting.iter().rposition(|other| other == requester).map_or(0, |last| last + 1);
        self.first_later(current, waiting, turn, from)
    }

    /// Where `requester`'s first waiting item moves up to, and from where, when the item before it was no turn; none if it stays. The item
    /// that was no turn is neither current nor waiting any more.
    #[must_use]
    pub fn move_up(&self, waiting: &[Requester], requester: &Requester) -> Option<(usize, usize)> {
        let from = waiting.iter().position(|other| other == requester)?;
        let to = self.first_later(None, waiting, self.before_waiting(requester, None), 0);
        (to < from).then_some((from, to))
    }

    /// The order in which the items would wait if they had come in this mode, as indexes into `waiting`.
    #[must_use]
    pub fn dealt(&self, current: Option<&Requester>, waiting: &[Requester]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..waiting.len()).collect();
        let turns = self.numbers(current, waiting);
        order.sort_by_key(|index| turns.get(*index).copied());
        order
    }

    fn first_later(&self, current: Option<&Requester>, waiting: &[Requester], turn: usize, from: usize) -> usize {
        let turns = self.numbers(current, waiting);
        let later = turns.iter().enumerate().skip(from).find(|(_, other)| **other > turn);
        later.map_or(waiting.len(), |(index, _)| index)
    }

    /// Which turn of its requester each waiting item is.
    fn numbers(&self, current: Option<&Requester>, waiting: &[Requester]) -> Vec<usize> {
        let mut seen: BTreeMap<&Requester, usize> = BTreeMap::new();
        let mut number = |requester| {
            let turns = seen.entry(requester).or_insert_with(|| self.before_waiting(requester, current));
            *turns += 1;
            *turns - 1
        };
        waiting.iter().map(&mut number).collect()
    }
}
