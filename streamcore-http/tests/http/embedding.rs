//! Somebody else's warp application around ours.

use std::sync::Arc;

use streamcore_http::{Peer, ServeOptions, filter, serve};
use tokio::net::TcpListener;
use warp::{Filter, Reply};

use crate::common::{Client, Server};

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
