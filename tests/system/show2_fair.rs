//! Three requesters of one queue take turns, although one of them came first and with fifty tracks.

use std::{fmt::Write as _, time::Duration};

use serde_json::json;
use streamcore_tests::{Server, media::ToneFile, wait};

const NAMES: [&str; 3] = ["ann", "bob", "cem"];

/// One hand-off after the other, by a skip of what plays. A skipped track is no turn, so what is served has to play to its end: it is short.
const FILE: &str = "short.wav";

fn item(who: usize) -> serde_json::Value {
    json!({"url": FILE, "title": NAMES[who], "requested_by": who + 1})
}

/// Who was served so far, in order.
fn served(server: &Server) -> Vec<String> {
    let page = server.call("GET", "/api/v1/queue/1/history?limit=100", None).expect(200);
    let items = page["items"].as_array().expect("a list").iter().rev();
    items.map(|entry| entry["title"].as_str().expect("a title").to_owned()).collect()
}

/// Promise F1. Over HTTP, and heard.
#[test]
fn who_joins_late_waits_for_one_track_of_each_other_requester_at_the_most() {
    let server = Server::start();
    ToneFile::wav("second.wav", 400, 1).write(&server.media_dir());
    let second = std::fs::read(server.media_dir().join("second.wav")).expect("read");
    std::fs::write(server.media_dir().join(FILE), crate::crashes::cut_to_a_third(&second)).expect("written");
    let _ = server.call("POST", "/api/v1/streams", Some(&json!({"id": 1, "name": "Test"}))).expect(201);
    let _ = server.call("PUT", "/api/v1/queue/1/mode", Some(&json!({"mode": "fair"}))).expect(200);
    let fifty: Vec<_> = (0..50).map(|_| item(0)).collect();
    let batch = server.call("POST", "/api/v1/queue/1/items/batch", Some(&json!({"items": fifty}))).expect(201);
    assert_eq!(batch["items"].as_array().map(Vec::len), Some(50));
    let _ = server.call("POST", "/api/v1/streams/1/start", None).expect(200);

    // How many were served, or are being, when each of the others joined.
    let mut joined = [0; 3];
    for (who, after) in [(1, 3), (2, 5)] {
        let (before, _) = wait::until("some turns", Duration::from_secs(20), || {
            let served = served(&server).len();
            (served >= after).then_some(served)
        });
        for _ in 0..4 {
            let _ = server.call("POST", "/api/v1/queue/1/items", Some(&item(who))).expect(201);
        }
        // It may have been handed over while they were added.
        joined[who] = served(&server).len().max(before);
    }
    let (order, _) = wait::until("all that came late to be served", Duration::from_secs(40), || {
        let served = served(&server);
        (served.iter().filter(|name| **name != NAMES[0]).count() == 8).then_some(served)
    });

    let mut text = String::new();
    for (n, line) in order.chunks(12).enumerate() {
        let _ = writeln!(text, "{:3}  {}", n * 12 + 1, line.join(" "));
    }
    println!("ann adds 50; bob joins when {} were served, cem when {} were. Served:\n{text}", joined[1], joined[2]);
    for (who, joined) in joined.into_iter().enumerate().skip(1) {
        let first = order.iter().position(|name| name == NAMES[who]).expect("served");
        // The one on the air, one chosen already, and one of each other requester.
        let waited = first - joined;
        println!(
            "{} waited for {waited} tracks; the bound is 4: the one on the air, the one that is handed over, one of each other",
            NAMES[who]
        );
        assert!(waited <= 4, "{waited}\n{text}");
    }
    // From the moment at which all three wait nobody is served twice before another who waits was served.
    let all = joined[2] + 2;
    let last = order.iter().position(|name| name == NAMES[2]).expect("served") + 6;
    for three in order[all..last.min(order.len())].windows(4) {
        let anns = three.iter().filter(|name| **name == NAMES[0]).count();
        assert!(anns <= 2, "ann is served {anns} times of four: {three:?}\n{text}");
    }
    let waiting = server.queue()["total"].as_u64().expect("a number");
    let all_served = served(&server).len() as u64;
    assert!(waiting + all_served >= 58, "nothing is lost: {waiting} wait, {all_served} were served");
}
