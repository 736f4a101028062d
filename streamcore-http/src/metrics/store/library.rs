//! A library, measured.

use std::sync::Arc;

use async_trait::async_trait;
use streamcore::{
    TrackId,
    library::{Added, Error, Library, Result, Search, SearchPage, Track, TrackChange},
};

use super::{Failure, Measured};
use crate::metrics::Metrics;

const OPERATIONS: [&str; 6] = ["add", "get", "find_by_url", "update", "delete", "search"];

const fn place(operation: &str) -> usize {
    super::place(&OPERATIONS, operation)
}

pub(super) fn measured(inner: Arc<dyn Library>, metrics: &Arc<Metrics>) -> Arc<dyn Library> {
    Measured::new(inner, metrics, "library", &OPERATIONS)
}

const fn failure(error: &Error) -> Option<Failure> {
    match error {
        Error::Unavailable { .. } => Some(Failure::Unavailable),
        Error::Corrupt { .. } => Some(Failure::Corrupt),
        _ => None,
    }
}

#[async_trait]
impl Library for Measured<dyn Library> {
    async fn add(&self, tracks: Vec<Track>, max_tracks: usize) -> Result<Vec<Added>> {
        self.measure(const { place("add") }, self.inner.add(tracks, max_tracks), failure).await
    }

    async fn get(&self, ids: Vec<TrackId>) -> Result<Vec<Track>> {
        self.measure(const { place("get") }, self.inner.get(ids), failure).await
    }

    async fn find_by_url(&self, url: &str) -> Result<Option<Track>> {
        self.measure(const { place("find_by_url") }, self.inner.find_by_url(url), failure).await
    }

    async fn update(&self, id: TrackId, change: TrackChange) -> Result<Track> {
        self.measure(const { place("update") }, self.inner.update(id, change), failure).await
    }

    async fn delete(&self, id: TrackId) -> Result<Track> {
        self.measure(const { place("delete") }, self.inner.delete(id), failure).await
    }

    async fn search(&self, search: Search) -> Result<SearchPage> {
        self.measure(const { place("search") }, self.inner.search(search), failure).await
    }
}
