//! Whether what many clients were told fits one queue: finds the order in which their operations happened, and replays it on the model.
//!
//! Every change raises the revision by one, so the history of a queue is one list of changes, numbered without a gap. Of most changes
//! the client was told the number. Of some it only knows a window: a move answers with the list as it was read a moment later, and of a request
//! that a crash cut off nobody knows whether it counted. [`search`] finds an order that explains everything that was seen, if there is
//! one, carrying each step out on [`QueueModel`](streamcore::queue::QueueModel); [`verify`] then looks for a moment at which each refusal was
//! right. If operations were lost, doubled or reordered, there is no such order, and the error says up to which revision there was one.
//!
//! An operation more is a variant of [`Edit`] and its line in `state.rs`.

mod bound;
mod list;
mod search;
mod state;
#[cfg(test)]
mod tests;
mod verify;

use std::collections::{HashMap, HashSet};

use streamcore::Timestamp;

pub use self::list::{Edit, List};

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was acknowledged: it must be in the order.
    Done,
    /// Nobody was told: it is in the order wholly or not at all.
    Unknown,
    /// It was refused, for this reason: there must be a moment at which that was right.
    Refused(Refusal),
}

/// Why a call was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The item does not wait.
    NotFound,
    /// The item, or the place, is the current one.
    CurrentItem,
    /// There is no such place.
    OutOfRange,
    /// There is no room.
    Full,
    /// The queue is at another revision.
    Mismatch,
    /// The queue is in another mode.
    OtherMode,
    /// There is nothing to take back, or to bring back.
    Nothing,
}

/// One call of one client.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// What was asked.
    pub edit: Edit,
    /// The revision that it named.
    pub expected: Option<u64>,
    /// A revision that somebody had been told of before it was sent: what it changed came later.
    pub after: u64,
    /// A revision that it was, or would have been, part of.
    pub until: u64,
    /// If it was asked again under the same key, as nobody had answered: a revision by which the first one counted, if it did, and one that the
    /// second one came after.
    pub again: Option<(u64, u64)>,
    /// What became of it.
    pub fate: Fate,
}

impl Call {
    /// Whether it may have led to this revision.
    pub(crate) fn may_lead_to(&self, revision: u64) -> bool {
        let lost = self.again.is_some_and(|(ended, resumed)| ended < revision && revision <= resumed);
        self.after < revision && revision <= self.until && !lost
    }

    /// Whether it may have led to a revision behind the one and up to the other.
    pub(crate) fn may_lead_between(&self, from: u64, to: u64) -> bool {
        let meet = |after: u64, until: u64| after.max(from) < until.min(to);
        match self.again {
            None => meet(self.after, self.until),
            Some((ended, resumed)) => {
                meet(self.after, ended.min(self.until)) || meet(self.after.max(resumed), self.until)
            }
        }
    }
}

/// The list as somebody saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sighting {
    /// At which revision.
    pub revision: u64,
    /// The list, the current item first.
    pub list: List,
}

/// Everything that was told of one queue, from its beginning.
#[derive(Debug, Clone, Default)]
pub struct Story {
    /// The calls of all clients, in any order.
    pub calls: Vec<Call>,
    /// What was seen, in any order.
    pub sightings: Vec<Sighting>,
    /// Whether the stream plays, and so hands over by itself.
    pub plays: bool,
    /// The items that were handed over, in the order of the history.
    pub finished: Vec<u32>,
    /// Those of them that were skipped: in a fair queue they were no turn.
    pub skipped: HashSet<u32>,
    /// When items were added, in any unit: what a migration to the mode of a plain queue goes by.
    pub added_at: HashMap<u32, Timestamp>,
    /// How many items the queue takes.
    pub max_items: usize,
    /// The last revision of all.
    pub last: u64,
}

/// One change of the order that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// This call of [`Story::calls`].
    Call(usize),
    /// The stream handed over to the next item.
    Advance,
}

/// An order that explains everything.
#[derive(Debug, Clone)]
pub struct Order {
    /// The changes: the first led to revision 1.
    pub steps: Vec<Step>,
    /// The list at each revision, from 0 on.
    pub lists: Vec<List>,
    /// Of the calls whose fate was unknown: how many are in the order.
    pub unknown_done: usize,
    /// And how many are not.
    pub unknown_lost: usize,
    /// How many steps were tried to find it.
    pub tried: usize,
}

/// Who asks for an item, and how important it is: its number says it, so that nobody has to write it down.
#[must_use]
pub fn requested(item: u32) -> (i64, streamcore::queue::Tier) {
    use streamcore::queue::Tier;
    (i64::from(item % 5), [Tier::Normal, Tier::Admin, Tier::Normal, Tier::Vip][item as usize % 4])
}

impl Story {
    /// Finds the order and replays it on the model.
    ///
    /// # Errors
    /// What cannot be explained, and at which revision.
    pub fn explain(&self) -> Result<Order, String> {
        let order = search::search(self)?;
        verify::verify(self, &order)?;
        Ok(order)
    }
}
