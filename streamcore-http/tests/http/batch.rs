//! Several items at once, and the rules that adds keep to.

use std::time::Duration;

use serde_json::{Value, json};
use streamcore::queue::Duplicates;

use crate::common::{Server, server::STREAM};

const BATCH: &str = "/api/v1/queue/7/items/batch";

async fn total(server: &Server) -> u64 {
    server.anonymous.get("/api/v1/queue/7").await.expect(200)["total"].as_u64().expect("a total")
}

#[tokio::test]
async fn a_batch_is_added_in_its_order() {
    let server = Server::start().await;
    server.playing(&["x.mp3", "y.mp3"]).await;
    let body = json!({"items": [{"url": "a.mp3", "title": "Air"}, {"url": "b.mp3", "added_by": "anna"}]});
    let reply = server.api.post(BATCH, body).await;
    let tag = reply.header("etag").map(str::to_owned);
    let added = reply.expect(201);
    assert_eq!(tag, Some(format!("\"{}\"", added["revision"])));
    let items = added["items"].as_array().unwrap();
    assert_eq!(items.iter().map(|i| i["position"].as_u64().unwrap()).collect::<Vec<_>>(), [2, 3]);
    assert_eq!((&items[0]["title"], &items[1]["added_by"]), (&json!("Air"), &json!("anna")));
    let first = json!({"items": [{"url": "c.mp3"}, {"url": "d.mp3"}], "priority": true});
    let first = server.api.post(BATCH, first).await.expect(201);
    assert_eq!((&first["items"][0]["position"], &first["items"][1]["position"]), (&json!(1), &json!(2)));
}

/// Promise H5, H10.
#[tokio::test]
async fn a_batch_is_added_wholly_or_not_at_all_and_names_its_first_bad_field() {
    let server = Server::with(|settings, _| settings.rules.max_items = 5).await;
    let good = json!({"url": "a.mp3"});
    for (items, field) in [
        (json!([good, good, {"url": 5}, {"title": 1}]), "items[2].url"),
        (json!([good, {"url": "b.mp3", "title": ""}]), "items[1].title"),
        (json!([good, {}]), "items[1].url"),
        (json!([good, {"url": "missing.mp3"}, {"url": "missing.mp3"}]), "items[1].url"),
        (json!([good, {"url": "b.mp3", "metadata": 1}]), "items[1].metadata"),
        (json!([good, {"track_id": "6c84fb90-12c4-11e1-840d-7b25c5ee775a"}]), "items[1].track_id"),
        (json!([{"track_id": "6c84fb90-12c4-11e1-840d-7b25c5ee775a", "url": "a.mp3"}]), "items[0].url"),
        (json!([good, "b.mp3"]), "items[1]"),
        (json!([]), "items"),
        (json!({}), "items"),
        (Value::Null, "items"),
    ] {
        let refused = server.api.post(BATCH, json!({ "items": items })).await.refused(422, "validation_error");
        assert_eq!(refused["details"]["fields"][0]["field"], field, "{items}");
    }
    server.api.post(BATCH, json!({"items": vec![good; 6]})).await.refused(400, "queue_full");
    assert_eq!(total(&server).await, 0);
    server.anonymous.get("/api/v1/streams/7").await.refused(404, "stream_not_found");
}

/// Promise H10.
#[tokio::test]
async fn a_batch_that_is_too_long_names_the_limit() {
    let server = Server::start().await;
    let items: Vec<_> =
        (0..10_000).map(|n| json!({"url": format!("albums/number {n}/a rather long name of a file.mp3")})).collect();
    let refused = server.api.post(BATCH, json!({ "items": items })).await.refused(422, "validation_error");
    assert_eq!(refused["details"]["limit"], 1_000);
    assert!(refused["message"].as_str().unwrap().contains("1000 entries, holds 10000"), "{refused}");
    let title = "x".repeat(3 * 1024 * 1024);
    let refused = server.api.post(BATCH, json!({"items": [{"url": "a.mp3", "title": title}]})).await;
    assert_eq!(refused.refused(422, "validation_error")["details"]["fields"][0]["field"], "items[0].title");
    let title = "x".repeat(10 * 1024 * 1024);
    let refused = server.api.post(BATCH, json!({"items": [{"url": "a.mp3", "title": title}]})).await;
    assert_eq!(refused.refused(413, "body_too_long")["details"]["limit"], 4 * 1024 * 1024);
    assert_eq!(total(&server).await, 0);
}

#[tokio::test]
async fn a_quota_is_per_requester_and_names_the_item() {
    let server = Server::with(|settings, _| settings.rules.max_per_requester = Some(2)).await;
    let add = |body: Value| server.api.post("/api/v1/queue/7/items", body);
    for file in ["a.mp3", "b.mp3"] {
        add(json!({"url": file, "added_by": "anna"})).await.expect(201);
    }
    let refused = add(json!({"url": "c.mp3", "added_by": "anna"})).await.refused(409, "quota_reached");
    assert_eq!(refused["details"], json!({"index": 0, "limit": 2}));
    add(json!({"url": "c.mp3", "added_by": "boris"})).await.expect(201);
    let batch =
        json!({"items": [{"url": "d.mp3"}, {"url": "e.mp3", "requested_by": 5}, {"url": "f.mp3", "added_by": "anna"}]});
    let refused = server.api.post(BATCH, batch).await.refused(409, "quota_reached");
    assert_eq!(refused["details"]["index"], 2);
    let russian = server.api.with("Accept-Language", "ru");
    let refused = russian.post("/api/v1/queue/7/items", json!({"url": "c.mp3", "added_by": "anna"})).await;
    assert!(refused.refused(409, "quota_reached")["message"].as_str().unwrap().contains("больше нельзя"));
}

#[tokio::test]
async fn duplicates_are_refused_where_the_settings_say_so() {
    let server = Server::with(|settings, _| settings.rules.duplicates = Duplicates::Refuse).await;
    let a = server.add("a.mp3").await;
    let refused = server.api.post("/api/v1/queue/7/items", json!({"url": "./a.mp3"})).await.refused(409, "duplicate");
    assert_eq!(refused["details"], json!({"index": 0, "item_id": a["id"]}));
    let batch = json!({"items": [{"url": "b.mp3"}, {"url": "b.mp3"}]});
    assert_eq!(server.api.post(BATCH, batch).await.refused(409, "duplicate")["details"]["index"], 1);
    assert_eq!(total(&server).await, 1);
}

#[tokio::test]
async fn what_was_played_lately_is_refused_until_it_has_cooled_down() {
    let server = Server::with(|settings, _| settings.rules.cooldown = Some(Duration::from_secs(600))).await;
    server.playing(&["a.mp3", "b.mp3"]).await;
    server.player.end(STREAM);
    server.queue_when("b plays", |page| page["current_playing"]["title"] == "b").await;
    let refused = server.api.post("/api/v1/queue/7/items", json!({"url": "a.mp3"})).await;
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((590..=600).contains(&seconds), "{seconds}");
    let refused = refused.refused(429, "cooldown");
    assert_eq!(refused["details"]["index"], 0);
    assert!(refused["details"]["until"].as_str().unwrap().ends_with('Z'));
    // Going back is an operator's control and no request.
    server.api.post("/api/v1/queue/7/previous", json!({})).await.expect(200);
}
