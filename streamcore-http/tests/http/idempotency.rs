//! `Idempotency-Key`: a request that comes again is answered and not done again.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use serde_json::{Value, json};
use streamcore_http::filter;

use crate::common::{Server, server::STREAM};

const ITEMS: &str = "/api/v1/queue/7/items";

async fn total(server: &Server) -> u64 {
    server.anonymous.get("/api/v1/queue/7").await.expect(200)["total"].as_u64().expect("a total")
}

/// Promise H9.
#[tokio::test]
async fn the_answer_is_given_again_and_nothing_is_done_again() {
    let server = Server::start().await;
    let keyed = server.api.with("Idempotency-Key", "k-1");
    let first = keyed.post(ITEMS, json!({"url": "a.mp3"})).await;
    assert_eq!(first.header("idempotency-replayed"), None);
    server.add("b.mp3").await;
    for _ in 0..3 {
        let again = keyed.post(ITEMS, json!({"url": "a.mp3"})).await;
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!((again.status, &again.body), (201, &first.body));
        for name in ["content-type", "etag"] {
            assert_eq!(again.header(name), first.header(name), "{name}");
        }
    }
    assert_eq!(total(&server).await, 2);
    // Another key, another route and another stream are other requests.
    server.api.with("Idempotency-Key", "k-2").post(ITEMS, json!({"url": "a.mp3"})).await.expect(201);
    let other = keyed.post("/api/v1/queue/8/items", json!({"url": "a.mp3"})).await;
    assert_eq!(other.header("idempotency-replayed"), None);
    assert_ne!(other.expect(201)["id"], first.json()["id"]);
    assert_eq!(total(&server).await, 3);
}

/// Promise H9.
#[tokio::test]
async fn the_same_key_with_another_request_is_refused() {
    let server = Server::start().await;
    let keyed = server.api.with("Idempotency-Key", "k");
    keyed.post(ITEMS, json!({"url": "a.mp3"})).await.expect(201);
    keyed.post(ITEMS, json!({"url": "b.mp3"})).await.refused(409, "idempotency_key_reused");
    let elsewhere = keyed.post(&format!("{ITEMS}?priority=true"), json!({"url": "a.mp3"})).await;
    elsewhere.refused(409, "idempotency_key_reused");
    assert_eq!(total(&server).await, 1);
}

#[tokio::test]
async fn a_refused_request_uses_up_no_key() {
    let server = Server::start().await;
    let keyed = server.api.with("Idempotency-Key", "k");
    keyed.post(ITEMS, json!({"url": "missing.mp3"})).await.refused(422, "validation_error");
    keyed.post(ITEMS, json!({"url": "panic.mp3"})).await.refused(500, "internal");
    server.queue.away.store(true, Ordering::SeqCst);
    keyed.post(ITEMS, json!({"url": "a.mp3"})).await.refused(503, "unavailable");
    server.queue.away.store(false, Ordering::SeqCst);
    keyed.post(ITEMS, json!({"url": "a.mp3"})).await.expect(201);
    assert_eq!(total(&server).await, 1);
}

/// Promise H9.
#[tokio::test]
async fn of_concurrent_requests_with_one_key_one_is_done() {
    let limit = Duration::from_secs(1);
    let server = Server::with(|settings, _| settings.answer_timeout = limit).await;
    server.queue.silent.store(true, Ordering::SeqCst);
    let keyed = server.api.with("Idempotency-Key", "k");
    let first = tokio::spawn({
        let keyed = keyed.clone();
        async move { keyed.post(ITEMS, json!({"url": "a.mp3"})).await }
    });
    crate::common::until("the first has claimed its key", || server.keys.claims() == 1).await;
    keyed.post(ITEMS, json!({"url": "a.mp3"})).await.refused(409, "request_in_progress");
    keyed.post(ITEMS, json!({"url": "b.mp3"})).await.refused(409, "idempotency_key_reused");
    first.await.unwrap().refused(503, "unavailable");
    server.queue.silent.store(false, Ordering::SeqCst);
    keyed.post(ITEMS, json!({"url": "a.mp3"})).await.expect(201);
    assert_eq!(total(&server).await, 1);
}

