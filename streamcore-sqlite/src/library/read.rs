//! Tracks by their ids and by their locations.

use rusqlite::{Connection, named_params};
use streamcore::{TrackId, library::Track};

use super::{
    Outcome,
    rows::{self, TRACK},
};
use crate::codec;

pub(super) fn get(conn: &Connection, ids: &[TrackId]) -> Outcome<Vec<Track>> {
    let found: Outcome<Vec<_>> = ids.iter().map(|id| one(conn, *id)).collect();
    Ok(found?.into_iter().flatten().collect())
}

pub(super) fn one(conn: &Connection, id: TrackId) -> Outcome<Option<Track>> {
    let mut query = conn.prepare_cached(&format!("SELECT {TRACK} FROM library_tracks WHERE id = :id"))?;
    codec::first(query.query(named_params! { ":id": id.to_string() })?, rows::track)
}

pub(super) fn find_by_url(conn: &Connection, url: &str) -> Outcome<Option<Track>> {
    // Moments are compared here, as SQLite takes those beyond 2^63 for negative.
    let mut query = conn.prepare_cached("SELECT id, added_at FROM library_tracks WHERE url = :url")?;
    let same = codec::collect(query.query(named_params! { ":url": url })?, rows::age)?;
    match same.into_iter().min() {
        Some((_, first)) => one(conn, first),
        None => Ok(None),
    }
}

/// How many tracks there are.
pub(super) fn total(conn: &Connection) -> Outcome<usize> {
    let n: i64 = conn.prepare_cached("SELECT tracks FROM library_size")?.query_row([], |row| row.get(0))?;
    Ok(usize::try_from(n).unwrap_or_default())
}
