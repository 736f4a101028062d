//! Pages of the list and of the history; several queries, one snapshot.

use rusqlite::{Connection, named_params};
use streamcore::{
    StreamId,
    queue::{HistoryPage, Page, QueueView},
};

use super::{Outcome, stored::Stored};
use crate::codec::{self, Columns, ITEM_COLUMNS};

pub(super) fn view(conn: &Connection, stream: StreamId, page: Page) -> Outcome<QueueView> {
    let queue = Stored::read(conn, stream)?;
    let current = queue.current_item()?;
    let first = page.offset.saturating_sub(queue.first_waiting());
    let shows_current = current.is_some() && page.offset == 0 && page.limit > 0;
    let from = if first == 0 { queue.first_key()? } else { queue.key_at(first)? };
    let mut items: Vec<_> = current.iter().filter(|_| shows_current).cloned().collect();
    let mut query = conn.prepare_cached(&format!(
        "SELECT {ITEM_COLUMNS} FROM queue_items WHERE stream = :stream AND sort_key >= :from
         ORDER BY sort_key LIMIT :limit"
    ))?;
    let limit = codec::bound(page.limit.saturating_sub(items.len()));
    let rows = query.query(named_params! { ":stream": stream.get(), ":from": from, ":limit": limit })?;
    items.extend(codec::collect(rows, |row| codec::item(&Columns::item(row)))?);
    Ok(QueueView {
        revision: queue.revision,
        items,
        total: queue.total()?,
        ahead: queue.playtime_before(from)?,
        mode: queue.mode,
        repeat: queue.repeat,
        undo: queue.next_undo()?,
        restorable: queue.restorable,
        current,
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
    let count = "SELECT count(*) FROM queue_history WHERE stream = :stream";
    let total: i64 =
        conn.prepare_cached(count)?.query_row(named_params! { ":stream": stream.get() }, |row| row.get(0))?;
    Ok(HistoryPage {
        next: entries.last().filter(|_| more).map(|entry| entry.seq),
        entries,
        total: usize::try_from(total).unwrap_or_default(),
    })
}
