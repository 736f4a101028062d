//! Adding: the rules, and the place.

use std::collections::BTreeMap;

use super::{EditKind, QueueModel, Undo};
use crate::{
    ItemId, Outcome, QueueItem, Requester,
    queue::{Applied, Duplicates, Error, Mode, Placed, Placement, Result, Rules},
};

impl QueueModel {
    pub(super) fn add(&mut self, items: Vec<QueueItem>, placement: Placement, rules: Rules) -> Result<Applied> {
        let wanted: Vec<ItemId> = items.iter().map(|item| item.id).collect();
        let mut fresh: Vec<(usize, QueueItem)> = Vec::new();
        let mut ids = std::collections::BTreeSet::new();
        for (index, item) in items.into_iter().enumerate() {
            if !self.knows(item.id) && ids.insert(item.id) {
                fresh.push((index, item));
            }
        }
        self.check(&fresh, rules)?;
        let added: Vec<ItemId> = fresh.iter().map(|(_, item)| item.id).collect();
        for (offset, (_, item)) in fresh.into_iter().enumerate() {
            let index = match placement {
                Placement::Front => offset,
                Placement::Back => self.place_of(&item),
            };
            self.waiting.insert(index, item);
        }
        let placed = |model: &Self| wanted.iter().filter_map(|id| model.find(*id)).collect();
        if added.is_empty() {
            return Ok(self.applied(false, placed(self)));
        }
        self.remember(Undo { remove: added, ..Undo::of(EditKind::Add) });
        let placed = placed(self);
        Ok(self.changed(placed))
    }

    /// Whether these items, each with its index in the batch, may be added together.
    fn check(&self, fresh: &[(usize, QueueItem)], rules: Rules) -> Result<()> {
        if self.total() + fresh.len() > rules.max_items && !fresh.is_empty() {
            return Err(Error::LimitReached { limit: rules.max_items });
        }
        let mut of_batch: BTreeMap<Requester, usize> = BTreeMap::new();
        let mut urls: BTreeMap<&str, ItemId> = BTreeMap::new();
        for (index, item) in fresh {
            let index = *index;
            let requester = item.requester();
            if let Some(limit) = rules.max_per_requester
                && requester != Requester::Nobody
            {
                let listed = self.waiting.count_of(&requester)
                    + usize::from(self.current_requester().as_ref() == Some(&requester));
                let of_batch = of_batch.entry(requester).or_default();
                *of_batch += 1;
                if listed + *of_batch > limit {
                    return Err(Error::QuotaReached { index, limit });
                }
            }
            if rules.duplicates == Duplicates::Refuse {
                let listed = self.current.iter().find(|current| current.url == item.url);
                let listed = listed.or_else(|| self.waiting.first_with_url(&item.url)).map(|item| item.id);
                if let Some(of) = listed.or_else(|| urls.get(item.url.as_str()).copied()) {
                    return Err(Error::Duplicate { index, of });
                }
                urls.insert(&item.url, item.id);
            }
            if let Some(until) = rules.cooldown.and_then(|cooldown| self.last_heard(&item.url).map(|at| at + cooldown))
                && item.added_at < until
            {
                return Err(Error::Cooldown { index, until });
            }
        }
        Ok(())
    }

    /// When this media was last played or skipped.
    fn last_heard(&self, url: &str) -> Option<crate::Timestamp> {
        let heard = |outcome: &Outcome| matches!(outcome, Outcome::Played | Outcome::Skipped);
        let entries = self.history.iter().filter(|entry| heard(&entry.outcome) && entry.item.url == url);
        entries.map(|entry| entry.finished_at).max()
    }

    /// Where the mode puts an item.
    fn place_of(&self, item: &QueueItem) -> usize {
        match self.mode {
            Mode::Fifo => self.waiting.len(),
            Mode::Priority => self.waiting.end_of_tier(item.tier),
            Mode::Fair => {
                let requester = item.requester();
                let own = self.waiting.count_of(&requester);
                let from = own.checked_sub(1).and_then(|last| self.waiting.index_of_nth(&requester, last));
                let turn = self.turns.before_waiting(&requester, self.current_requester().as_ref()) + own;
                self.first_later_turn(turn, from.map_or(0, |last| last + 1))
            }
        }
    }

    /// The index of the first waiting item, from `from` on, that is a later turn of its requester than number `turn`. As
    /// [`Turns`](crate::queue::Turns) defines it, in O(r log n) for r requesters.
    pub(super) fn first_later_turn(&self, turn: usize, from: usize) -> usize {
        let current = self.current_requester();
        let later = self.waiting.requesters().filter_map(|requester| {
            let taken = self.turns.before_waiting(requester, current.as_ref());
            let n = (turn + 1).saturating_sub(taken).max(self.waiting.count_before(requester, from));
            self.waiting.index_of_nth(requester, n)
        });
        later.min().unwrap_or(self.waiting.len())
    }

    pub(super) fn find(&self, id: ItemId) -> Option<Placed> {
        if let Some(current) = self.current.as_ref().filter(|current| current.id == id) {
            return Some(Placed { item: current.clone(), position: 0 });
        }
        let index = self.waiting.index_of(id)?;
        let item = self.waiting.get(index)?.clone();
        Some(Placed { item, position: index + self.first_waiting() })
    }

    /// Whether an item with this id waits, is current, or was played.
    pub(super) fn knows(&self, id: ItemId) -> bool {
        self.current.as_ref().is_some_and(|current| current.id == id)
            || self.waiting.contains(id)
            || self.played.contains(&id)
    }

    pub(super) fn current_requester(&self) -> Option<Requester> {
        self.current.as_ref().map(QueueItem::requester)
    }
}
