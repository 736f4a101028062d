//! Figures of the machine and the server, and what happened lately, as clients read them.
//!
//! Some figures come twice, under the names of two older clients. What is not known is null.

use std::{sync::Arc, time::Duration};

use serde::Serialize;
use serde_json::{Map, Value, json};
use streamcore::{EndCause, FailureReason, ItemId, Status, StreamId, StreamView, Timestamp, registry};

use super::{PlaylistItem, seconds, session::ended_by};
use crate::{
    edge::Language,
    monitor::{
        Bucket, Counter, Counts, DiskFigures, Entry, Gauge, MachineSample, MemoryFigures, Range, Resolution, Slice,
        What,
    },
    token::Caller,
};

/// With one decimal.
fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// With two decimals.
fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// Gibibytes, which older clients call GB.
fn gigabytes(bytes: u64) -> f64 {
    hundredths(bytes as f64 / f64::from(1 << 30))
}

/// The machine and the server.
#[derive(Debug, Serialize)]
pub(crate) struct SystemMetrics {
    status: &'static str,
    /// Only if something is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    timestamp: String,
    uptime_seconds: u64,
    cpu: Value,
    memory: Value,
    disk: Value,
    network: Value,
    system: Value,
    process: Value,
    streams: Value,
    queue: Value,
    http: Value,
}

impl SystemMetrics {
    pub(crate) fn new(
        counts: &Counts,
        machine: Option<&MachineSample>,
        uptime: Duration,
        now: Timestamp,
        language: Language,
    ) -> Self {
        let missing = match language {
            Language::English => "the system tells nothing of this machine; the log says why",
            Language::Russian => "система ничего не сообщает об этой машине; причина в журнале",
        };
        let disk = machine.and_then(|machine| machine.disk);
        let percent = machine.and_then(|machine| machine.cpu_percent).map(tenths);
        Self {
            status: if machine.is_some() { "ok" } else { "error" },
            error: machine.is_none().then_some(missing),
            timestamp: machine.map_or(now, |machine| machine.at).to_string(),
            uptime_seconds: uptime.as_secs(),
            cpu: or_null(machine, |machine| {
                let load = machine.load_average.map(|load| load.map(hundredths));
                json!({ "usage_percent": percent, "cores": machine.cores, "load_average": load })
            }),
            memory: or_null(machine, |machine| {
                let MemoryFigures { total, used, available, .. } = machine.memory;
                json!({
                    "usage_percent": tenths(machine.memory.percent()), "total_gb": gigabytes(total),
                    "used_gb": gigabytes(used), "available_gb": gigabytes(available)
                })
            }),
            disk: or_null(disk.as_ref(), |disk| {
                json!({
                    "usage_percent": tenths(disk.percent()), "total_gb": gigabytes(disk.total),
                    "used_gb": gigabytes(disk.used()), "free_gb": gigabytes(disk.free)
                })
            }),
            network: or_null(
                machine.and_then(|machine| machine.network).as_ref(),
                |network| json!({ "bytes_sent": network.sent, "bytes_recv": network.received }),
            ),
            system: json!({
                "cpu": or_null(machine, |machine| json!({ "percent": percent, "cores": machine.cores })),
                "memory": or_null(machine, |machine| memory_in_bytes(&machine.memory)),
                "disk": or_null(disk.as_ref(), disk_in_bytes),
            }),
            process: or_null(machine, |machine| {
                let process = machine.process;
                json!({
                    "cpu_seconds": process.cpu_seconds.map(hundredths), "resident_bytes": process.resident_bytes,
                    "virtual_bytes": process.virtual_bytes, "open_files": process.open_files,
                    "open_files_limit": process.open_files_limit,
                    "started_at": process.started_at.map(|at| at.to_string())
                })
            }),
            streams: json!({ "active": counts.active_streams, "listeners": counts.listeners }),
            queue: json!({ "size": counts.queue_items, "operations": counts.queue_operations }),
            http: json!({ "requests": counts.requests, "duration_samples": counts.duration_samples }),
        }
    }
}

fn or_null<T>(what: Option<&T>, told: impl Fn(&T) -> Value) -> Value {
    what.map_or(Value::Null, told)
}

