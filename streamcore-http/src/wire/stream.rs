//! Streams as clients read them.

use serde::Serialize;
use serde_json::Number;
use streamcore::{EndReason, Status, StreamId, StreamView, Timestamp, registry};

use super::{Fields, Item, seconds};
use crate::error::ApiError;

/// The longest name of a stream, in characters.
const MAX_NAME_CHARS: usize = 200;

/// What is known of a stream, running or not.
#[derive(Debug, Serialize)]
pub(crate) struct StreamRecord {
    id: StreamId,
    uuid: String,
    name: String,
    created_at: String,
    status: Status,
    listeners_count: u64,
}

impl StreamRecord {
    pub(crate) fn new(record: registry::StreamRecord, view: Option<&StreamView>) -> Self {
        Self {
            id: record.id,
            uuid: record.uuid.hyphenated().to_string(),
            name: record.name,
            created_at: record.created_at.to_string(),
            status: view.map_or(Status::Stopped, |view| view.status),
            listeners_count: view.and_then(|view| view.listeners).unwrap_or(0),
        }
    }
}

/// A page of streams.
#[derive(Debug, Serialize)]
pub(crate) struct StreamPage {
    pub(crate) items: Vec<StreamRecord>,
    pub(crate) next: Option<String>,
    pub(crate) total: usize,
}

/// What a stream does, and how its session went so far.
#[derive(Debug, Serialize)]
pub(crate) struct StreamStatus {
    channel_id: StreamId,
    uuid: String,
    name: String,
    node: String,
    status: Status,
    current_item: Option<Item>,
    /// Seconds into the current item, to the millisecond.
    current_position: Number,
    listeners_count: u64,
    listeners_known: bool,
    uptime_seconds: u64,
    tracks_played: u64,
    errors_count: u64,
    started_at: Option<String>,
    ended_at: Option<String>,
    end_reason: Option<EndReason>,
}

impl StreamStatus {
    pub(crate) fn new(record: registry::StreamRecord, view: StreamView, node: &str, now: Timestamp) -> Self {
        let metrics = view.metrics(now);
        Self {
            channel_id: record.id,
            uuid: record.uuid.hyphenated().to_string(),
            name: record.name,
            node: node.to_owned(),
            status: view.status,
            current_item: view.current.map(|item| Item::new(record.id, item, Some(0))),
            current_position: seconds(view.position),
            listeners_count: metrics.listeners_count,
            listeners_known: view.listeners.is_some(),
            uptime_seconds: metrics.uptime.as_secs(),
            tracks_played: metrics.tracks_played,
            errors_count: metrics.errors_count,
            started_at: view.started_at.map(|t| t.to_string()),
            ended_at: view.ended.map(|(t, _)| t.to_string()),
            end_reason: view.ended.map(|(_, reason)| reason),
        }
    }
}

/// A stream to create.
#[derive(Debug)]
pub(crate) struct NewStream {
    /// None: the server chooses.
    pub(crate) id: Option<StreamId>,
    pub(crate) name: String,
}

impl NewStream {
    pub(crate) fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let id = fields.integer("id").map(StreamId::new);
        let name = fields.line("name", MAX_NAME_CHARS);
        let name = fields.require("name", name);
        // Settings come with the options they set; until then an object is taken and nothing is in it that we know.
        if fields.object("settings", usize::MAX).is_none() {
            return fields.finish(None);
        }
        let read = name.map(|name| Self { id, name });
        fields.finish(read)
    }
}

/// A new name for a stream.
pub(crate) fn read_name(mut fields: Fields) -> Result<String, ApiError> {
    let name = fields.line("name", MAX_NAME_CHARS);
    let name = fields.require("name", name);
    fields.finish(name)
}
