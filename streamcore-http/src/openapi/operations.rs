//! A line per route: what it is for, what it takes, what it answers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    parts::reference,
    schemas::{activity_type, flag, list, text, whole, word},
};

/// What the route table does not say of a route.
pub(super) struct Operation {
    pub(super) tag: &'static str,
    pub(super) summary: &'static str,
    /// What a caller must know beyond that.
    pub(super) description: Option<&'static str>,
    pub(super) query: Vec<Value>,
    /// Whether it must be there, and what it is.
    pub(super) body: Option<(bool, Content)>,
    pub(super) status: u16,
    pub(super) answers: &'static str,
    pub(super) content: Content,
    /// Takes `If-Match`.
    pub(super) edits_queue: bool,
    /// Answers with an entity tag.
    pub(super) tagged: bool,
    /// Takes `If-None-Match`.
    pub(super) cached: bool,
    /// Tells who shows the token more than others.
    pub(super) tells_who: bool,
}

/// What a body holds.
pub(super) enum Content {
    Json(Value),
    Other(&'static [&'static str]),
}

fn schema(name: &str) -> Content {
    Content::Json(reference("schemas", name))
}

/// A route that answers 200 with this schema.
fn answers(tag: &'static str, summary: &'static str, name: &str) -> Operation {
    Operation {
        tag,
        summary,
        description: None,
        query: Vec::new(),
        body: None,
        status: 200,
        answers: "Done.",
        content: schema(name),
        edits_queue: false,
        tagged: false,
        cached: false,
        tells_who: false,
    }
}

/// One that changes a queue.
fn edits(summary: &'static str, name: &str) -> Operation {
    Operation { edits_queue: true, tagged: true, ..answers("queue", summary, name) }
}

/// One that answers something else than JSON.
fn sends(tag: &'static str, summary: &'static str, types: &'static [&'static str]) -> Operation {
    Operation { content: Content::Other(types), ..answers(tag, summary, "Done") }
}

impl Operation {
    fn body(self, name: &str) -> Self {
        Self { body: Some((true, schema(name))), ..self }
    }

    fn optional_body(self, name: &str) -> Self {
        Self { body: Some((false, schema(name))), ..self }
    }

    fn described(self, description: &'static str) -> Self {
        Self { description: Some(description), ..self }
    }

    /// With what it does not tell everybody.
    fn tells_who(self, description: &'static str) -> Self {
        Self { tells_who: true, ..self.described(description) }
    }

    fn created(self) -> Self {
        Self { status: 201, answers: "Created.", ..self }
    }

    fn tagged(self) -> Self {
        Self { tagged: true, ..self }
    }

    fn cached(self) -> Self {
        Self { cached: true, ..self.tagged() }
    }

    fn query(mut self, name: &str, schema: Value, description: &str) -> Self {
        self.query.push(json!({ "name": name, "in": "query", "schema": schema, "description": description }));
        self
    }

    fn required(mut self, name: &str, schema: Value, description: &str) -> Self {
        let parameter =
            json!({ "name": name, "in": "query", "required": true, "schema": schema, "description": description });
        self.query.push(parameter);
        self
    }

    fn page(self, most: u64) -> Self {
        self.query("limit", whole(1, most), "How many entries a page holds at the most.")
    }

    fn pages(self) -> Self {
        self.page(100).query("cursor", text(), "The `next` of an earlier page.")
    }

    fn list_page(self) -> Self {
        self.page(100).query("offset", whole(0, u64::MAX >> 11), "How many items to leave out at the head.")
    }

    fn priority(self) -> Self {
        self.query("priority", flag(), "Right behind the current item instead of where the mode puts it.")
    }

    fn channel(self) -> Self {
        let schema = reference("schemas", "StreamName");
        self.query("channel_id", schema, "The stream; without it the default stream of the settings.")
    }
}

fn mode() -> Value {
    word(&["fifo", "priority", "fair"])
}

/// What who tells of listeners must do to be believed.
const TELLING: &str = "What a source tells holds for 90 s. With `joined` and `left` each listener must be named again in `joined` within 90 s, \
or counts as gone. Whenever `known` is false for the source (after a restart of the server it is, and with it `listeners_known`), all of its \
listeners are due: as `listeners`, or their count. A source that stays silent is unknown after 90 s and gone after another 5 min. An \
`Idempotency-Key` is ignored: each report is taken.";

