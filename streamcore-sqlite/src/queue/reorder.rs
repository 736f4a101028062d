//! Putting the waiting items in another order. The sort keys stay where they are; the items change places among them.

use rusqlite::named_params;
use streamcore::{
    ItemId, Requester, Timestamp,
    queue::{Applied, EditKind, Error, Mode, Tier, Undo, shuffle},
};

use super::{
    Outcome,
    stored::{Stored, refused},
};
use crate::codec::{self, Columns};

/// What an order looks at, and nothing else: items that cannot be read otherwise still can be sorted.
struct Entry {
    id: ItemId,
    sort_key: i64,
    added_at: Timestamp,
    tier: Tier,
    requester: Requester,
}

impl Stored<'_> {
    pub(super) fn shuffle(&mut self, seed: u64) -> Outcome<Applied> {
        let before = self.entries()?;
        let mut order: Vec<usize> = (0..before.len()).collect();
        shuffle(&mut order, seed);
        self.reorder(&before, &order, Undo::of(EditKind::Shuffle))
    }

    pub(super) fn migrate(&mut self, from: Option<Mode>, to: Mode) -> Outcome<Applied> {
        if from.is_some_and(|from| from != self.mode) {
            return refused(Error::ModeMismatch { mode: self.mode });
        }
        let before = self.entries()?;
        let mut order: Vec<usize> = (0..before.len()).collect();
        match to {
            Mode::Fifo => order.sort_by_key(|index| before.get(*index).map(|entry| entry.added_at)),
            Mode::Priority => order.sort_by_key(|index| before.get(*index).map(|entry| entry.tier)),
            Mode::Fair => {
                let requesters: Vec<_> = before.iter().map(|entry| entry.requester.clone()).collect();
                order = self.turns()?.dealt(self.current_requester()?.as_ref(), &requesters);
            }
        }
        let undo = Undo { mode: Some(self.mode), ..Undo::of(EditKind::Migrate) };
        self.mode = to;
        self.reorder(&before, &order, undo)
    }

    /// Puts the items in this order of their indexes; no change if they are in it and the mode stays.
    fn reorder(&mut self, before: &[Entry], order: &[usize], undo: Undo) -> Outcome<Applied> {
        let same_order = order.iter().copied().eq(0..before.len());
        if same_order && undo.mode.is_none_or(|mode| mode == self.mode) {
            return self.unchanged(Vec::new());
        }
        let moved = before.iter().zip(order).filter_map(|(place, index)| {
            let item = before.get(*index).filter(|item| item.sort_key != place.sort_key)?;
            Some((item.id, place.sort_key))
        });
        self.set_keys(&moved.collect::<Vec<_>>())?;
        let ids = if same_order { Vec::new() } else { before.iter().map(|entry| entry.id).collect() };
        self.remember(&Undo { order: ids, ..undo })?;
        self.changed(Vec::new())
    }

    /// Puts those of these items that wait in this order, at the places that they have among all.
    pub(super) fn put_in_order(&self, order: &[ItemId]) -> Outcome<()> {
        let keys = order.iter().map(|id| Ok((*id, self.waiting_key(*id)?)));
        let keys = keys.collect::<Outcome<Vec<_>>>()?;
        let waiting: Vec<_> = keys.into_iter().filter_map(|(id, key)| Some((id, key?))).collect();
        let mut places: Vec<i64> = waiting.iter().map(|(_, key)| *key).collect();
        places.sort_unstable();
        let moved = waiting.into_iter().zip(places).filter(|((_, key), place)| key != place);
        self.set_keys(&moved.map(|((id, _), place)| (id, place)).collect::<Vec<_>>())
    }

    /// Puts many items elsewhere.
    fn set_keys(&self, keys: &[(ItemId, i64)]) -> Outcome<()> {
        keys.iter().try_for_each(|(id, sort_key)| self.set_key(*id, Some(*sort_key)))
    }

    fn entries(&self) -> Outcome<Vec<Entry>> {
        let mut query = self.conn.prepare_cached(
            "SELECT stream, id, sort_key, added_at, tier, requested_by, added_by FROM queue_items
             WHERE stream = :stream AND sort_key IS NOT NULL ORDER BY sort_key",
        )?;
        let rows = query.query(named_params! { ":stream": self.stream.get() })?;
        codec::collect(rows, |row| {
            let columns = Columns::item(row);
            Ok(Entry {
                id: codec::item_id(&columns)?,
                sort_key: columns.get("sort_key")?,
                added_at: columns.moment("added_at")?,
                tier: columns.name("tier")?,
                requester: codec::requester(&columns)?,
            })
        })
    }
}
