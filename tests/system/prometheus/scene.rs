//! A bit of everything: tracks that end, fail and are skipped, listeners, edits, a stream that ends by itself and one that will.

use std::{fs, time::Duration};

use serde_json::{Value, json};
use streamcore_tests::{
    RawListener, Server,
    media::{MP3, ToneFile},
    prometheus::Prometheus,
    wait,
};

use super::{SCRAPED, SOON};

/// A server on which a bit of everything has happened while Prometheus looked.
pub(super) struct Scene {
    pub(super) server: Server,
    pub(super) prometheus: Prometheus,
    _listeners: [RawListener; 2],
}

impl Scene {
    pub(super) fn played() -> Self {
        let server = Server::start();
        for (name, seconds) in [("a.wav", 3), ("b.wav", 120), ("c.wav", 120)] {
            ToneFile::wav(name, 400, seconds).write(&server.media_dir());
        }
        ToneFile { name: "gone.mp3".into(), hz: 400, seconds: 2, rate: 44_100, encoder: MP3 }
            .write(&server.media_dir());
        let prometheus = Prometheus::scraping(server.address());
        println!("up after {:?}", prometheus.await_up(true, SCRAPED));

        server.start_stream();
        server.await_status("placeholder", SOON);
        let listeners = [1, 2].map(|_| RawListener::connect(server.address(), "/listen/1"));
        // The first ends by itself, so that a change of tracks is measured; the second fails; the third is skipped; the fourth plays on.
        for name in ["a.wav", "b.wav", "gone.mp3", "c.wav", "b.wav"] {
            let _ = server.add(name);
        }
        fs::remove_file(server.media_dir().join("gone.mp3")).expect("removed");
        edit(&server);
        // Two more streams, which nobody listens to: one is about to end by itself, one will in a while.
        for (id, timeout) in [(2, 1), (3, 600)] {
            let call = |method: &str, path: &str, body: Value, status| {
                server.call(method, &format!("/api/v1/streams{path}"), Some(&body)).expect(status)
            };
            let _ = call("POST", "", json!({"id": id, "name": "Quiet"}), 201);
            let _ = call("PUT", &format!("/{id}/auto-end"), json!({"timeout_seconds": timeout}), 200);
            let _ = call("POST", &format!("/{id}/start"), json!({}), 200);
        }
        server.await_playing("b.wav", Duration::from_secs(10));
        for title in ["c.wav", "b.wav"] {
            // Until listeners hear it, a skip is one of what was before.
            let heard = || server.status()["current_position"].as_f64().filter(|position| *position > 0.5);
            wait::until("it to be heard", SOON, heard);
            let _ = server.call("POST", "/api/v1/queue/1/skip", None).expect(200);
            server.await_playing(title, SOON);
        }
        let _ = server.await_event("stream_ended", 1, SOON);
        Self { server, prometheus, _listeners: listeners }
    }
}

/// Edits of the queue that leave its first items as they are.
fn edit(server: &Server) {
    let last = server.add("c.wav");
    let position = format!("/api/v1/queue/1/items/{last}/move");
    let _ = server.call("PATCH", &position, Some(&json!({"position": 5}))).expect(200);
    let _ = server.call("DELETE", &format!("/api/v1/queue/1/items/{last}"), None).expect(200);
    assert_eq!(server.call("GET", "/api/v1/nothing", None).status, 404);
}
