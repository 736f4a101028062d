//! The model itself, against an oracle written another way: one plain list, edited in the obvious manner, and a revision that is raised
//! whenever the list before and after differ.

mod queue_support;

use proptest::{prop_assert_eq, proptest};
use queue_support::config;
use streamcore::{
    ItemId, Outcome, QueueItem, RequestId, Requester, Revision,
    queue::{
        Advance, Advanced, Applied, Change, Duplicates, EditKind, Error, HISTORY_LIMIT, HistoryEntry, HistoryPage,
        Mode, Op, Page, Placed, Placement, Playtime, QueueModel, QueueView, Released, Repeat, Result, Rules,
        UNDO_LIMIT, shuffle,
    },
    testing::strategies::{Call, edits},
};

#[derive(Clone, Default)]
struct Oracle {
    list: List,
    revision: u64,
    requests: Vec<RequestId>,
}

#[derive(Clone, Default, PartialEq)]
struct List {
    items: Vec<QueueItem>,
    /// Whether the first of the items is current.
    playing: bool,
    /// Everything that was ever finished, oldest first; only the last [`HISTORY_LIMIT`] are remembered.
    done: Vec<HistoryEntry>,
    mode: Mode,
    repeat: Repeat,
    /// Whoever had a turn in this round, in the order in which they had it.
    turns: Vec<Requester>,
    edits: Vec<Before>,
    cleared: Vec<QueueItem>,
}

/// What was before an edit.
#[derive(Clone, PartialEq)]
struct Before {
    kind: EditKind,
    waiting: Vec<QueueItem>,
    mode: Mode,
    repeat: Repeat,
    /// The item moved or removed.
    about: Option<ItemId>,
    /// What was there right after it.
    after: Vec<ItemId>,
}

fn ids(items: &[QueueItem]) -> Vec<ItemId> {
    items.iter().map(|item| item.id).collect()
}

impl List {
    fn remembered(&self) -> &[HistoryEntry] {
        &self.done[self.done.len().saturating_sub(HISTORY_LIMIT)..]
    }

    fn place(&self, id: ItemId) -> Option<usize> {
        self.items.iter().position(|item| item.id == id)
    }

    fn knows(&self, id: ItemId) -> bool {
        self.place(id).is_some() || self.remembered().iter().any(|entry| entry.item.id == id)
    }

    fn first(&self) -> usize {
        if self.playing { 1 } else { 0 }
    }

    fn waiting(&self) -> &[QueueItem] {
        &self.items[self.first()..]
    }

    fn set_waiting(&mut self, waiting: Vec<QueueItem>) {
        self.items.truncate(self.first());
        self.items.extend(waiting);
    }

    fn waiting_place(&self, id: ItemId) -> Result<usize> {
        match self.place(id) {
            Some(0) if self.playing => Err(Error::CurrentItem { item: id }),
            Some(place) => Ok(place),
            None => Err(Error::NotFound { item: id }),
        }
    }

    fn had_turns(&self, requester: &Requester, upto: usize) -> usize {
        let listed = self.items[..upto].iter().filter(|item| item.requester() == *requester).count();
        let second_turn = self.playing && self.turns.contains(&self.items[0].requester());
        let before = if second_turn { 0 } else { self.turns.iter().filter(|other| *other == requester).count() };
        listed + before
    }

    /// The place of the first item from `from` on that is a later turn than number `turn`.
    fn later_turn(&self, turn: usize, from: usize) -> usize {
        let later = |place: &usize| self.had_turns(&self.items[*place].requester(), *place) > turn;
        (from.max(self.first())..self.items.len()).find(later).unwrap_or(self.items.len())
    }

    fn add(&mut self, items: Vec<QueueItem>, placement: Placement, rules: Rules) -> Result<()> {
        let mut after = self.clone();
        for (index, item) in items.iter().enumerate() {
            if after.knows(item.id) {
                continue;
            }
            let last = after.items.iter().rposition(|other| other.requester() == item.requester());
            let place = match (placement, after.mode) {
                (Placement::Front, _) => after.first() + after.items.len() - self.items.len(),
                (Placement::Back, Mode::Fifo) => after.items.len(),
                (Placement::Back, Mode::Priority) => {
                    let behind = after.waiting().iter().rposition(|other| other.tier <= item.tier);
                    after.first() + behind.map_or(0, |index| index + 1)
                }
                (Placement::Back, Mode::Fair) => {
                    let turn = after.had_turns(&item.requester(), after.items.len());
                    after.later_turn(turn, last.map_or(0, |last| last + 1))
                }
            };
            // As if one came after the other; but the length counts first of all.
            let fresh = items.iter().filter(|item| !self.knows(item.id)).map(|item| item.id);
            let fresh: std::collections::BTreeSet<_> = fresh.collect();
            if self.items.len() + fresh.len() > rules.max_items {
                return Err(Error::LimitReached { limit: rules.max_items });
            }
            let theirs = after.items.iter().filter(|other| other.requester() == item.requester()).count();
            if let (Some(limit), true) = (rules.max_per_requester, item.requester() != Requester::Nobody)
                && theirs >= limit
            {
                return Err(Error::QuotaReached { index, limit });
            }
            if rules.duplicates == Duplicates::Refuse {
                // What was listed before the batch is named first.
                let first_of_its_id = |n: &usize| items[..*n].iter().all(|other| other.id != items[*n].id);
                let added = (0..index).filter(first_of_its_id).map(|n| &items[n]).filter(|item| !self.knows(item.id));
                if let Some(of) = self.items.iter().chain(added).find(|other| other.url == item.url) {
                    return Err(Error::Duplicate { index, of: of.id });
                }
            }
            if let Some(cooldown) = rules.cooldown {
                let heard = self.remembered().iter().filter(|entry| {
                    entry.item.url == item.url && matches!(entry.outcome, Outcome::Played | Outcome::Skipped)
                });
                let until = heard.map(|entry| entry.finished_at + cooldown).max();
                if let Some(until) = until.filter(|until| item.added_at < *until) {
                    return Err(Error::Cooldown { index, until });
                }
            }
            after.items.insert(place, item.clone());
        }
        *self = after;
        Ok(())
    }

