//! A library that fails on purpose.

use async_trait::async_trait;

use super::super::{Flaky, flaky::Injected};
use crate::{
    TrackId,
    library::{Added, Error, Library, Result, Search, SearchPage, Track, TrackChange},
};

fn down(why: Injected) -> Error {
    Error::unavailable(why)
}

#[async_trait]
impl<L: Library> Library for Flaky<L> {
    async fn add(&self, tracks: Vec<Track>, max_tracks: usize) -> Result<Vec<Added>> {
        self.call(("add", None), self.inner().add(tracks, max_tracks), down).await
    }

    async fn get(&self, ids: Vec<TrackId>) -> Result<Vec<Track>> {
        self.call(("get", None), self.inner().get(ids), down).await
    }

    async fn find_by_url(&self, url: &str) -> Result<Option<Track>> {
        self.call(("find_by_url", None), self.inner().find_by_url(url), down).await
    }

    async fn update(&self, id: TrackId, change: TrackChange) -> Result<Track> {
        self.call(("update", None), self.inner().update(id, change), down).await
    }

    async fn delete(&self, id: TrackId) -> Result<Track> {
        self.call(("delete", None), self.inner().delete(id), down).await
    }

    async fn search(&self, search: Search) -> Result<SearchPage> {
        self.call(("search", None), self.inner().search(search), down).await
    }
}
