//! The store is away: readers see what was last known, marked; nothing changes; and all is well when it is back.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::common::{Server, until};

/// What a reader may read of a server with a queue, a stopped stream and a library.
const READS: &[&str] = &[
    "/api/v1/queue/7",
    "/api/v1/queue/7?limit=1&offset=1",
    "/api/v1/queue/7/history",
    "/api/v1/queue/7/repeat",
    "/api/v1/queue/7/mode",
    "/api/v1/queue/7/stats",
    "/api/v1/queue/8/state",
    "/api/v1/streams",
    "/api/v1/streams/7",
    "/api/v1/streams/7/status",
    "/api/v1/streams/7/sessions",
    "/api/v1/streams/7/auto-end",
    "/api/v1/streams/8",
    "/api/v1/streams/8/status",
    "/api/v1/streams/8/listeners",
    "/api/v1/streams/8/warnings",
    "/api/v1/tracks",
    "/api/playlist?channel_id=7",
];

async fn with_all() -> Server {
    let server = Server::start().await;
    server.playing(&["a.mp3", "b.mp3"]).await;
    server.api.post("/api/v1/streams", json!({"id": 8, "name": "Eight"})).await.expect(201);
    server.api.post("/api/v1/tracks", json!({"url": "c.mp3"})).await.expect(201);
    server
}

fn away(server: &Server, is_away: bool) {
    server.queue.all_away.store(is_away, Ordering::SeqCst);
}

/// What does not move by itself.
fn still(mut body: Value) -> Value {
    if let Some(object) = body.as_object_mut() {
        for moving in ["stale_since", "current_position", "uptime_seconds", "auto_end", "remaining_seconds"] {
            object.remove(moving);
        }
        for item in object.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
            item.as_object_mut().expect("an object").remove("expected_at");
        }
    }
    body
}

/// Promise H20.
#[tokio::test]
async fn readers_see_the_last_known_state_marked_and_the_present_one_when_the_store_is_back() {
    let server = with_all().await;
    let mut fresh = Vec::new();
    for path in READS {
        // Until what was done a moment ago is read: nothing older is kept.
        let reply = server.api.get(path).await;
        assert_eq!(reply.header("x-stale-since"), None, "{path}");
        fresh.push(still(reply.expect(200)));
    }
    away(&server, true);
    for (path, fresh) in READS.iter().zip(&fresh) {
        let reply = server.api.get(path).await;
        let since = reply.header("x-stale-since").map(str::to_owned);
        let body = reply.expect(200);
        assert!(since.as_deref().is_some_and(|since| since.ends_with('Z')), "{path} {since:?}");
        if body.get("stale_since").is_some() {
            assert_eq!(body["stale_since"].as_str(), since.as_deref(), "{path}");
        }
        assert_eq!(&still(body), fresh, "{path}");
    }
    for path in ["/api/v1/queue/7", "/api/v1/streams", "/api/v1/streams/8", "/api/v1/streams/7/status"] {
        assert!(server.anonymous.get(path).await.expect(200)["stale_since"].is_string(), "{path}");
    }
    // What nobody read is not known.
    server.anonymous.get("/api/v1/queue/9").await.refused(503, "unavailable");
    server.anonymous.get("/api/v1/queue/7?limit=3").await.refused(503, "unavailable");
    away(&server, false);
    for (path, fresh) in READS.iter().zip(&fresh) {
        let reply = server.api.get(path).await;
        assert_eq!(reply.header("x-stale-since"), None, "{path}");
        let body = reply.expect(200);
        assert!(body.get("stale_since").is_none(), "{path}");
        assert_eq!(&still(body), fresh, "{path}");
    }
}

/// Promise H20.
#[tokio::test]
async fn who_has_the_last_known_revision_is_told_so() {
    let server = with_all().await;
    let reply = server.anonymous.get("/api/v1/queue/7").await;
    let tag = reply.header("etag").expect("a tag").to_owned();
    away(&server, true);
    let unchanged = server.anonymous.with("If-None-Match", &tag).get("/api/v1/queue/7").await;
    assert_eq!((unchanged.status, unchanged.header("etag")), (304, Some(tag.as_str())));
    assert!(unchanged.header("x-stale-since").is_some());
}

/// Promise H20.
#[tokio::test]
async fn a_refusal_that_is_based_on_the_last_known_state_is_marked() {
    let server = with_all().await;
    server.anonymous.get("/api/v1/streams/99").await.refused(404, "stream_not_found");
    away(&server, true);
    let reply = server.anonymous.get("/api/v1/streams/99").await;
    assert!(reply.header("x-stale-since").is_some());
    reply.refused(404, "stream_not_found");
}