    /// Edits, and answers with the items that the edit is about.
    fn edit(&mut self, op: Op) -> Result<(Vec<Placed>, Option<EditKind>)> {
        let before = self.clone();
        let first = self.first();
        let mut undone = None;
        let (kind, placed) = match op {
            Op::Add { items, placement, rules } => {
                let wanted = ids(&items);
                self.add(items, placement, rules)?;
                (EditKind::Add, wanted.into_iter().filter_map(|id| self.placed(id)).collect())
            }
            Op::Remove { id } => {
                let position = self.waiting_place(id)?;
                (EditKind::Remove, vec![Placed { item: self.items.remove(position), position }])
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
                (EditKind::Move, vec![Placed { item, position: to }])
            }
            Op::Clear => {
                if !self.waiting().is_empty() {
                    self.cleared = self.waiting().to_vec();
                }
                self.items.truncate(first);
                (EditKind::Clear, Vec::new())
            }
            Op::Shuffle { seed } => {
                shuffle(&mut self.items[first..], seed);
                (EditKind::Shuffle, Vec::new())
            }
            Op::SetMode { mode } => {
                self.mode = mode;
                (EditKind::Mode, Vec::new())
            }
            Op::SetRepeat { repeat } => {
                self.repeat = repeat;
                (EditKind::Repeat, Vec::new())
            }
            Op::Migrate { from, to } => {
                if from.is_some_and(|from| from != self.mode) {
                    return Err(Error::ModeMismatch { mode: self.mode });
                }
                self.mode = to;
                let mut keyed: Vec<_> = self.waiting().iter().cloned().enumerate().collect();
                keyed.sort_by_key(|(index, item)| match to {
                    Mode::Fifo => (item.added_at.as_millis(), *index),
                    Mode::Priority => (item.tier as u64, *index),
                    Mode::Fair => (self.had_turns(&item.requester(), first + index) as u64, *index),
                });
                self.set_waiting(keyed.into_iter().map(|(_, item)| item).collect());
                (EditKind::Migrate, Vec::new())
            }
            Op::Undo => {
                let edit = self.edits.pop().ok_or(Error::NothingToUndo)?;
                undone = Some(edit.kind);
                self.undo(edit);
                return Ok((Vec::new(), undone));
            }
            Op::Restore { max_items } => {
                let missing: Vec<_> = self.cleared.iter().filter(|item| !self.knows(item.id)).cloned().collect();
                if missing.is_empty() {
                    return Err(Error::NothingToRestore);
                }
                if self.items.len() + missing.len() > max_items {
                    return Err(Error::LimitReached { limit: max_items });
                }
                self.cleared.clear();
                self.items.splice(first..first, missing);
                (EditKind::Restore, Vec::new())
            }
            _ => unreachable!("the oracle knows all edits"),
        };
        if *self != before {
            let List { mode, repeat, .. } = before;
            let (waiting, after) = (before.waiting().to_vec(), ids(self.waiting()));
            let about = placed.first().map(|placed: &Placed| placed.item.id);
            self.edits.push(Before { kind, waiting, mode, repeat, about, after });
            if self.edits.len() > UNDO_LIMIT {
                self.edits.remove(0);
            }
        }
        Ok((placed, undone))
    }

