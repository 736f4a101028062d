//! Tracks to values and back.

use bytes::Bytes;
use streamcore::{TrackId, library::Track};

use crate::{
    error::Corrupt,
    record::{self, Place, sortable},
};

pub(super) fn track(track: &Track) -> Result<String, Corrupt> {
    Ok(record::record(&[&record::json(track)?]))
}

pub(super) fn read_track(at: &Place, value: &Bytes) -> Result<Track, Corrupt> {
    let [json] = at.lines(value)?;
    let track: Track = at.json("track", json)?;
    if track.id.to_string() == at.field { Ok(track) } else { Err(at.corrupt(format!("it holds track {}", track.id))) }
}

/// How the entries of a location begin: JSON ends where it ends, so that no other location's entries begin like that.
pub(super) fn url(url: &str) -> Result<String, Corrupt> {
    Ok(format!("{} ", record::json(&url)?))
}

/// The entry of a track's location: the first of several is of the one that was added first.
pub(super) fn url_of(track: &Track) -> Result<String, Corrupt> {
    Ok(format!("{}{} {}", url(&track.url)?, sortable(track.added_at.as_millis()), track.id))
}

pub(super) fn at(key: &str, id: TrackId) -> Place {
    Place { key: key.to_owned(), field: id.to_string() }
}
