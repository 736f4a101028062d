//! Streams, the library, the older playlist API, health.

use serde_json::json;

use super::{
    Schemas, count, end_reason, flag, integer, line, list, may_be_stale, named, number, object, or_null, page, record,
    request, see, source, status, text, time, uuid, word,
};

pub(super) fn streams() -> Schemas {
    named([
        (
            "Stream",
            may_be_stale(record([
                ("id", integer()),
                ("uuid", uuid()),
                ("name", text()),
                ("created_at", time()),
                ("status", status()),
                ("listeners_count", count()),
            ])),
        ),
        ("StreamPage", may_be_stale(page("Stream", text()))),
        (
            "NewStream",
            request(&["name"], [("id", integer()), ("name", line(200)), ("settings", see("StreamSettings"))]),
        ),
        ("StreamEdit", request(&[], [("name", line(200)), ("settings", see("StreamSettings"))])),
        ("StreamSettings", request(&[], [("auto_end", see("AutoEndChange"))])),
        (
            "StreamStatus",
            may_be_stale(record([
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
                ("end_reason", or_null(end_reason())),
                ("ended_by", or_null(text())),
                ("empty_seconds", or_null(count())),
                ("session", count()),
                ("peak_listeners", count()),
                ("total_listeners", count()),
                ("auto_end", or_null(see("HeldCountdown"))),
            ])),
        ),
    ])
}

pub(super) fn library() -> Schemas {
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

pub(super) fn playlist() -> Schemas {
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

pub(super) fn health() -> Schemas {
    let dependency = record([
        ("name", text()),
        ("status", word(&["up", "degraded", "down"])),
        ("latency_ms", count()),
        ("message", or_null(text())),
        ("since", or_null(time())),
        ("last_check", time()),
    ]);
    named([
        (
            "Health",
            record([
                ("status", word(&["healthy", "degraded"])),
                ("version", text()),
                ("uptime_seconds", count()),
                ("timestamp", time()),
                ("dependencies", list(dependency)),
            ]),
        ),
        ("Liveness", record([("status", word(&["alive"]))])),
        ("Readiness", record([("status", word(&["ready", "degraded"])), ("reason", or_null(text()))])),
        ("Document", object()),
    ])
}
