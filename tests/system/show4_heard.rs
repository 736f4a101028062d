//! Seek, jump, previous, repeat and a station that drops: what a listener hears of them.

use std::time::Duration;

use serde_json::{Value, json};
use streamcore_tests::{
    Options, RawListener, Server,
    elsewhere::Elsewhere,
    media::{MP3, ToneFile},
    tone::hear,
    wait,
};

const SOON: Duration = Duration::from_secs(5);
const HZ: [u32; 3] = [400, 700, 1_000];
const NAMES: [&str; 3] = ["a.wav", "b.wav", "c.wav"];

/// Three tones of these lengths, the first of which plays, and a listener.
fn playing(seconds: [u32; 3]) -> (Server, Vec<String>, RawListener) {
    let server = Server::start();
    for ((name, hz), seconds) in NAMES.iter().zip(HZ).zip(seconds) {
        ToneFile::wav(name, hz, seconds).write(&server.media_dir());
    }
    server.start_stream();
    server.await_status("placeholder", SOON);
    let listener = RawListener::connect(server.address(), "/listen/1");
    let ids = NAMES.iter().map(|name| server.add(name)).collect();
    server.await_playing(NAMES[0], SOON);
    (server, ids, listener)
}

fn post(server: &Server, what: &str, body: &Value) -> Value {
    server.call("POST", &format!("/api/v1/{what}"), Some(body)).expect(200)
}

fn history(server: &Server) -> Vec<(String, String)> {
    let page = server.call("GET", "/api/v1/queue/1/history", None).expect(200);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let items = page["items"].as_array().expect("a list").iter().rev();
    items.map(|entry| (text(&entry["title"]), text(&entry["outcome"]))).collect()
}

/// Promise S20. Heard.
#[test]
fn a_seek_goes_on_at_the_place_and_the_rest_is_heard_to_the_end() {
    let (server, ids, listener) = playing([30, 1, 1]);
    wait::let_play(Duration::from_secs(1));
    let told = post(&server, "streams/1/seek", &json!({"position_seconds": 27, "item_id": ids[0]}));
    let position = told["current_position"].as_f64().expect("a position");
    server.await_status("placeholder", Duration::from_secs(12));
    wait::let_play(Duration::from_secs(2));
    let samples = listener.samples();
    let [first, second] = [HZ[0], HZ[1]].map(|hz| hear(&samples, hz).expect("heard"));
    println!(
        "sought to 27 of 30 s, told {position}: heard for {:.2} s altogether, the next begins {:.2} ms behind",
        first.length_ms() / 1_000.0,
        (second.start - first.end) * 1_000.0 / 44_100.0
    );
    assert!((27.0..28.5).contains(&position), "{told}");
    // A good second before it, and three behind; not the whole.
    assert!((3_500.0..9_000.0).contains(&first.length_ms()), "{first:?}");
    assert!(second.missing_ms(1.0).abs() <= 5.0 && (second.start - first.end).abs() < 441.0, "{first:?} {second:?}");
    assert_eq!(history(&server)[0], ("a.wav".to_owned(), "played".to_owned()), "one start, one end");
    assert_eq!(server.status()["tracks_played"], 3);
}

/// Promise S19. Heard.
#[test]
fn a_jump_plays_the_one_it_names_and_previous_what_played_before() {
    let (server, ids, listener) = playing([30, 2, 2]);
    wait::let_play(Duration::from_secs(1));
    let told = post(&server, "queue/1/jump", &json!({"item_id": ids[2]}));
    assert_eq!(told["skipped"], true, "{told}");
    server.await_playing(NAMES[2], SOON);
    assert_eq!(server.titles(), ["c.wav", "b.wav"], "what was jumped over waits");
    server.await_playing(NAMES[1], SOON);
    wait::let_play(Duration::from_millis(500));
    let told = post(&server, "queue/1/previous", &json!({}));
    assert_eq!(told["skipped"], true, "{told}");
    server.await_playing(NAMES[2], SOON);
    assert_eq!(server.titles(), ["c.wav", "b.wav"], "what played waits right behind");
    server.await_status("placeholder", Duration::from_secs(10));
    wait::let_play(Duration::from_secs(2));
    let samples = listener.samples();
    let heard = HZ.map(|hz| hear(&samples, hz).expect("heard").start / 44_100.0);
    println!("a at {:.2} s, c (jumped to) at {:.2} s, b at {:.2} s; then c again and b", heard[0], heard[2], heard[1]);
    println!("history: {:?}", history(&server));
    assert!(heard[0] < heard[2], "{heard:?}");
    let titles: Vec<_> = history(&server).into_iter().map(|(title, _)| title).collect();
    assert_eq!(titles, ["a.wav", "c.wav", "c.wav", "b.wav"]);
}

