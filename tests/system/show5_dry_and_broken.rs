//! A dry queue plays the placeholder and wakes at once; broken tracks are passed over with a reason, at no cost.

use std::{
    collections::BTreeMap,
    fs,
    time::{Duration, Instant},
};

use serde_json::Value;
use streamcore_tests::{
    RawListener, Server,
    media::{FLAC, MP3, ToneFile},
    process,
    tone::hear,
    wait,
};

const SOON: Duration = Duration::from_secs(5);

#[test]
fn a_dry_queue_plays_the_placeholder_and_an_add_starts_at_once() {
    let server = Server::start();
    ToneFile::wav("a.wav", 400, 3).write(&server.media_dir());
    server.start_stream();
    server.await_status("placeholder", SOON);
    let listener = RawListener::connect(server.address(), "/listen/1");
    wait::let_play(Duration::from_secs(2));

    let asked = Instant::now();
    let _ = server.add("a.wav");
    let playing = server.await_playing("a.wav", SOON);
    let dry = server.await_status("placeholder", Duration::from_secs(8));
    wait::let_play(Duration::from_secs(2));

    let samples = listener.samples();
    let tone = hear(&samples, 400).expect("it was heard");
    let first_bytes = listener.arrival_of_sample(tone.start as usize).saturating_duration_since(asked);
    println!("added: playing after {playing:?}, first bytes after {first_bytes:?}; placeholder again after {dry:?}");
    assert!(first_bytes < Duration::from_secs(1), "{first_bytes:?}");
    assert!(tone.missing_ms(3.0).abs() <= 5.0, "{:.2} ms of the only track are missing", tone.missing_ms(3.0));
    let quiet = listener.longest_pause(asked, Instant::now());
    assert!(quiet < Duration::from_secs(2), "the broadcast never pauses, but did for {quiet:?}");
}

/// Found by a reviewer: an item that came in the last second of the only track cut its tail off.
#[test]
fn an_add_in_the_last_moments_of_the_only_track_cuts_nothing_off() {
    const SECONDS: u32 = 2;
    let server = Server::start();
    // Each round has tones of its own, so that they can be told apart in one recording.
    let rounds = [(1_200, 400, 700), (1_500, 1_000, 1_300), (1_750, 1_600, 1_900), (1_950, 2_200, 2_500)];
    let name = |hz: u32| format!("{hz}.wav");
    for (_, first, second) in rounds {
        ToneFile::wav(&name(first), first, SECONDS).write(&server.media_dir());
        ToneFile::wav(&name(second), second, 1).write(&server.media_dir());
    }
    server.start_stream();
    server.await_status("placeholder", SOON);
    let listener = RawListener::connect(server.address(), "/listen/1");
    for (at_ms, first, second) in rounds {
        server.await_status("placeholder", SOON);
        wait::let_play(Duration::from_millis(500));
        let _ = server.add(&name(first));
        server.await_playing(&name(first), SOON);
        wait::until("the moment", SOON, || {
            let status = server.status();
            let here =
                status["current_position"].as_f64().is_some_and(|position| position * 1_000.0 >= f64::from(at_ms));
            (here || status["status"] == "placeholder").then_some(())
        });
        let _ = server.add(&name(second));
        server.await_playing(&name(second), SOON);
    }
    server.await_status("placeholder", SOON);
    wait::let_play(Duration::from_secs(2));

    let samples = listener.samples();
    for (at_ms, first, second) in rounds {
        let tone = hear(&samples, first).expect("the first was heard");
        let missing = tone.missing_ms(SECONDS.into());
        println!("added at {at_ms} ms of {SECONDS} s: {missing:.2} ms missing");
        assert!(missing.abs() <= 5.0, "{tone:?}");
        assert!(hear(&samples, second).is_some_and(|tone| tone.missing_ms(1.0).abs() <= 5.0), "{second} Hz");
    }
}

