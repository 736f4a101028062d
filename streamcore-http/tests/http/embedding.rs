//! Somebody else's warp application around ours.

use std::sync::Arc;

use bytes::Bytes;
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use streamcore_http::{Peer, ServeOptions, filter, serve};
use tokio::{io::AsyncWriteExt as _, net::TcpListener};
use warp::{Filter, Reply};

use crate::common::{Client, Server, client, server::STREAM, until};

#[tokio::test]
async fn the_filter_works_under_a_prefix_beside_other_routes() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    let who = warp::path("who").and(warp::ext::get::<Peer>()).map(|peer: Peer| peer.0.ip().to_string().into_response());
    let ours = warp::path("radio").and(filter(Arc::clone(&server.state)));
    let app = who.or(ours).unify().boxed();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::anonymous(listener.local_addr().unwrap());
    tokio::spawn(serve(listener, app, ServeOptions::default(), std::future::pending()));

    assert_eq!(client.get("/who").await.body, b"127.0.0.1", "serve tells the peer's address");
    assert_eq!(client.get("/radio/api/v1/queue/7").await.expect(200)["total"], 1);
    assert_eq!(client.get("/radio/").await.status, 200);
    assert_eq!(client.get("/radio/assets/app.js").await.status, 200);
    assert_eq!(client.get("/elsewhere").await.status, 404);
}

/// Promise H13.
#[tokio::test]
async fn a_listener_hears_the_same_behind_a_server_that_is_not_ours() {
    let server = Server::start().await;
    server.playing(&["a.mp3"]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let theirs = listener.local_addr().unwrap();
    let service = TowerToHyperService::new(warp::service(filter(Arc::clone(&server.state))));
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(socket), service.clone()));
        }
    });

    for version in ["1.0", "1.1"] {
        for icy in ["", "Icy-MetaData: 1\r\n"] {
            let mut bodies = Vec::new();
            for address in [server.api.address, theirs] {
                let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
                let request = format!("GET /listen/7 HTTP/{version}\r\nHost: x\r\nConnection: close\r\n{icy}\r\n");
                socket.write_all(request.as_bytes()).await.unwrap();
                bodies.push(tokio::spawn(async move { client::read_to_end(&mut socket).await }));
            }
            until("both listen", || server.player.connected() == 2).await;
            for piece in 0..40_u8 {
                server.player.broadcast(STREAM, &Bytes::from(vec![piece; 1_000]));
            }
            // The end of the broadcast: of one body in chunks, or of the connection.
            server.api.send("POST", "/api/v1/streams/7/stop", b"").await.expect(200);
            let mut heard = Vec::new();
            for body in bodies {
                let raw = tokio::time::timeout(crate::common::DEADLINE, body).await.unwrap().unwrap();
                let reply = client::parse(&raw, false);
                assert_eq!(reply.status, 200);
                assert_eq!(reply.header("icy-metaint"), (!icy.is_empty()).then_some("16000"));
                heard.push(reply.body);
            }
            assert_eq!(heard[0], heard[1], "HTTP/{version} {icy}");
            // Two places for titles in 40,000 bytes; the first says that there is none.
            let titles = if icy.is_empty() { 0 } else { 1 + 16 + 1 };
            assert_eq!(heard[0].len(), 40_000 + titles, "HTTP/{version} {icy}");
            server.api.send("POST", "/api/v1/streams/7/start", b"").await.expect(200);
            until("it plays again", || server.player.plays(STREAM).is_some()).await;
        }
    }
}