const KNOWN: &str = "What is not known is null. The machine is asked every 5 s; this tells what it said last.";

const HISTORY: &str = "Gauges are told as least, mean and greatest value of an entry, counters as what they grew by; null if nobody counts \
it. Entries are aligned to UTC; there is none for a time in which the server was away. It begins anew with each start of the server.";

/// Every route, by method and template.
#[rustfmt::skip]
pub(super) fn all() -> BTreeMap<(String, &'static str), Operation> {
    let lines = [
        ("GET",    "/api/v1/queue/{stream}", answers("queue", "A page of the list, the current item first", "QueuePage").list_page().cached()),
        ("DELETE", "/api/v1/queue/{stream}", edits("Remove all waiting items", "Done")),
        ("POST",   "/api/v1/queue/{stream}/items", edits("Add an item", "AddedItem").priority().body("AddItem").created()),
        ("POST",   "/api/v1/queue/{stream}/items/batch", edits("Add up to 1,000 items, all or none", "AddedItems").priority().body("AddBatch").created()),
        ("POST",   "/api/v1/queue/{stream}/import", Operation {
            body: Some((true, Content::Other(&["text/plain", "audio/x-mpegurl", "audio/x-scpls"]))),
            ..edits("Add what an M3U, a PLS or a list of locations names, all or none", "AddedItems").priority().created()
        }),
        ("DELETE", "/api/v1/queue/{stream}/items/{item}", edits("Remove a waiting item", "Done")),
        ("PATCH",  "/api/v1/queue/{stream}/items/{item}/move", edits("Give a waiting item another place", "QueuePage").list_page().body("Place")),
        ("PUT",    "/api/v1/queue/{stream}/items/{item}/position", edits("Give a waiting item another place", "QueuePage").list_page().body("Place")),
        ("POST",   "/api/v1/queue/{stream}/shuffle", edits("Put the waiting items in a random order", "QueuePage").list_page().optional_body("Shuffle")),
        ("POST",   "/api/v1/queue/{stream}/undo", edits("Take the last edit back; `undone` says which", "QueuePage").list_page()),
        ("POST",   "/api/v1/queue/{stream}/restore", edits("Bring back what was cleared last", "QueuePage").list_page()),
        ("POST",   "/api/v1/queue/{stream}/skip", edits("End the current item, or remove the head of a stream that is not running", "SkipAnswer").optional_body("Skip")),
        ("POST",   "/api/v1/queue/{stream}/jump", edits("On to a waiting item; those before it keep waiting", "SkipAnswer").body("Jump")),
        ("POST",   "/api/v1/queue/{stream}/previous", edits("Play again what played before; what plays waits right behind it", "SkipAnswer")),
        ("GET",    "/api/v1/queue/{stream}/history", answers("queue", "What was played, newest first", "HistoryPage").pages()),
        ("POST",   "/api/v1/queue/{stream}/history/{item}/replay", edits("Queue again what was played, as a new item", "AddedItem").priority().optional_body("Replay").created()),
        ("GET",    "/api/v1/queue/{stream}/repeat", answers("queue", "What is played again", "RepeatAnswer").tagged()),
        ("PUT",    "/api/v1/queue/{stream}/repeat", edits("Say what is played again", "RepeatAnswer").body("Repeat")),
        ("GET",    "/api/v1/queue/{stream}/mode", answers("queue", "Where what is added goes", "ModeAnswer").tagged()),
        ("PUT",    "/api/v1/queue/{stream}/mode", edits("Say where what is added goes; nothing is moved", "ModeAnswer").body("Mode")),
        ("POST",   "/api/v1/queue/{stream}/migrate", edits("Change the mode and, once, the order of what waits", "Migrated")
                       .required("from_mode", mode(), "The mode that it is in.").required("to_mode", mode(), "The new one.")),
        ("GET",    "/api/v1/queue/{stream}/state", answers("queue", "What the stream behind the queue does", "QueueState")),
        ("GET",    "/api/v1/queue/{stream}/stats", answers("queue", "How many items of which tier are listed", "QueueStats")),

        ("GET",    "/api/v1/streams", answers("streams", "All streams", "StreamPage").pages()),
        ("POST",   "/api/v1/streams", answers("streams", "Create a stream, stopped", "Stream").body("NewStream").created()),
        ("GET",    "/api/v1/streams/{stream}", answers("streams", "A stream", "Stream")),
        ("PATCH",  "/api/v1/streams/{stream}", answers("streams", "Rename a stream, or change its settings", "Stream").body("StreamEdit")),
        ("DELETE", "/api/v1/streams/{stream}", answers("streams", "Delete a stopped stream with its queue", "Done")),
        ("GET",    "/api/v1/streams/{stream}/status", answers("streams", "What a stream does", "StreamStatus").tells_who("Without the token `ended_by` is null.")),
        ("POST",   "/api/v1/streams/{stream}/start", answers("streams", "Put a stream on the air", "StreamStatus")),
        ("POST",   "/api/v1/streams/{stream}/stop", answers("streams", "Take a stream off the air", "StreamStatus")),
        ("POST",   "/api/v1/streams/{stream}/pause", answers("streams", "Send silence and keep the place", "StreamStatus")),
        ("POST",   "/api/v1/streams/{stream}/resume", answers("streams", "Go on after a pause", "StreamStatus")),
        ("POST",   "/api/v1/streams/{stream}/seek", answers("streams", "On to another place in the current track", "StreamStatus").body("Seek")),
        ("POST",   "/api/v1/streams/{stream}/skip", edits("End the current item, or remove the head of a stream that is not running", "SkipAnswer").optional_body("Skip")),
        ("GET",    "/api/v1/streams/{stream}/sessions", answers("streams", "Its sessions that ended, newest first", "SessionPage").pages().tells_who("Without the token `ended_by` and `detail` are null.")),

        ("GET",    "/api/v1/streams/{stream}/listeners", answers("presence", "How many listen, as each source tells it", "Listeners").tells_who("Without the token `sources` is empty: only the totals are told.")),
        ("POST",   "/api/v1/streams/{stream}/listeners", answers("presence", "Tell who listens; it holds for 90 s", "Listeners").body("Told").described(TELLING)),
        ("GET",    "/api/v1/streams/{stream}/auto-end", answers("presence", "How a stream ends by itself, and the end that it is heading for", "AutoEnd")),
        ("PUT",    "/api/v1/streams/{stream}/auto-end", answers("presence", "Change what is named of it; null is the server's default", "AutoEnd").body("AutoEndChange")),
        ("POST",   "/api/v1/streams/{stream}/auto-end/keep-alive", answers("presence", "Have an empty stream count as empty from now on, anew", "AutoEnd").described("An `Idempotency-Key` is ignored: each keep-alive begins the time anew.")),
        ("GET",    "/api/v1/streams/{stream}/warnings", Operation {
            content: Content::Json(list(reference("schemas", "Warning"))),
            ..answers("presence", "The warnings of the coming end that were given, newest last", "Warning")
        }),

        ("GET",    "/api/v1/tracks", answers("library", "The tracks in which every word occurs, by title", "TrackPage").query("q", text(), "The words.").pages()),
        ("POST",   "/api/v1/tracks", answers("library", "Put media into the library", "Track").body("NewTrack").created()),
        ("POST",   "/api/v1/tracks/upload", Operation {
            body: Some((true, Content::Other(&["application/octet-stream", "audio/*"]))),
            ..answers("library", "Store a file and put it into the library", "Track").created()
        }.required("filename", text(), "What it is called.").query("title", text(), "Instead of its own.").query("artist", text(), "Instead of its own.")),
        ("GET",    "/api/v1/tracks/{track}", answers("library", "A track", "Track")),
        ("PATCH",  "/api/v1/tracks/{track}", answers("library", "Change what is named of a track; null takes an artist or a length away", "Track").body("TrackEdit")),
        ("DELETE", "/api/v1/tracks/{track}", answers("library", "Forget a track; queues and files keep what they have", "Done")),
        ("GET",    "/api/v1/media", answers("library", "Files that can be queued", "MediaList").query("q", text(), "A part of their paths.").page(1_000)),

        ("GET",    "/api/playlist", answers("playlist", "The queue as a plain list", "Playlist").channel().tagged()),
        ("POST",   "/api/playlist", Operation { tag: "playlist", ..edits("Add an item behind all others", "PlaylistItem").channel().body("PlaylistEntry") }),
        ("PATCH",  "/api/playlist/reorder", Operation { tag: "playlist", ..edits("Give items other places", "Reordered").channel().body("Reorder") }),
        ("DELETE", "/api/playlist/{item}", Operation { tag: "playlist", ..edits("Remove a waiting item", "Removed").channel() }),

        ("GET",    "/api/v1/metrics/system", answers("metrics", "The machine, the process and what the server counts", "SystemMetrics").described(KNOWN)),
        ("GET",    "/api/v1/metrics/streams", answers("metrics", "Sums over the streams that run, and a page of all streams", "StreamsMetrics").pages()),
        ("GET",    "/api/v1/metrics/streams/{stream}", answers("metrics", "The figures of a stream", "StreamMetrics")),
        ("GET",    "/api/v1/metrics/history", answers("metrics", "Figures of up to the last 31 days, oldest first", "MetricsHistory")
                       .query("resolution", word(&["1m", "5m", "15m", "1h"]), "How long an entry lasts; kept for 24 h, 2 d, 7 d and 31 d. Without it `1m`.")
                       .query("from", text(), "Entries that begin at this moment or later: RFC 3339, or seconds since 1970.")
                       .query("to", text(), "Entries that begin before this moment.")
                       .query("limit", whole(1, 1_440), "How many of the newest of them; 360 without it.")
                       .described(HISTORY)),
        ("GET",    "/api/system/metrics", answers("metrics", "The machine in short", "SystemInShort").described(KNOWN)),
        ("GET",    "/api/system/activity", answers("metrics", "What happened lately, newest first; of the last 1,000 since the server's start", "ActivityPage")
                       .page(100).query("offset", whole(0, u64::MAX >> 11), "How many to leave out at the head.")
                       .query("type", activity_type(), "Only those.")
                       .query("search", json!({ "type": "string", "maxLength": 100 }), "Only those in whose message this occurs.")
                       .tells_who("Without the token `ended_by`, and the `detail` of what ended a stream, are left out.")),
        ("GET",    "/health", answers("health", "The state of the server; degraded while the store is away", "Health")),
        ("GET",    "/healthz", answers("health", "The same", "Health")),
        ("GET",    "/health/live", answers("health", "Whether the process answers", "Liveness")),
        ("GET",    "/health/ready", answers("health", "Whether it can do its work", "Readiness")),
        ("GET",    "/readyz", answers("health", "The same", "Readiness")),
        ("GET",    "/api/openapi.json", answers("health", "This document", "Document").cached()),

        ("GET",    "/metrics", sends("metrics", "What a Prometheus reads: OpenMetrics, or the text format 0.0.4 where `Accept` prefers it", &["application/openmetrics-text", "text/plain"])
                       .described("Where scrapers have a token of their own it is needed; the service token does as well. With an address of its own (`metrics.listen`) this route is there and nowhere else.")),

        ("GET",    "/listen/{stream}", sends("listening", "The broadcast: an endless MP3", &["audio/mpeg"])),
        ("GET",    "/listen/{stream}.mp3", sends("listening", "The broadcast: an endless MP3", &["audio/mpeg"])),
        ("GET",    "/listen/{stream}.m3u", sends("listening", "A playlist file that leads there", &["audio/x-mpegurl"])),
        ("GET",    "/listen/{stream}.pls", sends("listening", "A playlist file that leads there", &["audio/x-scpls"])),
        ("GET",    "/", sends("listening", "The listening page", &["text/html"]).cached()),
        ("GET",    "/assets/{file}", sends("listening", "A file of the page", &["text/css", "text/javascript", "image/svg+xml"]).cached()),
    ];
    lines.into_iter().map(|(method, template, operation)| ((method.to_owned(), template), operation)).collect()
}
