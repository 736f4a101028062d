//! `/listen/{stream}`.

use std::sync::{Arc, atomic::Ordering};

use bytes::Bytes;
use tokio::io::AsyncReadExt;

use crate::common::{Server, client, server::STREAM, until};

#[tokio::test]
async fn a_listener_hears_what_is_broadcast_until_the_stream_stops() {
    let server = Server::start().await;
    server.playing(&["a.mp3"]).await;
    for path in ["/listen/7", "/listen/7.mp3"] {
        let mut socket = server.anonymous.with("Range", "bytes=0-").open(path).await;
        until("connected", || server.player.connected() == 1).await;
        server.player.broadcast(STREAM, &Bytes::from_static(b"mp3 mp3 "));
        let mut raw = Vec::new();
        while !raw.ends_with(b"mp3 mp3 \r\n") {
            assert_ne!(socket.read_buf(&mut raw).await.unwrap(), 0, "{:?}", String::from_utf8_lossy(&raw));
        }
        let reply = client::parse(&raw, false);
        assert_eq!(reply.status, 200, "a range of something endless is all of it");
        for (name, value) in [
            ("content-type", "audio/mpeg"),
            ("cache-control", "no-store"),
            ("icy-name", "Stream 7"),
            ("icy-br", "128"),
            ("x-accel-buffering", "no"),
            ("access-control-allow-origin", "*"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{name}");
        }
        assert_eq!((reply.header("content-length"), reply.header("accept-ranges")), (None, None));
        assert_eq!(reply.body, b"mp3 mp3 ");
        drop(socket);
        until("disconnected", || {
            server.player.broadcast(STREAM, &Bytes::from_static(b"x"));
            server.player.connected() == 0
        })
        .await;
    }
    let mut socket = server.anonymous.open("/listen/7").await;
    until("connected", || server.player.connected() == 1).await;
    server.api.send("POST", "/api/v1/streams/7/stop", b"").await.expect(200);
    let raw = tokio::time::timeout(crate::common::DEADLINE, async {
        let mut raw = Vec::new();
        while !raw.ends_with(b"0\r\n\r\n") {
            assert_ne!(socket.read_buf(&mut raw).await.unwrap(), 0);
        }
        raw
    });
    assert!(raw.await.unwrap().starts_with(b"HTTP/1.1 200"), "a clean end");
}

#[tokio::test]
async fn a_head_request_does_not_listen() {
    let server = Server::start().await;
    assert_eq!(server.anonymous.send("HEAD", "/listen/7", b"").await.status, 404);
    server.playing(&["a.mp3"]).await;
    let head = server.anonymous.send("HEAD", "/listen/7", b"").await;
    assert_eq!((head.status, head.header("content-type"), head.body.len()), (200, Some("audio/mpeg"), 0));
    assert_eq!(head.header("content-length"), None);
    assert_eq!(server.player.joined(), 0, "nobody listened");
}

#[tokio::test]
async fn who_cannot_listen_is_told_why() {
    let server = Server::start().await;
    server.anonymous.get("/listen/7").await.refused(404, "stream_not_running");
    server.add("a.mp3").await;
    server.anonymous.get("/listen/7").await.refused(404, "stream_not_running");
    server.anonymous.get("/listen/abc").await.refused(422, "validation_error");
    server.api.send("POST", "/api/v1/streams/7/start", b"").await.expect(200);
    server.player.full.store(true, Ordering::SeqCst);
    server.anonymous.get("/listen/7").await.refused(503, "too_many_listeners");
}

#[tokio::test]
async fn a_playlist_file_leads_to_the_broadcast() {
    let server = Server::start().await;
    let file = server.anonymous.with("Host", "radio.example:8080").get("/listen/-100.m3u").await;
    assert_eq!((file.status, file.header("content-type")), (200, Some("audio/x-mpegurl")));
    let text = String::from_utf8(file.body).unwrap();
    assert!(text.starts_with("#EXTM3U\n") && text.ends_with("\nhttp://radio.example:8080/listen/-100\n"), "{text}");
    for bad in ["evil.example/x", "a b", "evil\"", "[::1"] {
        server.anonymous.with("Host", bad).get("/listen/7.m3u").await.refused(422, "validation_error");
    }
    let public = Server::with(|s, _| s.public_url = Some("https://radio.example/".to_owned())).await;
    let file = public.anonymous.get("/listen/7.m3u").await;
    assert!(String::from_utf8(file.body).unwrap().contains("\nhttps://radio.example/listen/7\n"));
}

/// Promise H6.
#[tokio::test]
async fn listening_does_not_depend_on_the_store() {
    let server = Server::start().await;
    server.playing(&["a.mp3"]).await;
    server.queue.away.store(true, Ordering::SeqCst);
    let _socket = server.anonymous.open("/listen/7").await;
    let player = Arc::clone(&server.player);
    until("connected", || player.connected() == 1).await;
}