/// Promise H9.
#[tokio::test]
async fn a_request_is_carried_out_also_if_its_sender_goes_away() {
    use tokio::io::AsyncWriteExt;
    let server = Server::start().await;
    server.queue.hold.store(true, Ordering::SeqCst);
    let keyed = server.api.with("Idempotency-Key", "k");
    let body = json!({"url": "a.mp3"}).to_string();
    // A connection that can be ended at a moment of our choice, with the request in it.
    let (mut socket, theirs) = tokio::io::duplex(64 * 1024);
    let service = TowerToHyperService::new(warp::service(filter(Arc::clone(&server.state))));
    let connection = tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(theirs), service));
    let head = format!("{}Content-Length: {}\r\n\r\n{body}", keyed.head("POST", ITEMS), body.len());
    socket.write_all(head.as_bytes()).await.unwrap();
    crate::common::until("it has claimed its key", || server.keys.claims() == 1).await;
    connection.abort();
    assert!(connection.await.unwrap_err().is_cancelled());
    server.queue.release_held();
    let again = async {
        loop {
            let reply = keyed.post(ITEMS, json!({"url": "a.mp3"})).await;
            if reply.status != 409 {
                return reply;
            }
        }
    };
    let again = tokio::time::timeout(Duration::from_secs(5), again).await.expect("the first comes to its end");
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, Some("true")));
    assert_eq!(total(&server).await, 1);
}

/// Promise H9.
#[tokio::test]
async fn a_request_whose_answer_nobody_kept_is_recognised_by_what_it_made() {
    let server = Server::start().await;
    server.playing(&["x.mp3", "y.mp3", "z.mp3"]).await;
    let body = json!({"items": [{"url": "a.mp3"}, {"url": "b.mp3"}]});
    // As after a crash: what was done is done, and nobody kept its answer.
    server.keys.lose_ends.store(true, Ordering::SeqCst);
    let keyed = server.api.with("Idempotency-Key", "k");
    for (path, body) in [
        (ITEMS, json!({"url": "a.mp3"})),
        ("/api/v1/queue/7/items/batch", body),
        ("/api/v1/queue/7/shuffle", json!({})),
        ("/api/v1/queue/7/undo", json!({})),
        ("/api/v1/streams", json!({"name": "New"})),
        ("/api/v1/streams", json!({"id": 12, "name": "Twelve"})),
    ] {
        let first = keyed.post(path, body.clone()).await;
        assert!(first.status < 300, "{path}");
        let before = state(&server).await;
        let again = keyed.post(path, body.clone()).await;
        assert_eq!(again.header("idempotency-replayed"), None);
        assert_eq!(again.status, first.status, "{path}: {again:?}");
        assert_eq!((state(&server).await, &again.json()["id"]), (before, &first.json()["id"]), "{path}");
    }
}

async fn state(server: &Server) -> (Value, Value) {
    let queue = server.anonymous.get("/api/v1/queue/7").await.expect(200);
    (queue["revision"].clone(), server.anonymous.get("/api/v1/streams").await.expect(200)["total"].clone())
}

