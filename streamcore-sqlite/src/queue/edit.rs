//! Edits: which is carried out where, and the short ones.

use rusqlite::{Connection, named_params};
use streamcore::{
    ItemId, QueueItem, RequestId, StreamId,
    queue::{Applied, Change, EditKind, Error, Mode, Op, Placed, REQUESTS_REMEMBERED, Repeat, Undo},
};

use super::{
    Outcome,
    stored::{Stored, refused},
};
use crate::codec::{self, Columns, ITEM_COLUMNS};

pub(super) fn apply(conn: &Connection, stream: StreamId, change: Change) -> Outcome<Applied> {
    let mut queue = Stored::open(conn, stream)?;
    let made_before = change.request.map_or(Ok(false), |request| queue.made_before(request))?;
    if made_before {
        return queue.repeated(&change.op);
    }
    if change.expected.is_some_and(|expected| expected != queue.revision) {
        return refused(Error::RevisionMismatch { current: queue.revision });
    }
    let applied = match change.op {
        Op::Add { items, placement, rules } => queue.add(items, placement, rules),
        Op::Remove { id } => queue.remove(id),
        Op::Move { id, to } => queue.move_to(id, to),
        Op::Clear => queue.clear(),
        Op::Shuffle { seed } => queue.shuffle(seed),
        Op::SetMode { mode } => queue.set_mode(mode),
        Op::Migrate { from, to } => queue.migrate(from, to),
        Op::SetRepeat { repeat } => queue.set_repeat(repeat),
        Op::Undo => queue.undo(),
        Op::Restore { max_items } => queue.restore(max_items),
        _ => refused(Error::NotSupported { operation: "this edit" }),
    }?;
    change.request.map_or(Ok(()), |request| queue.remember_request(request))?;
    Ok(applied)
}

/// Keeps the queue's row, and in it the revision.
pub(super) fn purge(conn: &Connection, stream: StreamId) -> Outcome<()> {
    let mut queue = Stored::open(conn, stream)?;
    super::items::delete_all(conn, stream)?;
    queue.mode = Mode::default();
    queue.repeat = Repeat::default();
    queue.restorable = 0;
    queue.raise().map(drop)
}

impl Stored<'_> {
    fn remove(&mut self, id: ItemId) -> Outcome<Applied> {
        let (item, sort_key) = self.waiting(id)?;
        let position = self.first_waiting() + self.rank(sort_key)?;
        let anchor = self.anchor(sort_key)?;
        self.delete(id)?;
        self.remember(&Undo { insert: vec![item.clone()], anchor, ..Undo::of(EditKind::Remove) })?;
        self.changed(vec![Placed { item, position }])
    }

    fn move_to(&mut self, id: ItemId, to: usize) -> Outcome<Applied> {
        let (item, sort_key) = self.waiting(id)?;
        if let (Some(current), 0) = (self.current, to) {
            return refused(Error::CurrentItem { item: current });
        }
        let (min, max) = (self.first_waiting(), self.total()?.saturating_sub(1));
        if to > max {
            return refused(Error::OutOfRange { min, max });
        }
        let (from, index) = (self.rank(sort_key)?, to - min);
        let placed = vec![Placed { item, position: to }];
        if index == from {
            return self.unchanged(placed);
        }
        let anchor = self.anchor(sort_key)?;
        let key = self.new_key(self.neighbour(from, index)?)?;
        self.set_key(id, Some(key))?;
        self.remember(&Undo { move_back: Some(id), anchor, ..Undo::of(EditKind::Move) })?;
        self.changed(placed)
    }

    fn clear(&mut self) -> Outcome<Applied> {
        let items = self.waiting_items()?;
        if items.is_empty() {
            return self.unchanged(Vec::new());
        }
        let mut delete =
            self.conn.prepare_cached("DELETE FROM queue_items WHERE stream = :stream AND sort_key IS NOT NULL")?;
        delete.execute(named_params! { ":stream": self.stream.get() })?;
        self.set_cleared(&items)?;
        self.remember(&Undo { insert: items, ..Undo::of(EditKind::Clear) })?;
        self.changed(Vec::new())
    }

    fn waiting_items(&self) -> Outcome<Vec<QueueItem>> {
        let mut query = self.conn.prepare_cached(&format!(
            "SELECT {ITEM_COLUMNS} FROM queue_items
             WHERE stream = :stream AND sort_key IS NOT NULL ORDER BY sort_key"
        ))?;
        let rows = query.query(named_params! { ":stream": self.stream.get() })?;
        codec::collect(rows, |row| codec::item(&Columns::item(row)))
    }

    fn set_mode(&mut self, mode: Mode) -> Outcome<Applied> {
        let before = std::mem::replace(&mut self.mode, mode);
        if before == mode {
            return self.unchanged(Vec::new());
        }
        self.remember(&Undo { mode: Some(before), ..Undo::of(EditKind::Mode) })?;
        self.changed(Vec::new())
    }

    fn set_repeat(&mut self, repeat: Repeat) -> Outcome<Applied> {
        let before = std::mem::replace(&mut self.repeat, repeat);
        if before == repeat {
            return self.unchanged(Vec::new());
        }
        self.remember(&Undo { repeat: Some(before), ..Undo::of(EditKind::Repeat) })?;
        self.changed(Vec::new())
    }

    /// The answer to a request that was made before: what it added is found where it is now.
    fn repeated(&self, op: &Op) -> Outcome<Applied> {
        let placed = match op {
            Op::Add { items, .. } => {
                let placed = items.iter().map(|item| self.placed(item.id));
                placed.filter_map(Result::transpose).collect::<Outcome<_>>()?
            }
            _ => Vec::new(),
        };
        self.unchanged(placed)
    }

    fn made_before(&self, request: RequestId) -> Outcome<bool> {
        let mut query =
            self.conn.prepare_cached("SELECT 1 FROM queue_requests WHERE stream = :stream AND request = :request")?;
        Ok(query.exists(named_params! { ":stream": self.stream.get(), ":request": request.to_string() })?)
    }

    /// Remembers a request, and forgets the oldest if there are too many.
    fn remember_request(&self, request: RequestId) -> Outcome<()> {
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO queue_requests (stream, request, seq)
             SELECT :stream, :request, coalesce(max(seq), 0) + 1 FROM queue_requests WHERE stream = :stream
             RETURNING seq",
        )?;
        let params = named_params! { ":stream": self.stream.get(), ":request": request.to_string() };
        let seq: i64 = insert.query_row(params, |row| row.get(0))?;
        let mut forget =
            self.conn.prepare_cached("DELETE FROM queue_requests WHERE stream = :stream AND seq <= :oldest")?;
        let oldest = seq.saturating_sub(codec::bound(REQUESTS_REMEMBERED));
        forget.execute(named_params! { ":stream": self.stream.get(), ":oldest": oldest })?;
        Ok(())
    }
}
