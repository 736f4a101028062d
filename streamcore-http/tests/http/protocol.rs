//! What holds for every route: access, methods, addresses, request ids.

use streamcore::{TrackId, library::Track};
use streamcore_http::{Access, routes};

use crate::common::{Server, client};

/// A template with something in its braces.
fn path(template: &str) -> String {
    template
        .replace("{stream}", "7")
        .replace("{item}", "6c84fb90-12c4-11e1-840d-7b25c5ee775a")
        .replace("{file}", "style.css")
        .replace("{track}", "6c84fb90-12c4-11e1-840d-7b25c5ee775a")
}

/// Promise H1.
#[tokio::test]
async fn every_route_that_needs_the_token_asks_for_it_before_anything_else() {
    let server = Server::start().await;
    let garbage = b"\xff{not json";
    let mut asked = 0;
    for route in routes().into_iter().filter(|route| route.access == Access::Token) {
        asked += 1;
        let (method, path) = (route.method.as_str(), path(route.template));
        let missing = server.anonymous.send(method, &path, garbage).await;
        assert_eq!(missing.header("www-authenticate"), Some("Bearer"), "{method} {path}");
        let missing = missing.refused(401, "not_authenticated");
        for wrong in
            ["Bearer wrong-token", "Bearer test-token-012345678", "Basic dGVzdA==", "Bearer", "test-token-0123456789"]
        {
            let refused = server.anonymous.with("Authorization", wrong).send(method, &path, garbage).await;
            assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
            let code = if wrong.starts_with("Bearer ") { "invalid_token" } else { "not_authenticated" };
            let refused = refused.refused(401, code);
            assert_eq!(refused["message"] == missing["message"], code == "not_authenticated");
        }
        // Also an impossible address does not show before the token does.
        let impossible = path.replace("/7", "/nonsense");
        server.anonymous.send(method, &impossible, b"").await.refused(401, "not_authenticated");
    }
    assert!(asked >= 26, "the table holds the mutations");
}

#[tokio::test]
async fn who_is_refused_with_a_long_body_still_sees_why() {
    use tokio::io::AsyncWriteExt;
    let server = Server::start().await;
    let body = vec![b'x'; 900 * 1024];
    for (path, status, code) in [
        ("/api/v1/queue/7/items", 401, "not_authenticated"),
        ("/api/nothing", 404, "not_found"),
        ("/health", 405, "method_not_allowed"),
    ] {
        // A plain client sends all of it before it reads anything.
        let mut socket = tokio::net::TcpStream::connect(server.anonymous.address).await.unwrap();
        let head = server.anonymous.head("POST", path);
        let head = format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        socket.write_all(head.as_bytes()).await.unwrap();
        for piece in body.chunks(64 * 1024) {
            socket.write_all(piece).await.unwrap();
            tokio::task::yield_now().await;
        }
        let raw = client::read_to_end(&mut socket).await;
        client::parse(&raw, false).refused(status, code);
    }
}

#[tokio::test]
async fn every_get_route_answers_head_without_a_body() {
    let server = Server::start().await;
    server.playing(&["a.mp3"]).await;
    let id = TrackId::new("6c84fb90-12c4-11e1-840d-7b25c5ee775a".parse().unwrap());
    let track = Track::file(id, "a", "a.mp3", streamcore::Timestamp::default());
    server.state.library.add(vec![track], 1).await.unwrap();
    for route in routes().into_iter().filter(|route| route.method == "GET") {
        let path = path(route.template);
        let head = server.api.send("HEAD", &path, b"").await;
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        if !path.starts_with("/listen/7") {
            let got = server.api.get(&path).await;
            assert_eq!(head.header("content-type"), got.header("content-type"), "{path}");
        }
    }
}

