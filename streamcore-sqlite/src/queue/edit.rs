//! Add, remove, move, clear, purge.

use rusqlite::{Connection, named_params};
use streamcore::{
    ItemId, QueueItem, Revision, StreamId,
    queue::{Applied, Change, Error, Op, Placed, Placement},
};

use super::{
    Outcome,
    list::{self, Found},
    order,
};
use crate::{codec, error::Fault};

pub(super) fn apply(conn: &Connection, stream: StreamId, change: Change) -> Outcome<Applied> {
    let present = list::revision(conn, stream)?;
    if change.expected.is_some_and(|expected| expected != present) {
        return Err(Fault::Refused(Error::RevisionMismatch { current: present }));
    }
    let edit = Edit { conn, stream, present };
    match change.op {
        Op::Add { item, placement, max_items } => edit.add(*item, placement, max_items),
        Op::Remove { id } => edit.remove(id),
        Op::Move { id, to } => edit.move_to(id, to),
        Op::Clear => edit.clear(),
        _ => Err(Fault::Refused(Error::NotSupported { operation: "this edit" })),
    }
}

struct Edit<'a> {
    conn: &'a Connection,
    stream: StreamId,
    /// The revision before the edit.
    present: Revision,
}

impl Edit<'_> {
    fn add(&self, item: QueueItem, placement: Placement, max_items: usize) -> Outcome<Applied> {
        let Self { conn, stream, .. } = *self;
        if let Some(Found { item, position, .. }) = list::find(conn, stream, item.id)? {
            return self.unchanged(Some(Placed { item, position }));
        }
        if was_played(conn, stream, item.id)? {
            return self.unchanged(None);
        }
        let total = list::total(conn, stream)?;
        if total >= max_items {
            return Err(Fault::Refused(Error::LimitReached { limit: max_items }));
        }
        let (sort_key, position) = match placement {
            Placement::Back => (order::last(conn, stream)?, total),
            Placement::Front => (order::first(conn, stream)?, list::first_waiting(conn, stream)?),
        };
        let revision = list::raise(conn, stream)?;
        insert(conn, stream, &item, sort_key)?;
        Ok(Applied { revision, changed: true, placed: Some(Placed { item, position }), total: total + 1 })
    }

    fn remove(&self, id: ItemId) -> Outcome<Applied> {
        let Found { item, position, .. } = self.waiting(id)?;
        let mut delete = self.conn.prepare_cached("DELETE FROM queue_items WHERE stream = :stream AND id = :id")?;
        delete.execute(named_params! { ":stream": self.stream.get(), ":id": id.to_string() })?;
        self.changed(Some(Placed { item, position }))
    }

    fn move_to(&self, id: ItemId, to: usize) -> Outcome<Applied> {
        let Self { conn, stream, .. } = *self;
        let Found { item, position: from, .. } = self.waiting(id)?;
        let current = list::current_id(conn, stream)?;
        if let (Some(current), 0) = (current, to) {
            return Err(Fault::Refused(Error::CurrentItem { item: current }));
        }
        let (min, max) = (usize::from(current.is_some()), list::total(conn, stream)?.saturating_sub(1));
        if to > max {
            return Err(Fault::Refused(Error::OutOfRange { min, max }));
        }
        let placed = Some(Placed { item, position: to });
        if to == from {
            return self.unchanged(placed);
        }
        let sort_key = order::at(conn, stream, id, to - min)?;
        let mut update =
            conn.prepare_cached("UPDATE queue_items SET sort_key = :sort_key WHERE stream = :stream AND id = :id")?;
        update.execute(named_params! { ":sort_key": sort_key, ":stream": stream.get(), ":id": id.to_string() })?;
        self.changed(placed)
    }

    fn clear(&self) -> Outcome<Applied> {
        let mut delete =
            self.conn.prepare_cached("DELETE FROM queue_items WHERE stream = :stream AND sort_key IS NOT NULL")?;
        match delete.execute(named_params! { ":stream": self.stream.get() })? {
            0 => self.unchanged(None),
            _ => self.changed(None),
        }
    }

    fn waiting(&self, id: ItemId) -> Outcome<Found> {
        match list::find(self.conn, self.stream, id)? {
            Some(found) if found.is_current => Err(Fault::Refused(Error::CurrentItem { item: id })),
            Some(found) => Ok(found),
            None => Err(Fault::Refused(Error::NotFound { item: id })),
        }
    }

    fn changed(&self, placed: Option<Placed>) -> Outcome<Applied> {
        let revision = list::raise(self.conn, self.stream)?;
        Ok(Applied { revision, changed: true, placed, total: list::total(self.conn, self.stream)? })
    }

    fn unchanged(&self, placed: Option<Placed>) -> Outcome<Applied> {
        let total = list::total(self.conn, self.stream)?;
        Ok(Applied { revision: self.present, changed: false, placed, total })
    }
}

/// Whether the history still remembers this item.
fn was_played(conn: &Connection, stream: StreamId, id: ItemId) -> Outcome<bool> {
    let mut query = conn.prepare_cached("SELECT 1 FROM queue_history WHERE stream = :stream AND id = :id")?;
    Ok(query.exists(named_params! { ":stream": stream.get(), ":id": id.to_string() })?)
}

fn insert(conn: &Connection, stream: StreamId, item: &QueueItem, sort_key: i64) -> Outcome<()> {
    let mut insert = conn.prepare_cached(
        "INSERT INTO queue_items
             (stream, id, sort_key, track_id, title, url, source, duration_secs, duration_nanos, added_by, requested_by,
              added_at, metadata)
         VALUES
             (:stream, :id, :sort_key, :track_id, :title, :url, :source, :duration_secs, :duration_nanos, :added_by,
              :requested_by, :added_at, :metadata)",
    )?;
    insert.execute(named_params! {
        ":stream": stream.get(),
        ":id": item.id.to_string(),
        ":sort_key": sort_key,
        ":track_id": item.track_id.map(|id| id.to_string()),
        ":title": item.title,
        ":url": item.url,
        ":source": codec::name::<Error>(&item.source)?,
        ":duration_secs": item.duration.map(|duration| duration.as_secs().cast_signed()),
        ":duration_nanos": item.duration.map(|duration| duration.subsec_nanos()),
        ":added_by": item.added_by,
        ":requested_by": item.requested_by,
        ":added_at": codec::moment(item.added_at),
        ":metadata": codec::json::<Error>(&item.metadata)?,
    })?;
    Ok(())
}

/// Keeps the queue's row, and in it the revision.
pub(super) fn purge(conn: &Connection, stream: StreamId) -> Outcome<()> {
    list::raise(conn, stream)?;
    for sql in [
        "DELETE FROM queue_items WHERE stream = :stream",
        "DELETE FROM queue_history WHERE stream = :stream",
        "UPDATE queues SET last_seq = 0 WHERE stream = :stream",
    ] {
        conn.prepare_cached(sql)?.execute(named_params! { ":stream": stream.get() })?;
    }
    Ok(())
}
