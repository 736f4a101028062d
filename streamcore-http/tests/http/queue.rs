//! `/api/v1/queue/{stream}`.

use serde_json::{Value, json};
use streamcore::{FailureKind, FailureReason};

use crate::common::{Server, server::STREAM};

fn titles(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item["title"].as_str().expect("a title")).collect()
}

fn id(item: &Value) -> &str {
    item["id"].as_str().expect("an id")
}

#[tokio::test]
async fn an_unknown_stream_reads_as_an_empty_queue() {
    let server = Server::start().await;
    let page = server.anonymous.get("/api/v1/queue/-1001234567890").await.expect(200);
    let expected = json!({
        "items": [], "total": 0, "is_placeholder": false, "current_playing": null, "revision": 0, "current_index": null,
        "mode": "fifo", "repeat": "off", "undo": null, "restorable": 0
    });
    assert_eq!(page, expected);
    let state = server.anonymous.get("/api/v1/queue/-1001234567890/state").await.expect(200);
    assert_eq!(state["status"], "stopped");
    server.anonymous.get("/api/v1/streams/-1001234567890").await.refused(404, "stream_not_found");
}

#[tokio::test]
async fn an_added_item_has_every_field_and_its_place() {
    let server = Server::start().await;
    let body = json!({
        "url": "./bach/air.mp3", "title": " Air ", "duration": 12.5, "source": "file", "metadata": {"mood": "calm"},
        "requested_by": -42, "added_by": "anna", "position": 99, "unknown": [1, 2]
    });
    let reply = server.api.post("/api/v1/queue/7/items", body).await;
    assert_eq!(reply.header("etag"), Some("\"1\""));
    let item = reply.expect(201);
    assert_eq!(item["title"], "Air");
    assert_eq!(item["url"], "bach/air.mp3", "the media check's normal form");
    assert_eq!(item["duration"], 12.5);
    assert_eq!(item["source"], "file");
    assert_eq!(item["metadata"], json!({"mood": "calm"}));
    assert_eq!(item["requested_by"], -42);
    assert_eq!(item["added_by"], "anna");
    assert_eq!(item["channel_id"], 7);
    assert_eq!(item["position"], 0);
    assert_eq!(item["track_id"], Value::Null);
    assert_eq!(item["revision"], 1);
    let at = item["added_at"].as_str().unwrap();
    assert!(at.ends_with('Z') && at.len() == 24, "{at}");
}

#[tokio::test]
async fn what_the_body_leaves_out_comes_from_the_media_check() {
    let server = Server::start().await;
    let item = server.add("bach/air.mp3").await;
    assert_eq!((item["title"].as_str(), item["duration"].as_f64()), (Some("air"), Some(180.5)));
    assert_eq!(item["metadata"], json!({}));
    let stream =
        server.api.post("/api/v1/queue/7/items", json!({"url": "https://radio.example/live"})).await.expect(201);
    assert_eq!((&stream["source"], &stream["duration"]), (&json!("stream"), &Value::Null));
}

/// Promise H5.
#[tokio::test]
async fn adding_to_an_unknown_stream_creates_it_stopped() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    let stream = server.anonymous.get("/api/v1/streams/7").await.expect(200);
    assert_eq!((&stream["name"], &stream["status"]), (&json!("Stream 7"), &json!("stopped")));
}

/// Promise H5.
#[tokio::test]
async fn a_refused_add_creates_nothing() {
    let server = Server::start().await;
    let refused = server.api.post("/api/v1/queue/7/items", json!({"url": "missing.mp3"})).await;
    let body = refused.refused(422, "validation_error");
    assert_eq!(body["details"]["fields"][0]["field"], "url");
    assert_eq!(body["details"]["reason"], "not_found");
    server.anonymous.get("/api/v1/streams/7").await.refused(404, "stream_not_found");
    let escaping = server.api.post("/api/v1/queue/7/items", json!({"url": "../../etc/passwd"})).await;
    assert_eq!(escaping.refused(422, "validation_error")["details"]["reason"], "forbidden");
    let page = json!({"url": "https://youtu.be/x", "source": "youtube"});
    let page = server.api.post("/api/v1/queue/7/items", page).await.refused(422, "resolver_missing");
    assert_eq!(page["details"]["fields"][0]["field"], "url");
}

/// Promise H4.
#[tokio::test]
async fn the_current_item_is_first_and_counts() {
    let server = Server::start().await;
    let items = server.playing(&["a.mp3", "b.mp3"]).await;
    let page = server.queue_when("a plays", |page| page["current_index"] == 1).await;
    assert_eq!(titles(&page), ["a", "b"]);
    assert_eq!(page["total"], 2);
    assert_eq!(page["current_playing"]["id"], items[0]["id"]);
    assert_eq!(page["items"][1]["position"], 1);
    let state = server.anonymous.get("/api/v1/queue/7/state").await.expect(200);
    assert_eq!((&state["status"], &state["current_item"]["title"]), (&json!("playing"), &json!("a")));
}