/// Promise H20.
#[tokio::test]
async fn what_was_acknowledged_is_in_the_last_known_state_or_nothing_is_known() {
    let server = with_all().await;
    server.anonymous.get("/api/v1/queue/7").await.expect(200);
    server.add("c.mp3").await;
    away(&server, true);
    // It may not have been read anew in time. What is known not to be true any more is never shown.
    let at_once = server.anonymous.get("/api/v1/queue/7").await;
    assert!(at_once.status == 503 || at_once.json()["total"] == 3, "{at_once:?}");
    away(&server, false);

    server.anonymous.get("/api/v1/queue/7").await.expect(200);
    server.add("d.mp3").await;
    tokio::time::sleep(Duration::from_secs(1)).await; // far longer than it takes to read it anew, which nobody asks for
    away(&server, true);
    let later = server.anonymous.get("/api/v1/queue/7").await;
    assert!(later.header("x-stale-since").is_some());
    assert_eq!(later.expect(200)["total"], 4);
}

/// Promise H20.
#[tokio::test]
async fn what_was_deleted_is_not_shown() {
    let server = with_all().await;
    for path in ["/api/v1/streams/8", "/api/v1/streams/8/status", "/api/v1/streams"] {
        server.anonymous.get(path).await.expect(200);
    }
    server.api.delete("/api/v1/streams/8").await.expect(200);
    away(&server, true);
    for path in ["/api/v1/streams/8", "/api/v1/streams/8/status", "/api/v1/streams"] {
        server.anonymous.get(path).await.refused(503, "unavailable");
    }
}

/// Promise H20.
#[tokio::test]
async fn a_store_that_is_silent_is_not_waited_for_long() {
    let server = with_all().await;
    server.anonymous.get("/api/v1/queue/7").await.expect(200);
    server.queue.silent.store(true, Ordering::SeqCst);
    let first = server.anonymous.get("/api/v1/queue/7").await;
    assert!(first.header("x-stale-since").is_some());
    first.expect(200);
    let began = Instant::now();
    server.anonymous.get("/api/v1/queue/7").await.expect(200);
    assert!(began.elapsed() < Duration::from_millis(2_500), "once it is known to be silent: {:?}", began.elapsed());
    server.queue.silent.store(false, Ordering::SeqCst);
    assert_eq!(server.anonymous.get("/api/v1/queue/7").await.header("x-stale-since"), None);
}

/// Every route that changes something, with what it takes to be carried out on [`with_all`].
fn changes(item: &str, played: &str) -> Vec<(&'static str, &'static str, String, Value)> {
    let q = |rest: &str| format!("/api/v1/queue/7{rest}");
    let s = |rest: &str| format!("/api/v1/streams/7{rest}");
    let url = json!({"url": "c.mp3"});
    let track = "/api/v1/tracks/00000000-0000-4000-8000-000000000001".to_owned();
    vec![
        // Before what asks for another track: while that is under way there is none to seek in.
        ("POST", "/api/v1/streams/{stream}/seek", s("/seek"), json!({"position_seconds": 5})),
        ("DELETE", "/api/v1/queue/{stream}", q(""), Value::Null),
        ("POST", "/api/v1/queue/{stream}/items", q("/items"), url.clone()),
        ("POST", "/api/v1/queue/{stream}/items/batch", q("/items/batch"), json!({"items": [url]})),
        ("POST", "/api/v1/queue/{stream}/import", q("/import"), Value::Null),
        ("DELETE", "/api/v1/queue/{stream}/items/{item}", q(&format!("/items/{item}")), Value::Null),
        (
            "PATCH",
            "/api/v1/queue/{stream}/items/{item}/move",
            q(&format!("/items/{item}/move")),
            json!({"position": 1}),
        ),
        (
            "PUT",
            "/api/v1/queue/{stream}/items/{item}/position",
            q(&format!("/items/{item}/position")),
            json!({"position": 1}),
        ),
        ("POST", "/api/v1/queue/{stream}/shuffle", q("/shuffle"), Value::Null),
        ("POST", "/api/v1/queue/{stream}/undo", q("/undo"), Value::Null),
        ("POST", "/api/v1/queue/{stream}/restore", q("/restore"), Value::Null),
        ("POST", "/api/v1/queue/{stream}/skip", q("/skip"), Value::Null),
        ("POST", "/api/v1/queue/{stream}/jump", q("/jump"), json!({"item_id": item})),
        ("POST", "/api/v1/queue/{stream}/previous", q("/previous"), Value::Null),
        ("POST", "/api/v1/queue/{stream}/history/{item}/replay", q(&format!("/history/{played}/replay")), Value::Null),
        ("PUT", "/api/v1/queue/{stream}/repeat", q("/repeat"), json!({"repeat": "all"})),
        ("PUT", "/api/v1/queue/{stream}/mode", q("/mode"), json!({"mode": "fair"})),
        ("POST", "/api/v1/queue/{stream}/migrate", q("/migrate?from_mode=fifo&to_mode=fair"), Value::Null),
        ("POST", "/api/v1/streams", "/api/v1/streams".to_owned(), json!({"id": 9, "name": "Nine"})),
        ("PATCH", "/api/v1/streams/{stream}", s(""), json!({"name": "Other"})),
        ("DELETE", "/api/v1/streams/{stream}", "/api/v1/streams/8".to_owned(), Value::Null),
        ("POST", "/api/v1/streams/{stream}/start", "/api/v1/streams/8/start".to_owned(), Value::Null),
        ("POST", "/api/v1/streams/{stream}/pause", s("/pause"), Value::Null),
        ("POST", "/api/v1/streams/{stream}/resume", "/api/v1/streams/6/resume".to_owned(), Value::Null),
        ("POST", "/api/v1/streams/{stream}/skip", s("/skip"), Value::Null),
        ("PUT", "/api/v1/streams/{stream}/auto-end", s("/auto-end"), json!({"timeout_seconds": 77})),
        ("POST", "/api/v1/streams/{stream}/auto-end/keep-alive", s("/auto-end/keep-alive"), Value::Null),
        ("POST", "/api/v1/tracks", "/api/v1/tracks".to_owned(), json!({"url": "d.mp3"})),
        ("POST", "/api/v1/tracks/upload", "/api/v1/tracks/upload?filename=new.mp3".to_owned(), json!("audio")),
        ("PATCH", "/api/v1/tracks/{track}", track.clone(), json!({"title": "Other"})),
        ("DELETE", "/api/v1/tracks/{track}", track, Value::Null),
        ("POST", "/api/playlist", "/api/playlist?channel_id=7".to_owned(), url),
        (
            "PATCH",
            "/api/playlist/reorder",
            "/api/playlist/reorder?channel_id=7".to_owned(),
            json!({"items": [{"id": item, "position": 2}]}),
        ),
        ("DELETE", "/api/playlist/{item}", format!("/api/playlist/{item}?channel_id=7"), Value::Null),
        // Last: it leaves the air at once, whatever becomes of the store.
        ("POST", "/api/v1/streams/{stream}/stop", s("/stop"), Value::Null),
    ]
}

