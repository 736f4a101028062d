//! Sort keys: integers with gaps between them, so that an add or a move writes one row.
//!
//! A key between two others lies close behind the first, as what comes next mostly comes behind it again. When there is no number left
//! where one is needed, all waiting items of that queue are numbered anew; that is rare, and it never changes their order.

use rusqlite::named_params;

use super::{Outcome, stored::Stored};

/// The room between two neighbours that were numbered anew, or added one after the other.
const GAP: i64 = 1 << 40;
/// The room between one and the next that was put right behind it.
const STEP: i64 = 1 << 20;

impl Stored<'_> {
    /// The sort key of the first waiting item.
    pub(super) fn first_key(&self) -> Outcome<Option<i64>> {
        self.outer("SELECT min(sort_key) FROM queue_items WHERE stream = :stream")
    }

    /// The sort key of the last waiting item.
    pub(super) fn last_key(&self) -> Outcome<Option<i64>> {
        self.outer("SELECT max(sort_key) FROM queue_items WHERE stream = :stream")
    }

    fn outer(&self, sql: &str) -> Outcome<Option<i64>> {
        let mut query = self.conn.prepare_cached(sql)?;
        Ok(query.query_row(named_params! { ":stream": self.stream.get() }, |row| row.get(0))?)
    }

    /// The sort key next to this one, behind it.
    pub(super) fn key_after(&self, sort_key: i64) -> Outcome<Option<i64>> {
        self.next_to("SELECT min(sort_key) FROM queue_items WHERE stream = :stream AND sort_key > :sort_key", sort_key)
    }

    /// The sort key next to this one, ahead of it.
    pub(super) fn key_before(&self, sort_key: i64) -> Outcome<Option<i64>> {
        self.next_to("SELECT max(sort_key) FROM queue_items WHERE stream = :stream AND sort_key < :sort_key", sort_key)
    }

    fn next_to(&self, sql: &str, sort_key: i64) -> Outcome<Option<i64>> {
        let params = named_params! { ":stream": self.stream.get(), ":sort_key": sort_key };
        Ok(self.conn.prepare_cached(sql)?.query_row(params, |row| row.get(0))?)
    }

    /// A free key right behind this one, or ahead of all.
    pub(super) fn new_key(&self, behind: Option<i64>) -> Outcome<i64> {
        let next = match behind {
            Some(behind) => self.key_after(behind)?,
            None => self.first_key()?,
        };
        let free = match (behind, next) {
            (None, None) => Some(0),
            (None, Some(next)) => next.checked_sub(GAP),
            (Some(behind), None) => behind.checked_add(GAP),
            (Some(behind), Some(next)) => {
                let middle = behind.midpoint(next);
                Some(middle.min(behind.saturating_add(STEP))).filter(|key| *key != behind)
            }
        };
        if let Some(key) = free {
            return Ok(key);
        }
        let ahead = behind.map(|behind| self.rank(behind)).transpose()?.map_or(0, |rank| rank + 1);
        self.renumber()?;
        // The one that is to be ahead now has this number of gaps below it, and the next one has one more.
        Ok(crate::codec::bound(ahead).saturating_mul(GAP).saturating_add(STEP))
    }

    /// Free keys for so many items at either end, in their order: behind this key, if that is the last one, or ahead of all. None if there is
    /// no such room, so that each has to find its own.
    pub(super) fn outer_keys(&self, behind: Option<i64>, count: usize) -> Outcome<Option<Vec<i64>>> {
        let before = match behind {
            None => {
                let room = i64::try_from(count).ok().and_then(|count| GAP.checked_mul(count + 1));
                room.and_then(|room| self.first_key().map(|first| first.unwrap_or(GAP).checked_sub(room)).transpose())
            }
            Some(behind) => self.key_after(behind)?.is_none().then_some(Ok(behind)),
        };
        let Some(before) = before.transpose()? else { return Ok(None) };
        let key =
            |n: usize| i64::try_from(n).ok().and_then(|n| GAP.checked_mul(n)).and_then(|gap| before.checked_add(gap));
        Ok((1..=count).map(key).collect())
    }

    fn renumber(&self) -> Outcome<()> {
        let mut update = self.conn.prepare_cached(
            "UPDATE queue_items SET sort_key = ranked.place * :gap
             FROM (SELECT id, row_number() OVER (ORDER BY sort_key) AS place
                   FROM queue_items WHERE stream = :stream AND sort_key IS NOT NULL) AS ranked
             WHERE queue_items.stream = :stream AND queue_items.id = ranked.id",
        )?;
        update.execute(named_params! { ":stream": self.stream.get(), ":gap": GAP })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use streamcore::{
        QueueItem, StreamId, Timestamp,
        queue::{Op, Page, Placement, Rules},
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
        edit(conn, Op::Add { items: vec![item], placement, rules: Rules::default() });
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
        // Items 2 and 3 change places right behind item 1 again and again: each time half of what is left of the gap goes.
        for turn in 0..100 {
            edit(&conn, Op::Move { id: item_id(3 - turn % 2), to: 1 });
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
