//! Taking the last edit back.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::QueueModel;
use crate::{
    ItemId, QueueItem,
    queue::{Applied, EditKind, Error, Mode, Repeat, Result, UNDO_ITEMS, UNDO_LIMIT},
};

/// What takes an edit back. It names items and their neighbours, never places: what was played in between moves nothing to a wrong place.
///
/// Stored as JSON and read for ever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Undo {
    /// What it takes back.
    pub kind: EditKind,
    /// Items to take out, if they still wait.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<ItemId>,
    /// An item to put elsewhere, if it still waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub move_back: Option<ItemId>,
    /// Items to put in, unless they have come back by other ways.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub insert: Vec<QueueItem>,
    /// Where those go.
    pub anchor: Anchor,
    /// The order to put those of these items in that still wait, at the places they have now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<ItemId>,
    /// The mode to go back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// The repeat mode to go back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

/// A place among the waiting items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// Ahead of all.
    #[default]
    Head,
    /// Right before this one; ahead of all if it does not wait any more, as it was played then.
    Before(ItemId),
    /// Behind all.
    End,
}

impl Undo {
    /// What takes back an edit of this kind, with nothing to put right yet.
    #[must_use]
    pub const fn of(kind: EditKind) -> Self {
        Self {
            kind,
            remove: Vec::new(),
            move_back: None,
            insert: Vec::new(),
            anchor: Anchor::Head,
            order: Vec::new(),
            mode: None,
            repeat: None,
        }
    }

    /// How many items and ids it holds, as [`UNDO_ITEMS`] counts them.
    #[must_use]
    pub const fn weight(&self) -> usize {
        self.remove.len() + self.insert.len() + self.order.len()
    }
}

impl QueueModel {
    /// Remembers how to take an edit back, and forgets the oldest ones beyond the bounds.
    pub(super) fn remember(&mut self, undo: Undo) {
        self.undo.push_back(undo);
        while self.undo.len() > 1
            && (self.undo.len() > UNDO_LIMIT || self.undo.iter().map(Undo::weight).sum::<usize>() > UNDO_ITEMS)
        {
            self.undo.pop_front();
        }
    }

    pub(super) fn undo(&mut self) -> Result<Applied> {
        let Some(undo) = self.undo.pop_back() else { return Err(Error::NothingToUndo) };
        let kind = undo.kind;
        let removed: Vec<QueueItem> = undo.remove.iter().filter_map(|id| self.take_waiting(*id)).collect();
        match kind {
            EditKind::Clear => self.cleared.clear(),
            EditKind::Restore => self.cleared = removed,
            _ => {}
        }
        let insert: Vec<_> = undo.insert.into_iter().filter(|item| !self.knows(item.id)).collect();
        let moved = undo.move_back.and_then(|id| self.take_waiting(id));
        let index = self.anchored(undo.anchor);
        for (offset, item) in insert.into_iter().chain(moved).enumerate() {
            self.waiting.insert(index + offset, item);
        }
        self.put_in_order(&undo.order);
        self.enter(undo.mode.unwrap_or(self.mode));
        self.repeat = undo.repeat.unwrap_or(self.repeat);
        // Forgetting the undo is a change too, as it can be seen.
        Ok(Applied { undone: Some(kind), ..self.changed(Vec::new()) })
    }

    pub(super) fn restore(&mut self, max_items: usize) -> Result<Applied> {
        let items: Vec<_> = self.cleared.iter().filter(|item| !self.knows(item.id)).cloned().collect();
        if items.is_empty() {
            return Err(Error::NothingToRestore);
        }
        if self.total() + items.len() > max_items {
            return Err(Error::LimitReached { limit: max_items });
        }
        self.cleared.clear();
        let remove = items.iter().map(|item| item.id).collect();
        for (index, item) in items.into_iter().enumerate() {
            self.waiting.insert(index, item);
        }
        self.remember(Undo { remove, ..Undo::of(EditKind::Restore) });
        Ok(self.changed(Vec::new()))
    }

    /// Puts those of these items that wait in this order, at the places that they have among all.
    fn put_in_order(&mut self, order: &[ItemId]) {
        let places: BTreeSet<usize> = order.iter().filter_map(|id| self.waiting.index_of(*id)).collect();
        if places.is_empty() {
            return;
        }
        let mut items = self.waiting.take();
        let index: BTreeMap<ItemId, usize> = items.iter().enumerate().map(|(index, item)| (item.id, index)).collect();
        let sources = order.iter().filter_map(|id| index.get(id));
        let sorted: Vec<_> = sources.filter_map(|index| items.get(*index).cloned()).collect();
        for (place, item) in places.into_iter().zip(sorted) {
            if let Some(slot) = items.get_mut(place) {
                *slot = item;
            }
        }
        self.waiting.extend(items);
    }

    fn anchored(&self, anchor: Anchor) -> usize {
        match anchor {
            Anchor::Head => 0,
            Anchor::Before(id) => self.waiting.index_of(id).unwrap_or_default(),
            Anchor::End => self.waiting.len(),
        }
    }

    fn take_waiting(&mut self, id: ItemId) -> Option<QueueItem> {
        self.waiting.index_of(id).and_then(|index| self.waiting.remove(index))
    }

    /// The place that the item at this index has now.
    pub(super) fn anchor_at(&self, index: usize) -> Anchor {
        self.waiting.get(index + 1).map_or(Anchor::End, |next| Anchor::Before(next.id))
    }
}
