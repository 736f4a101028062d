//! A queue that people see and edit, while a listener hears none of the editing.

use std::time::Duration;

use serde_json::json;
use streamcore_tests::{Recorder, Server, facts, media::ToneFile, tone::hear, wait};

const SOON: Duration = Duration::from_secs(5);

fn with_tones(names: &[&str], seconds: u32) -> Server {
    let server = Server::start();
    for (i, name) in (1..).zip(names) {
        ToneFile::wav(name, 100 + 300 * i, seconds).write(&server.media_dir());
    }
    server.start_stream();
    server
}

#[test]
fn three_tracks_have_positions_and_the_first_plays() {
    let server = with_tones(&["a.wav", "b.wav", "c.wav"], 30);
    server.await_status("placeholder", SOON);
    let first = server.add("a.wav");
    server.await_playing("a.wav", SOON);
    let [second, third] = ["b.wav", "c.wav"].map(|name| server.add(name));

    let queue = server.queue();

    let items = queue["items"].as_array().expect("a list");
    let seen: Vec<_> = items.iter().map(|item| (item["position"].clone(), item["id"].clone())).collect();
    assert_eq!(seen, [(json!(0), json!(first)), (json!(1), json!(second)), (json!(2), json!(third))]);
    assert_eq!(queue["current_playing"]["id"], json!(first), "{queue}");
    assert_eq!(queue["total"], 3);
}

#[test]
fn five_queued_the_fourth_moved_to_the_second_place() {
    let names = ["a.wav", "b.wav", "c.wav", "d.wav", "e.wav"];
    let server = with_tones(&names, 30);
    let ids: Vec<_> = names.iter().map(|name| server.add(name)).collect();
    server.await_playing("a.wav", SOON);

    let target = format!("/api/v1/queue/1/items/{}/move", ids[3]);
    let answer = server.call("PATCH", &target, Some(&json!({"position": 1}))).expect(200);

    assert_eq!(server.titles(), ["a.wav", "d.wav", "b.wav", "c.wav", "e.wav"]);
    assert_eq!(facts(&answer["items"]), facts(&server.queue()["items"]), "the answer is the list that GET would give");
    let refused = server.call("PATCH", &target.replace(&ids[3], &ids[0]), Some(&json!({"position": 1})));
    assert_eq!(refused.expect(409)["error"], "current_item");
}

#[test]
fn edits_of_what_waits_cannot_be_heard() {
    const SECONDS: u32 = 8;
    let server = with_tones(&["a.wav", "b.wav", "c.wav", "d.wav"], SECONDS);
    server.await_status("placeholder", SOON);
    let recorder = Recorder::start(&server.url("/listen/1"));
    recorder.await_sound();
    let _ = server.add("a.wav");
    server.await_playing("a.wav", SOON);
    let [b, c, d] = ["b.wav", "c.wav", "d.wav"].map(|name| server.add(name));
    wait::let_play(Duration::from_secs(2));

    let _ = server.call("DELETE", &format!("/api/v1/queue/1/items/{b}"), None).expect(200);
    let _ = server.call("PATCH", &format!("/api/v1/queue/1/items/{d}/move"), Some(&json!({"position": 1}))).expect(200);
    assert_eq!(server.titles(), ["a.wav", "d.wav", "c.wav"]);
    // The last edit comes within the player's lead: the next track is chosen already or about to be.
    wait::let_play(Duration::from_secs(3));
    let _ = server.call("DELETE", &format!("/api/v1/queue/1/items/{c}"), None).expect(200);
    server.await_playing("d.wav", Duration::from_secs(10));
    wait::let_play(Duration::from_secs(3));

    let heard = recorder.stop();
    assert_eq!(heard.complaints, "");
    let tone = hear(&heard.samples, 400).expect("the first tone was heard");
    println!("heard across three edits: {:.2} ms missing of {SECONDS} s, {tone:?}", tone.missing_ms(SECONDS.into()));
    assert!(tone.is_whole(), "{tone:?}");
    assert!(tone.missing_ms(SECONDS.into()).abs() <= 5.0, "{tone:?}");
    assert!(hear(&heard.samples, 700).is_none(), "the removed one was never heard");
}
