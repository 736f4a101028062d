//! From one current item to the next.

use super::QueueModel;
use crate::{
    ItemId, Outcome, QueueItem,
    queue::{Advance, Advanced, Finished, HISTORY_LIMIT, HistoryEntry, Mode, Released, Repeat},
};

impl QueueModel {
    /// Hands over to the next item; see [`Queue::advance`](crate::queue::Queue::advance).
    pub fn advance(&mut self, advance: Advance) -> Advanced {
        let finished = advance.finished.as_ref().map(|f| f.item);
        let changed = finished == self.current.as_ref().map(|item| item.id)
            && !(self.current.is_none() && self.waiting.is_empty())
            && advance.next.is_none_or(|next| self.waiting.contains(next));
        if changed {
            let left = self.current.take().zip(advance.finished);
            let (back, again) = match left {
                Some((item, Finished { outcome: Outcome::Interrupted, .. })) => (Some(item), None),
                Some((item, finished)) => (None, self.finish(item, finished, advance.at)),
                None => (None, None),
            };
            // Whoever made way waits again before the next one is taken: if none is named, it is its own successor.
            if let Some(item) = back {
                self.waiting.insert(0, item);
            }
            let named = advance.next.and_then(|next| self.waiting.index_of(next));
            self.current = match (self.repeat, again) {
                (Repeat::One, Some(again)) => Some(again),
                (_, again) => {
                    if let Some(again) = again {
                        self.waiting.push_back(again);
                    }
                    self.waiting.remove(named.unwrap_or_default())
                }
            };
            self.revision = self.revision.next();
        }
        Advanced { revision: self.revision, changed, current: self.current.clone() }
    }

    /// Makes an item history, and answers with the copy that waits again or plays again, if the queue repeats it.
    fn finish(&mut self, item: QueueItem, finished: Finished, at: crate::Timestamp) -> Option<QueueItem> {
        let requester = item.requester();
        self.turns.finished(requester.clone(), &finished.outcome);
        if self.mode == Mode::Fair && finished.outcome != Outcome::Played {
            self.pass_the_turn_on(&requester);
        }
        let again = match (self.repeat, &finished.outcome) {
            // What is played again from the history is one more time of something that comes round by itself.
            (Repeat::All, _) if item.replays.is_some() => None,
            (Repeat::One, Outcome::Played) | (Repeat::All, Outcome::Played | Outcome::Skipped) => {
                Some(QueueItem { id: item.id.repetition(), ..item.clone() }).filter(|again| !self.knows(again.id))
            }
            _ => None,
        };
        self.last_seq += 1;
        self.played.insert(item.id);
        let entry = HistoryEntry { seq: self.last_seq, item, outcome: finished.outcome, finished_at: at };
        self.history.push_back(entry);
        while self.history.len() > HISTORY_LIMIT {
            if let Some(oldest) = self.history.pop_front() {
                self.played.remove(&oldest.item.id);
            }
        }
        again
    }

    /// What did not play was no turn: its requester's next item takes the turn. See [`Turns`](crate::queue::Turns).
    fn pass_the_turn_on(&mut self, requester: &crate::Requester) {
        let Some(from) = self.waiting.index_of_nth(requester, 0) else { return };
        let to = self.first_later_turn(self.turns.before_waiting(requester, None), 0);
        if to < from
            && let Some(item) = self.waiting.remove(from)
        {
            self.waiting.insert(to, item);
        }
    }

    /// Puts the current item back; see [`Queue::release`](crate::queue::Queue::release).
    pub fn release(&mut self, item: ItemId) -> Released {
        let current = self.current.take_if(|current| current.id == item);
        let changed = current.is_some();
        if let Some(current) = current {
            self.waiting.insert(0, current);
            self.revision = self.revision.next();
        }
        Released { revision: self.revision, changed }
    }
}
