//! Sort keys: integers with gaps between them, so that an add or a move writes one row.
//!
//! When there is no number left where one is needed, all waiting items of that queue are numbered anew; at twenty halvings to a gap that
//! is rare, and it never changes their order.

use rusqlite::{Connection, OptionalExtension, named_params};
use streamcore::{ItemId, StreamId};

use super::Outcome;

/// The room between two neighbours that were numbered anew, or added one after the other.
const GAP: i64 = 1 << 20;

/// A key behind all others.
pub(super) fn last(conn: &Connection, stream: StreamId) -> Outcome<i64> {
    let sql = "SELECT max(sort_key) FROM queue_items WHERE stream = :stream";
    numbered(conn, stream, || Ok(outer(conn, stream, sql)?.map_or(Some(0), |last| last.checked_add(GAP))))
}

/// A key ahead of all others.
pub(super) fn first(conn: &Connection, stream: StreamId) -> Outcome<i64> {
    let sql = "SELECT min(sort_key) FROM queue_items WHERE stream = :stream";
    numbered(conn, stream, || Ok(outer(conn, stream, sql)?.map_or(Some(0), |first| first.checked_sub(GAP))))
}

/// A key for `moved` that makes it the `index`th of the waiting items.
pub(super) fn at(conn: &Connection, stream: StreamId, moved: ItemId, index: usize) -> Outcome<i64> {
    numbered(conn, stream, || {
        let before = index.checked_sub(1).map(|index| nth_other(conn, stream, moved, index)).transpose()?.flatten();
        let after = nth_other(conn, stream, moved, index)?;
        Ok(match (before, after) {
            (None, None) => Some(0),
            (None, Some(after)) => after.checked_sub(GAP),
            (Some(before), None) => before.checked_add(GAP),
            (Some(before), Some(after)) => Some(before.midpoint(after)).filter(|key| *key != before && *key != after),
        })
    })
}

/// The key found, if need be after numbering anew: then there is room.
fn numbered(conn: &Connection, stream: StreamId, key: impl Fn() -> Outcome<Option<i64>>) -> Outcome<i64> {
    if let Some(key) = key()? {
        return Ok(key);
    }
    renumber(conn, stream)?;
    Ok(key()?.unwrap_or_default())
}

fn outer(conn: &Connection, stream: StreamId, sql: &str) -> Outcome<Option<i64>> {
    Ok(conn.prepare_cached(sql)?.query_row(named_params! { ":stream": stream.get() }, |row| row.get(0))?)
}

/// The key of the `index`th waiting item, not counting `moved`.
fn nth_other(conn: &Connection, stream: StreamId, moved: ItemId, index: usize) -> Outcome<Option<i64>> {
    let mut query = conn.prepare_cached(
        "SELECT sort_key FROM queue_items
         WHERE stream = :stream AND sort_key IS NOT NULL AND id <> :moved
         ORDER BY sort_key LIMIT 1 OFFSET :index",
    )?;
    let index = crate::codec::bound(index);
    let params = named_params! { ":stream": stream.get(), ":moved": moved.to_string(), ":index": index };
    Ok(query.query_row(params, |row| row.get(0)).optional()?)
}

fn renumber(conn: &Connection, stream: StreamId) -> Outcome<()> {
    let mut update = conn.prepare_cached(
        "UPDATE queue_items SET sort_key = ranked.place * :gap
         FROM (SELECT id, row_number() OVER (ORDER BY sort_key) AS place
               FROM queue_items WHERE stream = :stream AND sort_key IS NOT NULL) AS ranked
         WHERE queue_items.stream = :stream AND queue_items.id = ranked.id",
    )?;
    update.execute(named_params! { ":stream": stream.get(), ":gap": GAP })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use streamcore::{
        QueueItem, Timestamp,
        queue::{Op, Page, Placement},
        testing::item_id,
    };

    use super::{
        super::{edit, read},
        *,
    };
    use crate::schema;

    const STREAM: StreamId = StreamId::new(1);

    fn edit(conn: &Connection, op: Op) {
        assert!(edit::apply(conn, STREAM, op.into()).unwrap().changed);
    }

    fn add(conn: &Connection, n: u64, placement: Placement) {
        let item = QueueItem::file(item_id(n), "title", "a.mp3", Timestamp::default());
        edit(conn, Op::Add { item: Box::new(item), placement, max_items: 10 });
    }

    fn listed(conn: &Connection) -> Vec<u128> {
        let view = read::view(conn, STREAM, Page::ALL).unwrap();
        view.items.iter().map(|item| item.id.get().as_u128()).collect()
    }

    fn keys(conn: &Connection) -> Vec<i64> {
        let mut query = conn.prepare("SELECT sort_key FROM queue_items ORDER BY sort_key").unwrap();
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn a_gap_that_is_used_up_is_made_anew_and_the_order_stays() {
        let conn = schema::in_memory();
        for n in 1..=4 {
            add(&conn, n, Placement::Back);
        }
        let mut smallest = GAP;
        let mut renumbered = 0;
        // Items 2 and 3 change places in front of item 4 again and again: each time half of the gap goes.
        for turn in 0..100 {
            edit(&conn, Op::Move { id: item_id(2 + turn % 2), to: 2 });
            assert_eq!(listed(&conn), if turn % 2 == 0 { [1, 3, 2, 4] } else { [1, 2, 3, 4] }, "turn {turn}");
            let gap = keys(&conn).array_windows().map(|[a, b]| b - a).min().unwrap();
            assert!(gap > 0, "two items with one key, in turn {turn}");
            renumbered += u32::from(gap > smallest);
            smallest = gap;
        }
        assert!(renumbered >= 2, "numbered anew {renumbered} times");
    }

    #[test]
    fn the_ends_of_the_numbers_are_no_ends_of_the_queue() {
        let conn = schema::in_memory();
        for n in 1..=3 {
            add(&conn, n, Placement::Back);
        }
        let far = "UPDATE queue_items SET sort_key = CASE id WHEN ?1 THEN ?3 WHEN ?2 THEN ?4 ELSE 0 END";
        let ids = [item_id(1), item_id(3)].map(|id| id.to_string());
        conn.execute(far, (&ids[0], &ids[1], i64::MIN, i64::MAX)).unwrap();
        add(&conn, 4, Placement::Back);
        assert_eq!(listed(&conn), [1, 2, 3, 4]);
        conn.execute(far, (&ids[0], &ids[1], i64::MIN, i64::MAX)).unwrap();
        conn.execute("DELETE FROM queue_items WHERE id = ?", [item_id(4).to_string()]).unwrap();
        add(&conn, 5, Placement::Front);
        assert_eq!(listed(&conn), [5, 1, 2, 3]);
        conn.execute(far, (&ids[0], &ids[1], i64::MIN, i64::MAX)).unwrap();
        edit(&conn, Op::Move { id: item_id(5), to: 3 });
        assert_eq!(listed(&conn), [1, 2, 3, 5]);
    }
}
