//! Figures of the machine and the server, and what happened lately.

use serde_json::{Value, json};

use super::{
    Schemas, count, end_reason, flag, integer, list, may_be_stale, named, number, or_null, record, request, see,
    status, text, time, uuid, word,
};
use crate::monitor::{ActivityKind, Counter, Gauge, Resolution};

pub(in crate::openapi) fn activity_type() -> Value {
    word(&ActivityKind::ALL.map(ActivityKind::as_str))
}

pub(super) fn system() -> Schemas {
    let unknown = |schema: fn() -> Value| or_null(schema());
    let cpu = record([("percent", unknown(number)), ("cores", count())]);
    let memory = record([
        ("total_bytes", count()),
        ("available_bytes", count()),
        ("used_bytes", count()),
        ("percent", number()),
    ]);
    let disk =
        record([("total_bytes", count()), ("used_bytes", count()), ("free_bytes", count()), ("percent", number())]);
    let mut system = record([
        ("status", word(&["ok", "error"])),
        ("timestamp", time()),
        ("uptime_seconds", count()),
        (
            "cpu",
            or_null(record([
                ("usage_percent", unknown(number)),
                ("cores", count()),
                ("load_average", or_null(list(number()))),
            ])),
        ),
        (
            "memory",
            or_null(record([
                ("usage_percent", number()),
                ("total_gb", number()),
                ("used_gb", number()),
                ("available_gb", number()),
            ])),
        ),
        (
            "disk",
            or_null(record([
                ("usage_percent", number()),
                ("total_gb", number()),
                ("used_gb", number()),
                ("free_gb", number()),
            ])),
        ),
        ("network", or_null(record([("bytes_sent", count()), ("bytes_recv", count())]))),
        ("system", record([("cpu", or_null(cpu)), ("memory", or_null(memory)), ("disk", or_null(disk))])),
        (
            "process",
            or_null(record([
                ("cpu_seconds", unknown(number)),
                ("resident_bytes", unknown(count)),
                ("virtual_bytes", unknown(count)),
                ("open_files", unknown(count)),
                ("open_files_limit", unknown(count)),
                ("started_at", unknown(time)),
            ])),
        ),
        ("streams", record([("active", unknown(count)), ("listeners", unknown(count))])),
        ("queue", record([("size", unknown(count)), ("operations", unknown(count))])),
        ("http", record([("requests", unknown(count)), ("duration_samples", unknown(count))])),
    ]);
    system["properties"]["error"] = text();
    named([
        ("SystemMetrics", system),
        (
            "SystemInShort",
            record([
                ("cpu_percent", unknown(number)),
                ("ram_percent", unknown(number)),
                ("disk_percent", unknown(number)),
                ("db_connections_active", unknown(count)),
                ("db_connections_idle", unknown(count)),
                ("uptime_seconds", count()),
                ("collected_at", time()),
            ]),
        ),
    ])
}

pub(super) fn streams() -> Schemas {
    let mut stream = may_be_stale(record([
        ("channel_id", integer()),
        ("channel_name", text()),
        ("status", status()),
        ("listeners_count", count()),
        ("listeners_known", flag()),
        ("queue_size", count()),
        ("current_track", or_null(see("PlaylistItem"))),
        ("position_seconds", number()),
        ("uptime_seconds", count()),
        ("tracks_played", count()),
        ("errors_count", count()),
    ]));
    stream["properties"]["timestamp"] = time();
    named([
        ("StreamMetrics", stream),
        (
            "StreamsMetrics",
            may_be_stale(record([
                ("status", word(&["ok"])),
                ("active_streams", or_null(count())),
                ("total_active_streams", or_null(count())),
                ("total_listeners", or_null(count())),
                ("queue_size", or_null(count())),
                ("total_queue_items", or_null(count())),
                ("auto_end_triggers", or_null(count())),
                ("streams", list(see("StreamMetrics"))),
                ("next", or_null(text())),
                ("total", count()),
                ("timestamp", time()),
            ])),
        ),
    ])
}

pub(super) fn history() -> Schemas {
    // A mean or a share may be anything that somebody tells; counts are not negative.
    let figure = || json!({ "type": "number" });
    let range = record([("min", figure()), ("avg", figure()), ("max", figure())]);
    let mut entry = record([("at", time()), ("samples", count())]);
    let gauges = Gauge::ALL.map(|gauge| (gauge.as_str(), or_null(see("MetricsRange"))));
    let counters = Counter::ALL.map(|counter| (counter.as_str(), or_null(count())));
    for (name, schema) in gauges.into_iter().chain(counters) {
        entry["properties"][name] = schema;
        if let Some(required) = entry["required"].as_array_mut() {
            required.push(json!(name));
        }
    }
    named([
        ("MetricsRange", range),
        (
            "MetricsHistory",
            record([
                ("resolution", word(&Resolution::ALL.map(Resolution::as_str))),
                ("resolution_seconds", count()),
                ("items", list(entry)),
                ("next", or_null(time())),
                ("total", count()),
            ]),
        ),
    ])
}

pub(super) fn activity() -> Schemas {
    let details = request(
        &["channel_id"],
        [
            ("channel_id", integer()),
            ("resumed", flag()),
            ("session", count()),
            (
                "reason",
                json!({ "anyOf": [end_reason(), { "type": "string" }], "description": "Why it ended, or the kind of failure." }),
            ),
            ("ended_by", text()),
            ("detail", text()),
            ("item_id", uuid()),
            ("title", text()),
            ("count", count()),
        ],
    );
    let event = record([
        ("id", count()),
        ("type", activity_type()),
        ("message", text()),
        ("user_email", or_null(text())),
        ("details", details),
        ("created_at", time()),
    ]);
    named([("ActivityPage", record([("events", list(event)), ("total", count())]))])
}
