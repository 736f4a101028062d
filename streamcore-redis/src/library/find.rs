//! Finding in the mirror, off the threads that others wait for if there is much to look at.

use std::sync::Arc;

use streamcore::library::{Cursor, MAX_PAGE, Search, search};

use super::{
    Outcome,
    mirror::{At, Mirror, State},
};
use crate::error::{Fault, Unavailable};

/// How many tracks are looked at in passing.
const FEW: usize = 500;

/// A page without its tracks, of one state.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) at: At,
    /// How many fields the mirror knew.
    pub(super) held: usize,
    pub(super) places: Vec<Cursor>,
    pub(super) more: bool,
    pub(super) total: usize,
    /// One that holds no track that can be read, if there are any.
    pub(super) unreadable: Option<String>,
}

/// What is found as far as the mirror knows; nothing if it is not loaded.
pub(super) async fn find(mirror: &Arc<Mirror>, search: &Search) -> Outcome<Option<Found>> {
    let Some(len) = mirror.read().as_ref().map(|state| state.tracks.len()) else { return Ok(None) };
    if len <= FEW {
        return Ok(mirror.read().as_ref().map(|state| found(state, search)));
    }
    let gone = |_| Fault::Away(Unavailable::Closed);
    let place = Arc::clone(&mirror.threads).acquire_owned().await.map_err(|_| Fault::Away(Unavailable::Closed))?;
    let (mirror, search) = (Arc::clone(mirror), search.clone());
    let finding = move || {
        let _place = place;
        mirror.read().as_ref().map(|state| found(state, &search))
    };
    tokio::task::spawn_blocking(finding).await.map_err(gone)
}

fn found(state: &State, search: &Search) -> Found {
    let words = search::words(&search.text);
    let (places, more, total) = state.tracks.page(&words, search.after.as_ref(), search.limit.min(MAX_PAGE));
    let unreadable = state.tracks.unreadable.first().cloned();
    Found { at: state.at.clone(), held: state.tracks.len(), places, more, total, unreadable }
}
