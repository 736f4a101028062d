//! Adding: the rules, and the place.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::named_params;
use streamcore::{
    ItemId, Outcome as Ended, QueueItem, Requester, Timestamp,
    queue::{Applied, Duplicates, EditKind, Error, Mode, Placement, Rules, Tier, Undo},
};

use super::{
    Outcome,
    stored::{Stored, refused},
};
use crate::codec::{self, Columns};

impl Stored<'_> {
    pub(super) fn add(&mut self, items: Vec<QueueItem>, placement: Placement, rules: Rules) -> Outcome<Applied> {
        let wanted: Vec<ItemId> = items.iter().map(|item| item.id).collect();
        let mut fresh: Vec<(usize, QueueItem)> = Vec::new();
        let mut ids = BTreeSet::new();
        for (index, item) in items.into_iter().enumerate() {
            if !self.knows(item.id)? && ids.insert(item.id) {
                fresh.push((index, item));
            }
        }
        self.check(&fresh, rules)?;
        let added = fresh.iter().map(|(_, item)| item);
        match (placement, self.mode) {
            (Placement::Front, _) => self.insert_run(added.clone(), None)?,
            (Placement::Back, Mode::Fifo) => {
                let last = self.last_key()?;
                self.insert_run(added.clone(), last)?;
            }
            (Placement::Back, Mode::Priority) => {
                for item in added.clone() {
                    let behind = self.end_of_tier(item.tier)?;
                    self.insert(item, self.new_key(behind)?)?;
                }
            }
            (Placement::Back, Mode::Fair) => self.add_in_turn(added.clone())?,
        }
        let remove: Vec<_> = added.map(|item| item.id).collect();
        let placed =
            wanted.into_iter().map(|id| self.placed(id)).filter_map(Result::transpose).collect::<Outcome<_>>()?;
        if remove.is_empty() {
            return self.unchanged(placed);
        }
        self.remember(&Undo { remove, ..Undo::of(EditKind::Add) })?;
        self.changed(placed)
    }

    /// Whether these items, each with its index in the batch, may be added together.
    fn check(&self, fresh: &[(usize, QueueItem)], rules: Rules) -> Outcome<()> {
        if !fresh.is_empty() && self.total()? + fresh.len() > rules.max_items {
            return refused(Error::LimitReached { limit: rules.max_items });
        }
        let mut theirs: BTreeMap<Requester, usize> = BTreeMap::new();
        let mut urls: BTreeMap<&str, ItemId> = BTreeMap::new();
        for (index, item) in fresh {
            let (index, requester) = (*index, item.requester());
            if let Some(limit) = rules.max_per_requester
                && requester != Requester::Nobody
            {
                let count = match theirs.get(&requester) {
                    Some(count) => count + 1,
                    None => self.count_of(&requester)? + 1,
                };
                theirs.insert(requester, count);
                if count > limit {
                    return refused(Error::QuotaReached { index, limit });
                }
            }
            if rules.duplicates == Duplicates::Refuse {
                let of = self.first_with_url(&item.url)?.or_else(|| urls.get(item.url.as_str()).copied());
                if let Some(of) = of {
                    return refused(Error::Duplicate { index, of });
                }
                urls.insert(&item.url, item.id);
            }
            if let Some(cooldown) = rules.cooldown
                && let Some(until) = self.last_heard(&item.url)?.map(|at| at + cooldown)
                && item.added_at < until
            {
                return refused(Error::Cooldown { index, until });
            }
        }
        Ok(())
    }

    /// How many items this requester has listed, the current one included.
    fn count_of(&self, requester: &Requester) -> Outcome<usize> {
        let (chat, user) = match requester {
            Requester::Chat(chat) => (Some(*chat), None),
            Requester::User(user) => (None, Some(user)),
            Requester::Nobody => (None, None),
        };
        let sql = match requester {
            Requester::Chat(_) => "SELECT count(*) FROM queue_items WHERE stream = :stream AND requested_by = :chat",
            _ => {
                "SELECT count(*) FROM queue_items
                 WHERE stream = :stream AND requested_by IS :chat AND added_by IS :user"
            }
        };
        let mut query = self.conn.prepare_cached(sql)?;
        let n: i64 = match chat {
            Some(_) => query.query_row(named_params! { ":stream": self.stream.get(), ":chat": chat }, |row| row.get(0)),
            None => query
                .query_row(named_params! { ":stream": self.stream.get(), ":chat": chat, ":user": user }, |row| {
                    row.get(0)
                }),
        }?;
        Ok(usize::try_from(n).unwrap_or_default())
    }

    /// The first listed item with this media location. The current one comes first, as NULL does.
    fn first_with_url(&self, url: &str) -> Outcome<Option<ItemId>> {
        let mut query = self.conn.prepare_cached(
            "SELECT stream, id FROM queue_items WHERE stream = :stream AND url = :url ORDER BY sort_key LIMIT 1",
        )?;
        let rows = query.query(named_params! { ":stream": self.stream.get(), ":url": url })?;
        codec::first(rows, |row| codec::item_id(&Columns::item(row)))
    }

    /// When this media was last played or skipped.
    fn last_heard(&self, url: &str) -> Outcome<Option<Timestamp>> {
        let mut query = self.conn.prepare_cached(
            "SELECT stream, seq, outcome, finished_at FROM queue_history WHERE stream = :stream AND url = :url",
        )?;
        let rows = query.query(named_params! { ":stream": self.stream.get(), ":url": url })?;
        let ends = codec::collect(rows, |row| {
            let columns = Columns::history(row);
            Ok((columns.json::<Ended>("outcome")?, columns.moment("finished_at")?))
        })?;
        let heard = ends.into_iter().filter(|(outcome, _)| matches!(outcome, Ended::Played | Ended::Skipped));
        Ok(heard.map(|(_, at)| at).max())
    }

    /// The sort key of the last item of this tier or a higher one.
    fn end_of_tier(&self, tier: Tier) -> Outcome<Option<i64>> {
        if tier == Tier::Normal {
            return self.last_key();
        }
        let mut query = self.conn.prepare_cached(
            "SELECT max(sort_key) FROM queue_items WHERE stream = :stream AND tier = :tier AND tier <> 'normal'",
        )?;
        let mut end = None;
        for higher in Tier::ALL.iter().filter(|other| **other <= tier) {
            let params = named_params! { ":stream": self.stream.get(), ":tier": higher.as_str() };
            end = end.max(query.query_row(params, |row| row.get(0))?);
        }
        Ok(end)
    }

    /// Adds items where their requesters' turns are.
    fn add_in_turn<'a>(&self, items: impl Iterator<Item = &'a QueueItem>) -> Outcome<()> {
        let (turns, current, mut waiting) = (self.turns()?, self.current_requester()?, self.requesters()?);
        for item in items {
            let requester = item.requester();
            let index = turns.place(current.as_ref(), &waiting, &requester);
            let behind = index.checked_sub(1).map_or(Ok(None), |index| self.key_at(index))?;
            self.insert(item, self.new_key(behind)?)?;
            waiting.insert(index, requester);
        }
        Ok(())
    }
}
