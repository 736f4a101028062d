//! What can be done to a queue beyond adding and removing.

use std::time::Duration;

use serde_json::{Value, json};
use streamcore::{FailureKind, FailureReason};

use crate::common::{Server, server::STREAM};

fn titles(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item["title"].as_str().expect("a title")).collect()
}

async fn listed(server: &Server) -> Value {
    server.anonymous.get("/api/v1/queue/7").await.expect(200)
}

#[tokio::test]
async fn a_shuffle_is_the_same_for_the_same_seed_and_keeps_the_current_item() {
    let server = Server::start().await;
    server.playing(&["a.mp3", "b.mp3", "c.mp3", "d.mp3", "e.mp3", "f.mp3"]).await;
    let reply = server.api.post("/api/v1/queue/7/shuffle", json!({"seed": 5})).await;
    assert!(reply.header("etag").is_some());
    let first = reply.expect(200);
    assert_eq!((titles(&first)[0], first["total"].as_u64()), ("a", Some(6)));
    assert_ne!(titles(&first), ["a", "b", "c", "d", "e", "f"]);
    assert_eq!(first["undo"], "shuffle");
    server.api.post("/api/v1/queue/7/undo", json!({})).await.expect(200);
    let again = server.api.post("/api/v1/queue/7/shuffle", json!({"seed": 5})).await.expect(200);
    assert_eq!(titles(&first), titles(&again));
    server.api.send("POST", "/api/v1/queue/7/shuffle", b"").await.expect(200);
    let bad = server.api.post("/api/v1/queue/7/shuffle", json!({"seed": "x"})).await;
    assert_eq!(bad.refused(422, "validation_error")["details"]["fields"][0]["field"], "seed");
}

#[tokio::test]
async fn an_undo_tells_what_it_took_back_and_a_restore_brings_back_what_was_cleared() {
    let server = Server::start().await;
    server.api.post("/api/v1/queue/7/undo", json!({})).await.refused(409, "nothing_to_undo");
    server.api.post("/api/v1/queue/7/restore", json!({})).await.refused(409, "nothing_to_restore");
    server.add("a.mp3").await;
    server.add("b.mp3").await;
    assert_eq!(listed(&server).await["undo"], "add");
    let undone = server.api.post("/api/v1/queue/7/undo", json!({})).await.expect(200);
    assert_eq!((&undone["undone"], titles(&undone)), (&json!("add"), vec!["a"]));
    server.add("c.mp3").await;
    server.api.delete("/api/v1/queue/7").await.expect(200);
    let cleared = listed(&server).await;
    assert_eq!((&cleared["total"], &cleared["restorable"], &cleared["undo"]), (&json!(0), &json!(2), &json!("clear")));
    server.add("d.mp3").await;
    let restored = server.api.post("/api/v1/queue/7/restore", json!({})).await.expect(200);
    assert_eq!(titles(&restored), ["a", "c", "d"]);
    assert_eq!(restored["restorable"], 0);
    assert!(restored.get("undone").is_none());
}