#[tokio::test]
async fn pages_keep_their_positions() {
    let server = Server::start().await;
    for name in ["a.mp3", "b.mp3", "c.mp3"] {
        server.add(name).await;
    }
    let page = server.anonymous.get("/api/v1/queue/7?limit=1&offset=1").await.expect(200);
    assert_eq!(titles(&page), ["b"]);
    assert_eq!((&page["items"][0]["position"], &page["total"]), (&json!(1), &json!(3)));
    for bad in ["limit=0", "limit=101", "limit=x", "limit=-1", "offset=-1", "offset=99999999999999999999"] {
        let refused = server.anonymous.get(&format!("/api/v1/queue/7?{bad}")).await;
        refused.refused(422, "validation_error");
    }
}

#[tokio::test]
async fn a_priority_add_goes_right_behind_the_current_item() {
    let server = Server::start().await;
    server.playing(&["a.mp3", "b.mp3"]).await;
    let path = "/api/v1/queue/7/items?priority=true";
    let item = server.api.post(path, json!({"url": "c.mp3"})).await.expect(201);
    assert_eq!(item["position"], 1);
    assert_eq!(titles(&server.anonymous.get("/api/v1/queue/7").await.expect(200)), ["a", "c", "b"]);
    let bad = server.api.post("/api/v1/queue/7/items?priority=maybe", json!({"url": "c.mp3"})).await;
    bad.refused(422, "validation_error");
}

