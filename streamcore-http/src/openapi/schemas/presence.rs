//! Who listens, how a stream ends by itself, and the sessions that ended.

use serde_json::{Value, json};

use super::{
    Schemas, both, count, end_reason, flag, integer, list, named, or_null, page, record, request, see, text, time,
    whole, word,
};

pub(super) fn listeners() -> Schemas {
    let source = record([
        ("source", text()),
        ("listeners_count", count()),
        ("known", flag()),
        ("heard_at", time()),
        ("fresh_until", or_null(time())),
        ("gone_at", or_null(time())),
    ]);
    let id = json!({ "anyOf": [{ "type": "string", "minLength": 1, "maxLength": 128 }, { "type": "integer" }] });
    let ids = || json!({ "type": "array", "items": id, "maxItems": 10_000 });
    let mut told = request(
        &[],
        [
            (
                "source",
                json!({
                    "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9._:@/-]+$",
                    "default": "default", "description": "Who tells; `player` is the stream's own."
                }),
            ),
            ("listeners_count", whole(0, 1_000_000_000)),
            ("listeners", ids()),
            ("unknown", json!({ "type": "boolean", "enum": [true] })),
            ("joined", ids()),
            ("left", ids()),
        ],
    );
    told["description"] =
        json!("One of `listeners_count`, `listeners` (all of them), `unknown`, or `joined` and `left`.");
    named([
        (
            "Listeners",
            record([
                ("channel_id", integer()),
                ("listeners_count", count()),
                ("listeners_known", flag()),
                ("sources", list(source)),
            ]),
        ),
        ("Told", told),
    ])
}

pub(super) fn auto_end() -> Schemas {
    let countdown = record([("started_at", or_null(time())), ("timeout_at", time()), ("remaining_seconds", count())]);
    let held = || or_null(word(&["audience_unknown", "store_away"]));
    let state = record([
        ("channel_id", integer()),
        ("overrides", list(word(&KEYS))),
        ("defaults", see("AutoEndSettings")),
        ("is_active", flag()),
        ("started_at", or_null(time())),
        ("timeout_at", or_null(time())),
        ("remaining_seconds", or_null(count())),
        ("held", held()),
    ]);
    named([
        ("AutoEndSettings", record(settings(&|schema| schema))),
        (
            "Window",
            record([
                ("days", list(word(&["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))),
                ("from", clock("From 00:00 to 23:59.")),
                ("to", clock("Up to 24:00; on the next day if it is earlier than `from`.")),
            ]),
        ),
        ("AutoEndChange", request(&[], settings(&or_null))),
        ("AutoEnd", both("AutoEndSettings", state)),
        ("Countdown", countdown),
        ("HeldCountdown", both("Countdown", record([("held", held())]))),
        (
            "Warning",
            record([
                ("seconds", whole(1, 86_400)),
                ("given_at", time()),
                ("timeout_at", time()),
                ("remaining_seconds", count()),
            ]),
        ),
    ])
}

const KEYS: [&str; 6] =
    ["enabled", "timeout_seconds", "warnings_seconds", "only_when_queue_empty", "time_zone", "windows"];

/// The settings, each as it is where they are read or where they are changed.
fn settings(each: &dyn Fn(Value) -> Value) -> [(&'static str, Value); 6] {
    let warnings = json!({ "type": "array", "items": whole(1, 86_400), "maxItems": 16, "uniqueItems": true });
    let windows = json!({ "type": "array", "items": see("Window"), "maxItems": 64 });
    let schemas = [flag(), whole(1, 86_400), warnings, flag(), text(), windows];
    let mut schemas = schemas.iter().map(|schema| each(schema.clone()));
    KEYS.map(|key| (key, schemas.next().unwrap_or_default()))
}

/// A time of the day.
fn clock(description: &str) -> Value {
    json!({ "type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$", "description": description })
}

pub(super) fn sessions() -> Schemas {
    named([
        (
            "Session",
            record([
                ("number", whole(1, crate::wire::MAX_SAFE_INTEGER.unsigned_abs())),
                ("started_at", time()),
                ("ended_at", time()),
                ("reason", end_reason()),
                ("ended_by", or_null(text())),
                ("detail", or_null(text())),
                ("empty_seconds", or_null(count())),
                ("duration_seconds", count()),
                ("peak_listeners", count()),
                ("total_listeners", count()),
                ("tracks_played", count()),
                ("errors_count", count()),
            ]),
        ),
        ("SessionPage", page("Session", text())),
    ])
}