/// Promises H6 and H20.
#[tokio::test]
async fn every_change_is_refused_with_when_to_try_again_and_changes_nothing() {
    for is_read_only in [false, true] {
        let server = with_all().await;
        server.add("e.mp3").await;
        let items = server.anonymous.get("/api/v1/queue/7").await.expect(200)["items"].clone();
        let item = items[1]["id"].as_str().expect("an id").to_owned();
        let before = server.anonymous.get("/api/v1/queue/7").await.expect(200);
        let changes = changes(&item, &item);
        let mut told: BTreeSet<_> =
            changes.iter().map(|(method, template, ..)| ((*method).to_owned(), *template)).collect();
        // What holds for a while and is kept in memory needs no store.
        told.insert(("POST".to_owned(), "/api/v1/streams/{stream}/listeners"));
        let all: BTreeSet<_> = streamcore_http::routes()
            .into_iter()
            .filter(|route| route.method != "GET")
            .map(|route| (route.method.to_string(), route.template))
            .collect();
        assert_eq!(told, all, "every route that changes something is tried");

        let switch = if is_read_only { &server.queue.read_only } else { &server.queue.all_away };
        switch.store(true, Ordering::SeqCst);
        for (method, template, path, body) in &changes {
            let body = if body.is_null() { String::new() } else { body.to_string() };
            let body = if template.ends_with("/import") { "c.mp3\n".to_owned() } else { body };
            let reply = server.api.send(method, path, body.as_bytes()).await;
            // What would change nothing, as of something that is not there, may be refused for that.
            if is_read_only && reply.status != 503 {
                println!("{method} {path}: {}", reply.status);
                assert!((400..500).contains(&reply.status), "{method} {path}: {}", reply.status);
                continue;
            }
            println!("{method} {path}: {}", reply.status);
            assert_eq!(reply.header("x-stale-since"), None, "{method} {path}");
            assert!(reply.header("retry-after").is_some(), "{method} {path}: {}", reply.status);
            reply.refused(503, "unavailable");
        }
        switch.store(false, Ordering::SeqCst);
        let after = server.anonymous.get("/api/v1/queue/7").await.expect(200);
        let titles = |page: &Value| {
            page["items"].as_array().expect("a list").iter().map(|item| item["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(titles(&after), titles(&before));
        server.anonymous.get("/api/v1/streams/9").await.refused(404, "stream_not_found");
    }
}

/// Promises H6 and S10.
#[tokio::test]
async fn a_listener_comes_and_hears_while_everything_is_away() {
    let server = with_all().await;
    away(&server, true);
    let _socket = server.anonymous.open("/listen/7").await;
    let player = Arc::clone(&server.player);
    until("connected", || player.connected() == 1).await;
    let began = Instant::now();
    server.anonymous.get("/listen/8").await.refused(404, "stream_not_running");
    assert!(began.elapsed() < Duration::from_secs(2));
}