#[tokio::test]
async fn other_methods_get_405_with_allow_and_options_204() {
    let server = Server::start().await;
    for (path, allow) in [
        ("/api/v1/queue/7", "DELETE, GET, HEAD, OPTIONS"),
        ("/api/v1/queue/7/items", "OPTIONS, POST"),
        ("/health", "GET, HEAD, OPTIONS"),
        ("/listen/7", "GET, HEAD, OPTIONS"),
        ("/", "GET, HEAD, OPTIONS"),
    ] {
        let refused = server.anonymous.send("PATCH", path, b"").await;
        assert_eq!(refused.header("allow"), Some(allow), "{path}");
        refused.refused(405, "method_not_allowed");
        let options = server.anonymous.send("OPTIONS", path, b"").await;
        assert_eq!((options.status, options.header("allow")), (204, Some(allow)));
    }
    server.anonymous.send("BREW", "/api/v1/streams", b"").await.refused(405, "method_not_allowed");
}

/// Promise H2.
#[tokio::test]
async fn unknown_addresses_are_404_with_the_error_body() {
    let server = Server::start().await;
    for path in
        ["/api/v2/x", "/api", "/nothing", "/api/v1/queue", "/assets/nothing.js", "/listen", "/api/v1/queue/7/x/y"]
    {
        server.anonymous.get(path).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn a_trailing_slash_makes_no_difference() {
    let server = Server::start().await;
    for path in ["/api/v1/queue/7/", "/api/v1/streams/", "/health/", "/health/live/"] {
        assert_eq!(server.anonymous.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn path_parameters_are_decoded_and_checked() {
    let server = Server::start().await;
    assert_eq!(server.anonymous.get("/api/v1/queue/%2D1001234567890").await.status, 200);
    assert_eq!(server.anonymous.get("/api/v1/queue/9007199254740991").await.status, 200);
    for bad in [
        "9007199254740992",
        "-9007199254740992",
        "99999999999999999999999",
        "1.5",
        "abc",
        "%FF",
        "%00",
        "7%2F8",
        "%D1%8B",
        "%27%20OR%201=1",
    ] {
        server.anonymous.get(&format!("/api/v1/queue/{bad}")).await.refused(422, "validation_error");
    }
}

#[tokio::test]
async fn a_request_id_is_echoed_if_plain_and_made_otherwise() {
    let server = Server::start().await;
    let echoed = server.anonymous.with("X-Request-Id", "abc-123").get("/health/live").await;
    assert_eq!(echoed.header("x-request-id"), Some("abc-123"));
    for odd in ["", "a b", &"x".repeat(65)] {
        let made = server.anonymous.with("X-Request-Id", odd).get("/health/live").await;
        assert_eq!(made.header("x-request-id").unwrap().len(), 16, "{odd}");
    }
}

/// Promise H6.
#[tokio::test]
async fn a_store_that_is_away_is_503_with_retry_after_and_no_secrets() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    server.queue.away.store(true, std::sync::atomic::Ordering::SeqCst);
    for (method, path, body) in [
        ("GET", "/api/v1/queue/7", ""),
        ("GET", "/api/v1/queue/7/history", ""),
        ("POST", "/api/v1/queue/7/items", r#"{"url":"a.mp3"}"#),
        ("POST", "/api/v1/queue/7/skip", ""),
        ("DELETE", "/api/v1/queue/7", ""),
    ] {
        let refused = server.api.send(method, path, body.as_bytes()).await.refused(503, "unavailable");
        assert!(!refused.to_string().contains("secret-host"), "{refused}");
    }
    server.queue.away.store(false, std::sync::atomic::Ordering::SeqCst);
    server.anonymous.get("/api/v1/queue/7").await.expect(200);
}

/// Promise H2.
#[tokio::test]
async fn a_handler_that_panics_is_500_with_the_error_body() {
    let server = Server::start().await;
    let body = serde_json::json!({"url": "panic.mp3"});
    let russian = server.api.with("Accept-Language", "ru");
    let answer = russian.post("/api/v1/queue/7/items", body).await;
    assert_eq!(answer.header("content-language"), Some("ru"));
    answer.refused(500, "internal");
    server.anonymous.get("/health/live").await.expect(200);
}

/// Promise H6.
#[tokio::test]
async fn a_store_that_never_answers_is_503_in_time() {
    let server = Server::with(|settings, _| settings.answer_timeout = std::time::Duration::from_millis(100)).await;
    server.queue.silent.store(true, std::sync::atomic::Ordering::SeqCst);
    server.anonymous.get("/api/v1/queue/7").await.refused(503, "unavailable");
}
