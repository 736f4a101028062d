//! `/health` and its relatives.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::common::Server;

#[tokio::test]
async fn a_healthy_server_says_so() {
    let server = Server::with(|settings, _| settings.version = "9.8.7").await;
    for path in ["/health", "/healthz"] {
        let body = server.anonymous.get(path).await.expect(200);
        assert_eq!((&body["status"], &body["version"]), (&json!("healthy"), &json!("9.8.7")));
        assert!(body["uptime_seconds"].is_u64() && body["timestamp"].as_str().unwrap().ends_with('Z'));
        let store = &body["dependencies"][0];
        assert_eq!(
            (&store["name"], &store["status"], &store["message"]),
            (&json!("store"), &json!("up"), &Value::Null)
        );
        assert!(store["latency_ms"].is_u64() && store["last_check"].is_string());
    }
    assert_eq!(server.anonymous.get("/health/live").await.expect(200), json!({"status": "alive"}));
    for path in ["/health/ready", "/readyz"] {
        assert_eq!(server.anonymous.get(path).await.expect(200), json!({"status": "ready", "reason": null}));
    }
}

/// Promise H19.
#[tokio::test]
async fn a_store_that_is_away_or_silent_makes_it_degraded() {
    let server = Server::start().await;
    for switch in [&server.queue.away, &server.queue.silent] {
        switch.store(true, Ordering::SeqCst);
        let body = server.anonymous.get("/health").await.expect(200);
        let store = &body["dependencies"][0];
        assert_eq!((&body["status"], &store["status"]), (&json!("degraded"), &json!("down")));
        assert!(store["since"].as_str().unwrap() <= body["timestamp"].as_str().unwrap(), "{body}");
        assert!(!body.to_string().contains("secret-host"), "{body}");
        let ready = server.anonymous.get("/readyz").await.expect(200);
        assert_eq!((&ready["status"], &ready["reason"]), (&json!("degraded"), &store["message"]));
        server.anonymous.get("/health/live").await.expect(200);
        switch.store(false, Ordering::SeqCst);
        let body = server.anonymous.get("/health").await.expect(200);
        assert_eq!((&body["status"], &body["dependencies"][0]["since"]), (&json!("healthy"), &Value::Null));
    }
}

/// Promise H19.
#[tokio::test]
async fn a_store_that_takes_no_changes_makes_it_degraded_until_it_takes_one() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    server.queue.read_only.store(true, Ordering::SeqCst);
    server.anonymous.get("/health").await.expect(200);
    server.api.delete("/api/v1/queue/7").await.refused(503, "unavailable");
    let body = server.anonymous.get("/health").await.expect(200);
    let store = &body["dependencies"][0];
    assert_eq!((&body["status"], &store["status"]), (&json!("degraded"), &json!("degraded")));
    assert!(store["message"].as_str().unwrap().contains("disk is full") && store["since"].is_string(), "{body}");
    assert_eq!(server.anonymous.get("/health/ready").await.expect(200)["status"], "degraded");
    let page = server.anonymous.get("/api/v1/queue/7").await;
    assert_eq!(page.header("x-stale-since"), None, "what can be read is read");
    server.queue.read_only.store(false, Ordering::SeqCst);
    assert_eq!(server.anonymous.get("/health/ready").await.expect(200)["status"], "degraded", "nobody knows yet");
    server.api.delete("/api/v1/queue/7").await.expect(200);
    assert_eq!(server.anonymous.get("/health/ready").await.expect(200), json!({"status": "ready", "reason": null}));
}