#[tokio::test]
async fn moving_answers_the_page_on_both_routes() {
    let server = Server::start().await;
    for name in ["a.mp3", "b.mp3"] {
        server.add(name).await;
    }
    let c = server.add("c.mp3").await;
    let path = format!("/api/v1/queue/7/items/{}", id(&c));
    let reply = server.api.send("PATCH", &format!("{path}/move"), br#"{"position":0}"#).await;
    assert_eq!(reply.header("etag"), Some("\"4\""));
    let page = reply.expect(200);
    assert_eq!((titles(&page), &page["revision"]), (vec!["c", "a", "b"], &json!(4)));
    let page = server.api.send("PUT", &format!("{path}/position"), br#"{"position":2}"#).await.expect(200);
    assert_eq!(titles(&page), ["a", "b", "c"]);
    let outside = server.api.send("PATCH", &format!("{path}/move"), br#"{"position":3}"#).await;
    assert_eq!(outside.refused(400, "position_out_of_range")["details"], json!({"min": 0, "max": 2}));
    for bad in [r#"{"position":-1}"#, r#"{"position":1.5}"#, r#"{"position":"1"}"#, "{}", r#"{"position":1e300}"#] {
        let refused = server.api.send("PATCH", &format!("{path}/move"), bad.as_bytes()).await;
        assert_eq!(refused.refused(422, "validation_error")["details"]["fields"][0]["field"], "position", "{bad}");
    }
    let unknown = "/api/v1/queue/7/items/6c84fb90-12c4-11e1-840d-7b25c5ee775a/move";
    server.api.send("PATCH", unknown, br#"{"position":0}"#).await.refused(404, "item_not_found");
}

/// Promise H4.
#[tokio::test]
async fn the_current_item_cannot_be_edited() {
    let server = Server::start().await;
    let items = server.playing(&["a.mp3", "b.mp3"]).await;
    let (a, b) = (id(&items[0]), id(&items[1]));
    server.api.delete(&format!("/api/v1/queue/7/items/{a}")).await.refused(409, "current_item");
    let moving = server.api.send("PATCH", &format!("/api/v1/queue/7/items/{a}/move"), br#"{"position":1}"#).await;
    moving.refused(409, "current_item");
    let onto = server.api.send("PATCH", &format!("/api/v1/queue/7/items/{b}/move"), br#"{"position":0}"#).await;
    onto.refused(409, "current_item");
}

#[tokio::test]
async fn removing_and_clearing_tell_the_revision() {
    let server = Server::start().await;
    let a = server.add("a.mp3").await;
    server.add("b.mp3").await;
    let path = format!("/api/v1/queue/7/items/{}", id(&a));
    let reply = server.api.delete(&path).await;
    assert_eq!(reply.header("etag"), Some("\"3\""));
    let body = reply.expect(200);
    assert_eq!((&body["success"], &body["revision"]), (&json!(true), &json!(3)));
    server.api.delete(&path).await.refused(404, "item_not_found");
    server.api.delete("/api/v1/queue/7/items/nonsense").await.refused(404, "item_not_found");
    let cleared = server.api.delete("/api/v1/queue/7").await;
    assert_eq!(cleared.header("etag"), Some("\"4\""));
    cleared.expect(200);
    server.api.delete("/api/v1/queue/8").await.expect(200);
}

#[tokio::test]
async fn a_full_queue_says_so() {
    let server = Server::with(|settings, _| settings.rules.max_items = 2).await;
    server.add("a.mp3").await;
    server.add("b.mp3").await;
    let refused = server.api.post("/api/v1/queue/7/items", json!({"url": "c.mp3"})).await;
    assert_eq!(refused.refused(400, "queue_full")["details"]["limit"], 2);
}

#[tokio::test]
async fn skipping_ends_the_current_item_once() {
    let server = Server::start().await;
    let items = server.playing(&["a.mp3", "b.mp3", "c.mp3"]).await;
    let body = json!({"item_id": items[0]["id"]});
    let first = server.api.post("/api/v1/queue/7/skip", body.clone()).await;
    assert!(first.header("etag").is_some());
    let first = first.expect(200);
    assert_eq!((&first["success"], &first["skipped"]), (&json!(true), &json!(true)));
    assert_eq!(first["next_item"]["title"], "b");
    let again = server.api.post("/api/v1/queue/7/skip", body).await.expect(200);
    assert_eq!((&again["skipped"], &again["next_item"]["title"]), (&json!(false), &json!("b")));
    let plain = server.api.send("POST", "/api/v1/queue/7/skip", b"").await.expect(200);
    assert_eq!(plain["next_item"]["title"], "c");
    let last = server.api.post("/api/v1/queue/7/skip", json!({})).await.expect(200);
    assert_eq!(last["next_item"], Value::Null, "the placeholder");
    let page = server.queue_when("the placeholder plays", |page| page["is_placeholder"] == true).await;
    assert_eq!(page["total"], 0);
    server.api.post("/api/v1/queue/7/skip", json!({})).await.refused(400, "nothing_to_skip");
    let gone = json!({"item_id": items[0]["id"]});
    assert_eq!(server.api.post("/api/v1/queue/7/skip", gone).await.expect(200)["skipped"], false);
}

#[tokio::test]
async fn skipping_a_stopped_stream_removes_the_head_on_both_routes() {
    for path in ["/api/v1/queue/7/skip", "/api/v1/streams/7/skip"] {
        let server = Server::start().await;
        server.api.post(path, json!({})).await.refused(400, "nothing_to_skip");
        let a = server.add("a.mp3").await;
        server.add("b.mp3").await;
        let other = json!({"item_id": "6c84fb90-12c4-11e1-840d-7b25c5ee775a"});
        let kept = server.api.post(path, other).await.expect(200);
        assert_eq!((&kept["skipped"], &kept["next_item"]["title"]), (&json!(false), &json!("a")), "{path}");
        let skipped = server.api.post(path, json!({"item_id": a["id"]})).await.expect(200);
        assert_eq!((&skipped["skipped"], &skipped["next_item"]["title"]), (&json!(true), &json!("b")), "{path}");
        assert_eq!(skipped["revision"], 3);
        let bad = server.api.post(path, json!({"item_id": 5})).await;
        assert_eq!(bad.refused(422, "validation_error")["details"]["fields"][0]["field"], "item_id");
    }
}

#[tokio::test]
async fn history_is_newest_first_with_reasons() {
    let server = Server::start().await;
    server.playing(&["a.mp3", "b.mp3", "c.mp3"]).await;
    server.player.end(STREAM);
    server.queue_when("b plays", |page| page["current_playing"]["title"] == "b").await;
    server.player.fail(STREAM, FailureReason::new(FailureKind::Broken, "frame 12 cannot be decoded"));
    server.queue_when("c plays", |page| page["current_playing"]["title"] == "c").await;
    server.api.post("/api/v1/queue/7/skip", json!({})).await.expect(200);
    let page = server.anonymous.get("/api/v1/queue/7/history?limit=2").await.expect(200);
    assert_eq!(page["total"], 3);
    let listed = page["items"].as_array().unwrap();
    assert_eq!((&listed[0]["title"], &listed[0]["outcome"]), (&json!("c"), &json!("skipped")));
    assert_eq!((&listed[1]["title"], &listed[1]["outcome"]), (&json!("b"), &json!("failed")));
    assert_eq!(listed[1]["failure"], json!({"reason": "broken", "detail": "frame 12 cannot be decoded"}));
    let next = page["next"].as_str().unwrap();
    let rest = server.anonymous.get(&format!("/api/v1/queue/7/history?limit=2&cursor={next}")).await.expect(200);
    assert_eq!((&rest["items"][0]["outcome"], &rest["next"]), (&json!("played"), &Value::Null));
    server.anonymous.get("/api/v1/queue/7/history?cursor=x").await.refused(422, "validation_error");
}

#[tokio::test]
async fn mode_and_stats_are_those_of_a_plain_queue() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    let mode = server.anonymous.get("/api/v1/queue/7/mode").await.expect(200);
    assert_eq!((&mode["channel_id"], &mode["mode"]), (&json!(7), &json!("fifo")));
    let stats = server.anonymous.get("/api/v1/queue/7/stats").await.expect(200);
    let expected = json!({"channel_id": 7, "mode": "fifo", "total": 1, "vip": 0, "admin": 0, "normal": 1});
    assert_eq!(stats, expected);
}
