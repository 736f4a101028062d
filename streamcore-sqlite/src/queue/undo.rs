//! Taking edits back: the last ones as rows of JSON, and what was cleared last.

use std::collections::BTreeSet;

use rusqlite::named_params;
use streamcore::{
    QueueItem,
    queue::{Applied, EditKind, Error, UNDO_ITEMS, UNDO_LIMIT, Undo},
};

use super::{
    Outcome,
    stored::{Stored, refused},
};
use crate::codec::{self, Columns};

impl Stored<'_> {
    /// Remembers how to take an edit back, and forgets the oldest ones beyond the bounds.
    pub(super) fn remember(&self, undo: &Undo) -> Outcome<()> {
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO queue_undo (stream, seq, kind, weight, undo)
             SELECT :stream, coalesce(max(seq), 0) + 1, :kind, :weight, :undo FROM queue_undo WHERE stream = :stream",
        )?;
        insert.execute(named_params! {
            ":stream": self.stream.get(),
            ":kind": codec::name::<Error>(&undo.kind)?,
            ":weight": codec::bound(undo.weight()),
            ":undo": codec::json::<Error>(undo)?,
        })?;
        let mut query = self
            .conn
            .prepare_cached("SELECT stream, seq, weight FROM queue_undo WHERE stream = :stream ORDER BY seq DESC")?;
        let rows = query.query(named_params! { ":stream": self.stream.get() })?;
        let kept: Vec<(i64, usize)> = codec::collect(rows, |row| {
            let columns = Columns::undo(row);
            Ok((columns.get("seq")?, columns.count("weight")?))
        })?;
        let mut weight = 0_usize;
        let oldest = kept.into_iter().enumerate().find_map(|(newer, (seq, one))| {
            weight = weight.saturating_add(one);
            (newer > 0 && (newer >= UNDO_LIMIT || weight > UNDO_ITEMS)).then_some(seq)
        });
        let Some(oldest) = oldest else { return Ok(()) };
        let mut forget =
            self.conn.prepare_cached("DELETE FROM queue_undo WHERE stream = :stream AND seq <= :oldest")?;
        forget.execute(named_params! { ":stream": self.stream.get(), ":oldest": oldest })?;
        Ok(())
    }

    /// What [`undo`](Self::undo) would take back.
    pub(super) fn next_undo(&self) -> Outcome<Option<EditKind>> {
        let mut query = self.conn.prepare_cached(
            "SELECT stream, seq, kind FROM queue_undo WHERE stream = :stream ORDER BY seq DESC LIMIT 1",
        )?;
        let rows = query.query(named_params! { ":stream": self.stream.get() })?;
        codec::first(rows, |row| Columns::undo(row).name("kind"))
    }

    fn pop_undo(&self) -> Outcome<Option<Undo>> {
        let mut query = self.conn.prepare_cached(
            "SELECT stream, seq, undo FROM queue_undo WHERE stream = :stream ORDER BY seq DESC LIMIT 1",
        )?;
        let rows = query.query(named_params! { ":stream": self.stream.get() })?;
        let last = codec::first(rows, |row| {
            let columns = Columns::undo(row);
            Ok((columns.get::<i64>("seq")?, columns.json("undo")?))
        })?;
        let Some((seq, undo)) = last else { return Ok(None) };
        let mut delete = self.conn.prepare_cached("DELETE FROM queue_undo WHERE stream = :stream AND seq = :seq")?;
        delete.execute(named_params! { ":stream": self.stream.get(), ":seq": seq })?;
        Ok(Some(undo))
    }

    pub(super) fn undo(&mut self) -> Outcome<Applied> {
        let Some(undo) = self.pop_undo()? else { return refused(Error::NothingToUndo) };
        let removed = undo.remove.iter().map(|id| self.take_waiting(*id)).filter_map(Result::transpose);
        let removed = removed.collect::<Outcome<Vec<_>>>()?;
        match undo.kind {
            EditKind::Clear => self.set_cleared(&[])?,
            EditKind::Restore => self.set_cleared(&removed)?,
            _ => {}
        }
        let mut back = self.unknown(undo.insert)?;
        if let Some(id) = undo.move_back {
            back.extend(self.take_waiting(id)?);
        }
        self.insert_run(back.iter(), self.anchored(undo.anchor)?)?;
        self.put_in_order(&undo.order)?;
        self.mode = undo.mode.unwrap_or(self.mode);
        self.repeat = undo.repeat.unwrap_or(self.repeat);
        self.undone(undo.kind)
    }

    pub(super) fn restore(&mut self, max_items: usize) -> Outcome<Applied> {
        let items = self.unknown(self.cleared()?)?;
        if items.is_empty() {
            return refused(Error::NothingToRestore);
        }
        if self.total()? + items.len() > max_items {
            return refused(Error::LimitReached { limit: max_items });
        }
        self.set_cleared(&[])?;
        self.insert_run(items.iter(), None)?;
        let remove = items.iter().map(|item| item.id).collect();
        self.remember(&Undo { remove, ..Undo::of(EditKind::Restore) })?;
        self.changed(Vec::new())
    }

    /// Those of these items that have not come back by other ways, each once whatever the JSON says.
    fn unknown(&self, items: Vec<QueueItem>) -> Outcome<Vec<QueueItem>> {
        let mut ids = BTreeSet::new();
        let unknown = items.into_iter().map(|item| Ok((!self.knows(item.id)? && ids.insert(item.id)).then_some(item)));
        unknown.filter_map(Result::transpose).collect()
    }

    fn cleared(&self) -> Outcome<Vec<QueueItem>> {
        let mut query = self.conn.prepare_cached("SELECT stream, items FROM queue_cleared WHERE stream = :stream")?;
        let rows = query.query(named_params! { ":stream": self.stream.get() })?;
        Ok(codec::first(rows, |row| Columns::cleared(row).json("items"))?.unwrap_or_default())
    }

    /// Keeps what was cleared; the number of it goes with the queue's row, which every edit writes.
    pub(super) fn set_cleared(&mut self, items: &[QueueItem]) -> Outcome<()> {
        let mut upsert = self.conn.prepare_cached(
            "INSERT INTO queue_cleared (stream, items) VALUES (:stream, :items)
             ON CONFLICT (stream) DO UPDATE SET items = excluded.items",
        )?;
        upsert.execute(named_params! { ":stream": self.stream.get(), ":items": codec::json::<Error>(&items)? })?;
        self.restorable = items.len();
        Ok(())
    }
}
