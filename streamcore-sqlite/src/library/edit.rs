//! What changes tracks. The triggers of the schema keep the index of words and the count.

use std::collections::BTreeSet;

use rusqlite::{Connection, named_params};
use streamcore::{
    TrackId,
    library::{Added, Error, Track, TrackChange},
};

use super::{Outcome, read, rows};
use crate::error::Fault;

pub(super) fn add(conn: &Connection, tracks: Vec<Track>, max_tracks: usize) -> Outcome<Vec<Added>> {
    let mut new = BTreeSet::new();
    for track in &tracks {
        if !is_known(conn, track.id)? {
            new.insert(track.id);
        }
    }
    if !new.is_empty() && read::total(conn)?.saturating_add(new.len()) > max_tracks {
        return Err(Fault::Refused(Error::LimitReached { limit: max_tracks }));
    }
    tracks.into_iter().map(|track| add_one(conn, track, &mut new)).collect()
}

/// Also if the rest of it cannot be read.
fn is_known(conn: &Connection, id: TrackId) -> Outcome<bool> {
    let mut query = conn.prepare_cached("SELECT 1 FROM library_tracks WHERE id = :id")?;
    Ok(query.exists(named_params! { ":id": id.to_string() })?)
}

fn add_one(conn: &Connection, track: Track, new: &mut BTreeSet<TrackId>) -> Outcome<Added> {
    if new.remove(&track.id) {
        rows::put(conn, &track)?;
        return Ok(Added { track, is_new: true });
    }
    Ok(Added { track: known(conn, track.id)?, is_new: false })
}

fn known(conn: &Connection, id: TrackId) -> Outcome<Track> {
    read::one(conn, id)?.ok_or(Fault::Refused(Error::NotFound { track: id }))
}

pub(super) fn update(conn: &Connection, id: TrackId, change: TrackChange) -> Outcome<Track> {
    let changed = change.applied_to(known(conn, id)?);
    changed.check().map_err(Fault::Refused)?;
    rows::put(conn, &changed)?;
    Ok(changed)
}

pub(super) fn delete(conn: &Connection, id: TrackId) -> Outcome<Track> {
    let track = known(conn, id)?;
    let mut delete = conn.prepare_cached("DELETE FROM library_tracks WHERE id = :id")?;
    delete.execute(named_params! { ":id": id.to_string() })?;
    Ok(track)
}
