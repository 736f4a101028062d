//! Connections that misbehave, and the end of the server.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use crate::common::{DEADLINE, Server, client, server::STREAM, until};

/// Waits until the server closes this connection; answers what came before.
async fn closed(socket: &mut TcpStream) -> Vec<u8> {
    tokio::time::timeout(DEADLINE, client::read_to_end(socket)).await.expect("closed in time")
}

/// Promise H7.
#[tokio::test]
async fn a_request_whose_head_never_ends_is_cut() {
    let server = Server::with(|_, options| options.header_timeout = Duration::from_millis(300)).await;
    for start in ["", "GE", "GET / HTTP/1.1\r\nHost: x\r\n"] {
        let mut socket = TcpStream::connect(server.api.address).await.unwrap();
        socket.write_all(start.as_bytes()).await.unwrap();
        closed(&mut socket).await;
    }
    // The same limit ends a connection that is idle between two requests.
    let mut socket = server.anonymous.open("/health/live").await;
    assert!(closed(&mut socket).await.starts_with(b"HTTP/1.1 200"));
}

/// Promise H7.
#[tokio::test]
async fn a_body_that_never_comes_is_cut() {
    let server = Server::with(|settings, _| settings.body_timeout = Duration::from_millis(300)).await;
    let mut socket = TcpStream::connect(server.api.address).await.unwrap();
    let head = server.api.head("POST", "/api/v1/queue/7/items") + "Content-Length: 100\r\n\r\n{\"url\":";
    socket.write_all(head.as_bytes()).await.unwrap();
    let raw = closed(&mut socket).await;
    client::parse(&raw, false).refused(408, "body_timeout");
}

#[tokio::test]
async fn a_head_with_too_many_lines_is_refused() {
    let server = Server::start().await;
    let mut api = server.anonymous.clone();
    for n in 0..100 {
        api = api.with(&format!("X-{n}"), "x");
    }
    let status = api.get("/health/live").await.status;
    assert!((400..500).contains(&status), "{status}");
}

#[tokio::test]
async fn garbage_is_refused_and_harms_nobody() {
    let server = Server::start().await;
    let long_target = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(100_000));
    let garbage: [&[u8]; 8] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /api/v1/streams HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/v1/streams HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        long_target.as_bytes(),
    ];
    for bytes in garbage {
        let mut socket = TcpStream::connect(server.api.address).await.unwrap();
        let (mut reader, mut writer) = socket.split();
        let _ = writer.write_all(bytes).await;
        let _ = writer.shutdown().await;
        let answer = tokio::time::timeout(DEADLINE, client::read_to_end(&mut reader)).await.expect("closed in time");
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{:?}", String::from_utf8_lossy(&answer));
    }
    server.anonymous.get("/health/live").await.expect(200);
}

/// Promise H2.
#[tokio::test]
async fn a_target_that_is_no_path_is_404_with_the_error_body() {
    let server = Server::start().await;
    for (method, target) in [
        ("CONNECT", "a:1"),
        ("GET", "a:1"),
        ("POST", "a:1"),
        ("GET", "radio.test"),
        ("GET", "*"),
        ("OPTIONS", "*"),
        ("GET", "http://x/nothing"),
        ("GET", "http://x/*"),
    ] {
        let refused = server.anonymous.send(method, target, b"").await;
        assert_eq!(refused.header("x-request-id").map(str::len), Some(16), "{method} {target}");
        refused.refused(404, "not_found");
    }
}

#[tokio::test]
async fn an_absolute_target_is_answered_as_its_path_is() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    server.add("b.mp3").await;
    for target in ["http://x/api/v1/queue/7?offset=1", "http://x:80/api/v1/queue/7/?offset=1"] {
        let page = server.anonymous.get(target).await.expect(200);
        assert_eq!((&page["total"], &page["items"][0]["title"]), (&2.into(), &"b".into()), "{target}");
    }
    for root in ["http://x", "http://x/", "http://x?stream=7"] {
        let page = server.anonymous.get(root).await;
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")), "{root}");
    }
}

