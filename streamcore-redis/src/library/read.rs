//! Tracks by their ids and by their locations.

use streamcore::{TrackId, library::Track};

use super::{CHECKED, Outcome, TRACKS, URLS, rows};
use crate::{
    connection::Connection,
    error::Corrupt,
    script::{Lazy, Script},
};

static GET: Lazy = Lazy::new(|| Script::reading("library/get", &[CHECKED, include_str!("../scripts/library/get.lua")]));
static BY_URL: Lazy =
    Lazy::new(|| Script::reading("library/by_url", &[CHECKED, include_str!("../scripts/library/by_url.lua")]));

/// One answer for each id.
pub(super) async fn get(connection: &Connection, ids: &[TrackId]) -> Outcome<Vec<Option<Track>>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let tag = connection.keys.library();
    let args = ids.iter().map(|id| id.to_string().into()).collect();
    let mut reply = connection.call(&GET, &tag, &[TRACKS], args).await?;
    let key = tag.key(TRACKS);
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.push(reply.bytes().map(|value| rows::read_track(&rows::at(&key, *id), &value)).transpose()?);
    }
    Ok(found)
}

pub(super) async fn find_by_url(connection: &Connection, url: &str) -> Outcome<Option<Track>> {
    let tag = connection.keys.library();
    let args = vec![rows::url(url)?.into()];
    let mut reply = connection.call(&BY_URL, &tag, &[URLS, TRACKS], args).await?;
    if reply.len() == 0 {
        return Ok(None);
    }
    let id = TrackId::new(reply.parse()?);
    let at = rows::at(&tag.key(TRACKS), id);
    let track = rows::read_track(&at, &reply.bytes().unwrap_or_default())?;
    if track.url == url {
        return Ok(Some(track));
    }
    let key = tag.key(URLS);
    let problem = format!("key {key}: an entry says that track {id} is at {url}, and it is at {}", track.url);
    Err(Corrupt(format!("{problem}; change the track's location by the API and back")).into())
}
