//! A crash and an orderly end: the stream goes on where it was.

use std::time::Duration;

use serde_json::Value;
use streamcore_tests::{RawListener, Server, long, media::ToneFile, wait};

const SOON: Duration = Duration::from_secs(5);
const NAMES: [&str; 3] = ["a.wav", "b.wav", "c.wav"];

fn playing() -> Server {
    let server = Server::start();
    for (i, name) in (1..).zip(NAMES) {
        ToneFile::wav(name, 100 + 300 * i, 120).write(&server.media_dir());
    }
    server.start_stream();
    NAMES.iter().for_each(|name| drop(server.add(name)));
    server.await_playing(NAMES[0], SOON);
    server
}

fn ids(queue: &Value) -> Vec<Value> {
    queue["items"].as_array().expect("a list").iter().map(|item| item["id"].clone()).collect()
}

fn position(server: &Server) -> f64 {
    server.status()["current_position"].as_f64().expect("a number")
}

/// The same item, the same queue, at most 5 s back, and time goes on from there.
#[track_caller]
fn assert_resumed(server: &Server, queue: &Value, position_before: f64, after: &str) {
    let waited = server.await_status("playing", Duration::from_secs(10));
    let resumed_at = position(server);
    println!("{after}: at {position_before:.2} s before, at {resumed_at:.2} s when seen {waited:?} after the start");
    assert_eq!(ids(&server.queue()), ids(queue));
    assert_eq!(server.status()["current_item"]["id"], queue["items"][0]["id"]);
    let back = position_before - resumed_at;
    assert!((-2.0..=5.0).contains(&back), "{back:.2} s back");
}

#[test]
fn after_kill_9_the_stream_goes_on_where_it_was() {
    let mut server = playing();
    let kills = if long() { 12 } else { 2 };
    for kill in 1..=kills {
        // More than the 5 s that may be lost, and odd times, so that kills fall between and upon the moments at which positions are stored.
        wait::let_play(Duration::from_millis(5_600 + 700 * kill));
        let (queue, position_before) = (server.queue(), position(&server));
        server.kill_9();
        server.restart();
        assert_resumed(&server, &queue, position_before, "kill -9");
    }
}

#[test]
fn edits_before_a_kill_9_are_kept() {
    let mut server = playing();
    let id = ids(&server.queue())[2].as_str().expect("an id").to_owned();
    let _ = server.call("DELETE", &format!("/api/v1/queue/1/items/{id}"), None).expect(200);
    let added = server.add(NAMES[1]);
    server.kill_9();
    server.restart();
    server.await_status("playing", SOON);
    let now = ids(&server.queue());
    assert_eq!(now.len(), 3);
    assert_eq!(now[2], added, "an add that was answered is there, a removal that was answered too");
}

#[test]
fn after_sigterm_listeners_have_a_clean_end_and_the_stream_goes_on() {
    let mut server = playing();
    let listener = RawListener::connect(server.address(), "/listen/1");
    wait::let_play(Duration::from_secs(3));
    let (queue, position_before) = (server.queue(), position(&server));

    let (status, took) = server.terminate(Duration::from_secs(10));

    assert_eq!(status.code(), Some(0), "{status}");
    assert_eq!(listener.await_end(SOON), Ok(()), "the body ends as it should");
    println!("SIGTERM: exit 0 after {took:?}, the listener's body ended cleanly");
    server.restart();
    assert!(server.banner().iter().any(|line| line.contains("Resumed 1 stream")), "{:?}", server.banner());
    assert_resumed(&server, &queue, position_before, "SIGTERM");
}

#[test]
fn a_stopped_stream_stays_stopped() {
    let mut server = playing();
    let _ = server.call("POST", "/api/v1/streams/1/stop", None).expect(200);
    let queue = server.queue();
    let _ = server.terminate(Duration::from_secs(10));
    server.restart();
    assert_eq!(server.status()["status"], "stopped");
    assert_eq!(ids(&server.queue()), ids(&queue), "what was playing waits again, ahead of the others");
}
