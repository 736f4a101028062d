//! Generators of tracks and of calls of the library port: few ids and few words, so that they meet.

use std::time::Duration;

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{super::strategies::timestamp, track_id};
use crate::{
    Source, TrackId,
    library::{Search, Track, TrackChange},
};

/// A call of the library port.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum LibraryOp {
    /// [`Library::add`](crate::library::Library::add).
    Add {
        /// The tracks.
        tracks: Vec<Track>,
        /// The limit.
        max_tracks: usize,
    },
    /// [`Library::update`](crate::library::Library::update).
    Update {
        /// Which.
        id: TrackId,
        /// What changes.
        change: TrackChange,
    },
    /// [`Library::delete`](crate::library::Library::delete).
    Delete {
        /// Which.
        id: TrackId,
    },
    /// [`Library::search`](crate::library::Library::search), page after page to the end.
    Search {
        /// The words.
        text: String,
        /// The length of the pages.
        limit: usize,
    },
}

impl LibraryOp {
    pub(super) fn first_page(text: &str, limit: usize) -> Search {
        Search { text: text.into(), after: None, limit }
    }
}

/// Up to `max` calls, so mixed that the library grows to a dozen tracks.
pub fn library_ops(max: usize) -> impl Strategy<Value = Vec<LibraryOp>> {
    vec(library_op(), 0..=max)
}

/// One call.
pub fn library_op() -> impl Strategy<Value = LibraryOp> {
    prop_oneof![
        5 => (vec(track(), 0..4), prop_oneof![4 => Just(100), 1 => 0..6_usize])
            .prop_map(|(tracks, max_tracks)| LibraryOp::Add { tracks, max_tracks }),
        3 => (id(), change()).prop_map(|(id, change)| LibraryOp::Update { id, change }),
        1 => id().prop_map(|id| LibraryOp::Delete { id }),
        4 => (text(), 0..5_usize).prop_map(|(text, limit)| LibraryOp::Search { text, limit }),
    ]
}

/// Any track, with one of few ids.
pub fn track() -> impl Strategy<Value = Track> {
    let names = (text(), option::of(text()), location(), source());
    let rest = (duration(), metadata(), option::of(any::<String>()), timestamp());
    (id(), names, rest).prop_map(|(id, (title, artist, url, source), (duration, metadata, added_by, added_at))| Track {
        artist,
        source,
        duration,
        metadata,
        added_by,
        ..Track::file(id, title, url, added_at)
    })
}

fn change() -> impl Strategy<Value = TrackChange> {
    let fields = (
        option::of(text()),
        option::of(option::of(text())),
        option::weighted(0.2, location()),
        option::weighted(0.2, source()),
        option::weighted(0.2, duration()),
        option::weighted(0.2, metadata()),
    );
    fields.prop_map(|(title, artist, url, source, duration, metadata)| TrackChange {
        title,
        artist,
        url,
        source,
        duration,
        metadata,
    })
}

fn id() -> impl Strategy<Value = TrackId> {
    (0..16_u64).prop_map(track_id)
}

fn source() -> impl Strategy<Value = Source> {
    prop_oneof![Just(Source::File), Just(Source::Stream), Just(Source::Youtube)]
}

fn duration() -> impl Strategy<Value = Option<Duration>> {
    option::of((any::<u64>(), 0..1_000_000_000_u32).prop_map(|(secs, nanos)| Duration::new(secs, nanos)))
}

fn metadata() -> impl Strategy<Value = serde_json::Map<String, serde_json::Value>> {
    let value = prop_oneof![text().prop_map(serde_json::Value::from), any::<f64>().prop_map(serde_json::Value::from)];
    vec((prop_oneof![Just("album".to_owned()), any::<String>()], value), 0..2)
        .prop_map(|fields| fields.into_iter().collect())
}

/// Words in which case, length and special characters matter, and any text at all.
pub fn text() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "moon",
        "MOON",
        "Mo",
        "o",
        "oo",
        "on",
        "ΟΔΟΣ",
        "οδος",
        "ΣΊΣ",
        "Ёлка",
        "ЕЛ",
        "İ",
        "i̇s",
        "ß",
        "SS",
        "\u{0}x",
        "%",
        "_",
        "\"",
        "\"\"",
        "*",
        "'",
        "AND",
        "or",
        "NEAR(",
        "a-b",
        "(",
        ":",
        "^",
        "🎵",
        "🎵🎶x",
        "日本語",
        "本",
        "{}",
        "\\",
        "\u{300}e",
        "\u{2003}",
    ];
    let word = prop_oneof![8 => select(WORDS).prop_map(str::to_owned), 1 => any::<String>()];
    vec((word, select(&["", " ", "\t", "  "][..])), 0..4)
        .prop_map(|words| words.into_iter().map(|(word, space)| word + space).collect())
}

fn location() -> impl Strategy<Value = String> {
    (text(), text(), select(&["/", "?", "%20", "#", ""][..]))
        .prop_map(|(folder, name, between)| folder + between + &name)
}
