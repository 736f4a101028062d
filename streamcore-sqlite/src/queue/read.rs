//! Pages of the list and of the history; several queries, one snapshot.

use rusqlite::{Connection, named_params};
use streamcore::{
    StreamId,
    queue::{HistoryPage, Page, QueueView},
};

use super::{Outcome, list};
use crate::codec::{self, Columns, ITEM_COLUMNS};

pub(super) fn view(conn: &Connection, stream: StreamId, page: Page) -> Outcome<QueueView> {
    // SQLite orders NULL, which marks the current item, ahead of all numbers.
    let mut query = conn.prepare_cached(&format!(
        "SELECT {ITEM_COLUMNS} FROM queue_items WHERE stream = :stream ORDER BY sort_key LIMIT :limit OFFSET :offset"
    ))?;
    let (limit, offset) = (codec::bound(page.limit), codec::bound(page.offset));
    let rows = query.query(named_params! { ":stream": stream.get(), ":limit": limit, ":offset": offset })?;
    Ok(QueueView {
        revision: list::revision(conn, stream)?,
        current: list::current(conn, stream)?,
        items: codec::collect(rows, |row| codec::item(&Columns::item(row)))?,
        total: list::total(conn, stream)?,
    })
}

pub(super) fn history(conn: &Connection, stream: StreamId, before: Option<u64>, limit: usize) -> Outcome<HistoryPage> {
    let mut query = conn.prepare_cached(&format!(
        "SELECT {ITEM_COLUMNS}, seq, outcome, finished_at FROM queue_history
         WHERE stream = :stream AND (:before IS NULL OR seq < :before) ORDER BY seq DESC LIMIT :limit"
    ))?;
    // Numbers count up from 1 and never come near the end of the signed ones.
    let before = before.map(|seq| i64::try_from(seq).unwrap_or(i64::MAX));
    // One more than asked for tells whether there are more.
    let one_more = codec::bound(limit).saturating_add(1);
    let rows = query.query(named_params! { ":stream": stream.get(), ":before": before, ":limit": one_more })?;
    let mut entries = codec::collect(rows, |row| codec::history_entry(&Columns::history(row)))?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    Ok(HistoryPage {
        next: entries.last().filter(|_| more).map(|entry| entry.seq),
        entries,
        total: list::count(conn, "SELECT count(*) FROM queue_history WHERE stream = :stream", stream)?,
    })
}
