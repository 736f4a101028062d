//! The world's real files, and titles that are none: what the running server answers, and what listeners hear of it.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use streamcore_tests::{RawListener, Server, http, media::odd, tone::hear, wait};

const ITEMS: &str = "/api/v1/queue/1/items";

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    /// It is refused, for this reason.
    Refused(&'static str),
    /// It is taken, these pitches are heard, and it ends as played.
    Plays(&'static [u32]),
    /// It is taken and plays; somebody skips it.
    IsSkipped(&'static [u32]),
}

use Fate::{IsSkipped, Plays, Refused};

/// A name, what becomes of it, and how many seconds it is said to last.
const FILES: [(&str, Fate, Option<f64>); 12] = [
    ("silence-2h.flac", IsSkipped(&[]), Some(7_200.0)),
    ("cover-200MB.mp3", Plays(&[700]), Some(2.0)),
    ("claims-2^32.wav", Plays(&[900]), None),
    ("chained.ogg", Plays(&[1_100, 1_300]), None),
    ("no-whole-page.ogg", Refused("unsupported"), None),
    ("truncated.ogg", Plays(&[1_500]), None),
    ("vbr.mp3", Plays(&[1_700]), Some(2.0)),
    ("vbr-untagged.mp3", Plays(&[1_900]), None),
    ("free-format.mp3", Refused("unsupported"), None),
    ("8kHz-mono.mp3", Plays(&[2_300]), Some(2.0)),
    ("192kHz-7.1.flac", Plays(&[2_500]), Some(2.0)),
    ("8bit-11kHz.wav", Plays(&[2_700]), Some(2.0)),
];

fn make(media: &Path) {
    let sine = |hz: u32, rate: u32| format!("sine=frequency={hz}:sample_rate={rate}:duration=2,volume=4");
    let by = |name: &str, source: &str, encoder: &[&str]| odd::by_ffmpeg(&media.join(name), source, encoder);
    by("silence-2h.flac", "anullsrc=r=8000:cl=mono:d=7200", &["-c:a", "flac"]);
    by("plain.mp3", &sine(700, 44_100), &["-c:a", "libmp3lame", "-ac", "2", "-id3v2_version", "0"]);
    odd::with_cover(&media.join("cover-200MB.mp3"), &media.join("plain.mp3"), 200 << 20);
    odd::endless_wav(&media.join("claims-2^32.wav"));
    for (name, hz) in [("one.ogg", 1_100), ("two.ogg", 1_300), ("three.ogg", 1_500)] {
        by(name, &sine(hz, 44_100), &["-c:a", "libvorbis", "-ac", "2"]);
    }
    by(
        "long.ogg",
        "sine=frequency=1500:sample_rate=44100:duration=9,volume=4",
        &["-c:a", "libvorbis", "-q:a", "9", "-ac", "2"],
    );
    let read = |name: &str| fs::read(media.join(name)).expect("read");
    fs::write(media.join("chained.ogg"), [read("one.ogg"), read("two.ogg")].concat()).expect("written");
    for (name, from) in [("no-whole-page.ogg", "three.ogg"), ("truncated.ogg", "long.ogg")] {
        let whole = read(from);
        fs::write(media.join(name), &whole[..whole.len() * 2 / 3]).expect("written");
    }
    by("vbr.mp3", &sine(1_700, 44_100), &["-c:a", "libmp3lame", "-q:a", "4", "-ac", "2"]);
    by(
        "vbr-untagged.mp3",
        &sine(1_900, 44_100),
        &["-c:a", "libmp3lame", "-q:a", "2", "-ac", "2", "-write_xing", "0", "-id3v2_version", "0"],
    );
    by("for-lame.wav", &sine(2_100, 44_100), &["-c:a", "pcm_s16le", "-ac", "2"]);
    let wav = media.join("for-lame.wav");
    odd::made(
        &media.join("free-format.mp3"),
        "lame",
        &["--quiet", "--freeformat", "-b", "400", wav.to_str().expect("UTF-8"), "FILE"],
    );
    by("8kHz-mono.mp3", &sine(2_300, 8_000), &["-c:a", "libmp3lame", "-ac", "1", "-ar", "8000"]);
    by("192kHz-7.1.flac", &sine(2_500, 192_000), &["-c:a", "flac", "-ac", "8"]);
    by("8bit-11kHz.wav", &sine(2_700, 11_025), &["-c:a", "pcm_u8", "-ac", "1"]);
}

fn resident_mb(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1_024
}

fn newest(server: &Server) -> Value {
    server.call("GET", "/api/v1/queue/1/history?limit=1", None).expect(200)["items"][0].clone()
}

#[test]
fn odd_files_play_or_are_passed_over_with_a_reason() {
    let server = Server::start();
    make(&server.media_dir());
    server.start_stream();
    server.await_status("placeholder", Duration::from_secs(5));
    let listener = RawListener::connect(server.address(), "/listen/1");
    let (begin, before) = (Instant::now(), resident_mb(&server));
    let mut rows = Vec::new();
    for (name, fate, seconds) in FILES {
        let asked = Instant::now();
        let added = server.call("POST", ITEMS, Some(&json!({"url": name, "title": name})));
        let took = asked.elapsed();
        if let Refused(reason) = fate {
            let refusal = added.expect(422);
            println!("{name}: 422 {}", refusal["details"]);
            assert_eq!(refusal["details"]["reason"], reason, "{name}: {refusal}");
            continue;
        }
        let item = added.expect(201);
        if let Some(seconds) = seconds {
            let told = item["duration"].as_f64().unwrap_or(-1.0);
            assert!((told - seconds).abs() < 0.1, "{name} is said to last {told} s: {item}");
        }
        if let IsSkipped(_) = fate {
            server.await_playing(name, Duration::from_secs(10));
            wait::let_play(Duration::from_millis(1_500));
            let _ = server.call("POST", "/api/v1/queue/1/skip", None).expect(200);
        }
        let ended = || Some(newest(&server)).filter(|entry| entry["title"] == name);
        let (entry, _) = wait::until(&format!("the end of {name}"), Duration::from_secs(15), ended);
        rows.push((name, fate, took, item, entry));
    }
    server.await_status("placeholder", Duration::from_secs(10));
    wait::let_play(Duration::from_secs(2));
    let (samples, after) = (listener.samples(), resident_mb(&server));
    println!("{:<18} {:>9} {:>10} {:<9} heard s", "file", "checked", "duration", "outcome");
    for (name, fate, took, item, entry) in &rows {
        let (Plays(tones) | IsSkipped(tones)) = fate else { continue };
        let heard: Vec<_> =
            tones.iter().map(|hz| hear(&samples, *hz).map_or(0.0, |tone| tone.length_ms() / 1_000.0)).collect();
        println!(
            "{name:<18} {:>6} ms {:>10} {:<9} {heard:.2?} {}",
            took.as_millis(),
            item["duration"].to_string(),
            entry["outcome"].as_str().unwrap_or("?"),
            entry["failure"]
        );
        let outcome = match fate {
            Plays(_) | Refused(_) => "played",
            IsSkipped(_) => "skipped",
        };
        assert_eq!(entry["outcome"], outcome, "{name}: {entry}");
        assert!(heard.iter().all(|seconds| *seconds > 0.5), "{name}: {heard:?}");
    }
    let pause = listener.longest_pause(begin, Instant::now());
    println!("peak of memory: {before} MB before, {after} MB after; the longest pause of bytes {pause:?}");
    // The picture of 200 MB is passed over.
    assert!(after < before + 150, "{before} MB grew to {after} MB");
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[test]
fn titles_that_mislead_or_do_not_end_are_refused_and_those_of_real_languages_are_not() {
    let server = Server::start();
    odd::by_ffmpeg(&server.media_dir().join("a.flac"), "sine=duration=2", &["-c:a", "flac"]);
    let add = |title: &str| server.call("POST", ITEMS, Some(&json!({"url": "a.flac", "title": title})));
    let told = |what: &str, answer: &http::Response| {
        println!(
            "{what:<44} {} {}",
            answer.status,
            String::from_utf8_lossy(&answer.body).chars().take(110).collect::<String>()
        );
    };
    for c in ('\u{202a}'..='\u{202e}')
        .chain('\u{2066}'..='\u{2069}')
        .chain(['\u{0}', '\u{7}', '\u{1b}', '\u{85}', '\u{2028}', '\u{2029}'])
    {
        let answer = add(&format!("Prelude{c}3pm.exe"));
        told(&format!("a title with U+{:04X}", u32::from(c)), &answer);
        assert_eq!(answer.expect(422)["details"]["fields"][0]["field"], "title");
    }
    for (what, title) in [
        ("joiners alone", "\u{200b}\u{200d}\u{2060}"),
        ("a blank that is none", "\u{3164}"),
        ("marks of direction alone", "\u{200e}\u{200f}"),
    ] {
        let answer = add(title);
        told(what, &answer);
        assert_eq!(answer.expect(422)["details"]["fields"][0]["field"], "title");
    }
    for (what, title) in [
        ("an emoji that is joined", "👩‍🎤 live"),
        ("Persian with a non-joiner", "می‌خواهم"),
        ("Hindi with a joiner", "क्‍ष"),
        ("Hebrew", "שלום"),
        ("Arabic with a mark of direction", "موسيقى (1)\u{200f}"),
    ] {
        let answer = add(title);
        told(what, &answer);
        assert_eq!(answer.expect(201)["title"], title, "{what}: kept as it was written");
    }
    for megabytes in [1, 10] {
        let answer = add(&"x".repeat(megabytes << 20));
        told(&format!("a title of {megabytes} MB"), &answer);
        assert_eq!(answer.expect(413)["error"], "body_too_long");
    }
    let queued = server.titles().len();
    let stream = json!({"id": 7, "name": "Seven"});
    let _ = server.call("POST", "/api/v1/streams", Some(&stream)).expect(201);
    let again = server.call("POST", "/api/v1/streams", Some(&stream));
    told("a stream's id again", &again);
    assert_eq!(again.expect(409)["error"], "stream_exists");
    let authorization = format!("Bearer {}", server.token());
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let body = br#"{"url": "no-such.flac", "title": "one", "url": "a.flac", "title": "two"}"#;
    let answer = http::request(server.address(), "POST", ITEMS, &headers, Some(body)).expect("answered");
    told("a key twice", &answer);
    // Readers of JSON do not agree on which of the two counts.
    assert_eq!(answer.expect(422)["error"], "malformed_body");
    assert_eq!(server.titles().len(), queued);
}