#[test]
fn broken_tracks_end_in_the_placeholder_with_reasons_and_cost_nothing() {
    let server = Server::start();
    let media = server.media_dir();
    let tone = |name: &str, encoder| ToneFile { name: name.into(), hz: 400, seconds: 20, rate: 44_100, encoder };
    ToneFile::wav("first.wav", 700, 60).write(&media);
    for (name, encoder) in [("text.mp3", MP3), ("cut.flac", FLAC), ("gone.mp3", MP3), ("empty.mp3", MP3)] {
        tone(name, encoder).write(&media);
    }
    server.start_stream();
    let first = server.add("first.wav");
    server.await_playing("first.wav", SOON);
    let names = ["text.mp3", "cut.flac", "gone.mp3", "empty.mp3"];
    names.iter().for_each(|name| drop(server.add(name)));

    // All were good when they were queued.
    fs::write(media.join("text.mp3"), "This is a shopping list, not music.\n".repeat(500)).expect("written");
    let flac = fs::read(media.join("cut.flac")).expect("read");
    fs::write(media.join("cut.flac"), &flac[..60]).expect("written");
    fs::remove_file(media.join("gone.mp3")).expect("removed");
    fs::write(media.join("empty.mp3"), "").expect("written");
    let begin = Instant::now();
    let _ = server.call("POST", "/api/v1/queue/1/skip", None).expect(200);
    server.await_status("placeholder", SOON);
    println!("broken tracks only: the placeholder plays after {:?}", begin.elapsed());
    // After a few failures in a row the stream takes its time between two attempts.
    wait::until("all of them to be tried", Duration::from_secs(30), || server.titles().is_empty().then_some(()));
    println!("all four were tried after {:?}", begin.elapsed());

    let history = server.call("GET", "/api/v1/queue/1/history", None).expect(200);
    let reasons: BTreeMap<String, Value> = history["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| (item["title"].as_str().expect("a title").to_owned(), item["failure"].clone()))
        .collect();
    println!("reasons: {reasons:#?}");
    for name in names {
        let failure = &reasons[name];
        assert!(failure["reason"].is_string() && failure["detail"].is_string(), "{name}: {history}");
        let detail = failure["detail"].as_str().unwrap_or_default();
        assert!(
            !detail.contains(media.to_str().expect("UTF-8")),
            "{name}: the reason names a path of the machine: {detail}"
        );
    }
    assert_eq!(reasons["gone.mp3"]["reason"], "not_found");
    assert!(reasons["first.wav"].is_null(), "{first} was skipped, not broken");
    assert_eq!(server.status()["errors_count"], 4);

    let (before, pause) = (process::cpu_time(server.pid()), Duration::from_secs(5));
    wait::let_play(pause);
    let used = (process::cpu_time(server.pid()) - before).as_secs_f64() / pause.as_secs_f64();
    println!("placeholder: {:.1} % of a core", used * 100.0);
    // The promise is 5 %; the figure is printed. What this catches on a busy machine is a stream that spins.
    assert!(used < 0.25, "{:.1} % of a core", used * 100.0);
}

#[test]
fn a_cut_mp3_plays_as_far_as_it_goes_and_the_next_one_follows() {
    let server = Server::start();
    let media = server.media_dir();
    ToneFile { name: "cut.mp3".into(), hz: 400, seconds: 6, rate: 44_100, encoder: MP3 }.write(&media);
    ToneFile::wav("next.wav", 700, 10).write(&media);
    let whole = fs::read(media.join("cut.mp3")).expect("read");
    fs::write(media.join("cut.mp3"), &whole[..whole.len() / 3 + 100]).expect("written");
    server.start_stream();
    let _ = server.add("cut.mp3");
    let _ = server.add("next.wav");
    let listener = RawListener::connect(server.address(), "/listen/1");

    let waited = server.await_playing("next.wav", Duration::from_secs(10));
    wait::let_play(Duration::from_secs(3));

    let heard = hear(&listener.samples(), 400).expect("its beginning was heard").length_ms();
    let history = server.call("GET", "/api/v1/queue/1/history", None).expect(200);
    println!(
        "a third of 6 s: {heard:.0} ms were heard, the next one began after {waited:?}; {}",
        history["items"][0]["failure"]
    );
    assert!((1_500.0..2_200.0).contains(&heard), "{heard} ms");
}
