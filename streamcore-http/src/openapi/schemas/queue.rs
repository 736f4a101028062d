//! Queues: their items, lists and changes.

use serde_json::json;

use super::{
    Schemas, both, count, edit_kind, flag, integer, line, list, mode, named, number, object, or_null, page, record,
    repeat, request, see, source, status, text, tier, time, uuid, whole, word,
};

pub(super) fn items() -> Schemas {
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

pub(super) fn lists() -> Schemas {
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
    list_page = super::may_be_stale(list_page);
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
                ("auto_end_timer", or_null(see("Countdown"))),
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

pub(super) fn changes() -> Schemas {
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