#[tokio::test]
async fn an_answer_that_is_too_long_to_keep_is_made_again() {
    let server = Server::start().await;
    let items: Vec<_> =
        (0..800).map(|n| json!({"url": format!("{n}.mp3"), "metadata": {"x": "y".repeat(300)}})).collect();
    let keyed = server.api.with("Idempotency-Key", "k");
    let batch = json!({ "items": items });
    let first = keyed.post("/api/v1/queue/7/items/batch", batch.clone()).await;
    assert!(first.body.len() > streamcore::idempotency::MAX_BODY_BYTES);
    let again = keyed.post("/api/v1/queue/7/items/batch", batch).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.expect(201), again.expect(201));
    assert_eq!(total(&server).await, 800);
    let other = keyed.post("/api/v1/queue/7/items/batch", json!({"items": [{"url": "a.mp3"}]})).await;
    other.refused(409, "idempotency_key_reused");
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_by_its_name() {
    let server = Server::start().await;
    for bad in ["", "a b", &"x".repeat(256), "k\tk"] {
        let refused = server.api.with("Idempotency-Key", bad).post(ITEMS, json!({"url": "a.mp3"})).await;
        assert_eq!(
            refused.refused(422, "validation_error")["details"]["fields"][0]["field"],
            "Idempotency-Key",
            "{bad:?}"
        );
    }
    let twice = server.api.with("Idempotency-Key", "a").with("Idempotency-Key", "b");
    twice.post(ITEMS, json!({"url": "a.mp3"})).await.refused(422, "validation_error");
    assert_eq!(total(&server).await, 0);
}

/// Promise H6.
#[tokio::test]
async fn a_store_of_keys_that_says_nothing_keeps_nobody_waiting() {
    let server = Server::with(|settings, _| settings.answer_timeout = Duration::from_millis(200)).await;
    server.keys.silent.store(true, Ordering::SeqCst);
    let keyed = server.api.with("Idempotency-Key", "k");
    let late = keyed.post(ITEMS, json!({"url": "a.mp3"})).await;
    assert!(late.header("retry-after").is_some());
    let late = late.refused(503, "unavailable");
    assert!(late["message"].as_str().unwrap().starts_with("this took too long"), "{late}");
    assert_eq!(total(&server).await, 0);
    // What was done is told, and what was refused is refused, also if the store does not say that it kept it.
    server.keys.silent.store(false, Ordering::SeqCst);
    server.keys.silent_ends.store(true, Ordering::SeqCst);
    let other = server.api.with("Idempotency-Key", "other");
    let (done, refused) =
        tokio::join!(keyed.post(ITEMS, json!({"url": "a.mp3"})), other.post(ITEMS, json!({"url": "missing.mp3"})));
    done.expect(201);
    refused.refused(422, "validation_error");
    assert_eq!(total(&server).await, 1);
}

/// Promise H9.
#[tokio::test]
async fn a_key_that_is_forgotten_is_a_new_one() {
    let server = Server::start().await;
    let keyed = server.api.with("Idempotency-Key", "k");
    let first = keyed.post(ITEMS, json!({"url": "a.mp3"})).await.expect(201);
    // As after a day.
    server.keys.forget();
    let second = keyed.post(ITEMS, json!({"url": "a.mp3"})).await.expect(201);
    assert_ne!(second["id"], first["id"]);
    assert_eq!(total(&server).await, 2, "it is done, not only answered");
    // An edit without ids of its own is another one too.
    keyed.post("/api/v1/queue/7/undo", json!({})).await.expect(200);
    server.keys.forget();
    keyed.post("/api/v1/queue/7/undo", json!({})).await.expect(200);
    assert_eq!(total(&server).await, 0);
}

/// Promise H9.
#[tokio::test]
async fn previous_that_comes_again_is_recognised() {
    let server = Server::start().await;
    server.playing(&["x.mp3", "y.mp3"]).await;
    server.api.post("/api/v1/queue/7/skip", json!({})).await.expect(200);
    server.keys.lose_ends.store(true, Ordering::SeqCst);
    let keyed = server.api.with("Idempotency-Key", "k");
    let first = keyed.post("/api/v1/queue/7/previous", json!({})).await.expect(200);
    let again = keyed.post("/api/v1/queue/7/previous", json!({})).await.expect(200);
    assert_eq!(again, first);
    // Also when what it played is over: it plays once.
    server.player.end(STREAM);
    server.queue_when("the next one plays", |queue| queue["current_playing"]["id"] != first["next_item"]["id"]).await;
    let late = keyed.post("/api/v1/queue/7/previous", json!({})).await.expect(200);
    assert_ne!(late["next_item"]["id"], first["next_item"]["id"]);
}
