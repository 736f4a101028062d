//! One stream's queue as the store holds it, inside a transaction: its own row, and the words of the answers.
//!
//! The operations, each in its file, are those of [`QueueModel`](streamcore::queue::QueueModel) in SQL. What is a rule and not a matter of
//! storing (whose turn it is, what a seed shuffles to, what takes an edit back) is the core's, and called from there.

use rusqlite::{Connection, named_params};
use streamcore::{
    ItemId, QueueItem, Revision, StreamId,
    queue::{Applied, EditKind, Error, Mode, Placed, Repeat},
};

use super::{Outcome, blocks::Blocks};
use crate::{
    codec::{self, Columns, ITEM_COLUMNS},
    error::Fault,
};

/// A queue's row in `queues`, and which item is current.
pub(super) struct Stored<'a> {
    pub(super) conn: &'a Connection,
    pub(super) stream: StreamId,
    pub(super) revision: Revision,
    /// The current item's id, which can be read even if the rest of it cannot.
    pub(super) current: Option<ItemId>,
    pub(super) mode: Mode,
    pub(super) repeat: Repeat,
    /// How many items were cleared and can be restored.
    pub(super) restorable: usize,
}

impl<'a> Stored<'a> {
    /// For reading. A queue without a row was never touched.
    pub(super) fn read(conn: &'a Connection, stream: StreamId) -> Outcome<Self> {
        let mut query = conn.prepare_cached(
            "SELECT stream, revision, mode, repeat_mode, restorable FROM queues WHERE stream = :stream",
        )?;
        let found = codec::first(query.query(named_params! { ":stream": stream.get() })?, |row| {
            let columns = Columns::queue(row);
            let revision = Revision::new(columns.unsigned("revision")?);
            Ok((revision, columns.name("mode")?, columns.name("repeat_mode")?, columns.count("restorable")?))
        })?;
        let (revision, mode, repeat, restorable) = found.unwrap_or_default();
        let mut query =
            conn.prepare_cached("SELECT stream, id FROM queue_items WHERE stream = :stream AND sort_key IS NULL")?;
        let rows = query.query(named_params! { ":stream": stream.get() })?;
        let current = codec::first(rows, |row| codec::item_id(&Columns::item(row)))?;
        Ok(Self { conn, stream, revision, current, mode, repeat, restorable })
    }

    /// For writing: makes sure of the row, which all others of this queue refer to.
    pub(super) fn open(conn: &'a Connection, stream: StreamId) -> Outcome<Self> {
        let mut insert = conn.prepare_cached(
            "INSERT INTO queues (stream, revision) VALUES (:stream, 0) ON CONFLICT (stream) DO NOTHING",
        )?;
        insert.execute(named_params! { ":stream": stream.get() })?;
        Self::read(conn, stream)
    }

    /// Raises the revision and writes the row.
    pub(super) fn raise(&mut self) -> Outcome<Revision> {
        self.revision = self.revision.next();
        let mut update = self.conn.prepare_cached(
            "UPDATE queues SET revision = :revision, mode = :mode, repeat_mode = :repeat, restorable = :restorable
             WHERE stream = :stream",
        )?;
        update.execute(named_params! {
            ":stream": self.stream.get(),
            ":revision": codec::revision(self.revision),
            ":mode": self.mode.as_str(),
            ":repeat": self.repeat.as_str(),
            ":restorable": codec::bound(self.restorable),
        })?;
        Ok(self.revision)
    }

    /// The current item.
    pub(super) fn current_item(&self) -> Outcome<Option<QueueItem>> {
        let sql = format!("SELECT {ITEM_COLUMNS} FROM queue_items WHERE stream = :stream AND sort_key IS NULL");
        let mut query = self.conn.prepare_cached(&sql)?;
        let rows = query.query(named_params! { ":stream": self.stream.get() })?;
        codec::first(rows, |row| codec::item(&Columns::item(row)))
    }

    /// How many items the list has, the current one included.
    pub(super) fn total(&self) -> Outcome<usize> {
        Ok(self.first_waiting() + Blocks::read(self.conn, self.stream)?.items())
    }

    /// The place of the first waiting item: 1 if there is a current one, else 0.
    pub(super) fn first_waiting(&self) -> usize {
        usize::from(self.current.is_some())
    }

    pub(super) fn changed(&mut self, placed: Vec<Placed>) -> Outcome<Applied> {
        self.raise()?;
        Ok(Applied { changed: true, ..self.unchanged(placed)? })
    }

    pub(super) fn undone(&mut self, kind: EditKind) -> Outcome<Applied> {
        Ok(Applied { undone: Some(kind), ..self.changed(Vec::new())? })
    }

    pub(super) fn unchanged(&self, placed: Vec<Placed>) -> Outcome<Applied> {
        Ok(Applied { revision: self.revision, changed: false, placed, total: self.total()?, undone: None })
    }
}

/// The answer that an edit was refused.
pub(super) fn refused<T>(error: Error) -> Outcome<T> {
    Err(Fault::Refused(error))
}
