//! What travels, as JSON Schema. A field is always there unless it says otherwise.

use serde_json::{Map, Value, json};

use super::parts::reference;

pub(super) fn text() -> Value {
    json!({ "type": "string" })
}

fn line(max: u64) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": max })
}

pub(super) fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

fn time() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

pub(super) fn flag() -> Value {
    json!({ "type": "boolean" })
}

fn number() -> Value {
    json!({ "type": "number", "minimum": 0 })
}

pub(super) fn whole(min: u64, max: u64) -> Value {
    json!({ "type": "integer", "minimum": min, "maximum": max })
}

fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

fn integer() -> Value {
    json!({ "type": "integer", "minimum": -crate::wire::MAX_SAFE_INTEGER, "maximum": crate::wire::MAX_SAFE_INTEGER })
}

fn object() -> Value {
    json!({ "type": "object" })
}

pub(super) fn word(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

fn list(of: Value) -> Value {
    json!({ "type": "array", "items": of })
}

fn see(name: &str) -> Value {
    reference("schemas", name)
}

/// That, or null.
fn or_null(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

/// An object with these fields, all of which are there.
fn record<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let required: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    json!({ "type": "object", "required": required, "properties": properties(&fields) })
}

/// An object of which only these fields must be there.
fn request<const N: usize>(required: &[&str], fields: [(&str, Value); N]) -> Value {
    let mut schema = json!({ "type": "object", "properties": properties(&fields) });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn properties(fields: &[(&str, Value)]) -> Map<String, Value> {
    fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect()
}

fn both(base: &str, more: Value) -> Value {
    json!({ "allOf": [see(base), more] })
}

fn page(of: &str, next: Value) -> Value {
    record([("items", list(see(of))), ("next", or_null(next)), ("total", count())])
}

fn source() -> Value {
    word(&["file", "stream", "youtube"])
}

fn mode() -> Value {
    word(&["fifo", "priority", "fair"])
}

fn repeat() -> Value {
    word(&["off", "one", "all"])
}

fn tier() -> Value {
    word(&["vip", "admin", "normal"])
}

fn edit_kind() -> Value {
    word(&["add", "remove", "move", "clear", "shuffle", "mode", "migrate", "repeat", "restore"])
}

fn status() -> Value {
    word(&["stopped", "playing", "paused", "placeholder"])
}

/// All schemas by name.
#[rustfmt::skip]
pub(super) fn all() -> Value {
    let mut all = Map::new();
    for part in [errors(), items(), queues(), changes(), streams(), library(), playlist(), health()] {
        all.extend(part);
    }
    Value::Object(all)
}

type Schemas = Vec<(String, Value)>;

fn named<const N: usize>(schemas: [(&str, Value); N]) -> Schemas {
    schemas.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

fn errors() -> Schemas {
    let field = record([("field", text()), ("message", text())]);
    named([
        (
            "Error",
            record([
                (
                    "detail",
                    json!({ "description": "For clients of the older API: the message, or a list of `{type, loc, msg}`." }),
                ),
                ("error", json!({ "type": "string", "description": "For programs; it stays." })),
                ("message", json!({ "type": "string", "description": "For people: what, why, and what to do." })),
                ("details", json!({ "type": "object", "properties": { "fields": list(field) } })),
            ]),
        ),
        ("Done", request(&["success", "message"], [("success", flag()), ("message", text()), ("revision", count())])),
        (
            "StreamName",
            json!({
                "oneOf": [integer(), uuid()],
                "description": "A stream's number within what JSON readers keep exactly, or its UUID.",
            }),
        ),
    ])
}

fn items() -> Schemas {
    let failure = record([("reason", text()), ("detail", text())]);
    let entry = record([
        ("seq", count()),
        ("outcome", word(&["played", "skipped", "failed", "other"])),
        ("failure", or_null(failure)),
        ("finished_at", time()),
    ]);
    named([
        (
            "Item",
            record([
                ("id", uuid()),
                ("channel_id", integer()),
                ("track_id", or_null(uuid())),
                ("title", text()),
                ("url", text()),
                ("source", source()),
                ("duration", or_null(number())),
                ("requested_by", or_null(integer())),
                ("added_by", or_null(text())),
                ("added_at", time()),
                ("metadata", object()),
                ("tier", tier()),
                ("replays", or_null(count())),
                ("position", or_null(count())),
                ("expected_at", or_null(time())),
            ]),
        ),
        (
            "AddItem",
            request(
                &[],
                [
                    (
                        "url",
                        json!({ "type": "string", "description": "A path inside the media directory or a URL; this or `track_id`." }),
                    ),
                    ("track_id", uuid()),
                    ("title", line(500)),
                    ("duration", number()),
                    ("source", source()),
                    ("tier", tier()),
                    ("requested_by", integer()),
                    ("added_by", line(200)),
                    ("metadata", object()),
                ],
            ),
        ),
        (
            "AddBatch",
            request(
                &["items"],
                [
                    ("items", json!({ "type": "array", "items": see("AddItem"), "minItems": 1, "maxItems": 1_000 })),
                    ("priority", flag()),
                ],
            ),
        ),
        ("AddedItem", both("Item", record([("revision", count())]))),
        ("AddedItems", record([("items", list(see("Item"))), ("revision", count())])),
        ("HistoryEntry", both("Item", entry)),
        ("HistoryPage", page("HistoryEntry", text())),
    ])
}

fn queues() -> Schemas {
    let mut list_page = record([
        ("items", list(see("Item"))),
        ("total", count()),
        ("is_placeholder", flag()),
        ("current_playing", or_null(see("Item"))),
        ("current_index", or_null(whole(1, 1))),
        ("revision", count()),
        ("mode", mode()),
        ("repeat", repeat()),
        ("undo", or_null(edit_kind())),
        ("restorable", count()),
    ]);
    list_page["properties"]["undone"] = or_null(edit_kind());
    named([
        ("QueuePage", list_page),
        (
            "QueueState",
            record([
                ("channel_id", integer()),
                ("status", status()),
                ("current_item", or_null(see("Item"))),
                ("started_at", or_null(time())),
                ("current_position", number()),
                ("listeners_count", count()),
                ("is_placeholder", flag()),
                ("auto_end_timer", or_null(object())),
                ("last_activity", or_null(time())),
            ]),
        ),
        (
            "QueueStats",
            record([
                ("channel_id", integer()),
                ("mode", mode()),
                ("total", count()),
                ("vip", count()),
                ("admin", count()),
                ("normal", count()),
            ]),
        ),
        (
            "ModeAnswer",
            record([("channel_id", integer()), ("mode", mode()), ("message", text()), ("revision", count())]),
        ),
        ("RepeatAnswer", record([("channel_id", integer()), ("repeat", repeat()), ("revision", count())])),
        (
            "Migrated",
            record([
                ("success", flag()),
                ("message", text()),
                ("mode", mode()),
                ("total", count()),
                ("revision", count()),
            ]),
        ),
        (
            "SkipAnswer",
            record([
                ("success", flag()),
                ("skipped", flag()),
                ("next_item", or_null(see("Item"))),
                ("message", text()),
                ("revision", count()),
            ]),
        ),
    ])
}

fn changes() -> Schemas {
    named([
        ("Place", request(&["position"], [("position", count())])),
        ("Shuffle", request(&[], [("seed", integer())])),
        ("Skip", request(&[], [("item_id", uuid())])),
        ("Jump", request(&["item_id"], [("item_id", uuid()), ("keep", flag())])),
        ("Replay", request(&[], [("priority", flag())])),
        ("Repeat", request(&["repeat"], [("repeat", repeat())])),
        ("Mode", request(&["mode"], [("mode", mode())])),
        ("Seek", request(&["position_seconds"], [("position_seconds", number()), ("item_id", uuid())])),
    ])
}

fn streams() -> Schemas {
    named([
        (
            "Stream",
            record([
                ("id", integer()),
                ("uuid", uuid()),
                ("name", text()),
                ("created_at", time()),
                ("status", status()),
                ("listeners_count", count()),
            ]),
        ),
        ("StreamPage", page("Stream", text())),
        ("NewStream", request(&["name"], [("id", integer()), ("name", line(200)), ("settings", object())])),
        ("StreamEdit", request(&["name"], [("name", line(200))])),
        (
            "StreamStatus",
            record([
                ("channel_id", integer()),
                ("uuid", uuid()),
                ("name", text()),
                ("node", text()),
                ("status", status()),
                ("current_item", or_null(see("Item"))),
                ("current_position", number()),
                ("listeners_count", count()),
                ("listeners_known", flag()),
                ("uptime_seconds", count()),
                ("tracks_played", count()),
                ("errors_count", count()),
                ("started_at", or_null(time())),
                ("ended_at", or_null(time())),
                ("end_reason", or_null(word(&["auto_end", "manual", "error"]))),
            ]),
        ),
    ])
}

fn library() -> Schemas {
    let file = record([("url", text()), ("bytes", count())]);
    named([
        (
            "Track",
            record([
                ("id", uuid()),
                ("title", text()),
                ("artist", or_null(text())),
                ("url", text()),
                ("source", source()),
                ("duration", or_null(number())),
                ("metadata", object()),
                ("added_by", or_null(text())),
                ("added_at", time()),
            ]),
        ),
        ("TrackPage", page("Track", text())),
        (
            "NewTrack",
            request(
                &["url"],
                [
                    ("url", text()),
                    ("title", line(500)),
                    ("artist", line(500)),
                    ("duration", number()),
                    ("added_by", line(200)),
                    ("metadata", object()),
                ],
            ),
        ),
        (
            "TrackEdit",
            request(
                &[],
                [
                    ("url", text()),
                    ("title", line(500)),
                    ("artist", or_null(line(500))),
                    ("duration", or_null(number())),
                    ("metadata", object()),
                ],
            ),
        ),
        ("MediaList", record([("items", list(file)), ("more", flag())])),
    ])
}

fn playlist() -> Schemas {
    let place = record([("id", uuid()), ("position", count())]);
    named([
        (
            "PlaylistItem",
            record([
                ("id", uuid()),
                ("url", text()),
                ("title", text()),
                ("type", word(&["local", "stream", "youtube"])),
                ("position", count()),
                ("created_at", time()),
                ("status", word(&["queued", "playing"])),
                ("duration", or_null(count())),
            ]),
        ),
        ("Playlist", list(see("PlaylistItem"))),
        (
            "PlaylistEntry",
            request(
                &["url"],
                [
                    ("url", text()),
                    ("title", line(500)),
                    ("type", word(&["local", "stream", "youtube"])),
                    ("duration", number()),
                    ("channel_id", see("StreamName")),
                ],
            ),
        ),
        (
            "Reorder",
            request(
                &["items"],
                [("items", json!({ "type": "array", "items": place, "minItems": 1, "maxItems": 1_000 }))],
            ),
        ),
        ("Reordered", record([("ok", flag()), ("updated", count())])),
        ("Removed", record([("ok", flag())])),
    ])
}

fn health() -> Schemas {
    let dependency = record([
        ("name", text()),
        ("status", word(&["up", "degraded", "down"])),
        ("latency_ms", count()),
        ("message", or_null(text())),
        ("last_check", time()),
    ]);
    named([
        (
            "Health",
            record([
                ("status", word(&["healthy", "degraded", "unhealthy"])),
                ("version", text()),
                ("uptime_seconds", count()),
                ("timestamp", time()),
                ("dependencies", list(dependency)),
            ]),
        ),
        ("Liveness", record([("status", word(&["alive"]))])),
        ("Readiness", record([("status", word(&["ready", "not_ready"])), ("reason", or_null(text()))])),
        ("Document", object()),
    ])
}
