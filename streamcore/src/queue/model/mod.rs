//! The definition of correct: a plain reducer that every adapter is compared to.
//!
//! An operation on n waiting items costs O(log n), except those that touch all of them (clear, shuffle, migrate, and taking these back) and,
//! in [`Mode::Fair`], adds: O(r log n) for r requesters.

mod add;
mod handoff;
mod undo;

use std::collections::{BTreeSet, VecDeque};

pub use self::undo::{Anchor, Undo};
use super::{
    Applied, Change, EditKind, Error, HistoryEntry, HistoryPage, Mode, Op, Page, Placed, QueueView,
    REQUESTS_REMEMBERED, Repeat, Result, Turns, sequence::Sequence, shuffle,
};
use crate::{ItemId, QueueItem, RequestId, Revision};

/// One stream's queue as a value.
///
/// ```
/// use streamcore::{ItemId, QueueItem, Timestamp, queue::{Advance, Op, Page, Placement, QueueModel, Rules}};
/// let t = Timestamp::default();
/// let item = |n| QueueItem::file(ItemId::new(uuid::Uuid::from_u128(n)), format!("track {n}"), "a.mp3", t);
/// let mut queue = QueueModel::default();
/// for n in 1..=3 {
///     queue.apply(Op::Add { items: vec![item(n)], placement: Placement::Back, rules: Rules::default() }.into())?;
/// }
/// let now_playing = queue.advance(Advance { finished: None, next: None, at: t }).current.unwrap();
/// assert_eq!(now_playing.title, "track 1");
/// assert_eq!(queue.view(Page::ALL).total, 3, "the list shows the current item first");
/// # Ok::<(), streamcore::queue::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueueModel {
    revision: Revision,
    current: Option<QueueItem>,
    waiting: Sequence,
    /// Oldest first.
    history: VecDeque<HistoryEntry>,
    /// The ids in the history.
    played: BTreeSet<ItemId>,
    last_seq: u64,
    mode: Mode,
    repeat: Repeat,
    turns: Turns,
    /// What takes the last edits back, the last one last.
    undo: VecDeque<Undo>,
    /// What was cleared last.
    cleared: Vec<QueueItem>,
    /// The last requests, the last one last.
    requests: VecDeque<RequestId>,
}

impl QueueModel {
    /// Applies one edit; see [`Queue::apply`](super::Queue::apply).
    ///
    /// # Errors
    /// Any but `Unavailable` and `Corrupt`; then nothing changed.
    pub fn apply(&mut self, change: Change) -> Result<Applied> {
        let repeated = change.request.is_some_and(|request| self.requests.contains(&request));
        if let Some(expected) = change.expected
            && expected != self.revision
            && !repeated
        {
            return Err(Error::RevisionMismatch { current: self.revision });
        }
        if repeated {
            return Ok(self.made_before(&change.op));
        }
        let applied = match change.op {
            Op::Add { items, placement, rules } => self.add(items, placement, rules),
            Op::Remove { id } => self.remove(id),
            Op::Move { id, to } => self.move_to(id, to),
            Op::Clear => Ok(self.clear()),
            Op::Shuffle { seed } => Ok(self.shuffle(seed)),
            Op::SetMode { mode } => Ok(self.set_mode(mode)),
            Op::Migrate { from, to } => self.migrate(from, to),
            Op::SetRepeat { repeat } => Ok(self.set_repeat(repeat)),
            Op::Undo => self.undo(),
            Op::Restore { max_items } => self.restore(max_items),
        }?;
        if let Some(request) = change.request {
            self.requests.push_back(request);
            while self.requests.len() > REQUESTS_REMEMBERED {
                self.requests.pop_front();
            }
        }
        Ok(applied)
    }

    /// The answer to a request that was made before: what it added is found where it is now.
    fn made_before(&self, op: &Op) -> Applied {
        let placed = match op {
            Op::Add { items, .. } => items.iter().filter_map(|item| self.find(item.id)).collect(),
            _ => Vec::new(),
        };
        self.applied(false, placed)
    }

