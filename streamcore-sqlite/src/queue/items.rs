//! Rows of items: finding, putting in, taking out, moving.

use rusqlite::{Connection, OptionalExtension, named_params, types::Value};
use streamcore::{
    ItemId, QueueItem, Requester,
    queue::{Anchor, Error, Placed},
};

use super::{
    Outcome,
    stored::{Stored, refused},
};
use crate::codec::{self, Columns, ITEM_COLUMNS};

/// How many rows one statement inserts when there are many.
const ROWS: usize = 64;

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
        self.insert_rows([(item, sort_key)].into_iter(), 1)
    }

    /// So many rows in one statement. SQLite notes, for each statement, what to put back if it fails: for many rows that is much less.
    fn insert_rows<'a>(&self, items: impl Iterator<Item = (&'a QueueItem, i64)>, count: usize) -> Outcome<()> {
        let row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let mut insert = self.conn.prepare_cached(&format!(
            "INSERT INTO queue_items
                 (stream, id, sort_key, track_id, title, url, source, duration_secs, duration_nanos, added_by,
                  requested_by, added_at, tier, replays, metadata)
             VALUES {}",
            vec![row; count].join(", ")
        ))?;
        let rows = items.map(|(item, sort_key)| self.row(item, sort_key)).collect::<Outcome<Vec<_>>>()?;
        insert.execute(rusqlite::params_from_iter(rows.into_iter().flatten()))?;
        Ok(())
    }

    fn row(&self, item: &QueueItem, sort_key: i64) -> Outcome<[Value; 15]> {
        Ok([
            self.stream.get().into(),
            item.id.to_string().into(),
            sort_key.into(),
            item.track_id.map(|id| id.to_string()).into(),
            item.title.clone().into(),
            item.url.clone().into(),
            codec::name::<Error>(&item.source)?.into(),
            item.duration.map(|duration| duration.as_secs().cast_signed()).into(),
            item.duration.map(|duration| duration.subsec_nanos()).into(),
            item.added_by.clone().into(),
            item.requested_by.into(),
            codec::moment(item.added_at).into(),
            item.tier.as_str().to_owned().into(),
            item.replays.map(u64::cast_signed).into(),
            codec::json::<Error>(&item.metadata)?.into(),
        ])
    }

    /// Puts items in, in their order, right behind this sort key or ahead of all.
    pub(super) fn insert_run<'a>(
        &self,
        items: impl Iterator<Item = &'a QueueItem>,
        behind: Option<i64>,
    ) -> Outcome<()> {
        let items: Vec<_> = items.collect();
        if let Some(keys) = self.outer_keys(behind, items.len())? {
            let rows: Vec<_> = items.into_iter().zip(keys).collect();
            let (many, few) = rows.as_chunks::<ROWS>();
            many.iter().try_for_each(|rows| self.insert_rows(rows.iter().copied(), ROWS))?;
            return few.iter().try_for_each(|(item, sort_key)| self.insert(item, *sort_key));
        }
        let mut last = behind;
        items.into_iter().try_for_each(|item| {
            let sort_key = self.new_key(last)?;
            last = Some(sort_key);
            self.insert(item, sort_key)
        })
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
