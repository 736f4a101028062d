//! What travels, as JSON Schema. A field is always there unless it says otherwise.

mod monitor;
mod others;
mod presence;
mod queue;

use serde_json::{Map, Value, json};

pub(super) use self::monitor::activity_type;
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

pub(super) fn list(of: Value) -> Value {
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

/// The same, and when it was read if that is not now: while the store is away.
fn may_be_stale(mut schema: Value) -> Value {
    schema["properties"]["stale_since"] = time();
    schema
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

fn end_reason() -> Value {
    word(&["auto_end", "manual", "error"])
}

/// All schemas by name.
pub(super) fn all() -> Value {
    let mut all = Map::new();
    for part in [
        errors(),
        queue::items(),
        queue::lists(),
        queue::changes(),
        others::streams(),
        presence::listeners(),
        presence::auto_end(),
        presence::sessions(),
        others::library(),
        others::playlist(),
        monitor::system(),
        monitor::streams(),
        monitor::history(),
        monitor::activity(),
        others::health(),
    ] {
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