fn memory_in_bytes(memory: &MemoryFigures) -> Value {
    json!({
        "total_bytes": memory.total, "available_bytes": memory.available, "used_bytes": memory.used,
        "percent": tenths(memory.percent())
    })
}

fn disk_in_bytes(disk: &DiskFigures) -> Value {
    json!({
        "total_bytes": disk.total, "used_bytes": disk.used(), "free_bytes": disk.free, "percent": tenths(disk.percent())
    })
}

/// The machine in short.
#[derive(Debug, Serialize)]
pub(crate) struct SystemInShort {
    cpu_percent: Option<f64>,
    ram_percent: Option<f64>,
    disk_percent: Option<f64>,
    /// The stores keep no pool of connections that could be counted.
    db_connections_active: Option<u64>,
    db_connections_idle: Option<u64>,
    uptime_seconds: u64,
    collected_at: String,
}

impl SystemInShort {
    pub(crate) fn new(machine: Option<&MachineSample>, uptime: Duration, now: Timestamp) -> Self {
        Self {
            cpu_percent: machine.and_then(|machine| machine.cpu_percent).map(tenths),
            ram_percent: machine.map(|machine| tenths(machine.memory.percent())),
            disk_percent: machine.and_then(|machine| machine.disk).map(|disk| tenths(disk.percent())),
            db_connections_active: None,
            db_connections_idle: None,
            uptime_seconds: uptime.as_secs(),
            collected_at: machine.map_or(now, |machine| machine.at).to_string(),
        }
    }
}

/// All streams: the sums over those that run, and a page of all there are.
#[derive(Debug, Serialize)]
pub(crate) struct StreamsMetrics {
    status: &'static str,
    active_streams: Option<u64>,
    total_active_streams: Option<u64>,
    total_listeners: Option<u64>,
    queue_size: Option<u64>,
    total_queue_items: Option<u64>,
    auto_end_triggers: Option<u64>,
    streams: Vec<StreamFigures>,
    next: Option<String>,
    total: usize,
    timestamp: String,
    /// When the state was read that this tells of, while the store is away; absent: now.
    #[serde(skip_serializing_if = "Option::is_none")]
    stale_since: Option<String>,
}

impl StreamsMetrics {
    pub(crate) fn new(
        counts: &Counts,
        streams: Vec<StreamFigures>,
        next: Option<String>,
        total: usize,
        now: Timestamp,
        stale_since: Option<String>,
    ) -> Self {
        Self {
            status: "ok",
            active_streams: counts.active_streams,
            total_active_streams: counts.active_streams,
            total_listeners: counts.listeners,
            queue_size: counts.queue_items,
            total_queue_items: counts.queue_items,
            auto_end_triggers: counts.auto_ends,
            streams,
            next,
            total,
            timestamp: now.to_string(),
            stale_since,
        }
    }
}

/// One stream.
#[derive(Debug, Serialize)]
pub(crate) struct StreamFigures {
    channel_id: StreamId,
    channel_name: String,
    status: Status,
    listeners_count: u64,
    listeners_known: bool,
    queue_size: usize,
    /// What plays or is paused.
    current_track: Option<PlaylistItem>,
    /// Seconds into it, to the millisecond.
    position_seconds: serde_json::Number,
    uptime_seconds: u64,
    tracks_played: u64,
    errors_count: u64,
    /// Of an answer about one stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timestamp: Option<String>,
    /// When the state was read that this tells of, while the store is away; absent: now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stale_since: Option<String>,
}

impl StreamFigures {
    pub(crate) fn new(record: registry::StreamRecord, view: StreamView, queue_size: usize, now: Timestamp) -> Self {
        let metrics = view.metrics(now);
        Self {
            channel_id: record.id,
            channel_name: record.name,
            status: view.status,
            listeners_count: metrics.listeners_count,
            listeners_known: view.audience.complete,
            queue_size,
            current_track: view.current.map(|item| PlaylistItem::new(item, 0, true)),
            position_seconds: seconds(view.position),
            uptime_seconds: metrics.uptime.as_secs(),
            tracks_played: metrics.tracks_played,
            errors_count: metrics.errors_count,
            timestamp: None,
            stale_since: None,
        }
    }
}

