//! What a search compares, of every track: the place in the order, and the key that it is found by.
//!
//! A mirror is of one state of the library: the one at an entry of the log of changes. About 400 bytes for a track with a title and an
//! artist of usual length, at most some 10 KiB.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Bound,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use bytes::Bytes;
use streamcore::{
    TrackId,
    library::{Cursor, search},
};
use tokio::sync::{Mutex, Semaphore};

use super::rows;
use crate::record::Place;

/// The mirror of a store, as far as it is loaded.
#[derive(Debug)]
pub(crate) struct Mirror {
    state: RwLock<Option<State>>,
    /// Held by who loads it or takes something in, so that many searches do that once, and in order.
    pub(super) turn: Mutex<()>,
    /// How many go through all of a large library at a time.
    pub(super) threads: Arc<Semaphore>,
}

/// The library at an entry of the log.
#[derive(Debug)]
pub(super) struct State {
    pub(super) at: At,
    pub(super) tracks: Tracks,
}

/// Which state: of which loading, and which entry of the log, if there was any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct At {
    pub(super) loading: u64,
    pub(super) entry: String,
}

/// What a search compares.
#[derive(Debug, Default)]
pub(super) struct Tracks {
    /// Every track's place, and the key that it is found by.
    pub(super) order: BTreeMap<Cursor, Box<str>>,
    places: HashMap<TrackId, Cursor>,
    /// Fields that hold no track that can be read.
    pub(super) unreadable: BTreeSet<String>,
}

impl Default for Mirror {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { state: RwLock::default(), turn: Mutex::default(), threads: Arc::new(Semaphore::new(threads)) }
    }
}

impl Mirror {
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Option<State>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<State>> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, state: State) {
        *self.write() = Some(state);
    }

    /// Has it loaded anew, if it is still the one that was found to be of no use.
    pub(super) fn forget(&self, at: &At) {
        let mut state = self.write();
        if state.as_ref().is_some_and(|state| state.at.loading == at.loading) {
            *state = None;
        }
    }

    /// Takes in what changed between two entries of the log; not if it knows more already, or was loaded anew.
    pub(super) fn apply(&self, from: &At, to: &str, changed: Vec<(String, Option<Key>)>) {
        let mut state = self.write();
        let Some(state) = state.as_mut().filter(|state| state.at.loading == from.loading) else { return };
        // What changed since an earlier entry holds all that changed since a later one.
        if place_of(&from.entry) <= place_of(&state.at.entry) && place_of(&state.at.entry) < place_of(to) {
            for (field, key) in changed {
                state.tracks.put(field, key);
            }
            to.clone_into(&mut state.at.entry);
        }
    }
}

/// What is found of a field that exists: the place and the key of its track, or nothing if it cannot be read.
pub(super) type Key = Option<(Cursor, Box<str>)>;

/// Reads what a search compares.
pub(super) fn key_of(at: &Place, value: &Bytes) -> Key {
    rows::read_track(at, value).ok().map(|track| (Cursor::of(&track), search::key(&track).into()))
}

impl Tracks {
    /// Puts a field in, in place of what was known of it; or forgets it if there is none.
    pub(super) fn put(&mut self, field: String, key: Option<Key>) {
        // Another way to write an id is another field.
        let id = field.parse().ok().map(TrackId::new).filter(|id| id.to_string() == field);
        if let Some(place) = id.and_then(|id| self.places.remove(&id)) {
            self.order.remove(&place);
        }
        self.unreadable.remove(&field);
        match key {
            Some(Some((place, key))) => {
                self.places.insert(place.id(), place.clone());
                self.order.insert(place, key);
            }
            Some(None) => {
                self.unreadable.insert(field);
            }
            None => {}
        }
    }

    /// How many fields there are.
    pub(super) fn len(&self) -> usize {
        self.order.len() + self.unreadable.len()
    }

    /// The places of a page of matches, whether there are more, and how many match in all.
    pub(super) fn page(&self, words: &[String], after: Option<&Cursor>, limit: usize) -> (Vec<Cursor>, bool, usize) {
        if words.is_empty() {
            let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
            let mut rest = self.order.range((behind, Bound::Unbounded)).map(|(place, _)| place.clone());
            let page = rest.by_ref().take(limit).collect();
            return (page, rest.next().is_some(), self.order.len());
        }
        let (mut page, mut more, mut total) = (Vec::new(), false, 0);
        for (place, _) in self.order.iter().filter(|(_, key)| search::matches(key, words)) {
            total += 1;
            if page.len() == limit {
                more |= after.is_none_or(|after| place > after);
            } else if after.is_none_or(|after| place > after) {
                page.push(place.clone());
            }
        }
        (page, more, total)
    }
}

/// Where an entry is in the log.
fn place_of(entry: &str) -> (u64, u64) {
    let (ms, n) = entry.split_once('-').unwrap_or_default();
    (ms.parse().unwrap_or_default(), n.parse().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use streamcore::testing::library::{track, track_id};

    use super::*;

    fn key(n: u64) -> Option<Key> {
        Some(Some((Cursor::of(&track(n)), search::key(&track(n)).into())))
    }

    fn known(mirror: &Mirror) -> (String, usize) {
        let state = mirror.read();
        let state = state.as_ref().unwrap();
        (state.at.entry.clone(), state.tracks.len())
    }

    #[test]
    fn what_changed_is_taken_in_once_and_in_its_order() {
        let mirror = Mirror::default();
        let at = |entry: &str| At { loading: 1, entry: entry.to_owned() };
        mirror.set(State { at: at("9-0"), tracks: Tracks::default() });
        mirror.apply(&at("9-0"), "10-1", vec![(track_id(1).to_string(), key(1))]);
        assert_eq!(known(&mirror), ("10-1".to_owned(), 1));
        mirror.apply(&at("10-2"), "10-3", vec![(track_id(1).to_string(), None)]);
        assert_eq!(known(&mirror), ("10-1".to_owned(), 1), "something is missing in between");
        mirror.apply(&at("9-0"), "10-10", vec![(track_id(1).to_string(), key(1)), (track_id(2).to_string(), key(2))]);
        assert_eq!(known(&mirror), ("10-10".to_owned(), 2), "more than was missing");
        mirror.apply(&at("9-0"), "10-2", vec![(track_id(1).to_string(), None)]);
        assert_eq!(known(&mirror), ("10-10".to_owned(), 2), "less than is known");
        mirror.apply(&At { loading: 0, entry: "10-10".to_owned() }, "11-0", vec![(track_id(1).to_string(), None)]);
        assert_eq!(known(&mirror), ("10-10".to_owned(), 2), "of another loading");
        mirror.forget(&At { loading: 0, entry: String::new() });
        assert!(mirror.read().is_some());
        mirror.forget(&at("9-0"));
        assert!(mirror.read().is_none());
    }
}
