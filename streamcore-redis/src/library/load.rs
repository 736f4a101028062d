//! Loading the mirror, and asking what changed since.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use super::{
    CHECKED, LOG, Outcome, TRACKS,
    mirror::{At, Key, Mirror, State, Tracks, key_of},
};
use crate::{
    connection::Connection,
    error::{Fault, Unavailable},
    record::Place,
    script::{Lazy, Script},
};

static CHANGES: Lazy =
    Lazy::new(|| Script::reading("library/changes", &[CHECKED, include_str!("../scripts/library/changes.lua")]));
static SCAN: Lazy =
    Lazy::new(|| Script::reading("library/scan", &[CHECKED, include_str!("../scripts/library/scan.lua")]));

/// How many calls it takes to catch up: each tells of one entry of the log at least, and more come meanwhile.
const MOST_CALLS: usize = 2_000;

/// What `changes.lua` answers.
pub(super) enum Changes {
    /// It cannot say what changed; the last entry of the log.
    Behind(String),
    Since {
        /// Up to which entry.
        entry: String,
        /// Whether that is the last one.
        complete: bool,
        /// How many tracks there are.
        total: usize,
        /// Ids and records, none if it was deleted.
        changed: Vec<(String, Option<Bytes>)>,
        /// The records that were asked for.
        records: Vec<Option<Bytes>>,
    },
}

pub(super) async fn changes(connection: &Connection, since: &str, fields: &[String]) -> Outcome<Changes> {
    let mut args = vec![since.into()];
    args.extend(fields.iter().map(|field| field.as_str().into()));
    let mut reply = connection.call(&CHANGES, &connection.keys.library(), &[TRACKS, LOG], args).await?;
    if reply.required()? == "behind" {
        return Ok(Changes::Behind(reply.required()?));
    }
    let (entry, complete, total, n) = (reply.required()?, reply.parse::<u8>()? == 1, reply.parse()?, reply.parse()?);
    let mut changed = Vec::new();
    for _ in 0..n {
        changed.push((reply.required()?, reply.bytes()));
    }
    let records = (0..reply.len()).map(|_| reply.bytes()).collect();
    Ok(Changes::Since { entry, complete, total, changed, records })
}

/// Loads the mirror. For who has the turn.
///
/// It is read in parts, between which things may change; the log tells of these afterwards, as the last entry is noted first.
pub(super) async fn load(connection: &Connection, mirror: &Mirror) -> Outcome<()> {
    static LOADINGS: AtomicU64 = AtomicU64::new(0);
    let entry = match changes(connection, "", &[]).await? {
        Changes::Behind(entry) | Changes::Since { entry, .. } => entry,
    };
    let tag = connection.keys.library();
    let key = tag.key(TRACKS);
    let mut tracks = Tracks::default();
    let mut cursor = "0".to_owned();
    loop {
        let mut reply = connection.call(&SCAN, &tag, &[TRACKS], vec![cursor.into()]).await?;
        cursor = reply.required()?;
        let mut part = Vec::with_capacity(reply.len() / 2);
        while reply.len() > 0 {
            part.push((String::from_utf8_lossy(&reply.bytes().unwrap_or_default()).into_owned(), reply.bytes()));
        }
        for (field, key) in keys_of(key.clone(), part).await? {
            tracks.put(field, key);
        }
        if cursor == "0" {
            break;
        }
    }
    mirror.set(State { at: At { loading: LOADINGS.fetch_add(1, Ordering::Relaxed), entry }, tracks });
    Ok(())
}

/// Brings a mirror up to date that is further behind than one call tells. For who has the turn.
pub(super) async fn catch_up(connection: &Connection, mirror: &Mirror) -> Outcome<()> {
    let key = connection.keys.library().key(TRACKS);
    for _ in 0..MOST_CALLS {
        let Some(at) = mirror.read().as_ref().map(|state| state.at.clone()) else { return Ok(()) };
        match changes(connection, &at.entry, &[]).await? {
            Changes::Behind(_) => mirror.forget(&at),
            Changes::Since { entry, complete, changed, .. } => {
                mirror.apply(&at, &entry, keys_of(key.clone(), changed).await?);
                if complete {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// What a search compares of these records.
pub(super) async fn keys_of(key: String, records: Vec<(String, Option<Bytes>)>) -> Outcome<Vec<(String, Option<Key>)>> {
    let read = move || {
        let key_in = |field: &str, value: &Bytes| key_of(&Place { key: key.clone(), field: field.to_owned() }, value);
        let keys = records.into_iter().map(|(field, value)| {
            let key = value.map(|value| key_in(&field, &value));
            (field, key)
        });
        keys.collect()
    };
    tokio::task::spawn_blocking(read).await.map_err(|_| Fault::Away(Unavailable::Closed))
}
