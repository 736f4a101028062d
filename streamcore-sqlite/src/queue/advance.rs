//! The hand-off from one current item to the next, and its undoing.

use rusqlite::{Connection, named_params};
use streamcore::{
    ItemId, Outcome as Ended, StreamId, Timestamp,
    queue::{Advance, Advanced, Error, Finished, HISTORY_LIMIT, Mode, Released, Repeat, Turns},
};

use super::{Outcome, stored::Stored};
use crate::codec::{self, Columns, ITEM_COLUMNS};

pub(super) fn advance(conn: &Connection, stream: StreamId, advance: &Advance) -> Outcome<Advanced> {
    let mut queue = Stored::open(conn, stream)?;
    let changed = queue.hand_over(advance)?;
    if changed {
        queue.raise()?;
    }
    Ok(Advanced { revision: queue.revision, changed, current: queue.current_item()? })
}

pub(super) fn release(conn: &Connection, stream: StreamId, item: ItemId) -> Outcome<Released> {
    let mut queue = Stored::open(conn, stream)?;
    let changed = queue.current == Some(item);
    if changed {
        queue.put_back(item)?;
        queue.raise()?;
    }
    Ok(Released { revision: queue.revision, changed })
}

impl Stored<'_> {
    /// Whether there was anything to hand over.
    fn hand_over(&mut self, advance: &Advance) -> Outcome<bool> {
        let expected = advance.finished.as_ref().map(|finished| finished.item) == self.current;
        if !expected || (self.current.is_none() && self.first_key()?.is_none()) {
            return Ok(false);
        }
        if let Some(next) = advance.next
            && self.waiting_key(next)?.is_none()
        {
            return Ok(false);
        }
        let mut plays_again = false;
        match &advance.finished {
            // Whoever made way waits again before the next one is taken: if none is named, it is its own successor.
            Some(Finished { item, outcome: Ended::Interrupted }) => self.put_back(*item)?,
            Some(finished) => plays_again = self.finish(finished, advance.at)?,
            None => {}
        }
        if !plays_again {
            self.promote(advance.next)?;
        }
        Ok(true)
    }

    fn put_back(&self, current: ItemId) -> Outcome<()> {
        self.set_key(current, Some(self.new_key(None)?))
    }

    /// Makes an item the current one: this, or the head if there is one.
    fn promote(&self, next: Option<ItemId>) -> Outcome<()> {
        if let Some(next) = next {
            return self.set_key(next, None);
        }
        let mut promote = self.conn.prepare_cached(
            "UPDATE queue_items SET sort_key = NULL
             WHERE stream = :stream AND sort_key = (SELECT min(sort_key) FROM queue_items WHERE stream = :stream)",
        )?;
        promote.execute(named_params! { ":stream": self.stream.get() })?;
        Ok(())
    }

    /// Makes the current item history. Whether its repetition is the current item now.
    fn finish(&self, finished: &Finished, at: Timestamp) -> Outcome<bool> {
        self.take_turn(&finished.outcome)?;
        let again = match (self.repeat, &finished.outcome) {
            (Repeat::All, _) if self.current_item()?.is_some_and(|item| item.replays.is_some()) => None,
            (Repeat::One, Ended::Played) | (Repeat::All, Ended::Played | Ended::Skipped) => {
                let again = finished.item.repetition();
                (!self.knows(again)?).then_some(again)
            }
            _ => None,
        };
        self.remember_finished(finished, codec::moment(at))?;
        let Some(again) = again else {
            self.delete(finished.item)?;
            return Ok(false);
        };
        self.rename(finished.item, again)?;
        if self.repeat == Repeat::One {
            return Ok(true);
        }
        let last = self.new_key(self.last_key()?)?;
        self.set_key(again, Some(last))?;
        Ok(false)
    }

    /// Copies an item to the history, as its newest entry, and forgets the oldest if there are too many.
    fn remember_finished(&self, finished: &Finished, at: i64) -> Outcome<()> {
        let Self { conn, stream, .. } = *self;
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
        let mut forget = conn.prepare_cached("DELETE FROM queue_history WHERE stream = :stream AND seq <= :oldest")?;
        forget
            .execute(named_params! { ":stream": stream, ":oldest": seq.saturating_sub(codec::bound(HISTORY_LIMIT)) })?;
        Ok(())
    }

    fn rename(&self, item: ItemId, to: ItemId) -> Outcome<()> {
        let mut update =
            self.conn.prepare_cached("UPDATE queue_items SET id = :to WHERE stream = :stream AND id = :id")?;
        update.execute(named_params! {
            ":to": to.to_string(), ":stream": self.stream.get(), ":id": item.to_string()
        })?;
        Ok(())
    }

    /// Notes whether the current item was its requester's turn; if it was not, their next item may move up.
    fn take_turn(&self, outcome: &Ended) -> Outcome<()> {
        let played = *outcome == Ended::Played;
        if !played && self.mode != Mode::Fair {
            return Ok(());
        }
        let Some(requester) = self.current_requester()? else { return Ok(()) };
        let before = self.turns()?;
        let mut turns = before.clone();
        turns.finished(requester.clone(), outcome);
        if turns != before {
            self.set_turns(&turns)?;
        }
        if !played
            && let Some((from, to)) = turns.move_up(&self.requesters()?, &requester)
            && let Some(moved) = self.id_at(from)?
        {
            let key = self.new_key(self.neighbour(from, to)?)?;
            self.set_key(moved, Some(key))?;
        }
        Ok(())
    }

    fn id_at(&self, index: usize) -> Outcome<Option<ItemId>> {
        let Some(sort_key) = self.key_at(index)? else { return Ok(None) };
        let mut query = self
            .conn
            .prepare_cached("SELECT stream, id FROM queue_items WHERE stream = :stream AND sort_key = :sort_key")?;
        let rows = query.query(named_params! { ":stream": self.stream.get(), ":sort_key": sort_key })?;
        codec::first(rows, |row| codec::item_id(&Columns::item(row)))
    }

    /// Who has had a turn in this round.
    pub(super) fn turns(&self) -> Outcome<Turns> {
        let mut query = self.conn.prepare_cached("SELECT stream, turns FROM queue_turns WHERE stream = :stream")?;
        let rows = query.query(named_params! { ":stream": self.stream.get() })?;
        Ok(codec::first(rows, |row| Columns::turns(row).json("turns"))?.unwrap_or_default())
    }

    fn set_turns(&self, turns: &Turns) -> Outcome<()> {
        let mut upsert = self.conn.prepare_cached(
            "INSERT INTO queue_turns (stream, turns) VALUES (:stream, :turns)
             ON CONFLICT (stream) DO UPDATE SET turns = excluded.turns",
        )?;
        upsert.execute(named_params! { ":stream": self.stream.get(), ":turns": codec::json::<Error>(turns)? })?;
        Ok(())
    }
}