#[tokio::test]
async fn repeat_and_mode_are_read_and_set() {
    let server = Server::start().await;
    for repeat in ["one", "all", "off"] {
        let reply =
            server.api.send("PUT", "/api/v1/queue/7/repeat", json!({"repeat": repeat}).to_string().as_bytes()).await;
        let tag = reply.header("etag").map(str::to_owned);
        let set = reply.expect(200);
        assert_eq!(tag, Some(format!("\"{}\"", set["revision"])));
        let read = server.anonymous.get("/api/v1/queue/7/repeat").await.expect(200);
        assert_eq!(read, json!({"channel_id": 7, "repeat": repeat, "revision": set["revision"]}));
        assert_eq!(listed(&server).await["repeat"], repeat);
    }
    for mode in ["priority", "fair", "fifo"] {
        let body = json!({"mode": mode}).to_string();
        let set = server.api.send("PUT", "/api/v1/queue/7/mode", body.as_bytes()).await.expect(200);
        let read = server.anonymous.get("/api/v1/queue/7/mode").await.expect(200);
        assert_eq!((&read["mode"], &read), (&json!(mode), &set));
        assert!(!read["message"].as_str().unwrap().is_empty());
        assert_eq!(listed(&server).await["mode"], mode);
    }
    for (path, field, bad) in [
        ("mode", "mode", r#"{"mode": "lifo"}"#),
        ("mode", "mode", "{}"),
        ("mode", "mode", r#"{"mode": 1}"#),
        ("repeat", "repeat", r#"{"repeat": true}"#),
        ("repeat", "repeat", r#"{"repeat": "twice"}"#),
    ] {
        let refused = server.api.send("PUT", &format!("/api/v1/queue/7/{path}"), bad.as_bytes()).await;
        assert_eq!(refused.refused(422, "validation_error")["details"]["fields"][0]["field"], field, "{bad}");
    }
}

#[tokio::test]
async fn tiers_are_counted_and_order_a_priority_queue() {
    let server = Server::start().await;
    server.api.send("PUT", "/api/v1/queue/7/mode", br#"{"mode": "priority"}"#).await.expect(200);
    for (file, tier) in [("n1.mp3", "normal"), ("v1.mp3", "vip"), ("a1.mp3", "admin"), ("v2.mp3", "vip")] {
        let item = server.api.post("/api/v1/queue/7/items", json!({"url": file, "tier": tier})).await.expect(201);
        assert_eq!(item["tier"], tier);
    }
    assert_eq!(titles(&listed(&server).await), ["v1", "v2", "a1", "n1"]);
    let stats = server.anonymous.get("/api/v1/queue/7/stats").await.expect(200);
    let expected = json!({"channel_id": 7, "mode": "priority", "total": 4, "vip": 2, "admin": 1, "normal": 1});
    assert_eq!(stats, expected);
    let bad = server.api.post("/api/v1/queue/7/items", json!({"url": "a.mp3", "tier": "king"})).await;
    assert_eq!(bad.refused(422, "validation_error")["details"]["fields"][0]["field"], "tier");
}

#[tokio::test]
async fn stats_count_a_queue_of_many_pages() {
    let server = Server::start().await;
    let items: Vec<_> = (0..999)
        .map(|n| json!({"url": format!("{n}.mp3"), "tier": if n % 3 == 0 { "vip" } else { "normal" }}))
        .collect();
    server.api.post("/api/v1/queue/7/items/batch", json!({ "items": items })).await.expect(201);
    let stats = server.anonymous.get("/api/v1/queue/7/stats").await.expect(200);
    assert_eq!((&stats["total"], &stats["vip"], &stats["normal"]), (&json!(999), &json!(333), &json!(666)));
}

#[tokio::test]
async fn a_migration_reorders_once_and_loses_nothing() {
    let server = Server::start().await;
    for (file, tier) in [("n1.mp3", "normal"), ("v1.mp3", "vip"), ("n2.mp3", "normal"), ("v2.mp3", "vip")] {
        server.api.post("/api/v1/queue/7/items", json!({"url": file, "tier": tier})).await.expect(201);
    }
    let migrate = "/api/v1/queue/7/migrate";
    let wrong = server.api.send("POST", &format!("{migrate}?from_mode=priority&to_mode=fair"), b"").await;
    assert_eq!(wrong.refused(409, "mode_mismatch")["details"]["mode"], "fifo");
    let done = server.api.send("POST", &format!("{migrate}?from_mode=fifo&to_mode=PRIORITY"), b"").await.expect(200);
    assert_eq!((&done["success"], &done["mode"], &done["total"]), (&json!(true), &json!("priority"), &json!(4)));
    assert_eq!(titles(&listed(&server).await), ["v1", "v2", "n1", "n2"]);
    for (query, field) in
        [("", "from_mode"), ("?from_mode=fifo", "to_mode"), ("?from_mode=x&to_mode=fifo", "from_mode")]
    {
        let refused = server.api.send("POST", &format!("{migrate}{query}"), b"").await;
        assert_eq!(refused.refused(422, "validation_error")["details"]["fields"][0]["field"], field, "{query}");
    }
}

#[tokio::test]
async fn a_jump_passes_over_others_which_keep_waiting() {
    let server = Server::start().await;
    let items = server.playing(&["a.mp3", "b.mp3", "c.mp3", "d.mp3"]).await;
    let jump = "/api/v1/queue/7/jump";
    let done = server.api.post(jump, json!({"item_id": items[2]["id"]})).await;
    assert!(done.header("etag").is_some());
    let done = done.expect(200);
    assert_eq!((&done["skipped"], &done["next_item"]["title"]), (&json!(true), &json!("c")));
    assert_eq!(titles(&listed(&server).await), ["c", "b", "d"]);
    let again = server.api.post(jump, json!({"item_id": items[2]["id"]})).await.expect(200);
    assert_eq!(again["skipped"], false, "it plays already");
    let kept = server.api.post(jump, json!({"item_id": items[3]["id"], "keep": true})).await.expect(200);
    assert_eq!(kept["next_item"]["title"], "d");
    assert_eq!(titles(&listed(&server).await), ["d", "c", "b"]);
    server.api.post(jump, json!({"item_id": items[0]["id"]})).await.refused(404, "item_not_found");
    for bad in
        [json!({}), json!({"item_id": 5}), json!({"item_id": "x"}), json!({"item_id": items[1]["id"], "keep": "yes"})]
    {
        server.api.post(jump, bad).await.refused(422, "validation_error");
    }
    let stopped = server.api.post("/api/v1/queue/8/items", json!({"url": "a.mp3"})).await.expect(201);
    server.api.post("/api/v1/queue/8/jump", json!({"item_id": stopped["id"]})).await.refused(409, "stream_not_running");
}

#[tokio::test]
async fn previous_walks_back_through_what_was_heard() {
    let server = Server::start().await;
    let previous = "/api/v1/queue/7/previous";
    server.api.post(previous, json!({})).await.refused(409, "stream_not_running");
    server.playing(&["a.mp3", "broken.mp3", "b.mp3", "c.mp3"]).await;
    server.api.post(previous, json!({})).await.refused(409, "nothing_previous");
    server.player.end(STREAM);
    server.queue_when("broken plays", |page| page["current_playing"]["title"] == "broken").await;
    server.player.fail(STREAM, FailureReason::new(FailureKind::Broken, "no"));
    server.queue_when("b plays", |page| page["current_playing"]["title"] == "b").await;
    server.player.end(STREAM);
    server.queue_when("c plays", |page| page["current_playing"]["title"] == "c").await;

    let back = server.api.post(previous, json!({})).await.expect(200);
    assert_eq!((&back["skipped"], &back["next_item"]["title"]), (&json!(true), &json!("b")));
    assert_eq!(back["next_item"]["replays"], 3);
    assert_eq!(titles(&listed(&server).await), ["b", "c"], "what played waits right behind");
    let further = server.api.post(previous, json!({})).await.expect(200);
    assert_eq!(further["next_item"]["title"], "a", "what failed is passed over");
    assert_eq!(titles(&listed(&server).await), ["a", "b", "c"]);
    server.api.post(previous, json!({})).await.refused(409, "nothing_previous");
    assert_eq!(titles(&listed(&server).await), ["a", "b", "c"]);
}

#[tokio::test]
async fn what_was_played_is_queued_again_as_a_new_item() {
    let server = Server::start().await;
    let items = server.playing(&["a.mp3", "b.mp3", "c.mp3"]).await;
    server.api.post("/api/v1/queue/7/skip", json!({})).await.expect(200);
    let path = format!("/api/v1/queue/7/history/{}/replay", items[0]["id"].as_str().unwrap());
    let reply = server.api.send("POST", &path, b"").await;
    assert!(reply.header("etag").is_some());
    let again = reply.expect(201);
    assert_eq!((&again["title"], &again["position"], &again["replays"]), (&json!("a"), &json!(2), &json!(1)));
    assert_ne!(again["id"], items[0]["id"]);
    server.api.post(&path, json!({"priority": true})).await.expect(201);
    assert_eq!(titles(&listed(&server).await), ["b", "a", "c", "a"]);
    for unknown in ["x", "6c84fb90-12c4-11e1-840d-7b25c5ee775a", items[2]["id"].as_str().unwrap()] {
        let path = format!("/api/v1/queue/7/history/{unknown}/replay");
        assert_eq!(
            server.api.send("POST", &path, b"").await.refused(404, "item_not_found")["details"]["item_id"],
            unknown
        );
    }
}

#[tokio::test]
async fn a_seek_goes_on_elsewhere_in_what_plays() {
    let server = Server::start().await;
    let items = server.playing(&["a.mp3", "b.mp3"]).await;
    let seek = "/api/v1/streams/7/seek";
    let status = server.api.post(seek, json!({"position_seconds": 61.5})).await.expect(200);
    assert!(status["current_position"].as_f64().unwrap() >= 61.5, "{status}");
    server.api.post(seek, json!({"position_seconds": 10, "item_id": items[0]["id"]})).await.expect(200);
    let late = server.api.post(seek, json!({"position_seconds": 10, "item_id": items[1]["id"]})).await;
    late.refused(409, "nothing_to_seek");
    let beyond = server.api.post(seek, json!({"position_seconds": 181})).await.refused(422, "validation_error");
    let said = beyond["details"]["fields"][0]["message"].as_str().unwrap();
    assert!(said.contains("180.5"), "{said}");
    for bad in [
        json!({}),
        json!({"position_seconds": -1}),
        json!({"position_seconds": "1"}),
        json!({"position_seconds": 1, "item_id": 1}),
    ] {
        server.api.post(seek, bad).await.refused(422, "validation_error");
    }
    server.api.post("/api/v1/streams/8/seek", json!({"position_seconds": 1})).await.refused(404, "stream_not_found");
    server.api.post("/api/v1/streams/7/stop", json!({})).await.expect(200);
    server.api.post(seek, json!({"position_seconds": 1})).await.refused(409, "stream_not_running");
}

#[tokio::test]
async fn items_are_expected_when_what_is_ahead_of_them_has_played() {
    let server = Server::start().await;
    server.playing(&["a.mp3", "b.mp3"]).await;
    server.api.post("/api/v1/queue/7/items", json!({"url": "https://radio.example/live"})).await.expect(201);
    server.add("c.mp3").await;
    server.player.progress(STREAM, Duration::from_millis(80_500));
    let in_ms =
        |item: &Value, page: &Value| Some(millis(&item["expected_at"])? - millis(&page["items"][0]["expected_at"])?);
    let page = server
        .queue_when("progress is seen", |page| in_ms(&page["items"][1], page).is_some_and(|ms| ms <= 100_000))
        .await;
    let items = page["items"].as_array().unwrap();
    let b = in_ms(&items[1], &page).unwrap();
    assert!((90_000..=100_000).contains(&b), "{b}");
    assert_eq!(in_ms(&items[2], &page), Some(b + 180_500), "behind b, which is 180.5 s long");
    assert_eq!(items[3]["expected_at"], Value::Null, "nobody knows when a live stream ends");
    server.api.post("/api/v1/streams/7/pause", json!({})).await.expect(200);
    let page = listed(&server).await;
    assert!(page["items"].as_array().unwrap().iter().all(|item| item["expected_at"].is_null()), "{page}");
}

/// Milliseconds into the day of an RFC 3339 time.
fn millis(at: &Value) -> Option<i64> {
    let at = at.as_str()?;
    let number = |from: usize, to: usize| at.get(from..to)?.parse::<i64>().ok();
    let (h, m, s, ms) = (number(11, 13)?, number(14, 16)?, number(17, 19)?, number(20, 23)?);
    Some(((h * 60 + m) * 60 + s) * 1_000 + ms)
}

#[tokio::test]
async fn a_stream_answers_to_its_uuid_everywhere() {
    let server = Server::start().await;
    server.playing(&["a.mp3", "b.mp3"]).await;
    let uuid = server.anonymous.get("/api/v1/streams/7").await.expect(200)["uuid"].as_str().unwrap().to_owned();
    for path in ["/api/v1/queue/{}", "/api/v1/queue/{}/mode", "/api/v1/queue/{}/history", "/api/v1/streams/{}/status"] {
        let (by_uuid, by_number) = (path.replace("{}", &uuid), path.replace("{}", "7"));
        let both = (server.anonymous.get(&by_uuid).await.status, server.anonymous.get(&by_number).await.status);
        assert_eq!(both, (200, 200), "{path}");
    }
    server.api.post(&format!("/api/v1/queue/{uuid}/shuffle"), json!({})).await.expect(200);
    let unknown = "6c84fb90-12c4-11e1-840d-7b25c5ee775a";
    let refused = server.anonymous.get(&format!("/api/v1/queue/{unknown}")).await.refused(404, "stream_not_found");
    assert_eq!(refused["details"]["stream"], unknown);
}
