//! The library port. Each file holds the SQL of its operations.

mod edit;
mod read;
mod rows;
mod search;

use async_trait::async_trait;
use streamcore::{
    TrackId,
    library::{Added, Error, Library, MAX_BATCH, Result, Search, SearchPage, Track, TrackChange},
};

use crate::{SqliteStore, error::Fault};

/// What an operation inside the store answers with.
type Outcome<T> = std::result::Result<T, Fault<Error>>;

#[async_trait]
impl Library for SqliteStore {
    async fn add(&self, tracks: Vec<Track>, max_tracks: usize) -> Result<Vec<Added>> {
        within_a_batch(tracks.len())?;
        tracks.iter().try_for_each(Track::check)?;
        self.write(move |conn| edit::add(conn, tracks, max_tracks), |_| ()).await
    }

    async fn get(&self, ids: Vec<TrackId>) -> Result<Vec<Track>> {
        within_a_batch(ids.len())?;
        self.read(move |conn| read::get(conn, &ids)).await
    }

    async fn find_by_url(&self, url: &str) -> Result<Option<Track>> {
        let url = url.to_owned();
        self.read(move |conn| read::find_by_url(conn, &url)).await
    }

    async fn update(&self, id: TrackId, change: TrackChange) -> Result<Track> {
        self.write(move |conn| edit::update(conn, id, change), |_| ()).await
    }

    async fn delete(&self, id: TrackId) -> Result<Track> {
        self.write(move |conn| edit::delete(conn, id), |_| ()).await
    }

    async fn search(&self, search: Search) -> Result<SearchPage> {
        self.read(move |conn| search::search(conn, &search)).await
    }
}

const fn within_a_batch(got: usize) -> Result<()> {
    if got > MAX_BATCH { Err(Error::TooMany { max: MAX_BATCH, got }) } else { Ok(()) }
}