#[test]
fn a_track_that_is_repeated_is_heard_again_without_a_gap() {
    let (server, ids, listener) = playing([2, 1, 1]);
    let _ = server.call("PUT", "/api/v1/queue/1/repeat", Some(&json!({"repeat": "one"}))).expect(200);
    wait::until("two rounds", Duration::from_secs(12), || (history(&server).len() >= 2).then_some(()));
    let _ = server.call("PUT", "/api/v1/queue/1/repeat", Some(&json!({"repeat": "off"}))).expect(200);
    server.await_playing(NAMES[1], Duration::from_secs(8));
    let rounds = history(&server).len();
    wait::let_play(Duration::from_secs(3));
    let tone = hear(&listener.samples(), HZ[0]).expect("heard");
    println!(
        "{rounds} rounds of 2 s: heard for {:.1} ms in one piece, {:.2} ms missing",
        tone.length_ms(),
        tone.missing_ms(2.0 * rounds as f64)
    );
    // 2 s are a whole number of its waves: no seam is no change of phase.
    assert!(rounds >= 3 && tone.is_whole(), "{tone:?}");
    assert!(tone.missing_ms(2.0 * rounds as f64).abs() <= 5.0, "{tone:?}");
    assert_eq!(
        server.call("GET", "/api/v1/queue/1/history", None).expect(200)["total"].as_u64().map(|n| n >= 3),
        Some(true)
    );
    assert!(!ids.is_empty());
}

/// Promise A14. Heard.
#[test]
fn a_station_that_drops_is_joined_again_and_listeners_stay() {
    let config = "[remote]\nallow = [\"127.0.0.1/32\"]\n".to_owned();
    let server = Server::start_with(Options { config: Some(config), ..Options::default() });
    let folder = tempfile::tempdir().expect("a folder");
    let tone = |hz: u32| {
        let file = ToneFile { name: format!("{hz}.mp3"), hz, seconds: 5, rate: 44_100, encoder: MP3 };
        file.write(folder.path());
        std::fs::read(folder.path().join(file.name)).expect("read")
    };
    let sounds = [tone(HZ[0]), tone(HZ[1])];
    let elsewhere = Elsewhere::start(move |mut asked| {
        // The first two are the look that is taken when it is added, and the first one that plays.
        let sound = &sounds[usize::from(asked.nth > 1)];
        asked.answer("200 OK", &[("Content-Type", "audio/mpeg"), ("icy-name", "Station")], b"")?;
        // A burst of some seconds, and then it drops; the one that comes back stays.
        std::io::Write::write_all(&mut asked.socket, sound)?;
        if asked.nth > 1 { asked.drip(sound, 12_000, Duration::from_millis(500)) } else { Ok(()) }
    });
    server.start_stream();
    server.await_status("placeholder", SOON);
    let listener = RawListener::connect(server.address(), "/listen/1");
    let begin = std::time::Instant::now();
    let body = json!({"url": elsewhere.url("/live"), "title": "station"});
    let _ = server.call("POST", "/api/v1/queue/1/items", Some(&body)).expect(201);
    server.await_playing("station", SOON);
    wait::until("it to be joined again", Duration::from_secs(15), || (elsewhere.targets().len() >= 3).then_some(()));
    wait::let_play(Duration::from_secs(7));
    let samples = listener.samples();
    let [before, behind] =
        [HZ[0], HZ[1]].map(|hz| hear(&samples, hz).unwrap_or_else(|| panic!("{hz} Hz was not heard")));
    let pause = listener.longest_pause(begin, std::time::Instant::now());
    println!(
        "heard {:.2} s before the drop and {:.2} s behind it, {:.0} ms apart; the longest pause of bytes {pause:?}; asked {} times",
        before.length_ms() / 1_000.0,
        behind.length_ms() / 1_000.0,
        (behind.start - before.end) * 1_000.0 / 44_100.0,
        elsewhere.targets().len()
    );
    assert!(before.end < behind.start && behind.length_ms() > 1_000.0);
    assert_eq!(server.now_playing().as_deref(), Some("station"), "still the same track");
    assert!(pause < Duration::from_secs(2), "{pause:?}");
}
