//! What the library keeps of a track, and what an edit may change of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Error, Result};
use crate::{MAX_METADATA_BYTES, MAX_TITLE_CHARS, MAX_URL_BYTES, Source, Timestamp, TrackId};

/// Longest name of who added a track, in bytes.
pub const MAX_ADDED_BY_BYTES: usize = 1_024;

/// One track of the library.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// Its identity, made by who adds it.
    pub id: TrackId,
    /// What people read: at most [`MAX_TITLE_CHARS`] characters.
    pub title: String,
    /// Who performs it: at most as long as a title.
    pub artist: Option<String>,
    /// Where the media is, in its normal form (see [`MediaInfo::url`](crate::media::MediaInfo::url)): at most [`MAX_URL_BYTES`] bytes.
    pub url: String,
    /// What kind of place that is.
    pub source: Source,
    /// Nominal length, if known.
    pub duration: Option<Duration>,
    /// Whatever the integrator wants to keep with it: at most [`MAX_METADATA_BYTES`] bytes of JSON. A text under `album` is searched, too.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// Our user who added it; none for the service token. At most [`MAX_ADDED_BY_BYTES`] bytes.
    pub added_by: Option<String>,
    /// When it was added.
    pub added_at: Timestamp,
}

impl Track {
    /// A track of the given file with nothing else known.
    ///
    /// ```
    /// use streamcore::{Timestamp, TrackId, library::Track};
    /// let track = Track::file(TrackId::new(uuid::Uuid::from_u128(7)), "Prelude", "bach/prelude.flac", Timestamp::default());
    /// assert_eq!(track.url, "bach/prelude.flac");
    /// ```
    #[must_use]
    pub fn file(id: TrackId, title: impl Into<String>, path: impl Into<String>, added_at: Timestamp) -> Self {
        Self {
            id,
            title: title.into(),
            artist: None,
            url: path.into(),
            source: Source::File,
            duration: None,
            metadata: serde_json::Map::new(),
            added_by: None,
            added_at,
        }
    }

    /// Whether every field is within its limit. Every adapter asks this before it keeps a track.
    ///
    /// # Errors
    /// [`Error::TooLong`] names the first field that is not.
    pub fn check(&self) -> Result<()> {
        let json: usize = serde_json::to_vec(&self.metadata).map_or(usize::MAX, |json| json.len());
        let fields = [
            ("title", self.title.chars().count(), MAX_TITLE_CHARS),
            ("artist", self.artist.as_ref().map_or(0, |artist| artist.chars().count()), MAX_TITLE_CHARS),
            ("url", self.url.len(), MAX_URL_BYTES),
            ("metadata", json, MAX_METADATA_BYTES),
            ("added_by", self.added_by.as_ref().map_or(0, String::len), MAX_ADDED_BY_BYTES),
        ];
        match fields.into_iter().find(|(_, got, max)| got > max) {
            Some((field, got, max)) => Err(Error::TooLong { track: self.id, field, max, got }),
            None => Ok(()),
        }
    }
}

/// What an edit changes; a field that is none stays as it is.
///
/// ```
/// use streamcore::library::TrackChange;
/// // Another title, and no artist any more.
/// let change = TrackChange { title: Some("Prelude".into()), artist: Some(None), ..TrackChange::default() };
/// # let _ = change;
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrackChange {
    /// Another title.
    pub title: Option<String>,
    /// Another artist, or none.
    pub artist: Option<Option<String>>,
    /// Another location.
    pub url: Option<String>,
    /// Another kind of place.
    pub source: Option<Source>,
    /// Another length, or none.
    pub duration: Option<Option<Duration>>,
    /// Other metadata; it replaces all of the old.
    pub metadata: Option<serde_json::Map<String, serde_json::Value>>,
}

impl TrackChange {
    /// The track after the change. Adapters use this, so that no field is forgotten in one of them.
    #[must_use]
    pub fn applied_to(self, track: Track) -> Track {
        Track {
            title: self.title.unwrap_or(track.title),
            artist: self.artist.unwrap_or(track.artist),
            url: self.url.unwrap_or(track.url),
            source: self.source.unwrap_or(track.source),
            duration: self.duration.unwrap_or(track.duration),
            metadata: self.metadata.unwrap_or(track.metadata),
            ..track
        }
    }
}