    /// Makes the waiting items what they were before an edit, less what was played since.
    fn undo(&mut self, edit: Before) {
        let was = ids(&edit.waiting);
        let added: Vec<_> = edit.after.iter().filter(|id| !was.contains(id)).copied().collect();
        let (taken, mut waiting): (Vec<_>, Vec<_>) =
            self.waiting().iter().cloned().partition(|item| added.contains(&item.id));
        match edit.kind {
            EditKind::Clear => self.cleared.clear(),
            EditKind::Restore => {
                self.cleared = edit.after.iter().filter_map(|id| taken.iter().find(|i| i.id == *id)).cloned().collect()
            }
            _ => {}
        }
        match edit.kind {
            EditKind::Clear => {
                let back: Vec<_> = edit.waiting.iter().filter(|item| !self.knows(item.id)).cloned().collect();
                waiting.splice(0..0, back);
            }
            EditKind::Remove | EditKind::Move => {
                let index = was.iter().position(|id| Some(*id) == edit.about).expect("such an edit is about one item");
                let there = waiting.iter().position(|item| item.id == was[index]);
                let item = match (there, edit.kind) {
                    (Some(there), EditKind::Move) => Some(waiting.remove(there)),
                    (None, EditKind::Remove) if !self.knows(was[index]) => Some(edit.waiting[index].clone()),
                    _ => None,
                };
                let place = match was.get(index + 1) {
                    None => waiting.len(),
                    Some(next) => waiting.iter().position(|item| item.id == *next).unwrap_or(0),
                };
                waiting.splice(place..place, item);
            }
            EditKind::Shuffle | EditKind::Migrate => {
                let mut in_order = was.iter().filter_map(|id| waiting.iter().find(|item| item.id == *id).cloned());
                let sorted: Vec<_> = in_order.by_ref().collect();
                let mut sorted = sorted.into_iter();
                for slot in waiting.iter_mut().filter(|item| was.contains(&item.id)) {
                    *slot = sorted.next().expect("as many as before");
                }
            }
            _ => {}
        }
        self.set_waiting(waiting);
        match edit.kind {
            EditKind::Mode | EditKind::Migrate => self.mode = edit.mode,
            EditKind::Repeat => self.repeat = edit.repeat,
            _ => {}
        }
    }

    fn placed(&self, id: ItemId) -> Option<Placed> {
        self.place(id).map(|position| Placed { item: self.items[position].clone(), position })
    }

    fn advance(&mut self, advance: Advance) -> bool {
        let current = if self.playing { Some(self.items[0].id) } else { None };
        if current != advance.finished.as_ref().map(|finished| finished.item) || self.items.is_empty() {
            return false;
        }
        if let Some(next) = advance.next
            && self.waiting().iter().all(|item| item.id != next)
        {
            return false;
        }
        let mut next = advance.next;
        if let Some(finished) = advance.finished
            && finished.outcome != Outcome::Interrupted
        {
            let (seq, item) = (self.done.len() as u64 + 1, self.items.remove(0));
            self.playing = false;
            let requester = item.requester();
            let heard = finished.outcome == Outcome::Played;
            if heard {
                if self.turns.contains(&requester) {
                    self.turns.clear();
                }
                self.turns.push(requester.clone());
            } else if self.mode == Mode::Fair
                && let Some(from) = self.items.iter().position(|item| item.requester() == requester)
            {
                let to = self.later_turn(self.turns.iter().filter(|r| **r == requester).count(), 0);
                if to < from {
                    let item = self.items.remove(from);
                    self.items.insert(to, item);
                }
            }
            let again = QueueItem { id: item.id.repetition(), ..item.clone() };
            let seen = self.place(again.id).is_some() || self.remembered().iter().any(|e| e.item.id == again.id);
            match (self.repeat, &finished.outcome) {
                (Repeat::One, Outcome::Played) if !seen => {
                    next = Some(again.id);
                    self.items.insert(0, again);
                }
                (Repeat::All, Outcome::Played | Outcome::Skipped) if !seen && again.replays.is_none() => {
                    self.items.push(again)
                }
                _ => {}
            }
            self.done.push(HistoryEntry { seq, item, outcome: finished.outcome, finished_at: advance.at });
        }
        if let Some(place) = next.and_then(|next| self.place(next)) {
            let item = self.items.remove(place);
            self.items.insert(0, item);
        }
        self.playing = !self.items.is_empty();
        true
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
        let applied = |oracle: &Self, changed, placed, undone| Applied {
            revision: Revision::new(oracle.revision),
            changed,
            placed,
            total: oracle.list.items.len(),
            undone,
        };
        if change.request.is_some_and(|request| self.requests.contains(&request)) {
            let placed = match change.op {
                Op::Add { items, .. } => items.iter().filter_map(|item| self.list.placed(item.id)).collect(),
                _ => Vec::new(),
            };
            return Ok(applied(self, false, placed, None));
        }
        if change.expected.is_some_and(|expected| expected.get() != self.revision) {
            return Err(Error::RevisionMismatch { current: Revision::new(self.revision) });
        }
        let before = self.list.clone();
        let (placed, undone) = self.list.edit(change.op)?;
        let changed = self.raise_if_changed(&before);
        self.requests.extend(change.request);
        Ok(applied(self, changed, placed, undone))
    }

    fn advance(&mut self, advance: Advance) -> Advanced {
        let changed = self.list.advance(advance);
        self.revision += u64::from(changed);
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
            ahead: self.list.items[..from]
                .iter()
                .skip(self.list.first())
                .map(Playtime::from)
                .fold(Playtime::default(), Playtime::and),
            mode: self.list.mode,
            repeat: self.list.repeat,
            undo: self.list.edits.last().map(|edit| edit.kind),
            restorable: self.list.cleared.len(),
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
                    oracle = Oracle { list: List::default(), revision: oracle.revision + 1, ..Oracle::default() };
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