/// Promise H7.
#[tokio::test]
async fn a_listener_that_does_not_read_is_dropped_while_another_gets_every_byte() {
    let server = Server::with(|_, options| options.write_timeout = Duration::from_millis(500)).await;
    server.playing(&["a.mp3"]).await;
    // A small receive buffer, so that the test need not fill megabytes.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let mut stalled = socket.connect(server.api.address).await.unwrap();
    stalled.write_all((server.anonymous.head("GET", "/listen/7") + "\r\n").as_bytes()).await.unwrap();
    until("the stalled one is connected", || server.player.connected() == 1).await;

    let mut reading = server.anonymous.open("/listen/7").await;
    until("both are connected", || server.player.connected() == 2).await;
    let heard = tokio::spawn(async move { client::read_to_end(&mut reading).await });

    let piece = Bytes::from((0..=255_u8).cycle().take(16 * 1024).collect::<Vec<_>>());
    let began = Instant::now();
    let mut sent = 0;
    while server.player.connected() == 2 {
        assert!(began.elapsed() < DEADLINE, "the stalled listener is never dropped");
        server.player.broadcast(STREAM, &piece);
        sent += piece.len();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert!(began.elapsed() >= Duration::from_millis(500), "not before its time");
    assert_eq!(server.player.given_up(), 1, "the broadcast is told");
    server.player.broadcast(STREAM, &piece);
    sent += piece.len();
    assert_eq!(server.player.connected(), 1, "the other one stays");
    server.api.send("POST", "/api/v1/streams/7/stop", b"").await.expect(200);
    let stopped = server.stop().await;
    assert!(stopped < Duration::from_secs(2), "nothing is left to wait for");
    let body = client::parse(&heard.await.unwrap(), false).body;
    assert_eq!(body.len(), sent);
    assert!(body.chunks(piece.len()).all(|chunk| chunk == piece), "every byte, in order");
    drop(stalled);
}

/// Promise H8.
#[tokio::test]
async fn the_shutdown_ends_endless_listeners_and_idle_connections() {
    let server = Server::start().await;
    server.playing(&["a.mp3"]).await;
    let mut listener = server.anonymous.open("/listen/7").await;
    until("connected", || server.player.connected() == 1).await;
    let mut idle = server.anonymous.open("/health/live").await;
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    server.host.shutdown().await;
    let address = server.api.address;
    let took = server.stop().await;
    assert!(took < Duration::from_secs(2), "{took:?}: within the grace, nothing was cut");
    assert!(closed(&mut listener).await.ends_with(b"0\r\n\r\n"), "a clean end");
    closed(&mut idle).await;
    assert!(TcpStream::connect(address).await.is_err(), "nobody accepts any more");
}

/// Promise H8.
#[tokio::test]
async fn the_shutdown_cuts_what_does_not_end_by_itself() {
    let server = Server::with(|_, options| options.grace = Duration::from_millis(300)).await;
    server.playing(&["a.mp3"]).await;
    let mut listener = server.anonymous.open("/listen/7").await;
    until("connected", || server.player.connected() == 1).await;
    let took = server.stop().await;
    assert!(took >= Duration::from_millis(300) && took < Duration::from_secs(5), "{took:?}");
    assert!(!closed(&mut listener).await.ends_with(b"0\r\n\r\n"));
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_a_place() {
    let server = Server::with(|_, options| options.max_connections = 1).await;
    let mut first = server.anonymous.open("/health/live").await;
    let mut begun = [0; 12];
    first.read_exact(&mut begun).await.unwrap();
    let mut second = server.anonymous.open("/health/live").await;
    let early = tokio::time::timeout(Duration::from_millis(200), second.read_u8()).await;
    assert!(early.is_err(), "the place is taken");
    drop(first);
    assert_eq!(tokio::time::timeout(DEADLINE, second.read_u8()).await.unwrap().unwrap(), b'H');
}
