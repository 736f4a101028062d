//! Rows of items: finding, putting in, taking out, moving.

use rusqlite::{Connection, OptionalExtension, named_params};
use streamcore::{
    ItemId, QueueItem, Requester,
    queue::{Anchor, Error, Placed},
};

use super::{
    Outcome,
    stored::{Stored, refused},
};
use crate::codec::{self, Columns, ITEM_COLUMNS};

/// An item and the sort key that says where it is; the current item has none.
pub(super) struct Found {
    pub(super) item: QueueItem,
    pub(super) sort_key: Option<i64>,
}

impl Stored<'_> {
    /// The item with this id, waiting or current.
    pub(super) fn find(&self, id: ItemId) -> Outcome<Option<Found>> {
        let sql = format!("SELECT {ITEM_COLUMNS}, sort_key FROM queue_items WHERE stream = :stream AND id = :id");
        let mut query = self.conn.prepare_cached(&sql)?;
        let rows = query.query(named_params! { ":stream": self.stream.get(), ":id": id.to_string() })?;
        codec::first(rows, |row| {
            let columns = Columns::item(row);
            Ok(Found { item: codec::item(&columns)?, sort_key: columns.get("sort_key")? })
        })
    }

    /// The waiting item with this id, and its sort key.
    pub(super) fn waiting(&self, id: ItemId) -> Outcome<(QueueItem, i64)> {
        match self.find(id)? {
            Some(Found { item, sort_key: Some(sort_key) }) => Ok((item, sort_key)),
            Some(_) => refused(Error::CurrentItem { item: id }),
            None => refused(Error::NotFound { item: id }),
        }
    }

    /// The item with this id and its place in the list that people see.
    pub(super) fn placed(&self, id: ItemId) -> Outcome<Option<Placed>> {
        let Some(Found { item, sort_key }) = self.find(id)? else { return Ok(None) };
        let position = match sort_key {
            Some(sort_key) => self.first_waiting() + self.rank(sort_key)?,
            None => 0,
        };
        Ok(Some(Placed { item, position }))
    }

    /// The sort key of an item, if it waits.
    pub(super) fn waiting_key(&self, id: ItemId) -> Outcome<Option<i64>> {
        let sql = "SELECT sort_key FROM queue_items WHERE stream = :stream AND id = :id AND sort_key IS NOT NULL";
        let mut query = self.conn.prepare_cached(sql)?;
        let params = named_params! { ":stream": self.stream.get(), ":id": id.to_string() };
        Ok(query.query_row(params, |row| row.get(0)).optional()?)
    }

    /// Whether an item with this id waits, is current, or was played.
    pub(super) fn knows(&self, id: ItemId) -> Outcome<bool> {
        let mut query = self.conn.prepare_cached(
            "SELECT 1 FROM queue_items WHERE stream = :stream AND id = :id
             UNION ALL SELECT 1 FROM queue_history WHERE stream = :stream AND id = :id",
        )?;
        Ok(query.exists(named_params! { ":stream": self.stream.get(), ":id": id.to_string() })?)
    }

    pub(super) fn insert(&self, item: &QueueItem, sort_key: i64) -> Outcome<()> {
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO queue_items
                 (stream, id, sort_key, track_id, title, url, source, duration_secs, duration_nanos, added_by,
                  requested_by, added_at, tier, replays, metadata)
             VALUES
                 (:stream, :id, :sort_key, :track_id, :title, :url, :source, :duration_secs, :duration_nanos, :added_by,
                  :requested_by, :added_at, :tier, :replays, :metadata)",
        )?;
        insert.execute(named_params! {
            ":stream": self.stream.get(),
            ":id": item.id.to_string(),
            ":sort_key": sort_key,
            ":track_id": item.track_id.map(|id| id.to_string()),
            ":title": item.title,
            ":url": item.url,
            ":source": codec::name::<Error>(&item.source)?,
            ":duration_secs": item.duration.map(|duration| duration.as_secs().cast_signed()),
            ":duration_nanos": item.duration.map(|duration| duration.subsec_nanos()),
            ":added_by": item.added_by,
            ":requested_by": item.requested_by,
            ":added_at": codec::moment(item.added_at),
            ":tier": item.tier.as_str(),
            ":replays": item.replays.map(u64::cast_signed),
            ":metadata": codec::json::<Error>(&item.metadata)?,
        })?;
        Ok(())
    }

    /// Puts items in, in their order, right behind this sort key or ahead of all.
    pub(super) fn insert_run<'a>(
        &self,
        items: impl DoubleEndedIterator<Item = &'a QueueItem>,
        behind: Option<i64>,
    ) -> Outcome<()> {
        match behind {
            // From the last to the first, as there always is room ahead of all.
            None => items.rev().try_for_each(|item| self.insert(item, self.new_key(None)?)),
            Some(mut behind) => items.into_iter().try_for_each(|item| {
                behind = self.new_key(Some(behind))?;
                self.insert(item, behind)
            }),
        }
    }

    pub(super) fn delete(&self, id: ItemId) -> Outcome<()> {
        let mut delete = self.conn.prepare_cached("DELETE FROM queue_items WHERE stream = :stream AND id = :id")?;
        delete.execute(named_params! { ":stream": self.stream.get(), ":id": id.to_string() })?;
        Ok(())
    }

    /// Takes an item out, if it waits.
    pub(super) fn take_waiting(&self, id: ItemId) -> Outcome<Option<QueueItem>> {
        let Some(Found { item, sort_key: Some(_) }) = self.find(id)? else { return Ok(None) };
        self.delete(id)?;
        Ok(Some(item))
    }

    /// Puts an item that is listed elsewhere; without a sort key it becomes the current one.
    pub(super) fn set_key(&self, id: ItemId, sort_key: Option<i64>) -> Outcome<()> {
        let mut update = self
            .conn
            .prepare_cached("UPDATE queue_items SET sort_key = :sort_key WHERE stream = :stream AND id = :id")?;
        update.execute(named_params! { ":sort_key": sort_key, ":stream": self.stream.get(), ":id": id.to_string() })?;
        Ok(())
    }

    /// The sort key behind which an item goes that waits at index `from` and is to wait at index `to`.
    pub(super) fn neighbour(&self, from: usize, to: usize) -> Outcome<Option<i64>> {
        // Taking it out moves those behind it up by one.
        let behind = if to > from { Some(to) } else { to.checked_sub(1) };
        behind.map_or(Ok(None), |index| self.key_at(index))
    }

    /// Where the item with this sort key is, as an undo names it.
    pub(super) fn anchor(&self, sort_key: i64) -> Outcome<Anchor> {
        let Some(next) = self.key_after(sort_key)? else { return Ok(Anchor::End) };
        let mut query = self
            .conn
            .prepare_cached("SELECT stream, id FROM queue_items WHERE stream = :stream AND sort_key = :next")?;
        let rows = query.query(named_params! { ":stream": self.stream.get(), ":next": next })?;
        let id = codec::first(rows, |row| codec::item_id(&Columns::item(row)))?;
        Ok(id.map_or(Anchor::End, Anchor::Before))
    }

    /// The sort key behind which this anchor is; none if it is ahead of all.
    pub(super) fn anchored(&self, anchor: Anchor) -> Outcome<Option<i64>> {
        match anchor {
            Anchor::Head => Ok(None),
            Anchor::Before(id) => self.waiting_key(id)?.map_or(Ok(None), |key| self.key_before(key)),
            Anchor::End => self.last_key(),
        }
    }

    /// Whom each waiting item is for, in the order of the list.
    pub(super) fn requesters(&self) -> Outcome<Vec<Requester>> {
        let mut query = self.conn.prepare_cached(
            "SELECT stream, sort_key, requested_by, added_by FROM queue_items
             WHERE stream = :stream AND sort_key IS NOT NULL ORDER BY sort_key",
        )?;
        let rows = query.query(named_params! { ":stream": self.stream.get() })?;
        codec::collect(rows, |row| codec::requester(&Columns::place(row)))
    }

    /// Whom the current item is for.
    pub(super) fn current_requester(&self) -> Outcome<Option<Requester>> {
        let mut query = self.conn.prepare_cached(
            "SELECT stream, id, requested_by, added_by FROM queue_items WHERE stream = :stream AND sort_key IS NULL",
        )?;
        let rows = query.query(named_params! { ":stream": self.stream.get() })?;
        codec::first(rows, |row| codec::requester(&Columns::item(row)))
    }
}

/// Forgets everything that refers to a queue, but not its row.
pub(super) fn delete_all(conn: &Connection, stream: streamcore::StreamId) -> Outcome<()> {
    for sql in [
        "DELETE FROM queue_items WHERE stream = :stream",
        "DELETE FROM queue_history WHERE stream = :stream",
        "DELETE FROM queue_undo WHERE stream = :stream",
        "DELETE FROM queue_cleared WHERE stream = :stream",
        "DELETE FROM queue_turns WHERE stream = :stream",
        "DELETE FROM queue_requests WHERE stream = :stream",
        "UPDATE queues SET last_seq = 0 WHERE stream = :stream",
    ] {
        conn.prepare_cached(sql)?.execute(named_params! { ":stream": stream.get() })?;
    }
    Ok(())
}
