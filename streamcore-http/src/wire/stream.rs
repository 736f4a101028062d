//! Streams as clients read them.

use serde::Serialize;
use serde_json::Number;
use streamcore::{EndReason, Status, StreamId, StreamView, Timestamp, registry};

use super::{
    AutoEndChange, Countdown, Fields, Item,
    auto_end::HeldCountdown,
    seconds,
    session::{empty_seconds, ended_by},
};
use crate::{error::ApiError, token::Caller};

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
    /// When the state was read that this tells of, while the store is away; absent: now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stale_since: Option<String>,
}

impl StreamRecord {
    pub(crate) fn new(record: registry::StreamRecord, view: Option<&StreamView>) -> Self {
        Self {
            id: record.id,
            uuid: record.uuid.hyphenated().to_string(),
            name: record.name,
            created_at: record.created_at.to_string(),
            status: view.map_or(Status::Stopped, |view| view.status),
            listeners_count: view.map_or(0, |view| view.audience.count),
            stale_since: None,
        }
    }
}

/// A page of streams.
#[derive(Debug, Serialize)]
pub(crate) struct StreamPage {
    pub(crate) items: Vec<StreamRecord>,
    pub(crate) next: Option<String>,
    pub(crate) total: usize,
    /// When the state was read that this tells of, while the store is away; absent: now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stale_since: Option<String>,
}

/// What a stream does, and how its session went so far.
#[derive(Debug, Serialize)]
pub(crate) struct StreamStatus {
    /// When the state was read that this tells of, while the store is away; absent: now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stale_since: Option<String>,
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
    /// Who ended it, if somebody did; for who may know.
    ended_by: Option<String>,
    /// For how long it had counted as empty, if that is why it ended.
    empty_seconds: Option<u64>,
    /// The number of the running session, or of the last one; 0 before the first.
    session: u64,
    peak_listeners: u64,
    total_listeners: u64,
    /// The end that it is heading for; null if it is not.
    auto_end: Option<HeldCountdown>,
}

impl StreamStatus {
    pub(crate) fn new(
        record: registry::StreamRecord,
        view: StreamView,
        node: &str,
        now: Timestamp,
        caller: Caller,
    ) -> Self {
        let metrics = view.metrics(now);
        let auto_end = Countdown::of(&view, now).map(|countdown| HeldCountdown::new(countdown, &view));
        Self {
            stale_since: None,
            channel_id: record.id,
            uuid: record.uuid.hyphenated().to_string(),
            name: record.name,
            node: node.to_owned(),
            status: view.status,
            current_item: view.current.map(|item| Item::new(record.id, item, Some(0))),
            current_position: seconds(view.position),
            listeners_count: metrics.listeners_count,
            listeners_known: view.audience.complete,
            uptime_seconds: metrics.uptime.as_secs(),
            tracks_played: metrics.tracks_played,
            errors_count: metrics.errors_count,
            started_at: view.started_at.map(|t| t.to_string()),
            ended_at: view.ended.as_ref().map(|ended| ended.at.to_string()),
            end_reason: view.ended.as_ref().map(|ended| ended.cause.reason()),
            ended_by: caller.told(view.ended.as_ref().and_then(|ended| ended_by(&ended.cause))),
            empty_seconds: view.ended.as_ref().and_then(empty_seconds),
            session: view.session,
            peak_listeners: view.peak_listeners,
            total_listeners: view.total_listeners,
            auto_end,
        }
    }
}

/// A stream to create.
#[derive(Debug)]
pub(crate) struct NewStream {
    /// None: the server chooses.
    pub(crate) id: Option<StreamId>,
    pub(crate) name: String,
    pub(crate) auto_end: AutoEndChange,
}

impl NewStream {
    pub(crate) fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let id = fields.integer("id").map(StreamId::new);
        let name = fields.line("name", MAX_NAME_CHARS);
        let name = fields.require("name", name);
        let auto_end = read_settings(&mut fields).unwrap_or_default();
        let read = name.map(|name| Self { id, name, auto_end });
        fields.finish(read)
    }
}

/// What is to be different about a stream.
#[derive(Debug)]
pub(crate) struct StreamEdit {
    pub(crate) name: Option<String>,
    pub(crate) auto_end: Option<AutoEndChange>,
}

impl StreamEdit {
    pub(crate) fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let is_about_settings = fields.gives("settings");
        let name = fields.line("name", MAX_NAME_CHARS);
        let name = if is_about_settings { name } else { fields.require("name", name) };
        let auto_end = read_settings(&mut fields);
        fields.finish(Some(Self { name, auto_end }))
    }
}

/// `settings: {auto_end: {...}}`.
fn read_settings(fields: &mut Fields) -> Option<AutoEndChange> {
    fields.part("settings", |settings| settings.part("auto_end", |auto_end| Some(AutoEndChange::read(auto_end))))
}
