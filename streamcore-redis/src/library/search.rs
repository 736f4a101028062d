//! A search: a page is found in the mirror, and one call learns what changed and reads the tracks of the page.
//!
//! If nothing changed, that is the answer. Otherwise the page is found again in what is known now; its tracks are among those that were
//! read and those that changed, save where others moved up. Either way the answer is the library as it was at that one call.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use streamcore::library::{Cursor, Search, SearchPage, Track};

use super::{
    Outcome, TRACKS,
    find::{Found, find},
    load::{Changes, catch_up, changes, keys_of, load},
    mirror::Mirror,
    rows,
};
use crate::{
    connection::Connection,
    error::{Corrupt, Fault, Unavailable},
    record::Place,
};

/// How often it begins anew because much changes.
const ATTEMPTS: usize = 100;

/// How often it loads the mirror anew because it is not what Redis has.
const LOADINGS: usize = 5;

pub(super) async fn search(connection: &Connection, mirror: &Arc<Mirror>, search: Search) -> Outcome<SearchPage> {
    let key = connection.keys.library().key(TRACKS);
    let (mut loadings, mut turn) = (0, None);
    for _ in 0..ATTEMPTS {
        let Some(found) = find(mirror, &search).await? else {
            if turn.is_none() {
                turn = Some(mirror.turn.lock().await);
                continue; // others may have loaded it meanwhile
            }
            loadings += 1;
            if loadings > LOADINGS {
                break;
            }
            load(connection, mirror).await?;
            continue;
        };
        let fields = fields_of(&found);
        let answer = changes(connection, &found.at.entry, &fields).await?;
        let Changes::Since { entry, complete, total, changed, records } = answer else {
            mirror.forget(&found.at);
            continue;
        };
        if !changed.is_empty() && turn.is_none() {
            turn = Some(mirror.turn.lock().await);
            continue; // others may have taken it in meanwhile
        }
        let mut known: BTreeMap<_, _> = fields.into_iter().zip(records).collect();
        let found = if changed.is_empty() {
            found
        } else {
            known.extend(changed.iter().cloned());
            mirror.apply(&found.at, &entry, keys_of(key.clone(), changed).await?);
            if !complete {
                catch_up(connection, mirror).await?;
                continue;
            }
            match find(mirror, &search).await? {
                Some(again) if again.at.loading == found.at.loading && again.at.entry == entry => again,
                _ => continue,
            }
        };
        if found.held != total {
            // Somebody changed tracks in other ways than we do.
            mirror.forget(&found.at);
            continue;
        }
        match page(&key, &found, &known)? {
            Page::Whole(page) => return Ok(page),
            Page::Missing => {}
            Page::NotAsKnown => mirror.forget(&found.at),
        }
    }
    Err(Fault::Away(Unavailable::Contended { what: "the library".to_owned() }))
}

/// What is read for a page: its tracks, or what makes it impossible.
fn fields_of(found: &Found) -> Vec<String> {
    match &found.unreadable {
        Some(field) => vec![field.clone()],
        None => found.places.iter().map(|place| place.id().to_string()).collect(),
    }
}

enum Page {
    Whole(SearchPage),
    /// Some of its tracks were not read.
    Missing,
    /// Tracks are not what the mirror takes them for.
    NotAsKnown,
}

/// Makes the page of what is known of its fields.
fn page(key: &str, found: &Found, known: &BTreeMap<String, Option<Bytes>>) -> Result<Page, Corrupt> {
    let read =
        |field: &str, value: &Bytes| rows::read_track(&Place { key: key.to_owned(), field: field.to_owned() }, value);
    if let Some(field) = &found.unreadable {
        return match known.get(field) {
            None => Ok(Page::Missing),
            // Whatever cannot be read might match.
            Some(Some(value)) => read(field, value).map(|_| Page::NotAsKnown),
            // It cannot be asked for, only counted.
            Some(None) if field.contains(char::REPLACEMENT_CHARACTER) => {
                Err(Place { key: key.to_owned(), field: field.clone() }
                    .corrupt("its name is no text; remove it (HDEL)"))
            }
            Some(None) => Ok(Page::NotAsKnown),
        };
    }
    let mut tracks: Vec<Track> = Vec::with_capacity(found.places.len());
    for place in &found.places {
        let field = place.id().to_string();
        let Some(value) = known.get(&field) else { return Ok(Page::Missing) };
        let Some(value) = value else { return Ok(Page::NotAsKnown) };
        let track = read(&field, value)?;
        if Cursor::of(&track) != *place {
            return Ok(Page::NotAsKnown);
        }
        tracks.push(track);
    }
    let next = found.places.last().filter(|_| found.more).cloned();
    Ok(Page::Whole(SearchPage { tracks, next, total: found.total }))
}
