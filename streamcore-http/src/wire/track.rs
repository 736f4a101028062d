//! Tracks of the library as clients read and write them.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Number, Value};
use streamcore::{
    MAX_METADATA_BYTES, MAX_TITLE_CHARS, MAX_URL_BYTES, Source, TrackId,
    library::{self, SearchPage},
};

use super::{Fields, item::MAX_USER_CHARS, seconds};
use crate::error::ApiError;

/// A track.
#[derive(Debug, Serialize)]
pub(crate) struct Track {
    id: TrackId,
    title: String,
    artist: Option<String>,
    url: String,
    source: Source,
    duration: Option<Number>,
    metadata: Map<String, Value>,
    added_by: Option<String>,
    added_at: String,
}

impl From<library::Track> for Track {
    fn from(track: library::Track) -> Self {
        Self {
            id: track.id,
            title: track.title,
            artist: track.artist,
            url: track.url,
            source: track.source,
            duration: track.duration.map(seconds),
            metadata: track.metadata,
            added_by: track.added_by,
            added_at: track.added_at.to_string(),
        }
    }
}

/// A page of tracks, in the order of their titles.
#[derive(Debug, Serialize)]
pub(crate) struct TrackPage {
    items: Vec<Track>,
    /// The `cursor` of the next page; null at the end.
    next: Option<String>,
    total: usize,
}

impl From<SearchPage> for TrackPage {
    fn from(page: SearchPage) -> Self {
        Self {
            items: page.tracks.into_iter().map(Track::from).collect(),
            next: page.next.map(|cursor| cursor.to_string()),
            total: page.total,
        }
    }
}

/// A track to add.
#[derive(Debug)]
pub(crate) struct NewTrack {
    pub(crate) url: String,
    pub(crate) title: Option<String>,
    pub(crate) artist: Option<String>,
    pub(crate) duration: Option<Duration>,
    pub(crate) added_by: Option<String>,
    pub(crate) metadata: Map<String, Value>,
}

impl NewTrack {
    pub(crate) fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let url = fields.location("url", MAX_URL_BYTES);
        let url = fields.require("url", url);
        let title = fields.line("title", MAX_TITLE_CHARS);
        let artist = fields.line("artist", MAX_TITLE_CHARS);
        let duration = fields.seconds("duration");
        let added_by = fields.line("added_by", MAX_USER_CHARS);
        let metadata = fields.object("metadata", MAX_METADATA_BYTES);
        let read = url.zip(metadata).map(|(url, metadata)| Self { url, title, artist, duration, added_by, metadata });
        fields.finish(read)
    }
}

/// What to change of a track. What the body does not name stays; an artist or a length that is null goes.
#[derive(Debug)]
pub(crate) struct EditTrack {
    pub(crate) url: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) artist: Option<Option<String>>,
    pub(crate) duration: Option<Option<Duration>>,
    pub(crate) metadata: Option<Map<String, Value>>,
}

impl EditTrack {
    pub(crate) fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let (artist, duration, metadata) = (fields.names("artist"), fields.names("duration"), fields.names("metadata"));
        let read = Self {
            url: fields.location("url", MAX_URL_BYTES),
            title: fields.line("title", MAX_TITLE_CHARS),
            artist: artist.then(|| fields.line("artist", MAX_TITLE_CHARS)),
            duration: duration.then(|| fields.seconds("duration")),
            metadata: fields.object("metadata", MAX_METADATA_BYTES).filter(|_| metadata),
        };
        fields.finish(Some(read))
    }
}
