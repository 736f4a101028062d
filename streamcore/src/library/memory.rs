//! The library that says what correct is, and vanishes with the process.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use super::{
    Added, Cursor, Error, Library, MAX_BATCH, MAX_PAGE, Result, Search, SearchPage, Track, TrackChange, search,
};
use crate::TrackId;

/// Tracks that vanish with the process: for tests, examples, and embedders that keep nothing.
///
/// **Durability.** None. **Errors.** Never `Unavailable`. **Cost.** A search looks at every track.
///
/// ```
/// use streamcore::{Timestamp, TrackId, library::{Library, MemoryLibrary, Search, Track}};
/// # futures::executor::block_on(async {
/// let library = MemoryLibrary::new();
/// let prelude = Track::file(TrackId::new(uuid::Uuid::from_u128(1)), "Prelude in C", "bach/846.flac", Timestamp::default());
/// library.add(vec![prelude.clone()], 100).await?;
/// let found = library.search(Search { text: "846 PREL".into(), after: None, limit: 10 }).await?;
/// assert_eq!((found.tracks, found.total), (vec![prelude], 1));
/// # Ok::<(), streamcore::library::Error>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Default)]
pub struct MemoryLibrary {
    shelf: Mutex<Shelf>,
}

#[derive(Debug, Default)]
struct Shelf {
    tracks: BTreeMap<TrackId, Track>,
    /// Every track's place, and the key that it is found by.
    order: BTreeMap<Cursor, String>,
}

impl Shelf {
    /// Puts a track in, in place of the one with its id.
    fn put(&mut self, track: Track) {
        self.take(track.id);
        self.order.insert(Cursor::of(&track), search::key(&track));
        self.tracks.insert(track.id, track);
    }

    fn take(&mut self, id: TrackId) -> Option<Track> {
        let track = self.tracks.remove(&id)?;
        self.order.remove(&Cursor::of(&track));
        Some(track)
    }

    fn add(&mut self, track: Track) -> Added {
        match self.tracks.get(&track.id) {
            Some(known) => Added { track: known.clone(), is_new: false },
            None => {
                self.put(track.clone());
                Added { track, is_new: true }
            }
        }
    }

    fn search(&self, search: &Search) -> SearchPage {
        let words = search::words(&search.text);
        let total = self.order.values().filter(|key| search::matches(key, &words)).count();
        let limit = search.limit.min(MAX_PAGE);
        let behind = search.after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut found = self.order.range((behind, Bound::Unbounded)).filter(|(_, key)| search::matches(key, &words));
        let page: Vec<_> = found.by_ref().take(limit).map(|(cursor, _)| cursor).collect();
        let next = page.last().filter(|_| found.next().is_some()).map(|cursor| (*cursor).clone());
        let tracks = page.iter().filter_map(|cursor| self.tracks.get(&cursor.id()).cloned()).collect();
        SearchPage { tracks, next, total }
    }
}

impl MemoryLibrary {
    /// No tracks yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Library for MemoryLibrary {
    async fn add(&self, tracks: Vec<Track>, max_tracks: usize) -> Result<Vec<Added>> {
        within_a_batch(tracks.len())?;
        tracks.iter().try_for_each(Track::check)?;
        let mut shelf = self.lock();
        let new: std::collections::BTreeSet<_> =
            tracks.iter().map(|track| track.id).filter(|id| !shelf.tracks.contains_key(id)).collect();
        if !new.is_empty() && shelf.tracks.len().saturating_add(new.len()) > max_tracks {
            return Err(Error::LimitReached { limit: max_tracks });
        }
        Ok(tracks.into_iter().map(|track| shelf.add(track)).collect())
    }

    async fn get(&self, ids: Vec<TrackId>) -> Result<Vec<Track>> {
        within_a_batch(ids.len())?;
        let shelf = self.lock();
        Ok(ids.iter().filter_map(|id| shelf.tracks.get(id).cloned()).collect())
    }

    async fn find_by_url(&self, url: &str) -> Result<Option<Track>> {
        let shelf = self.lock();
        let same = shelf.tracks.values().filter(|track| track.url == url);
        Ok(same.min_by_key(|track| (track.added_at, track.id)).cloned())
    }

    async fn update(&self, id: TrackId, change: TrackChange) -> Result<Track> {
        let mut shelf = self.lock();
        let track = shelf.tracks.get(&id).cloned().ok_or(Error::NotFound { track: id })?;
        let changed = change.applied_to(track);
        changed.check()?;
        shelf.put(changed.clone());
        Ok(changed)
    }

    async fn delete(&self, id: TrackId) -> Result<Track> {
        self.lock().take(id).ok_or(Error::NotFound { track: id })
    }

    async fn search(&self, search: Search) -> Result<SearchPage> {
        Ok(self.lock().search(&search))
    }
}

const fn within_a_batch(got: usize) -> Result<()> {
    if got > MAX_BATCH { Err(Error::TooMany { max: MAX_BATCH, got }) } else { Ok(()) }
}
