//! What operations share: parameters, headers, answers to what went wrong.

use serde_json::{Value, json};

use super::schemas::{text, uuid};

pub(super) const DESCRIPTION: &str = "Reading is anonymous; whatever changes something needs the service token, and so does being told who did. `HEAD` and `OPTIONS` work \
everywhere, a trailing slash makes no difference, unknown keys of a body are ignored, a key that occurs twice is refused. Messages come in \
Russian if `Accept-Language` prefers it, else in English.";

pub(super) fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

pub(super) fn tags() -> Value {
    json!([
        { "name": "queue", "description": "What plays on a stream and what waits." },
        { "name": "streams", "description": "Which streams there are, and what they do." },
        { "name": "presence", "description": "Who listens to a stream, and the end that follows when nobody does." },
        { "name": "library", "description": "Tracks that people keep, and files that can be queued." },
        { "name": "playlist", "description": "The queue of one stream for clients of the older playlist API." },
        { "name": "listening", "description": "The broadcast and the page." },
        { "name": "metrics", "description": "Figures of the machine and the server, and what happened lately." },
        { "name": "health", "description": "For orchestrators and tools." }
    ])
}

pub(super) fn parameters() -> Value {
    let path = |name: &str, schema: Value, description: &str| json!({ "name": name, "in": "path", "required": true, "schema": schema, "description": description });
    json!({
        "stream": path("stream", reference("schemas", "StreamName"), "The stream's number or its UUID."),
        "item": path("item", uuid(), "The item's id."),
        "track": path("track", uuid(), "The track's id."),
        "file": path("file", text(), "The file's name."),
        "if_match": {
            "name": "If-Match",
            "in": "header",
            "schema": text(),
            "description": "The entity tag of the queue that the author of this change saw; of another one the change is refused."
        },
        "idempotency_key": {
            "name": "Idempotency-Key",
            "in": "header",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
            "description": "Makes this request count once: for a day the same request with the same key is answered as before, with \
                `Idempotency-Replayed: true`."
        }
    })
}

pub(super) fn headers() -> Value {
    json!({
        "revision": { "schema": text(), "description": "What identifies this state; of a queue: its revision in quotes." }
    })
}

pub(super) fn responses() -> Value {
    let error = |description: &str| {
        let schema = reference("schemas", "Error");
        json!({ "description": description, "content": { "application/json": { "schema": schema } } })
    };
    json!({
        "error": error("It was not done; `error` says why, `message` what to do."),
        "unauthorized": error("The service token is missing or wrong."),
        "revision_mismatch": error("The queue changed since its author read it; `details.current_revision` says to what."),
        "unchanged": { "description": "The caller has this already (`If-None-Match`)." }
    })
}
