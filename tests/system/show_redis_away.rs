//! Redis is away, or stands still: what plays goes on, changes are refused, and all goes on by itself when it is back.

use std::time::{Duration, Instant};

use serde_json::json;
use streamcore_tests::{
    RawListener, Recorder, Server, http::Response, long, media::ToneFile, redis::RedisServer, tone::hear, wait,
};

use super::redis_start::on;

const SOON: Duration = Duration::from_secs(5);
const SECONDS: u32 = 10;

fn playing(redis: &RedisServer) -> Server {
    let server = on(redis);
    ToneFile::wav("a.wav", 400, SECONDS).write(&server.media_dir());
    ToneFile::wav("b.wav", 700, 120).write(&server.media_dir());
    server.start_stream();
    server
}

fn try_to_add(server: &Server, title: &str) -> Response {
    server.call("POST", "/api/v1/queue/1/items", Some(&json!({"url": "b.wav", "title": title})))
}

/// Changes are refused, with when to come back; and the readiness page says that not all is well.
fn assert_away(server: &Server, title: &str) {
    let answer = try_to_add(server, title);
    assert_eq!(answer.status, 503, "{}", String::from_utf8_lossy(&answer.body));
    assert!(answer.header("retry-after").is_some(), "{:?}", answer.headers);
    let ready = server.call("GET", "/health/ready", None);
    assert_ne!(ready.json()["status"], "ready", "{}", String::from_utf8_lossy(&ready.body));
    let alive = server.call("GET", "/health/live", None);
    assert_eq!(alive.status, 200);
}

/// Waits until changes are taken again.
fn await_back(server: &Server, title: &str) {
    let add = || (try_to_add(server, title).status == 201).then_some(());
    let (_, took) = wait::until("changes to be taken again", Duration::from_secs(20), add);
    println!("changes are taken again {took:?} after Redis is back");
    let ready = || (server.call("GET", "/health/ready", None).json()["status"] == "ready").then_some(());
    wait::until("readiness", SOON, ready);
}

#[test]
fn while_redis_is_away_listeners_hear_no_interruption_and_then_all_goes_on_by_itself() {
    let away = Duration::from_secs(if long() { 60 } else { 15 });
    let mut redis = RedisServer::start();
    let server = playing(&redis);
    // A stream that nobody listens to, which would end in the middle of it.
    let _ = server.call("POST", "/api/v1/streams", Some(&json!({"id": 2, "name": "Empty"}))).expect(201);
    let _ = server.call("PUT", "/api/v1/streams/2/auto-end", Some(&json!({"timeout_seconds": 8}))).expect(200);
    let recorder = Recorder::start(&server.url("/listen/1"));
    recorder.await_sound();
    let (listener, begin) = (RawListener::connect(server.address(), "/listen/1"), Instant::now());
    let (_a, _b) = (server.add("a.wav"), server.add("b.wav"));
    server.await_playing("a.wav", SOON);
    let _ = server.call("POST", "/api/v1/streams/2/start", None).expect(200);
    wait::let_play(Duration::from_secs(1));

    let (gone, mut refused) = (Instant::now(), 0);
    redis.kill();
    while gone.elapsed() < away {
        assert_away(&server, "while it was away");
        refused += 1;
        wait::let_play(Duration::from_millis(500));
    }
    assert!(server.events("stream_ended").is_empty(), "nothing ends while the store is away");
    redis.restart();

    await_back(&server, "after");
    let by_itself = server.await_playing("b.wav", Duration::from_secs(20));
    println!(
        "{refused} adds were refused in {away:?}; the stream goes on by itself {by_itself:?} after changes are taken"
    );
    assert_eq!(server.titles(), ["b.wav", "after"], "what was refused did not happen");
    let ended = server.await_event("stream_ended", 1, Duration::from_secs(30));
    assert_eq!(ended.field("reason").as_deref(), Some("auto_end"), "its timer went on: {ended:?}");
    wait::let_play(Duration::from_secs(2));
    let pause = listener.longest_pause(begin, Instant::now());
    let recording = recorder.stop();
    let tone = hear(&listener.samples(), 400).expect("it was heard");
    println!(
        "heard: {:.2} ms of {SECONDS} s missing; the longest pause of bytes was {pause:?}",
        tone.missing_ms(SECONDS.into())
    );
    assert!(tone.is_whole() && tone.missing_ms(SECONDS.into()).abs() <= 5.0, "{tone:?}");
    assert!(pause < Duration::from_secs(2), "listeners were left without a byte for {pause:?}");
    assert_eq!(recording.complaints, "", "ffmpeg noticed nothing");
    assert!(hear(&recording.samples, 700).is_some(), "the next track was heard");
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[test]
fn while_redis_stands_still_nothing_is_done_twice_and_what_was_refused_does_not_happen_later() {
    let redis = RedisServer::start();
    let server = playing(&redis);
    let _ = server.add("b.wav");
    server.await_playing("b.wav", SOON);
    let listener = RawListener::connect(server.address(), "/listen/1");
    let (begin, mut taken, mut refused) = (Instant::now(), Vec::new(), Vec::new());

    redis.pause();
    std::thread::scope(|scope| {
        let server = &server;
        // Each waits for as long as it is let wait; some of them are still waiting when Redis goes on.
        let clients: Vec<_> = (0..12_u64)
            .map(|n| {
                scope.spawn(move || {
                    wait::let_play(Duration::from_millis(850 * n));
                    let title = format!("still {n}");
                    let status = try_to_add(server, &title).status;
                    (title, status)
                })
            })
            .collect();
        wait::let_play(Duration::from_secs(10).saturating_sub(begin.elapsed()));
        redis.resume();
        for client in clients {
            match client.join().expect("it ends") {
                (title, 201) => taken.push(title),
                (title, 503) => refused.push(title),
                other => panic!("{other:?}"),
            }
        }
    });
    await_back(&server, "after");
    // Whatever was still in a buffer somewhere has had its time.
    wait::let_play(Duration::from_secs(5));

    println!("{} adds were refused and {} taken in 10 s", refused.len(), taken.len());
    assert!(refused.len() >= 3, "it stood still: {refused:?}");
    let titles = server.titles();
    for title in &refused {
        assert!(!titles.contains(title), "{title} was refused, and happened: {titles:?}");
    }
    for title in &taken {
        assert_eq!(titles.iter().filter(|there| *there == title).count(), 1, "{title}: {titles:?}");
    }
    assert_eq!(titles.len(), 2 + taken.len(), "{titles:?}");
    let pause = listener.longest_pause(begin, Instant::now());
    println!("the longest pause of bytes was {pause:?}");
    assert!(pause < Duration::from_secs(2), "{pause:?}");
    assert_eq!(server.now_playing().as_deref(), Some("b.wav"));
}
