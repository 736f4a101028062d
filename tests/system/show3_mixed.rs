//! The formats of the world in any order, from disk and from elsewhere: silence and loss at each join.

use std::{fs, time::Duration};

use serde_json::json;
use streamcore_tests::{
    Options, Recorder, Server,
    elsewhere::Elsewhere,
    long,
    media::{AAC, FLAC, MP3, ToneFile, VORBIS, WAV},
    random::Random,
    tone::{self, Heard, hear, joins},
    wait,
};

/// The most that may be silent, missing or repeated at a join, where the format carries its delay.
const TOLERANCE_MS: f64 = 5.0;

/// What an MP3 without a LAME tag keeps of its encoder's delay and padding: two frames at the most, which nobody can tell from sound. Without
/// a length it may end in one more.
const UNTOLD_MS: f64 = 80.0;

/// MP3 without the tag that carries its delay.
const UNTAGGED: &[&str] = &["-c:a", "libmp3lame", "-b:a", "192k", "-write_xing", "0", "-id3v2_version", "0"];

/// One channel only: later words win over earlier ones.
const MONO_MP3: &[&str] = &["-c:a", "libmp3lame", "-b:a", "128k", "-ac", "1"];
const MONO_VORBIS: &[&str] = &["-c:a", "libvorbis", "-q:a", "5", "-ac", "1"];

struct Track {
    file: ToneFile,
    /// Whether it comes over HTTP.
    remote: bool,
    tells_delay: bool,
}

fn tracks(seconds: u32) -> Vec<Track> {
    let all: [(&str, u32, &'static [&'static str]); 9] = [
        ("tagged.mp3", 44_100, MP3),
        ("untagged.mp3", 44_100, UNTAGGED),
        ("edit-list.m4a", 44_100, AAC),
        ("48000.m4a", 48_000, AAC),
        ("mono.mp3", 44_100, MONO_MP3),
        ("mono-22050.ogg", 22_050, MONO_VORBIS),
        ("48000.flac", 48_000, FLAC),
        ("44100.ogg", 44_100, VORBIS),
        ("32000.wav", 32_000, WAV),
    ];
    let track = |(n, (name, rate, encoder)): (u32, (&str, u32, &'static [&'static str])), remote: bool| {
        let prefix = if remote { "remote-" } else { "" };
        let hz = 300 + 200 * n;
        let name = format!("{prefix}{name}");
        Track { file: ToneFile { name, hz, seconds, rate, encoder }, remote, tells_delay: encoder != UNTAGGED }
    };
    let local = (0..).zip(all).map(|one| track(one, false));
    let remote = [all[0], all[2], all[6], all[7]];
    let remote = (9..).zip(remote).map(|one| track(one, true));
    local.chain(remote).collect()
}

#[test]
fn formats_in_any_order_join_without_a_gap() {
    let seconds = if long() { 6 } else { 2 };
    let seed = Random::seed();
    println!("seed {seed}");
    let config = "[remote]\nallow = [\"127.0.0.1/32\"]\n".to_owned();
    let server = Server::start_with(Options { config: Some(config), ..Options::default() });
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().to_owned();
    let elsewhere = Elsewhere::start(move |mut asked| {
        let bytes = fs::read(place.join(asked.target.trim_start_matches('/')))?;
        asked.file(&bytes)
    });
    let mut tracks = tracks(seconds);
    for track in &tracks {
        track.file.write(&if track.remote { folder.path().to_owned() } else { server.media_dir() });
    }
    let mut random = Random::new(seed);
    for last in (1..tracks.len()).rev() {
        tracks.swap(last, random.below(last + 1));
    }
    server.start_stream();
    server.await_status("placeholder", Duration::from_secs(5));
    let recorder = Recorder::start(&server.url("/listen/1"));
    recorder.await_sound();

    let items: Vec<_> = tracks
        .iter()
        .map(|track| {
            let name = &track.file.name;
            let url = if track.remote { elsewhere.url(&format!("/{name}")) } else { name.clone() };
            json!({"url": url, "title": name})
        })
        .collect();
    let _ = server.call("POST", "/api/v1/queue/1/items/batch", Some(&json!({"items": items}))).expect(201);
    server.await_playing(&tracks[0].file.name, Duration::from_secs(5));
    server.await_status("placeholder", Duration::from_secs(u64::from(seconds) * 13 + 20));
    // A listener is behind by the burst and the lead.
    wait::let_play(Duration::from_secs(4));
    let recording = recorder.stop();

    assert_eq!(recording.complaints, "");
    let heard: Vec<Heard> = tracks
        .iter()
        .map(|track| {
            hear(&recording.samples, track.file.hz).unwrap_or_else(|| panic!("{} was not heard", track.file.name))
        })
        .collect();
    let joins = joins(&recording.samples, &heard);
    let names: Vec<_> = tracks.iter().map(|track| track.file.name.as_str()).collect();
    let table = tone::table(&names, &heard, &joins, seconds.into());
    println!("{table}");
    assert!(heard.is_sorted_by(|a, b| a.end <= b.start + 100.0), "they are in order\n{table}");
    for (track, heard) in tracks.iter().zip(&heard) {
        assert!(heard.is_whole(), "{} is not whole: {heard:?}\n{table}", track.file.name);
        assert!(heard.missing_ms(seconds.into()).abs() <= TOLERANCE_MS, "{}\n{table}", track.file.name);
    }
    for (pair, join) in tracks.windows(2).zip(joins) {
        let most = if pair.iter().all(|track| track.tells_delay) { TOLERANCE_MS } else { UNTOLD_MS };
        assert!(join.gap_ms.abs() <= most && join.silence_ms <= most, "{join:?}\n{table}");
    }
}
