//! The library port.
//!
//! Redis keeps the tracks and which of them changed last. It never looks at all of them for one call: searches are done here, in a
//! [mirror](Mirror) of what a search compares, brought up to date before each answer.

mod edit;
mod find;
mod load;
mod mirror;
mod read;
mod rows;
mod search;

use async_trait::async_trait;
use streamcore::{
    TrackId,
    library::{Added, Error, Library, MAX_BATCH, Result, Search, SearchPage, Track, TrackChange},
};

pub(crate) use self::mirror::Mirror;
use crate::{RedisStore, error::Fault};

/// What an operation inside the store answers with.
type Outcome<T> = std::result::Result<T, Fault<Error>>;

/// The tracks, by id.
const TRACKS: &str = "tracks";
/// Location, moment and id of each track, in order.
const URLS: &str = "urls";
/// Which tracks changed, the last changes.
const LOG: &str = "log";

/// How often something is done anew because others were quicker.
const ATTEMPTS: usize = 1_000;

const CHECKED: &str = include_str!("../scripts/checked.lua");

#[async_trait]
impl Library for RedisStore {
    async fn add(&self, tracks: Vec<Track>, max_tracks: usize) -> Result<Vec<Added>> {
        within_a_batch(tracks.len())?;
        tracks.iter().try_for_each(Track::check)?;
        edit::add(&self.connection, tracks, max_tracks).await.map_err(Fault::into_port)
    }

    async fn get(&self, ids: Vec<TrackId>) -> Result<Vec<Track>> {
        within_a_batch(ids.len())?;
        let found = read::get(&self.connection, &ids).await.map_err(Fault::into_port)?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn find_by_url(&self, url: &str) -> Result<Option<Track>> {
        read::find_by_url(&self.connection, url).await.map_err(Fault::into_port)
    }

    async fn update(&self, id: TrackId, change: TrackChange) -> Result<Track> {
        edit::update(&self.connection, id, &change).await.map_err(Fault::into_port)
    }

    async fn delete(&self, id: TrackId) -> Result<Track> {
        edit::delete(&self.connection, id).await.map_err(Fault::into_port)
    }

    async fn search(&self, search: Search) -> Result<SearchPage> {
        search::search(&self.connection, &self.library, search).await.map_err(Fault::into_port)
    }
}

const fn within_a_batch(got: usize) -> Result<()> {
    if got > MAX_BATCH { Err(Error::TooMany { max: MAX_BATCH, got }) } else { Ok(()) }
}
