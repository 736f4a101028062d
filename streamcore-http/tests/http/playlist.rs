//! `/api/playlist/`: the same queue as older clients know it.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use streamcore::StreamId;

use crate::common::{Server, server::STREAM};

async fn server() -> Server {
    Server::with(|settings, _| settings.default_stream = STREAM).await
}

fn titles(list: &Value) -> Vec<&str> {
    let items = list.as_array().expect("a list");
    items.iter().map(|item| item["title"].as_str().expect("a title")).collect()
}

async fn listed(server: &Server) -> Value {
    server.anonymous.get("/api/playlist/").await.expect(200)
}

#[tokio::test]
async fn the_list_is_the_queue_with_the_current_item_first() {
    let server = server().await;
    assert_eq!(listed(&server).await, json!([]));
    let items = server.playing(&["a.mp3"]).await;
    let added = server
        .api
        .post("/api/playlist/", json!({"url": "https://radio.example/live", "title": "Live", "type": "stream"}))
        .await;
    let added = added.expect(200);
    assert_eq!(
        (&added["type"], &added["status"], &added["position"], &added["duration"]),
        (&json!("stream"), &json!("queued"), &json!(1), &Value::Null)
    );
    let list = listed(&server).await;
    let first = &list[0];
    assert_eq!((&first["id"], &first["type"], &first["status"]), (&items[0]["id"], &json!("local"), &json!("playing")));
    assert_eq!((&first["duration"], &first["position"]), (&json!(181), &json!(0)), "in whole seconds");
    assert_eq!(list[1], added);
    assert!(first["created_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(server.anonymous.get("/api/v1/queue/7").await.expect(200)["total"], 2, "it is the same queue");
}

#[tokio::test]
async fn the_stream_is_named_by_number_or_uuid_in_query_or_body() {
    let server = server().await;
    server.api.post("/api/playlist/?channel_id=8", json!({"url": "a.mp3"})).await.expect(200);
    let uuid = server.anonymous.get("/api/v1/streams/8").await.expect(200)["uuid"].as_str().unwrap().to_owned();
    server.api.post("/api/playlist/", json!({"url": "b.mp3", "channel_id": uuid})).await.expect(200);
    server.api.post("/api/playlist/", json!({"url": "c.mp3", "channel_id": 8})).await.expect(200);
    let list = server.anonymous.get(&format!("/api/playlist/?channel_id={uuid}")).await.expect(200);
    assert_eq!(titles(&list), ["a", "b", "c"]);
    assert_eq!(listed(&server).await, json!([]), "the default stream has nothing of it");
    assert!(server.state.registry.get(StreamId::new(7)).await.unwrap().is_none());
    for bad in ["x", "1.5", "99999999999999999999"] {
        let refused =
            server.anonymous.get(&format!("/api/playlist/?channel_id={bad}")).await.refused(422, "validation_error");
        assert_eq!(refused["details"]["fields"][0]["field"], "channel_id");
    }
}

#[tokio::test]
async fn items_are_removed_and_reordered() {
    let server = server().await;
    let items = server.playing(&["a.mp3", "b.mp3", "c.mp3", "d.mp3"]).await;
    let id = |n: usize| items[n]["id"].clone();
    let body = json!({"items": [
        {"id": id(3), "position": 1}, {"id": id(1), "position": 3}, {"id": id(0), "position": 2},
        {"id": "6c84fb90-12c4-11e1-840d-7b25c5ee775a", "position": 0}
    ]});
    let reply = server.api.send("PATCH", "/api/playlist/reorder", body.to_string().as_bytes()).await;
    let tag = reply.header("etag").unwrap().to_owned();
    assert_eq!(reply.expect(200), json!({"ok": true, "updated": 3}));
    assert_eq!(titles(&listed(&server).await), ["a", "d", "c", "b"], "the current item stays");
    let stale =
        server.api.with("If-Match", "\"1\"").send("PATCH", "/api/playlist/reorder", body.to_string().as_bytes()).await;
    stale.refused(412, "revision_mismatch");
    let path = format!("/api/playlist/{}", id(2).as_str().unwrap());
    server.api.with("If-Match", "\"1\"").delete(&path).await.refused(412, "revision_mismatch");
    assert_eq!(server.api.with("If-Match", &tag).delete(&path).await.expect(200), json!({"ok": true}));
    server.api.delete(&path).await.refused(404, "item_not_found");
    server.api.delete(&format!("/api/playlist/{}", id(0).as_str().unwrap())).await.refused(409, "current_item");
    assert_eq!(titles(&listed(&server).await), ["a", "d", "b"]);
}

#[tokio::test]
async fn one_drag_is_one_edit_and_a_condition_holds_to_the_end() {
    let server = server().await;
    let items = server.playing(&["a.mp3", "b.mp3", "c.mp3", "d.mp3", "e.mp3"]).await;
    let place = |n: usize, to: usize| json!({"id": items[n]["id"], "position": to});
    let before = server.anonymous.get("/api/v1/queue/7").await.expect(200)["revision"].as_u64().unwrap();
    let drag = json!({"items": [place(1, 4)]}).to_string();
    server.api.send("PATCH", "/api/playlist/reorder", drag.as_bytes()).await.expect(200);
    assert_eq!(titles(&listed(&server).await), ["a", "c", "d", "e", "b"]);
    let after = server.anonymous.get("/api/v1/queue/7").await.expect(200)["revision"].as_u64().unwrap();
    assert_eq!(after, before + 1, "which is undone by one undo");
    // Somebody else edits between two of the moves.
    server.queue.meddle.store(true, Ordering::SeqCst);
    let reverse = json!({"items": [place(1, 1), place(4, 2), place(3, 3), place(2, 4)]}).to_string();
    let guarded = server.api.with("If-Match", &format!("\"{after}\""));
    let stopped = guarded.send("PATCH", "/api/playlist/reorder", reverse.as_bytes()).await;
    stopped.refused(412, "revision_mismatch");
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let server = server().await;
    for (body, field, code) in [
        (json!({}), "url", "validation_error"),
        (json!({"url": "missing.mp3"}), "url", "validation_error"),
        (json!({"url": "https://youtu.be/x", "type": "youtube"}), "type", "resolver_missing"),
        (json!({"url": "a.mp3", "type": "vinyl"}), "type", "validation_error"),
        (json!({"url": "a.mp3", "channel_id": []}), "channel_id", "validation_error"),
        (json!({"url": "a.mp3", "channel_id": "x"}), "channel_id", "validation_error"),
    ] {
        let refused = server.api.post("/api/playlist/", body.clone()).await.refused(422, code);
        assert_eq!(refused["details"]["fields"][0]["field"], field, "{body}");
    }
    for (body, field) in [
        (json!({}), "items"),
        (json!({"items": [{"id": 1, "position": 0}]}), "items[0].id"),
        (json!({"items": [{"id": "6c84fb90-12c4-11e1-840d-7b25c5ee775a", "position": -1}]}), "items[0].position"),
    ] {
        let refused = server.api.send("PATCH", "/api/playlist/reorder", body.to_string().as_bytes()).await;
        assert_eq!(refused.refused(422, "validation_error")["details"]["fields"][0]["field"], field, "{body}");
    }
    assert_eq!(listed(&server).await, json!([]));
}
