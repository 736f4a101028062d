//! The hand-off from one current item to the next, and its undoing.

use rusqlite::{Connection, named_params};
use streamcore::{
    ItemId, StreamId,
    queue::{Advance, Advanced, Error, Finished, HISTORY_LIMIT, Released},
};

use super::{Outcome, list, order};
use crate::codec::{self, ITEM_COLUMNS};

pub(super) fn advance(conn: &Connection, stream: StreamId, advance: &Advance) -> Outcome<Advanced> {
    let current = list::current_id(conn, stream)?;
    let expected = advance.finished.as_ref().map(|finished| finished.item) == current;
    let anything = expected && list::total(conn, stream)? > 0;
    if !anything {
        let revision = list::revision(conn, stream)?;
        return Ok(Advanced { revision, changed: false, current: list::current(conn, stream)? });
    }
    let revision = list::raise(conn, stream)?;
    if let Some(finished) = &advance.finished {
        remember(conn, stream, finished, codec::moment(advance.at))?;
    }
    let mut promote = conn.prepare_cached(
        "UPDATE queue_items SET sort_key = NULL
         WHERE stream = :stream AND sort_key = (SELECT min(sort_key) FROM queue_items WHERE stream = :stream)",
    )?;
    promote.execute(named_params! { ":stream": stream.get() })?;
    Ok(Advanced { revision, changed: true, current: list::current(conn, stream)? })
}

/// Makes the current item the newest entry of the history, and forgets the oldest if there are too many.
fn remember(conn: &Connection, stream: StreamId, finished: &Finished, at: i64) -> Outcome<()> {
    let mut number =
        conn.prepare_cached("UPDATE queues SET last_seq = last_seq + 1 WHERE stream = :stream RETURNING last_seq")?;
    let seq: i64 = number.query_row(named_params! { ":stream": stream.get() }, |row| row.get(0))?;
    let mut copy = conn.prepare_cached(&format!(
        "INSERT INTO queue_history ({ITEM_COLUMNS}, seq, outcome, finished_at)
         SELECT {ITEM_COLUMNS}, :seq, :outcome, :at FROM queue_items WHERE stream = :stream AND id = :id"
    ))?;
    let (stream, id) = (stream.get(), finished.item.to_string());
    let outcome = codec::json::<Error>(&finished.outcome)?;
    copy.execute(named_params! { ":seq": seq, ":outcome": outcome, ":at": at, ":stream": stream, ":id": id })?;
    let mut delete = conn.prepare_cached("DELETE FROM queue_items WHERE stream = :stream AND id = :id")?;
    delete.execute(named_params! { ":stream": stream, ":id": id })?;
    let mut forget = conn.prepare_cached("DELETE FROM queue_history WHERE stream = :stream AND seq <= :oldest")?;
    forget.execute(named_params! { ":stream": stream, ":oldest": seq.saturating_sub(codec::bound(HISTORY_LIMIT)) })?;
    Ok(())
}

pub(super) fn release(conn: &Connection, stream: StreamId, item: ItemId) -> Outcome<Released> {
    if list::current_id(conn, stream)? != Some(item) {
        return Ok(Released { revision: list::revision(conn, stream)?, changed: false });
    }
    let sort_key = order::first(conn, stream)?;
    let mut demote =
        conn.prepare_cached("UPDATE queue_items SET sort_key = :sort_key WHERE stream = :stream AND sort_key IS NULL")?;
    demote.execute(named_params! { ":sort_key": sort_key, ":stream": stream.get() })?;
    Ok(Released { revision: list::raise(conn, stream)?, changed: true })
}
