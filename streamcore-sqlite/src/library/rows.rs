//! Tracks to rows and back.

use rusqlite::{Connection, Row, named_params};
use streamcore::{
    Timestamp, TrackId,
    library::{Cursor, Error, Track, search},
};

use super::Outcome;
use crate::{
    codec::{self, Columns},
    error::Corrupt,
};

/// The columns of a track.
pub(super) const TRACK: &str =
    "id, title, artist, url, source, duration_secs, duration_nanos, added_by, added_at, metadata";

const fn columns<'a>(row: &'a Row<'a>) -> Columns<'a> {
    Columns { row, table: "library_tracks", key: &["id"] }
}

pub(super) fn track(row: &Row<'_>) -> Result<Track, Corrupt> {
    let columns = columns(row);
    Ok(Track {
        id: TrackId::new(columns.parse("id")?),
        title: columns.get("title")?,
        artist: columns.get("artist")?,
        url: columns.get("url")?,
        source: columns.name("source")?,
        duration: columns.duration()?,
        metadata: columns.json("metadata")?,
        added_by: columns.get("added_by")?,
        added_at: columns.moment("added_at")?,
    })
}

/// The id, and what else decides which of several tracks was added first.
pub(super) fn age(row: &Row<'_>) -> Result<(Timestamp, TrackId), Corrupt> {
    let columns = columns(row);
    Ok((columns.moment("added_at")?, TrackId::new(columns.parse("id")?)))
}

/// Writes a track, in place of the one with its id.
pub(super) fn put(conn: &Connection, track: &Track) -> Outcome<()> {
    let mut upsert = conn.prepare_cached(
        "INSERT INTO library_tracks (id, title_key, search_key, title, artist, url, source, duration_secs,
                                     duration_nanos, added_by, added_at, metadata)
         VALUES (:id, :title_key, :search_key, :title, :artist, :url, :source, :duration_secs, :duration_nanos,
                 :added_by, :added_at, :metadata)
         ON CONFLICT (id) DO UPDATE SET
             title_key = excluded.title_key, search_key = excluded.search_key, title = excluded.title,
             artist = excluded.artist, url = excluded.url, source = excluded.source,
             duration_secs = excluded.duration_secs, duration_nanos = excluded.duration_nanos,
             added_by = excluded.added_by, added_at = excluded.added_at, metadata = excluded.metadata",
    )?;
    upsert.execute(named_params! {
        ":id": track.id.to_string(),
        ":title_key": Cursor::of(track).title_key(),
        ":search_key": search::key(track),
        ":title": track.title,
        ":artist": track.artist,
        ":url": track.url,
        ":source": codec::name::<Error>(&track.source)?,
        ":duration_secs": track.duration.map(|duration| duration.as_secs().cast_signed()),
        ":duration_nanos": track.duration.map(|duration| duration.subsec_nanos()),
        ":added_by": track.added_by,
        ":added_at": codec::moment(track.added_at),
        ":metadata": codec::json::<Error>(&track.metadata)?,
    })?;
    Ok(())
}
