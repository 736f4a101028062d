//! `/api/v1/streams`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{Server, server::STREAM};

#[tokio::test]
async fn a_stream_is_created_read_renamed_and_deleted() {
    let server = Server::start().await;
    let created = server.api.post("/api/v1/streams", json!({"id": -100, "name": "Jazz", "settings": {}})).await;
    assert_eq!(created.header("location"), Some("/api/v1/streams/-100"));
    let created = created.expect(201);
    assert_eq!((&created["id"], &created["status"]), (&json!(-100), &json!("stopped")));
    server.api.post("/api/v1/streams", json!({"id": -100, "name": "Other"})).await.refused(409, "stream_exists");

    let renamed = server.api.send("PATCH", "/api/v1/streams/-100", r#"{"name":"Джаз"}"#.as_bytes()).await.expect(200);
    assert_eq!(renamed["name"], "Джаз");
    let by_uuid = format!("/api/v1/streams/{}", created["uuid"].as_str().unwrap());
    assert_eq!(server.anonymous.get(&by_uuid).await.expect(200)["id"], -100);

    server.api.delete("/api/v1/streams/-100").await.expect(200);
    server.api.delete("/api/v1/streams/-100").await.refused(404, "stream_not_found");
    server.anonymous.get(&by_uuid).await.refused(404, "stream_not_found");
    server.api.send("PATCH", "/api/v1/streams/-100", br#"{"name":"x"}"#).await.refused(404, "stream_not_found");
}

#[tokio::test]
async fn a_stream_without_a_number_gets_a_small_one() {
    let server = Server::start().await;
    server.api.post("/api/v1/streams", json!({"id": 2, "name": "two"})).await.expect(201);
    let one = server.api.post("/api/v1/streams", json!({"name": "next"})).await.expect(201);
    assert_eq!(one["id"], 3, "2 is taken");
}

#[tokio::test]
async fn the_list_pages_by_cursor() {
    let server = Server::start().await;
    for id in [3, 1, 2] {
        server.api.post("/api/v1/streams", json!({"id": id, "name": "s"})).await.expect(201);
    }
    let page = server.anonymous.get("/api/v1/streams?limit=2").await.expect(200);
    let ids = |page: &Value| page["items"].as_array().unwrap().iter().map(|s| s["id"].clone()).collect::<Vec<_>>();
    assert_eq!((ids(&page), &page["total"], &page["next"]), (vec![json!(1), json!(2)], &json!(3), &json!("2")));
    let rest = server.anonymous.get("/api/v1/streams?limit=2&cursor=2").await.expect(200);
    assert_eq!((ids(&rest), &rest["next"]), (vec![json!(3)], &Value::Null));
    server.anonymous.get("/api/v1/streams?cursor=abc").await.refused(422, "validation_error");
}

#[tokio::test]
async fn names_are_checked() {
    let server = Server::start().await;
    let long = "x".repeat(201);
    for (body, field) in [
        (json!({}), "name"),
        (json!({"name": ""}), "name"),
        (json!({"name": "   "}), "name"),
        (json!({"name": long}), "name"),
        (json!({"name": "a\u{7}b"}), "name"),
        (json!({"name": 5}), "name"),
        (json!({"id": 9_007_199_254_740_992_i64, "name": "x"}), "id"),
        (json!({"id": "7", "name": "x"}), "id"),
        (json!({"name": "x", "settings": []}), "settings"),
    ] {
        let refused = server.api.post("/api/v1/streams", body.clone()).await.refused(422, "validation_error");
        assert_eq!(refused["details"]["fields"][0]["field"], field, "{body}");
        assert_eq!(refused["detail"][0]["loc"], json!(["body", field]));
    }
}

#[tokio::test]
async fn commands_answer_the_status_and_are_idempotent() {
    let server = Server::start().await;
    server.playing(&["a.mp3"]).await;
    let start = server.api.post("/api/v1/streams/7/start", json!({})).await.expect(200);
    assert_eq!(start["status"], "playing");
    for _ in 0..2 {
        let paused = server.api.send("POST", "/api/v1/streams/7/pause", b"").await.expect(200);
        assert_eq!(paused["status"], "paused");
    }
    for _ in 0..2 {
        let resumed = server.api.post("/api/v1/streams/7/resume", json!({})).await.expect(200);
        assert_eq!(resumed["status"], "playing");
    }
    server.api.delete("/api/v1/streams/7").await.refused(409, "stream_running");
    for _ in 0..2 {
        let stopped = server.api.post("/api/v1/streams/7/stop", json!({})).await.expect(200);
        assert_eq!((&stopped["status"], &stopped["end_reason"]), (&json!("stopped"), &json!("manual")));
        assert!(stopped["ended_at"].is_string());
    }
    let page = server.anonymous.get("/api/v1/queue/7").await.expect(200);
    assert_eq!((&page["total"], &page["current_playing"]), (&json!(1), &Value::Null), "what played waits again");
    server.api.delete("/api/v1/streams/7").await.expect(200);
    assert_eq!(server.anonymous.get("/api/v1/queue/7").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn a_stopped_stream_refuses_what_needs_a_running_one() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    for command in ["pause", "resume"] {
        let refused = server.api.post(&format!("/api/v1/streams/7/{command}"), json!({})).await;
        refused.refused(409, "stream_not_running");
    }
    for command in ["start", "stop", "pause", "resume"] {
        let refused = server.api.post(&format!("/api/v1/streams/8/{command}"), json!({})).await;
        refused.refused(404, "stream_not_found");
    }
    server.anonymous.get("/api/v1/streams/8/status").await.refused(404, "stream_not_found");
}

#[tokio::test]
async fn the_status_has_every_field() {
    let server = Server::with(|settings, _| settings.node = "north".to_owned()).await;
    server.playing(&["a.mp3", "b.mp3"]).await;
    server.player.progress(STREAM, Duration::from_millis(12_345));
    server.player.listeners(STREAM, 3);
    let status = server
        .read_when("/api/v1/streams/7/status", "reports came", |s| {
            s["listeners_count"] == 3 && s["current_position"] != 0
        })
        .await;
    assert!(status["current_position"].as_f64().unwrap() >= 12.345, "{status}");
    assert_eq!((&status["node"], &status["status"]), (&json!("north"), &json!("playing")));
    assert_eq!((&status["listeners_known"], &status["tracks_played"]), (&json!(true), &json!(1)));
    assert_eq!((&status["channel_id"], &status["name"]), (&json!(7), &json!("Stream 7")));
    assert_eq!(status["current_item"]["title"], "a");
    for key in ["uuid", "uptime_seconds", "errors_count", "started_at"] {
        assert!(!status[key].is_null(), "{key}");
    }
    assert!(status["ended_at"].is_null() && status["end_reason"].is_null());
    let skip = server.api.post("/api/v1/streams/7/skip", json!({})).await.expect(200);
    assert_eq!(skip["next_item"]["title"], "b");
}
