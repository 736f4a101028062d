//! Tracks for tests, and short words for what the checks do most.

use std::time::Duration;

use uuid::Uuid;

use super::super::items::{Expected, at};
use crate::{
    Source, TrackId,
    library::{Added, Library, Search, SearchPage, Track},
};

/// The id of the `n`th test track.
#[must_use]
pub const fn track_id(n: u64) -> TrackId {
    TrackId::new(Uuid::from_u128(n as u128))
}

/// The `n`th test track, with every field set to something that a sloppy store would lose.
#[must_use]
pub fn track(n: u64) -> Track {
    let mut metadata = serde_json::Map::new();
    metadata.insert("album".into(), format!("Альбом \"{n}\"").into());
    metadata.insert("nested".into(), serde_json::json!({ "π": [0.1, -0.0, 1.0e300, null, true, "\u{0}\u{1F3B5}"] }));
    Track {
        id: track_id(n),
        title: format!("трек {n} \"🎵\"\n\u{0}'; DROP TABLE"),
        artist: Some(format!("Ärtist % {n} _*")),
        url: format!("http://example.com/{n}?a=1&b=%20"),
        source: Source::Stream,
        // Whole milliseconds would hide a store that rounds.
        duration: Some(Duration::new(180 + n, 999_999_999)),
        metadata,
        added_by: Some("o'hara".into()),
        added_at: at(n),
    }
}

/// A track of a file with this title.
pub(super) fn titled(n: u64, title: &str) -> Track {
    Track::file(track_id(n), title, format!("{n}.mp3"), at(n))
}

/// More than any check adds.
pub(super) const ROOM: usize = 100_000;

pub(super) async fn add(library: &dyn Library, tracks: Vec<Track>) -> Vec<Added> {
    library.add(tracks, ROOM).await.answered()
}

pub(super) async fn find(library: &dyn Library, text: &str) -> SearchPage {
    library.search(Search { text: text.into(), after: None, limit: 500 }).await.answered()
}

/// The numbers of the tracks on a page.
pub(super) fn numbers(page: &SearchPage) -> Vec<u64> {
    page.tracks.iter().map(|track| u64::try_from(track.id.get().as_u128()).unwrap_or(u64::MAX)).collect()
}

pub(super) async fn found(library: &dyn Library, text: &str) -> Vec<u64> {
    numbers(&find(library, text).await)
}
