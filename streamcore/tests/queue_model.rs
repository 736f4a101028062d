//! The model itself, against an oracle written another way: one plain list, edited in the obvious manner, and a revision that is raised
//! whenever the list before and after differ.

mod queue_support;

use proptest::{prop_assert_eq, proptest};
use queue_support::config;
use streamcore::{
    ItemId, QueueItem, Revision,
    queue::{
        Advance, Advanced, Applied, Change, Error, HISTORY_LIMIT, HistoryEntry, HistoryPage, Op, Page, Placed,
        Placement, QueueModel, QueueView, Released, Result,
    },
    testing::strategies::{Call, edits},
};

#[derive(Clone, Default)]
struct Oracle {
    list: List,
    revision: u64,
}

#[derive(Clone, Default, PartialEq)]
struct List {
    items: Vec<QueueItem>,
    /// Whether the first of the items is current.
    playing: bool,
    /// Everything that was ever finished, oldest first; only the last [`HISTORY_LIMIT`] are remembered.
    done: Vec<HistoryEntry>,
}

impl List {
    fn remembered(&self) -> &[HistoryEntry] {
        &self.done[self.done.len().saturating_sub(HISTORY_LIMIT)..]
    }

    fn place(&self, id: ItemId) -> Option<usize> {
        self.items.iter().position(|item| item.id == id)
    }

    fn waiting_place(&self, id: ItemId) -> Result<usize> {
        match self.place(id) {
            Some(0) if self.playing => Err(Error::CurrentItem { item: id }),
            Some(place) => Ok(place),
            None => Err(Error::NotFound { item: id }),
        }
    }

    /// Edits, and answers with the place that the edit is about.
    fn edit(&mut self, op: Op) -> Result<Option<Placed>> {
        let first = if self.playing { 1 } else { 0 };
        match op {
            Op::Add { item, placement, max_items } => {
                if self.place(item.id).is_none() && self.remembered().iter().all(|entry| entry.item.id != item.id) {
                    if self.items.len() >= max_items {
                        return Err(Error::LimitReached { limit: max_items });
                    }
                    let place = if placement == Placement::Front { first } else { self.items.len() };
                    self.items.insert(place, (*item).clone());
                }
                Ok(self.place(item.id).map(|position| Placed { item: self.items[position].clone(), position }))
            }
            Op::Remove { id } => {
                let position = self.waiting_place(id)?;
                Ok(Some(Placed { item: self.items.remove(position), position }))
            }
            Op::Move { id, to } => {
                let from = self.waiting_place(id)?;
                if self.playing && to == 0 {
                    return Err(Error::CurrentItem { item: self.items[0].id });
                }
                if to >= self.items.len() {
                    return Err(Error::OutOfRange { min: first, max: self.items.len() - 1 });
                }
                let item = self.items.remove(from);
                self.items.insert(to, item.clone());
                Ok(Some(Placed { item, position: to }))
            }
            Op::Clear => {
                self.items.truncate(first);
                Ok(None)
            }
            _ => unreachable!("the oracle knows all edits"),
        }
    }

    fn advance(&mut self, advance: Advance) {
        let current = if self.playing { Some(self.items[0].id) } else { None };
        if current != advance.finished.as_ref().map(|finished| finished.item) {
            return;
        }
        if let Some(finished) = advance.finished {
            let (seq, item) = (self.done.len() as u64 + 1, self.items.remove(0));
            self.done.push(HistoryEntry { seq, item, outcome: finished.outcome, finished_at: advance.at });
        }
        self.playing = !self.items.is_empty();
    }
}

impl Oracle {
    fn raise_if_changed(&mut self, before: &List) -> bool {
        let changed = self.list != *before;
        self.revision += u64::from(changed);
        changed
    }

    fn current(&self) -> Option<QueueItem> {
        if self.list.playing { Some(self.list.items[0].clone()) } else { None }
    }

    fn apply(&mut self, change: Change) -> Result<Applied> {
        if change.expected.is_some_and(|expected| expected.get() != self.revision) {
            return Err(Error::RevisionMismatch { current: Revision::new(self.revision) });
        }
        let before = self.list.clone();
        let placed = self.list.edit(change.op)?;
        let changed = self.raise_if_changed(&before);
        Ok(Applied { revision: Revision::new(self.revision), changed, placed, total: self.list.items.len() })
    }

    fn advance(&mut self, advance: Advance) -> Advanced {
        let before = self.list.clone();
        self.list.advance(advance);
        let changed = self.raise_if_changed(&before);
        Advanced { revision: Revision::new(self.revision), changed, current: self.current() }
    }

    fn release(&mut self, item: ItemId) -> Released {
        let before = self.list.clone();
        if self.list.playing && self.list.items[0].id == item {
            self.list.playing = false;
        }
        let changed = self.raise_if_changed(&before);
        Released { revision: Revision::new(self.revision), changed }
    }

    fn view(&self, page: Page) -> QueueView {
        let from = page.offset.min(self.list.items.len());
        let to = from.saturating_add(page.limit).min(self.list.items.len());
        QueueView {
            revision: Revision::new(self.revision),
            current: self.current(),
            items: self.list.items[from..to].to_vec(),
            total: self.list.items.len(),
        }
    }

    fn history(&self, before: Option<u64>, limit: usize) -> HistoryPage {
        let remembered = self.list.remembered();
        let mut older: Vec<_> = remembered.iter().filter(|e| before.is_none_or(|seq| e.seq < seq)).cloned().collect();
        older.reverse();
        let more = older.len() > limit;
        older.truncate(limit);
        let next = if more { older.last().map(|entry| entry.seq) } else { None };
        HistoryPage { entries: older, next, total: remembered.len() }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_model_is_the_obvious_list(ops in edits(80)) {
        let (mut model, mut oracle) = (QueueModel::default(), Oracle::default());
        for op in ops {
            let call = op.resolve(&model);
            match call.clone() {
                Call::Apply(change) => prop_assert_eq!(
                    format!("{:?}", model.apply(change.clone())),
                    format!("{:?}", oracle.apply(change)),
                    "{:?}", call
                ),
                Call::Advance(advance) => {
                    prop_assert_eq!(model.advance(advance.clone()), oracle.advance(advance), "{:?}", call);
                }
                Call::Release(item) => prop_assert_eq!(model.release(item), oracle.release(item), "{:?}", call),
                Call::Purge => {
                    model.purge();
                    oracle = Oracle { list: List::default(), revision: oracle.revision + 1 };
                }
                _ => unreachable!("the oracle knows all calls"),
            }
            for (offset, limit) in [(0, usize::MAX), (0, 2), (1, 1), (3, 9), (usize::MAX, 1)] {
                let page = Page { offset, limit };
                prop_assert_eq!(model.view(page), oracle.view(page));
            }
            for (before, limit) in [(None, usize::MAX), (None, 0), (Some(2), 1), (Some(9), 3)] {
                prop_assert_eq!(model.history(before, limit), oracle.history(before, limit));
            }
        }
    }
}