/// Figures over time, oldest first.
#[derive(Debug, Serialize)]
pub(crate) struct MetricsHistory {
    resolution: &'static str,
    /// How long an entry lasts.
    resolution_seconds: u64,
    items: Vec<Map<String, Value>>,
    /// What to give as `to` for the entries before these; null if there are none.
    next: Option<String>,
    total: usize,
}

impl MetricsHistory {
    pub(crate) fn new(resolution: Resolution, slice: Slice) -> Self {
        let more = slice.total > slice.buckets.len();
        let next = slice.buckets.first().filter(|_| more).map(|(start, _)| start.to_string());
        Self {
            resolution: resolution.as_str(),
            resolution_seconds: resolution.width().as_secs(),
            items: slice.buckets.into_iter().map(|(start, bucket)| entry(start, &bucket)).collect(),
            next,
            total: slice.total,
        }
    }
}

fn entry(start: Timestamp, bucket: &Bucket) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("at".to_owned(), json!(start.to_string()));
    entry.insert("samples".to_owned(), json!(bucket.samples()));
    for gauge in Gauge::ALL {
        let range = bucket.gauge(gauge);
        let told = |range: Range| json!({ "min": hundredths(range.min), "avg": hundredths(range.avg), "max": hundredths(range.max) });
        entry.insert(gauge.as_str().to_owned(), range.map_or(Value::Null, told));
    }
    for counter in Counter::ALL {
        entry.insert(counter.as_str().to_owned(), json!(bucket.increase(counter)));
    }
    entry
}

/// What happened, newest first.
#[derive(Debug, Serialize)]
pub(crate) struct ActivityPage {
    events: Vec<ActivityEvent>,
    total: usize,
}

#[derive(Debug, Serialize)]
struct ActivityEvent {
    id: u64,
    #[serde(rename = "type")]
    kind: &'static str,
    message: String,
    /// Whom it is about, if it is about somebody with an account.
    user_email: Option<String>,
    details: Details,
    created_at: String,
}

/// What a kind of event has not is left out.
#[derive(Debug, Serialize)]
struct Details {
    channel_id: StreamId,
    #[serde(skip_serializing_if = "Option::is_none")]
    resumed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Who ended it, if somebody did; for who may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_by: Option<String>,
    /// What was wrong; where it ended a stream, for who may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_id: Option<ItemId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
}

impl ActivityPage {
    pub(crate) fn new(entries: &[Arc<Entry>], total: usize, language: Language, caller: Caller) -> Self {
        let events = entries.iter().map(|entry| ActivityEvent {
            id: entry.id,
            kind: entry.what.kind().as_str(),
            message: entry.what.message(entry.stream, language),
            user_email: None,
            details: Details::new(entry, caller),
            created_at: entry.at.to_string(),
        });
        Self { events: events.collect(), total }
    }
}

impl Details {
    fn new(entry: &Entry, caller: Caller) -> Self {
        let nothing = Self {
            channel_id: entry.stream,
            resumed: None,
            session: None,
            reason: None,
            ended_by: None,
            detail: None,
            item_id: None,
            title: None,
            count: None,
        };
        let failed = |reason: &FailureReason| (Some(reason.kind.as_str()), Some(reason.detail.clone()));
        match &entry.what {
            What::Started { resumed } => Self { resumed: Some(*resumed), ..nothing },
            What::Ended { session, cause } => {
                let detail = if let EndCause::Error { detail } = cause { Some(detail.clone()) } else { None };
                Self {
                    session: Some(*session),
                    reason: Some(cause.reason().as_str()),
                    ended_by: caller.told(ended_by(cause)),
                    detail: caller.told(detail),
                    ..nothing
                }
            }
            What::TrackFailed { item, title, reason } => {
                let (reason, detail) = failed(reason);
                Self { item_id: Some(*item), title: Some(title.clone()), reason, detail, ..nothing }
            }
            What::PlayerFailed { reason } => {
                let (reason, detail) = failed(reason);
                Self { reason, detail, ..nothing }
            }
            What::Added { title, count } | What::Removed { title, count } => {
                Self { title: Some(title.clone()), count: Some(*count), ..nothing }
            }
        }
    }
}
