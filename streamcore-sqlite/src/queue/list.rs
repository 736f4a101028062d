//! What several operations ask of a queue: its revision, its length, one of its items.

use rusqlite::{Connection, named_params};
use streamcore::{ItemId, QueueItem, Revision, StreamId};

use super::Outcome;
use crate::codec::{self, Columns, ITEM_COLUMNS};

/// An item and where it is.
pub(super) struct Found {
    pub(super) item: QueueItem,
    /// Its place in the list that people see.
    pub(super) position: usize,
    pub(super) is_current: bool,
}

/// A queue without a row was never touched.
pub(super) fn revision(conn: &Connection, stream: StreamId) -> Outcome<Revision> {
    let mut query = conn.prepare_cached("SELECT stream, revision FROM queues WHERE stream = :stream")?;
    let rows = query.query(named_params! { ":stream": stream.get() })?;
    let found = codec::first(rows, |row| Columns::queue(row).unsigned("revision"))?;
    Ok(found.map(Revision::new).unwrap_or_default())
}

/// Raises the revision. Comes before the first row of a queue, as every row refers to its queue.
pub(super) fn raise(conn: &Connection, stream: StreamId) -> Outcome<Revision> {
    let raised = revision(conn, stream)?.next();
    let mut upsert = conn.prepare_cached(
        "INSERT INTO queues (stream, revision) VALUES (:stream, :revision)
         ON CONFLICT (stream) DO UPDATE SET revision = excluded.revision",
    )?;
    upsert.execute(named_params! { ":stream": stream.get(), ":revision": codec::revision(raised) })?;
    Ok(raised)
}

/// How many items the list has, the current one included.
pub(super) fn total(conn: &Connection, stream: StreamId) -> Outcome<usize> {
    count(conn, "SELECT count(*) FROM queue_items WHERE stream = :stream", stream)
}

/// The place of the first waiting item: 1 if there is a current one, else 0.
pub(super) fn first_waiting(conn: &Connection, stream: StreamId) -> Outcome<usize> {
    count(conn, "SELECT count(*) FROM queue_items WHERE stream = :stream AND sort_key IS NULL", stream)
}

pub(super) fn count(conn: &Connection, sql: &str, stream: StreamId) -> Outcome<usize> {
    let n: i64 = conn.prepare_cached(sql)?.query_row(named_params! { ":stream": stream.get() }, |row| row.get(0))?;
    Ok(usize::try_from(n).unwrap_or_default())
}

/// The current item.
pub(super) fn current(conn: &Connection, stream: StreamId) -> Outcome<Option<QueueItem>> {
    let sql = format!("SELECT {ITEM_COLUMNS} FROM queue_items WHERE stream = :stream AND sort_key IS NULL");
    let mut query = conn.prepare_cached(&sql)?;
    codec::first(query.query(named_params! { ":stream": stream.get() })?, |row| codec::item(&Columns::item(row)))
}

/// The current item's id, which can be read even if the rest of it cannot.
pub(super) fn current_id(conn: &Connection, stream: StreamId) -> Outcome<Option<ItemId>> {
    let mut query =
        conn.prepare_cached("SELECT stream, id FROM queue_items WHERE stream = :stream AND sort_key IS NULL")?;
    codec::first(query.query(named_params! { ":stream": stream.get() })?, |row| codec::item_id(&Columns::item(row)))
}

/// The item with this id, waiting or current.
pub(super) fn find(conn: &Connection, stream: StreamId, id: ItemId) -> Outcome<Option<Found>> {
    let sql = format!("SELECT {ITEM_COLUMNS}, sort_key FROM queue_items WHERE stream = :stream AND id = :id");
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query(named_params! { ":stream": stream.get(), ":id": id.to_string() })?;
    let found = codec::first(rows, |row| {
        let columns = Columns::item(row);
        Ok((codec::item(&columns)?, columns.get::<Option<i64>>("sort_key")?))
    })?;
    let Some((item, sort_key)) = found else { return Ok(None) };
    let position = match sort_key {
        Some(sort_key) => first_waiting(conn, stream)? + ahead(conn, stream, sort_key)?,
        None => 0,
    };
    Ok(Some(Found { item, position, is_current: sort_key.is_none() }))
}

/// How many items wait before this sort key.
fn ahead(conn: &Connection, stream: StreamId, sort_key: i64) -> Outcome<usize> {
    let sql = "SELECT count(*) FROM queue_items WHERE stream = :stream AND sort_key < :sort_key";
    let params = named_params! { ":stream": stream.get(), ":sort_key": sort_key };
    let n: i64 = conn.prepare_cached(sql)?.query_row(params, |row| row.get(0))?;
    Ok(usize::try_from(n).unwrap_or_default())
}
