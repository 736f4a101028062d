//! What is asked, what is answered, and which changes touch it.

use uuid::Uuid;

use crate::{
    QueueItem, StreamId, TrackId,
    library::{Cursor, SearchPage, Track},
    queue::{HistoryPage, QueueView},
    registry::{SessionList, StreamList, StreamRecord},
    stream::Snapshot,
};

/// One question to a store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Query {
    View { stream: StreamId, offset: usize, limit: usize },
    History { stream: StreamId, before: Option<u64>, limit: usize },
    Record { stream: StreamId },
    ByUuid { uuid: Uuid },
    Streams { after: Option<StreamId>, limit: usize },
    Snapshot { stream: StreamId },
    Sessions { stream: StreamId, before: Option<u64>, limit: usize },
    Track { id: TrackId },
    Search { text: String, after: Option<Cursor>, limit: usize },
}

/// What a change may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Queue(StreamId),
    /// Its record, and so every list of streams.
    Record(StreamId),
    Snapshot(StreamId),
    /// Its snapshot and its sessions.
    Sessions(StreamId),
    /// All that there is of it.
    Stream(StreamId),
    Library,
}

impl Query {
    pub(super) fn is_touched_by(&self, scope: Scope) -> bool {
        match self {
            Self::View { stream, .. } | Self::History { stream, .. } => {
                matches!(scope, Scope::Queue(of) | Scope::Stream(of) if of == *stream)
            }
            Self::Record { stream } => matches!(scope, Scope::Record(of) | Scope::Stream(of) if of == *stream),
            Self::ByUuid { .. } | Self::Streams { .. } => matches!(scope, Scope::Record(_) | Scope::Stream(_)),
            Self::Snapshot { stream } => {
                matches!(scope, Scope::Snapshot(of) | Scope::Sessions(of) | Scope::Stream(of) if of == *stream)
            }
            Self::Sessions { stream, .. } => {
                matches!(scope, Scope::Sessions(of) | Scope::Stream(of) if of == *stream)
            }
            Self::Track { .. } | Self::Search { .. } => scope == Scope::Library,
        }
    }
}

/// One answer of a store.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    View(QueueView),
    History(HistoryPage),
    Record(Option<StreamRecord>),
    Streams(StreamList),
    Snapshot(Option<Box<Snapshot>>),
    Sessions(SessionList),
    Track(Option<Box<Track>>),
    Search(SearchPage),
}

/// What a small thing counts for, with all that belongs to it.
const SMALL: usize = 1_024;

impl Answer {
    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        let small = |count: usize| count.saturating_mul(SMALL);
        SMALL
            + match self {
                Self::View(view) => view.items.iter().chain(&view.current).map(item).sum(),
                Self::History(page) => page.entries.iter().map(|entry| SMALL + item(&entry.item)).sum(),
                Self::Record(_) | Self::Track(None) | Self::Snapshot(None) => 0,
                // It names the current item.
                Self::Snapshot(Some(_)) => 32 * SMALL,
                Self::Streams(list) => small(list.streams.len()).saturating_mul(2),
                Self::Sessions(list) => small(list.sessions.len()).saturating_mul(2),
                Self::Track(Some(one)) => track(one),
                Self::Search(page) => page.tracks.iter().map(track).sum(),
            }
    }
}

fn item(item: &QueueItem) -> usize {
    SMALL / 2
        + item.title.len()
        + item.url.len()
        + item.added_by.as_ref().map_or(0, String::len)
        + metadata(&item.metadata)
}

fn track(track: &Track) -> usize {
    let text = track.title.len() + track.url.len() + track.artist.as_ref().map_or(0, String::len);
    SMALL / 2 + text + track.added_by.as_ref().map_or(0, String::len) + metadata(&track.metadata)
}

fn metadata(map: &serde_json::Map<String, serde_json::Value>) -> usize {
    map.iter().map(|(key, value)| 64 + key.len() + json(value)).sum()
}

/// Metadata is bounded where it enters, in depth too: this ends.
fn json(value: &serde_json::Value) -> usize {
    use serde_json::Value as V;
    match value {
        V::Null | V::Bool(_) | V::Number(_) => 32,
        V::String(text) => 32 + text.len(),
        V::Array(values) => 32 + values.iter().map(json).sum::<usize>(),
        V::Object(map) => 32 + metadata(map),
    }
}
