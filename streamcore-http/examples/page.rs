//! The listening page with a scripted player behind it, to look at: `cargo run -p streamcore-http --example page [FILE.mp3]`.
//!
//! The token is printed. What can be heard is the file (of 128 kbit/s), again and again, whatever the page says: tests script this player.

#[expect(dead_code, reason = "tests use all of it, this example a part")]
#[path = "../tests/http/common/mod.rs"]
mod common;

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use streamcore::{FailureKind, FailureReason};

use crate::common::{Server, TOKEN, server::STREAM};

#[tokio::main]
async fn main() {
    let server = Server::on(([127, 0, 0, 1], 8090).into(), |_, _| {}).await;
    server.api.post("/api/v1/streams", json!({"id": 7, "name": "Evening Radio"})).await.expect(201);
    server.api.post("/api/v1/streams", json!({"id": 8, "name": "Второй поток"})).await.expect(201);
    // Sessions that are over, for the list of them.
    for _ in 0..2 {
        for what in ["start", "stop"] {
            server.api.post(&format!("/api/v1/streams/7/{what}"), json!({})).await.expect(200);
        }
    }
    let long =
        "Johann Sebastian Bach – Orchestral Suite No. 3 in D major, BWV 1068: II. Air (arranged for strings, live)";
    for (n, title) in
        ["Prelude", "So What", "Utro", "Ночь тиха", "Gymnopédie No. 1", long].iter().cycle().take(30).enumerate()
    {
        let body = json!({"url": format!("demo/track-{n}.mp3"), "title": title, "duration": 95 + n * 7});
        server.api.post("/api/v1/queue/7/items", body).await.expect(201);
    }
    server.api.post("/api/v1/streams/7/start", json!({})).await.expect(200);
    for step in 0..4 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if step == 1 {
            let reason = FailureReason::new(FailureKind::Broken, "frame 12 cannot be decoded; encode the file again");
            server.player.fail(STREAM, reason);
        } else {
            server.player.end(STREAM);
        }
    }
    println!("http://{}/ with the token {TOKEN}", server.api.address);
    // Without a file zeros: enough to watch what becomes of a listener that stops reading.
    let audio = std::env::args().nth(1).map_or_else(|| vec![0; 4_000], |file| std::fs::read(file).expect("the file"));
    let mut waves = audio.chunks(4_000).map(Bytes::copy_from_slice).collect::<Vec<_>>().into_iter().cycle();
    let mut position = Duration::from_secs(41);
    loop {
        server.player.progress(STREAM, position);
        if let Some(wave) = waves.next() {
            server.player.broadcast(STREAM, &wave);
        }
        server.player.listeners(STREAM, server.player.connected() as u64);
        tokio::time::sleep(Duration::from_millis(250)).await;
        position += Duration::from_millis(250);
    }
}
