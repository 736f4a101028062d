//! What changes tracks.
//!
//! What is known of a track is read first, and replaced only if it still is that: so what cannot be read is noticed before anything changes.

use std::collections::{BTreeMap, BTreeSet};

use fred::types::Value;
use streamcore::{
    TrackId,
    library::{Added, Error, Track, TrackChange},
};

use super::{ATTEMPTS, CHECKED, LOG, Outcome, TRACKS, URLS, read, rows};
use crate::{
    connection::Connection,
    error::{Fault, Unavailable},
    script::{self, Lazy, Script},
};

const EDIT: &str = include_str!("../scripts/library/edit.lua");

static ADD: Lazy =
    Lazy::new(|| Script::changing("library/add", &[CHECKED, EDIT, include_str!("../scripts/library/add.lua")]));
static UPDATE: Lazy =
    Lazy::new(|| Script::changing("library/update", &[CHECKED, EDIT, include_str!("../scripts/library/update.lua")]));

pub(super) async fn add(connection: &Connection, tracks: Vec<Track>, max_tracks: usize) -> Outcome<Vec<Added>> {
    let mut named = BTreeSet::new();
    let different: Vec<&Track> = tracks.iter().filter(|track| named.insert(track.id)).collect();
    let ids: Vec<_> = different.iter().map(|track| track.id).collect();
    let mut known: BTreeMap<_, _> = read::get(connection, &ids).await?.into_iter().flatten().map(by_id).collect();
    let mut new = BTreeSet::new();
    if known.len() < different.len() {
        let mut args: Vec<Value> = vec![max_tracks.to_string().into()];
        for track in &different {
            args.extend([track.id.to_string(), rows::track(track)?, rows::url_of(track)?].map(Value::from));
        }
        let tag = connection.keys.library();
        let mut reply = connection.call(&ADD, &tag, &[TRACKS, URLS, LOG], args).await?;
        if reply.required()? == "full" {
            return Err(Fault::Refused(Error::LimitReached { limit: max_tracks }));
        }
        let key = tag.key(TRACKS);
        known.clear();
        for track in different {
            let stored = reply.bytes().unwrap_or_default();
            if stored.is_empty() {
                new.insert(track.id);
                known.insert(track.id, track.clone());
            } else {
                known.insert(track.id, rows::read_track(&rows::at(&key, track.id), &stored)?);
            }
        }
    }
    // Of one that is named twice the first is new.
    let added =
        |track: Track| Added { is_new: new.remove(&track.id), track: known.get(&track.id).cloned().unwrap_or(track) };
    Ok(tracks.into_iter().map(added).collect())
}

fn by_id(track: Track) -> (TrackId, Track) {
    (track.id, track)
}

pub(super) async fn update(connection: &Connection, id: TrackId, change: &TrackChange) -> Outcome<Track> {
    let changed = |track: Track| {
        let changed = change.clone().applied_to(track);
        changed.check().map_err(Fault::Refused)?;
        Ok(Some(changed))
    };
    Ok(replace(connection, id, changed).await?.1)
}

pub(super) async fn delete(connection: &Connection, id: TrackId) -> Outcome<Track> {
    Ok(replace(connection, id, |_| Ok(None)).await?.0)
}

/// Changes a track, or forgets it if it becomes nothing; answers with the track before and after.
async fn replace(
    connection: &Connection,
    id: TrackId,
    become_: impl Fn(Track) -> Outcome<Option<Track>>,
) -> Outcome<(Track, Track)> {
    let tag = connection.keys.library();
    let at = rows::at(&tag.key(TRACKS), id);
    for _ in 0..ATTEMPTS {
        let Some(stored) = script::field(connection, &tag, TRACKS, &at.field).await? else {
            return Err(Fault::Refused(Error::NotFound { track: id }));
        };
        let before = rows::read_track(&at, &stored)?;
        let after = become_(before.clone())?;
        if after.as_ref() == Some(&before) {
            return Ok((before.clone(), before));
        }
        let (new, new_url) = match &after {
            Some(after) => (rows::track(after)?, rows::url_of(after)?),
            None => (String::new(), String::new()),
        };
        let args: Vec<Value> =
            vec![at.field.as_str().into(), stored.into(), rows::url_of(&before)?.into(), new.into(), new_url.into()];
        if connection.call(&UPDATE, &tag, &[TRACKS, URLS, LOG], args).await?.parse::<u8>()? == 1 {
            return Ok((before.clone(), after.unwrap_or(before)));
        }
    }
    Err(Fault::Away(Unavailable::Contended { what: format!("track {id}") }))
}
