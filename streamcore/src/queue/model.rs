//! The definition of correct: a plain reducer that every adapter is compared to.

use std::collections::VecDeque;

use super::{
    Advance, Advanced, Applied, Change, Error, HISTORY_LIMIT, HistoryEntry, HistoryPage, Op, Page, Placed, Placement,
    QueueView, Released, Result,
};
use crate::{ItemId, QueueItem, Revision};

/// One stream's queue as a value.
///
/// ```
/// use streamcore::{ItemId, QueueItem, Timestamp, queue::{Advance, Op, Page, Placement, QueueModel}};
/// let t = Timestamp::default();
/// let item = |n| Box::new(QueueItem::file(ItemId::new(uuid::Uuid::from_u128(n)), format!("track {n}"), "a.mp3", t));
/// let mut queue = QueueModel::default();
/// for n in 1..=3 {
///     queue.apply(Op::Add { item: item(n), placement: Placement::Back, max_items: 10 }.into())?;
/// }
/// let now_playing = queue.advance(Advance { finished: None, at: t }).current.unwrap();
/// assert_eq!(now_playing.title, "track 1");
/// assert_eq!(queue.view(Page::ALL).total, 3, "the list shows the current item first");
/// # Ok::<(), streamcore::queue::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueueModel {
    revision: Revision,
    current: Option<QueueItem>,
    waiting: VecDeque<QueueItem>,
    /// Oldest first.
    history: VecDeque<HistoryEntry>,
    last_seq: u64,
}

impl QueueModel {
    /// Applies one edit; see [`Queue::apply`](super::Queue::apply).
    ///
    /// # Errors
    /// Any but `Unavailable` and `Corrupt`; then nothing changed.
    pub fn apply(&mut self, change: Change) -> Result<Applied> {
        if let Some(expected) = change.expected
            && expected != self.revision
        {
            return Err(Error::RevisionMismatch { current: self.revision });
        }
        match change.op {
            Op::Add { item, placement, max_items } => self.add(*item, placement, max_items),
            Op::Remove { id } => self.remove(id),
            Op::Move { id, to } => self.move_to(id, to),
            Op::Clear => Ok(self.clear()),
        }
    }

    /// Hands over to the next item; see [`Queue::advance`](super::Queue::advance).
    pub fn advance(&mut self, advance: Advance) -> Advanced {
        let finished = advance.finished.as_ref().map(|f| f.item);
        let changed = finished == self.current.as_ref().map(|item| item.id)
            && !(self.current.is_none() && self.waiting.is_empty());
        if changed {
            if let (Some(item), Some(finished)) = (self.current.take(), advance.finished) {
                self.last_seq += 1;
                let entry =
                    HistoryEntry { seq: self.last_seq, item, outcome: finished.outcome, finished_at: advance.at };
                self.history.push_back(entry);
                while self.history.len() > HISTORY_LIMIT {
                    self.history.pop_front();
                }
            }
            self.current = self.waiting.pop_front();
            self.revision = self.revision.next();
        }
        Advanced { revision: self.revision, changed, current: self.current.clone() }
    }

    /// Puts the current item back; see [`Queue::release`](super::Queue::release).
    pub fn release(&mut self, item: ItemId) -> Released {
        let current = self.current.take_if(|current| current.id == item);
        let changed = current.is_some();
        if let Some(current) = current {
            self.waiting.push_front(current);
            self.revision = self.revision.next();
        }
        Released { revision: self.revision, changed }
    }

    /// Reads a page; see [`Queue::view`](super::Queue::view).
    #[must_use]
    pub fn view(&self, page: Page) -> QueueView {
        let items = self.current.iter().chain(&self.waiting).skip(page.offset).take(page.limit).cloned().collect();
        QueueView { revision: self.revision, current: self.current.clone(), items, total: self.total() }
    }

    /// Reads the history; see [`Queue::history`](super::Queue::history).
    #[must_use]
    pub fn history(&self, before: Option<u64>, limit: usize) -> HistoryPage {
        let mut older = self.history.iter().rev().filter(|entry| before.is_none_or(|before| entry.seq < before));
        let entries: Vec<_> = older.by_ref().take(limit).cloned().collect();
        let next = if older.next().is_some() { entries.last().map(|entry| entry.seq) } else { None };
        HistoryPage { entries, next, total: self.history.len() }
    }

    /// Forgets everything but the revision; see [`Queue::purge`](super::Queue::purge).
    pub fn purge(&mut self) {
        *self = Self { revision: self.revision.next(), ..Self::default() };
    }

    fn total(&self) -> usize {
        self.first_waiting() + self.waiting.len()
    }

    /// The place of the first waiting item in the list that people see.
    fn first_waiting(&self) -> usize {
        usize::from(self.current.is_some())
    }

    fn add(&mut self, item: QueueItem, placement: Placement, max_items: usize) -> Result<Applied> {
        if let Some(known) = self.find(item.id) {
            return Ok(self.applied(false, Some(known)));
        }
        if self.history.iter().any(|entry| entry.item.id == item.id) {
            return Ok(self.applied(false, None));
        }
        if self.total() >= max_items {
            return Err(Error::LimitReached { limit: max_items });
        }
        let position = match placement {
            Placement::Back => {
                self.waiting.push_back(item.clone());
                self.total() - 1
            }
            Placement::Front => {
                self.waiting.push_front(item.clone());
                self.first_waiting()
            }
        };
        Ok(self.changed(Some(Placed { item, position })))
    }

    fn remove(&mut self, id: ItemId) -> Result<Applied> {
        let index = self.waiting_index(id)?;
        let removed = self.waiting.remove(index);
        let position = index + self.first_waiting();
        Ok(self.changed(removed.map(|item| Placed { item, position })))
    }

    fn move_to(&mut self, id: ItemId, to: usize) -> Result<Applied> {
        let from = self.waiting_index(id)?;
        if let (Some(current), 0) = (&self.current, to) {
            return Err(Error::CurrentItem { item: current.id });
        }
        let (min, max) = (self.first_waiting(), self.total() - 1);
        if to > max {
            return Err(Error::OutOfRange { min, max });
        }
        let index = to - min;
        let Some(item) = self.waiting.get(from).cloned() else { return Err(Error::NotFound { item: id }) };
        let placed = Some(Placed { item: item.clone(), position: to });
        if index == from {
            return Ok(self.applied(false, placed));
        }
        self.waiting.remove(from);
        self.waiting.insert(index, item);
        Ok(self.changed(placed))
    }

    fn clear(&mut self) -> Applied {
        if self.waiting.is_empty() {
            return self.applied(false, None);
        }
        self.waiting.clear();
        self.changed(None)
    }

    fn waiting_index(&self, id: ItemId) -> Result<usize> {
        if self.current.as_ref().is_some_and(|current| current.id == id) {
            return Err(Error::CurrentItem { item: id });
        }
        self.waiting.iter().position(|item| item.id == id).ok_or(Error::NotFound { item: id })
    }

    fn find(&self, id: ItemId) -> Option<Placed> {
        let mut listed = self.current.iter().chain(&self.waiting).enumerate();
        listed.find(|(_, item)| item.id == id).map(|(position, item)| Placed { item: item.clone(), position })
    }

    fn changed(&mut self, placed: Option<Placed>) -> Applied {
        self.revision = self.revision.next();
        self.applied(true, placed)
    }

    fn applied(&self, changed: bool, placed: Option<Placed>) -> Applied {
        Applied { revision: self.revision, changed, placed, total: self.total() }
    }
}
