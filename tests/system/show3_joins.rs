//! Eight tones in eight formats, one after the other: no silence between them, and nothing of them missing or repeated.

use std::time::Duration;

use streamcore_tests::{
    Recorder, Server, long,
    media::{AAC, AIFF, ALAC, FLAC, MP3, ToneFile, VORBIS, WAV},
    tone::{self, Heard, hear, joins},
    wait,
};

/// The most that may be silent, missing or repeated at a join.
const TOLERANCE_MS: f64 = 5.0;

fn tones(seconds: u32) -> [ToneFile; 8] {
    let tone = |name: &str, hz, rate, encoder| ToneFile { name: name.to_owned(), hz, seconds, rate, encoder };
    [
        tone("1.mp3", 400, 44_100, MP3),
        tone("2.flac", 700, 44_100, FLAC),
        tone("3.ogg", 1_000, 44_100, VORBIS),
        tone("4-48000.wav", 1_300, 48_000, WAV),
        tone("5-22050.wav", 1_600, 22_050, WAV),
        tone("6.m4a", 1_900, 44_100, AAC),
        tone("7-alac.m4a", 2_200, 48_000, ALAC),
        tone("8.aiff", 2_500, 44_100, AIFF),
    ]
}

#[test]
fn eight_formats_join_without_a_gap() {
    let seconds = if long() { 10 } else { 4 };
    let server = Server::start();
    let tones = tones(seconds);
    tones.iter().for_each(|tone| tone.write(&server.media_dir()));
    server.start_stream();
    server.await_status("placeholder", Duration::from_secs(5));
    let recorder = Recorder::start(&server.url("/listen/1"));
    recorder.await_sound();

    tones.iter().for_each(|tone| drop(server.add(&tone.name)));
    server.await_playing(&tones[0].name, Duration::from_secs(5));
    server.await_status("placeholder", Duration::from_secs(u64::from(seconds) * 8 + 10));
    // A listener is behind by the burst and the lead.
    wait::let_play(Duration::from_secs(4));
    let recording = recorder.stop();

    assert_eq!(recording.complaints, "");
    let heard: Vec<Heard> = tones
        .iter()
        .map(|tone| hear(&recording.samples, tone.hz).unwrap_or_else(|| panic!("{} was not heard", tone.name)))
        .collect();
    let joins = joins(&recording.samples, &heard);
    let names = tones.each_ref().map(|tone| tone.name.as_str());
    let table = tone::table(&names, &heard, &joins, seconds.into());
    println!("{table}");
    assert!(heard.is_sorted_by(|a, b| a.end <= b.start + 100.0), "they are in order\n{table}");
    for (tone, name) in heard.iter().zip(names) {
        assert!(tone.is_whole(), "{name} is not whole: {tone:?}\n{table}");
        assert!(tone.missing_ms(seconds.into()).abs() <= TOLERANCE_MS, "{name}\n{table}");
    }
    for join in joins {
        assert!(join.gap_ms.abs() <= TOLERANCE_MS && join.silence_ms <= TOLERANCE_MS, "{join:?}\n{table}");
    }
}
