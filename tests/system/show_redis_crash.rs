//! The server is killed, or Redis is: what was acknowledged is there, and the stream goes on where it was.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use serde_json::json;
use streamcore_tests::{Options, Server, facts, http, media::ToneFile, redis::RedisServer, wait};

use super::show_auto_end::{auto_end, set};

const SOON: Duration = Duration::from_secs(5);
const NAMES: [&str; 3] = ["a.wav", "b.wav", "c.wav"];

fn playing(redis: &RedisServer) -> Server {
    let config = Some("[queue]\nmax_items = 10000".to_owned());
    let args = vec!["--redis-url".to_owned(), redis.url()];
    let server = Server::start_with(Options { args, config, ..Options::default() });
    for (i, name) in (1..).zip(NAMES) {
        ToneFile::wav(name, 100 + 300 * i, 120).write(&server.media_dir());
    }
    server.start_stream();
    NAMES.iter().for_each(|name| drop(server.add(name)));
    server.await_playing(NAMES[0], SOON);
    server
}

/// Promise D2. And the timer that ran runs on to the same moment.
#[test]
fn after_kill_9_of_the_server_item_queue_and_timer_are_as_they_were() {
    let redis = RedisServer::start();
    let mut server = playing(&redis);
    set(&server, &json!({"timeout_seconds": 600}));
    for round in 0..3 {
        wait::let_play(Duration::from_millis(2_300 + 1_700 * round));
        let (queue, timer) = (server.queue(), auto_end(&server));
        let before = server.status()["current_position"].as_f64().expect("a number");
        assert_eq!(timer["is_active"], true, "{timer}");

        server.kill_9();
        server.restart();

        server.await_playing(NAMES[0], SOON);
        let after = server.status()["current_position"].as_f64().expect("a number");
        println!("kill -9 at {before:.2} s, went on at {after:.2} s");
        assert!((-3.0..=5.0).contains(&(before - after)), "from {before} to {after}");
        assert_eq!(facts(&server.queue()["items"]), facts(&queue["items"]));
        let restored = auto_end(&server);
        assert_eq!(
            (&restored["is_active"], &restored["timeout_at"]),
            (&json!(true), &timer["timeout_at"]),
            "{restored}"
        );
    }
}

/// Promise D2. With `appendonly always`.
#[test]
fn when_redis_is_killed_nothing_that_was_acknowledged_is_missing_and_nothing_is_there_twice() {
    let mut redis = RedisServer::start();
    let server = playing(&redis);
    let stop = AtomicBool::new(false);
    let add = |client: usize| {
        let mut acknowledged = Vec::new();
        let authorization = format!("Bearer {}", server.token());
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        for n in 0.. {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let title = format!("{client}-{n}");
            let body = json!({"title": title, "url": NAMES[client]}).to_string();
            let answer =
                http::request(server.address(), "POST", "/api/v1/queue/1/items", &headers, Some(body.as_bytes()));
            match answer.expect("the server answers").status {
                201 => acknowledged.push(title),
                503 => {}
                other => panic!("{other}"),
            }
            wait::let_play(Duration::from_millis(5));
        }
        acknowledged
    };
    let acknowledged = std::thread::scope(|scope| {
        let clients = [0, 1, 2].map(|client| scope.spawn(move || add(client)));
        for away in [0, 300, 5_000] {
            wait::let_play(Duration::from_millis(1_200));
            redis.kill();
            wait::let_play(Duration::from_millis(away));
            redis.restart();
            wait::let_play(Duration::from_secs(3));
        }
        stop.store(true, Ordering::Relaxed);
        clients.map(|client| client.join().expect("it ends")).concat()
    });

    let mut there: BTreeMap<String, usize> = BTreeMap::new();
    let mut offset = 0;
    loop {
        let page = server.call("GET", &format!("/api/v1/queue/1?offset={offset}&limit=100"), None).expect(200);
        let items = page["items"].as_array().expect("a list");
        for item in items {
            *there.entry(item["title"].as_str().expect("a title").to_owned()).or_default() += 1;
        }
        offset += items.len();
        if items.is_empty() {
            break;
        }
    }
    println!("{} adds were acknowledged, {} items are there", acknowledged.len(), there.len());
    assert!(acknowledged.len() > 50, "too little happened");
    let missing: Vec<_> = acknowledged.iter().filter(|title| !there.contains_key(*title)).collect();
    let twice: Vec<_> = there.iter().filter(|(_, count)| **count > 1).collect();
    assert!(missing.is_empty() && twice.is_empty(), "missing: {missing:?}, more than once: {twice:?}");
    assert_eq!(server.now_playing().as_deref(), Some(NAMES[0]), "what played plays");
}