    /// Reads a page; see [`Queue::view`](super::Queue::view).
    #[must_use]
    pub fn view(&self, page: Page) -> QueueView {
        let current = self.current.iter().skip(page.offset);
        let first = page.offset.saturating_sub(self.first_waiting());
        let items = current.chain(self.waiting.iter_from(first)).take(page.limit).cloned().collect();
        QueueView {
            revision: self.revision,
            current: self.current.clone(),
            items,
            total: self.total(),
            ahead: self.waiting.playtime_before(first),
            mode: self.mode,
            repeat: self.repeat,
            undo: self.undo.back().map(|undo| undo.kind),
            restorable: self.cleared.len(),
        }
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

    fn remove(&mut self, id: ItemId) -> Result<Applied> {
        let index = self.waiting_index(id)?;
        let anchor = self.anchor_at(index);
        let position = index + self.first_waiting();
        let Some(item) = self.waiting.remove(index) else { return Err(Error::NotFound { item: id }) };
        self.remember(Undo { insert: vec![item.clone()], anchor, ..Undo::of(EditKind::Remove) });
        Ok(self.changed(vec![Placed { item, position }]))
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
        let placed = vec![Placed { item: item.clone(), position: to }];
        if index == from {
            return Ok(self.applied(false, placed));
        }
        let anchor = self.anchor_at(from);
        self.waiting.remove(from);
        self.waiting.insert(index, item);
        self.remember(Undo { move_back: Some(id), anchor, ..Undo::of(EditKind::Move) });
        Ok(self.changed(placed))
    }

    fn clear(&mut self) -> Applied {
        if self.waiting.is_empty() {
            return self.applied(false, Vec::new());
        }
        let items = self.waiting.take();
        self.cleared.clone_from(&items);
        self.remember(Undo { insert: items, ..Undo::of(EditKind::Clear) });
        self.changed(Vec::new())
    }

    fn shuffle(&mut self, seed: u64) -> Applied {
        self.reorder(Undo::of(EditKind::Shuffle), |_, items| shuffle(items, seed))
    }

    fn migrate(&mut self, from: Option<Mode>, to: Mode) -> Result<Applied> {
        if from.is_some_and(|from| from != self.mode) {
            return Err(Error::ModeMismatch { mode: self.mode });
        }
        let undo = Undo { mode: Some(self.mode), ..Undo::of(EditKind::Migrate) };
        self.enter(to);
        Ok(self.reorder(undo, |model, items| match to {
            Mode::Fifo => items.sort_by_key(|item| item.added_at),
            Mode::Priority => items.sort_by_key(|item| item.tier),
            Mode::Fair => {
                let requesters: Vec<_> = items.iter().map(QueueItem::requester).collect();
                let order = model.turns.dealt(model.current_requester().as_ref(), &requesters);
                *items = order.into_iter().filter_map(|index| items.get(index).cloned()).collect();
            }
        }))
    }

    /// Puts the waiting items in another order; no change if they are in it and the mode stays.
    fn reorder(&mut self, undo: Undo, sort: impl FnOnce(&Self, &mut Vec<QueueItem>)) -> Applied {
        let before: Vec<ItemId> = self.waiting.iter().map(|item| item.id).collect();
        let mut items = self.waiting.take();
        sort(self, &mut items);
        self.waiting.extend(items);
        let same_order = self.waiting.iter().map(|item| item.id).eq(before.iter().copied());
        if same_order && undo.mode.is_none_or(|mode| mode == self.mode) {
            return self.applied(false, Vec::new());
        }
        self.remember(Undo { order: if same_order { Vec::new() } else { before }, ..undo });
        self.changed(Vec::new())
    }

    fn set_mode(&mut self, mode: Mode) -> Applied {
        let before = self.mode;
        self.enter(mode);
        if before == mode {
            return self.applied(false, Vec::new());
        }
        self.remember(Undo { mode: Some(before), ..Undo::of(EditKind::Mode) });
        self.changed(Vec::new())
    }

    fn enter(&mut self, mode: Mode) {
        self.mode = mode;
        self.waiting.keep_lanes(mode == Mode::Fair);
    }

    fn set_repeat(&mut self, repeat: Repeat) -> Applied {
        let before = std::mem::replace(&mut self.repeat, repeat);
        if before == repeat {
            return self.applied(false, Vec::new());
        }
        self.remember(Undo { repeat: Some(before), ..Undo::of(EditKind::Repeat) });
        self.changed(Vec::new())
    }

    fn waiting_index(&self, id: ItemId) -> Result<usize> {
        if self.current.as_ref().is_some_and(|current| current.id == id) {
            return Err(Error::CurrentItem { item: id });
        }
        self.waiting.index_of(id).ok_or(Error::NotFound { item: id })
    }

    fn changed(&mut self, placed: Vec<Placed>) -> Applied {
        self.revision = self.revision.next();
        self.applied(true, placed)
    }

    fn applied(&self, changed: bool, placed: Vec<Placed>) -> Applied {
        Applied { revision: self.revision, changed, placed, total: self.total(), undone: None }
    }
}
