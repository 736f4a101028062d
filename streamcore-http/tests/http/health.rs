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

#[tokio::test]
async fn a_store_that_is_away_or_silent_makes_it_unhealthy() {
    let server = Server::start().await;
    for switch in [&server.queue.away, &server.queue.silent] {
        switch.store(true, Ordering::SeqCst);
        let reply = server.anonymous.get("/health").await;
        assert!(reply.header("retry-after").is_some());
        let body = reply.expect(503);
        assert_eq!((&body["status"], &body["dependencies"][0]["status"]), (&json!("unhealthy"), &json!("down")));
        assert_eq!(server.anonymous.get("/readyz").await.expect(503)["status"], "not_ready");
        server.anonymous.get("/health/live").await.expect(200);
        switch.store(false, Ordering::SeqCst);
    }
    server.anonymous.get("/health").await.expect(200);
}
