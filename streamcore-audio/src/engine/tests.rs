//! The whole chain in real time: orders in, what a listener's decoder gives out.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex, atomic::Ordering},
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::{FutureExt, StreamExt};
use streamcore::{
    FailureKind, ItemId, PlaybackId, QueueItem, StreamId, Timestamp,
    player::{Broadcast, Join, ListenError, Listener, Play, Player, Report, Reports},
};

use super::Order;
use crate::{
    AudioConfig, AudioPlayer,
    decode::tests::{decode_frames, sine, split_frames},
    encode::DECODED_DELAY,
    encode_mp3, write_wav,
};

const RATE: u32 = 44_100;
const STREAM: StreamId = StreamId::new(-100_123);
const LIMIT: Duration = Duration::from_secs(20);

/// A player with one open stream, its reports, and a listener from the first moment on.
struct Studio {
    dir: tempfile::TempDir,
    player: Arc<AudioPlayer>,
    reports: Arc<Mutex<Vec<(Instant, Report)>>>,
    listener: Listener,
    heard: Vec<(Instant, Bytes)>,
}

impl Studio {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let player = AudioPlayer::new(AudioConfig::new(dir.path())).unwrap();
        let reports = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&reports);
        player.open(STREAM, Reports::new(move |report| into.lock().unwrap().push((Instant::now(), report))));
        let listener = player.listen(STREAM).unwrap();
        Self { dir, player, reports, listener, heard: Vec::new() }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    fn play(&self, playback: u64, url: &str, join: Join) {
        self.play_from(playback, url, join, Duration::ZERO);
    }

    fn play_from(&self, playback: u64, url: &str, join: Join, from: Duration) {
        let id = ItemId::new(uuid::Uuid::from_u128(u128::from(playback)));
        let item = QueueItem::file(id, url, url, Timestamp::default());
        self.player.play(STREAM, Play { playback: PlaybackId::new(playback), item, from, join });
    }

    /// Takes what has come to the listener.
    fn listen(&mut self) {
        while let Some(Some(bytes)) = self.listener.next().now_or_never() {
            self.heard.push((Instant::now(), bytes));
        }
    }

    /// Listens until this is so.
    fn until(&mut self, what: &str, mut so: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + LIMIT;
        while !so(self) {
            assert!(Instant::now() < deadline, "{what}: not within {LIMIT:?}; reports: {:?}", self.told());
            std::thread::sleep(Duration::from_millis(2));
            self.listen();
        }
    }

    fn told(&self) -> Vec<Report> {
        self.reports.lock().unwrap().iter().map(|(_, report)| report.clone()).collect()
    }

    fn has(&self, wanted: impl Fn(&Report) -> bool) -> bool {
        self.reports.lock().unwrap().iter().any(|(_, report)| wanted(report))
    }

    fn until_started(&mut self, playback: u64) {
        let playback = PlaybackId::new(playback);
        self.until("started", |studio| studio.has(|r| *r == Report::Started { playback }));
    }

    fn until_ended(&mut self, playback: u64) {
        let playback = PlaybackId::new(playback);
        self.until("ended", |studio| studio.has(|r| *r == Report::Ended { playback }));
    }

    fn seconds(&mut self, seconds: f64) {
        let until = self.frames() + (seconds * f64::from(RATE) / 1_152.0) as usize;
        self.until("time passes", |studio| studio.frames() >= until);
    }

    fn frames(&self) -> usize {
        self.heard.iter().map(|(_, bytes)| split_frames(bytes).len()).sum()
    }

    /// Closes the stream and decodes all that was heard: the left channel, without the delay of the codec.
    fn pcm(mut self) -> Vec<f32> {
        self.player.close(STREAM);
        let deadline = Instant::now() + LIMIT;
        loop {
            match self.listener.next().now_or_never() {
                Some(Some(bytes)) => self.heard.push((Instant::now(), bytes)),
                Some(None) => break,
                None => std::thread::sleep(Duration::from_millis(2)),
            }
            assert!(Instant::now() < deadline, "a closed stream ends");
        }
        let frames: Vec<Bytes> = self.heard.iter().flat_map(|(_, bytes)| split_frames(bytes)).collect();
        decode_frames(&frames).chunks(2).map(|pair| pair[0]).skip(DECODED_DELAY as usize).collect()
    }

    /// Ends and failures, in order.
    fn ends(&self) -> Vec<(u64, Option<FailureKind>)> {
        let end = |report| match report {
            Report::Ended { playback } => Some((playback.get(), None)),
            Report::Failed { playback, reason } => Some((playback.get(), Some(reason.kind))),
            _ => None,
        };
        self.told().into_iter().filter_map(end).collect()
    }
}

fn write_tone(path: &Path, hz: f64, seconds: f64) {
    write_wav(path, &sine(hz, RATE, (seconds * f64::from(RATE)) as usize), RATE).unwrap();
}

/// Where the audible part begins and ends.
fn audible(pcm: &[f32]) -> std::ops::Range<usize> {
    let loud = |value: &f32| value.abs() > 0.01;
    let first = pcm.iter().position(loud).expect("something is heard");
    let last = pcm.iter().rposition(loud).expect("something is heard");
    first..last + 1
}

/// How many times the sign changes from minus to plus.
fn cycles(pcm: &[f32]) -> usize {
    pcm.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count()
}

fn largest_step(pcm: &[f32]) -> f32 {
    pcm.windows(2).fold(0.0, |most, pair| most.max((pair[1] - pair[0]).abs()))
}

/// Promise A1.
#[test]
fn a_tone_in_two_files_is_one_tone_on_the_air() {
    let mut studio = Studio::new();
    let tone = sine(441.0, RATE, RATE as usize * 3);
    let split = 2 * 59_999; // in the middle of a wave of the tone, of a block and of everything else
    write_wav(studio.path("a.wav"), &tone[..split], RATE).unwrap();
    write_wav(studio.path("b.wav"), &tone[split..], RATE).unwrap();
    studio.play(1, "a.wav", Join::Now);
    studio.until_ended(1);
    studio.play(2, "b.wav", Join::AtEnd);
    studio.until_started(2);
    studio.until_ended(2);
    studio.seconds(1.8);
    assert_eq!(studio.ends(), [(1, None), (2, None)]);
    let pcm = studio.pcm();
    let heard = audible(&pcm);
    let length = heard.len() as i64 - i64::from(RATE) * 3;
    assert!(length.abs() < 60, "{length} samples too many");
    // Nothing but the tone, in phase from the first to the last sample.
    let begin = heard.start as i64;
    let best = (begin - 30..begin + 30)
        .map(|shift| {
            let inner = 1_000..RATE as usize * 3 - 1_000;
            inner.map(|n| (pcm[(n as i64 + shift) as usize] - tone[2 * n]).abs()).fold(0.0_f32, f32::max)
        })
        .fold(f32::MAX, f32::min);
    assert!(best < 0.03, "off by {best}");
}

/// How much of the broadcast listeners had got when this end was told, in seconds.
fn got_when_told(studio: &Studio, playback: u64) -> f64 {
    let ended = Report::Ended { playback: PlaybackId::new(playback) };
    // The wave before it was polled for a little later.
    let told = studio.reports.lock().unwrap().iter().find(|(_, report)| *report == ended).unwrap().0
        + Duration::from_millis(50);
    let before = studio.heard.iter().filter(|(at, _)| *at <= told).map(|(_, bytes)| split_frames(bytes).len());
    before.sum::<usize>() as f64 * 1_152.0 / f64::from(RATE)
}

#[test]
fn the_end_is_told_when_little_of_it_is_left_to_send() {
    let mut studio = Studio::new();
    write_tone(&studio.path("a.wav"), 440.0, 3.0);
    studio.play(1, "a.wav", Join::Now);
    studio.until_ended(1);
    let told_at = got_when_told(&studio, 1);
    studio.seconds(1.8);
    let pcm = studio.pcm();
    let left = audible(&pcm).end as f64 / f64::from(RATE) - told_at;
    assert!((0.3..0.67).contains(&left), "{left} s were still to be sent");
}

/// Twenty tracks of this length in a row, each ordered by a machine when the one before has ended: the longest silence, in milliseconds.
fn longest_gap_between_short_tracks(millis: usize) -> f64 {
    const TRACKS: u64 = 20;
    let mut studio = Studio::new();
    let tone = sine(441.0, RATE, RATE as usize * millis / 1_000 * TRACKS as usize);
    for (n, part) in tone.chunks(tone.len() / TRACKS as usize).enumerate() {
        write_wav(studio.path(&format!("{}.wav", n + 1)), part, RATE).unwrap();
    }
    studio.play(1, "1.wav", Join::Now);
    let mut ordered = 1;
    while ordered < TRACKS {
        studio.until_ended(ordered);
        ordered += 1;
        studio.play(ordered, &format!("{ordered}.wav"), Join::AtEnd);
    }
    studio.until_ended(TRACKS);
    studio.seconds(1.0);
    assert_eq!(studio.ends(), (1..=TRACKS).map(|n| (n, None)).collect::<Vec<_>>());
    let pcm = studio.pcm();
    let heard = &pcm[audible(&pcm)];
    let wanted = millis as f64 / 1_000.0 * TRACKS as f64;
    let seconds = heard.len() as f64 / f64::from(RATE);
    assert!((seconds - wanted).abs() < 0.005, "{seconds} s instead of {wanted} s");
    // Without the edges, where the codec rings.
    let inner = &heard[RATE as usize / 100..heard.len() - RATE as usize / 100];
    let silent = inner.split(|value| value.abs() > 0.01).map(<[f32]>::len).max().unwrap();
    silent as f64 * 1_000.0 / f64::from(RATE)
}

#[test]
fn tracks_of_50_ms_join_without_silence() {
    let gap = longest_gap_between_short_tracks(50);
    println!("longest silence between tracks of 50 ms: {gap:.2} ms");
    assert!(gap < 1.0, "{gap} ms of silence");
}

#[test]
fn tracks_of_100_ms_join_without_silence() {
    let gap = longest_gap_between_short_tracks(100);
    println!("longest silence between tracks of 100 ms: {gap:.2} ms");
    assert!(gap < 1.0, "{gap} ms of silence");
}

/// Promise A2.
#[test]
fn a_skip_is_heard_at_once_and_without_a_click() {
    let mut studio = Studio::new();
    write_tone(&studio.path("a.wav"), 440.0, 30.0);
    write_tone(&studio.path("b.wav"), 880.0, 30.0);
    studio.play(1, "a.wav", Join::Now);
    studio.until_started(1);
    let mut quickest = LIMIT;
    for (playback, url) in [(2, "b.wav"), (3, "a.wav"), (4, "b.wav")] {
        studio.seconds(0.6);
        let ordered = Instant::now();
        studio.play(playback, url, Join::Now);
        studio.until_started(playback);
        quickest = quickest.min(ordered.elapsed());
    }
    // Each order was given right behind a wave: were the cut to wait for the next one, it would take 250 ms. A busy machine may delay one
    // of them, not all.
    assert!(quickest < Duration::from_millis(200), "{quickest:?} to the first bytes");
    studio.seconds(0.8);
    assert!(studio.ends().is_empty(), "a playback that was replaced reports no end");
    let pcm = studio.pcm();
    let heard = &pcm[audible(&pcm)];
    assert!(largest_step(heard) < 0.08, "a step of {}", largest_step(heard));
    // At the end there is the second tone, by its cycles.
    let second = &heard[heard.len() - RATE as usize / 2..];
    assert!((430..=450).contains(&cycles(second)), "{} cycles in half a second", cycles(second));
}

/// Promise A3.
#[test]
fn a_pause_loses_and_repeats_nothing() {
    let mut studio = Studio::new();
    // A slow sweep: the pitch tells the place.
    let sweep: Vec<f32> = (0..RATE * 6)
        .flat_map(|n| {
            let t = f64::from(n) / f64::from(RATE);
            [((300.0 * t + 50.0 * t * t) * std::f64::consts::TAU).sin() as f32 * 0.5; 2]
        })
        .collect();
    write_wav(studio.path("sweep.wav"), &sweep, RATE).unwrap();
    studio.play(1, "sweep.wav", Join::Now);
    studio.until_started(1);
    studio.seconds(1.5);
    studio.player.pause(STREAM);
    studio.seconds(1.2);
    studio.player.resume(STREAM);
    studio.until_ended(1);
    studio.seconds(1.8);
    assert_eq!(studio.ends(), [(1, None)]);
    let pcm = studio.pcm();
    let heard = audible(&pcm);
    let pcm = &pcm[heard];
    // The silence of the pause: the longest run without sound.
    let (mut gap, mut run_from) = (0..0, 0);
    for (n, value) in pcm.iter().enumerate() {
        if value.abs() > 0.004 {
            if n - run_from > gap.len() {
                gap = run_from..n;
            }
            run_from = n + 1;
        }
    }
    assert!(gap.len() > RATE as usize / 2, "there is a pause");
    let sounding = pcm.len() - gap.len();
    let missing = RATE as i64 * 6 - sounding as i64;
    assert!((-50..600).contains(&missing), "{missing} samples are missing (or repeated)");
    // Behind the gap the sweep goes on where it stopped: compared to the sample, found by aligning the last part.
    let after = &pcm[gap.end + 2_000..gap.end + 12_000];
    let at = (RATE as usize * 6 - (pcm.len() - gap.end - 2_000)) as i64;
    let best = (at - 200..at + 200)
        .map(|at| {
            let part = sweep[at as usize * 2..].iter().step_by(2);
            after.iter().zip(part).fold(0.0_f32, |worst, (a, b)| worst.max((a - b).abs()))
        })
        .fold(f32::MAX, f32::min);
    assert!(best < 0.05, "off by {best}");
    assert!(largest_step(pcm) < 0.1, "a step of {}", largest_step(pcm));
}

/// Promise A7.
#[test]
fn files_that_cannot_be_played_fail_once_each_with_their_kind() {
    let mut studio = Studio::new();
    fs::write(studio.path("text.mp3"), "It is not music. ".repeat(2_000)).unwrap();
    fs::write(studio.path("empty.mp3"), "").unwrap();
    let orders = [
        ("text.mp3", FailureKind::Unsupported),
        ("empty.mp3", FailureKind::Empty),
        ("none.mp3", FailureKind::NotFound),
        ("../x.mp3", FailureKind::Forbidden),
    ];
    let mut expected = Vec::new();
    for (n, (url, kind)) in orders.into_iter().enumerate() {
        let playback = n as u64 + 1;
        studio.play(playback, url, if n % 2 == 0 { Join::Now } else { Join::AtEnd });
        studio.until("failed", |studio| studio.ends().len() > n);
        expected.push((playback, Some(kind)));
    }
    studio.seconds(0.5);
    assert_eq!(studio.ends(), expected);
    assert!(!studio.has(|report| matches!(report, Report::Started { .. })), "nothing of them was heard");
    assert!(studio.player.is_on_air(STREAM), "the stream goes on");
}

#[test]
fn a_cut_off_file_plays_to_its_end_and_what_follows_joins() {
    let mut studio = Studio::new();
    let mp3 = encode_mp3(&sine(440.0, RATE, RATE as usize * 3), RATE, 128).unwrap();
    fs::write(studio.path("half.mp3"), &mp3[..mp3.len() / 2]).unwrap();
    write_tone(&studio.path("b.wav"), 880.0, 1.0);
    studio.play(1, "half.mp3", Join::Now);
    studio.until("told", |studio| studio.ends().len() == 1);
    studio.play(2, "b.wav", Join::AtEnd);
    studio.until_ended(2);
    studio.seconds(1.5);
    assert_eq!(studio.ends(), [(1, Some(FailureKind::Broken)), (2, None)]);
    let pcm = studio.pcm();
    let heard = audible(&pcm);
    let seconds = heard.len() as f64 / f64::from(RATE);
    assert!((2.4..2.6).contains(&seconds), "{seconds} s");
    let silent = pcm[heard].split(|value| value.abs() > 0.004).map(<[f32]>::len).max().unwrap();
    assert!(silent < RATE as usize / 200, "{silent} samples of silence");
}

#[test]
fn a_start_offset_is_where_it_begins_and_is_reported() {
    let mut studio = Studio::new();
    write_tone(&studio.path("a.wav"), 440.0, 10.0);
    studio.play_from(1, "a.wav", Join::Now, Duration::from_millis(6_500));
    studio.until("progress", |studio| studio.has(|report| matches!(report, Report::Progress { .. })));
    let Some(Report::Progress { position, .. }) =
        studio.told().into_iter().find(|report| matches!(report, Report::Progress { .. }))
    else {
        panic!("there is one")
    };
    assert!((6_500..8_000).contains(&position.as_millis()), "{position:?}");
    studio.until_ended(1);
    studio.play_from(2, "a.wav", Join::AtEnd, Duration::from_secs(60));
    studio.until_ended(2);
    assert!(!studio.has(|report| *report == Report::Started { playback: PlaybackId::new(2) }));
}

#[test]
fn the_placeholder_is_heard_until_an_item_takes_over_and_reports_no_end() {
    let mut studio = Studio::new();
    write_tone(&studio.path("a.wav"), 440.0, 1.0);
    studio.player.placeholder(STREAM, PlaybackId::new(1), Join::Now);
    studio.until_started(1);
    studio.seconds(0.5);
    studio.play(2, "a.wav", Join::AtEnd); // a loop has no end: it takes over at once
    studio.until_ended(2);
    studio.player.placeholder(STREAM, PlaybackId::new(3), Join::AtEnd);
    studio.until_started(3);
    studio.seconds(0.5);
    assert_eq!(studio.ends(), [(2, None)]);
    let pcm = studio.pcm();
    assert!(largest_step(&pcm[2_000..]) < 0.08);
}

/// Promise A10.
#[test]
fn a_closed_stream_ends_for_its_listeners_and_can_be_opened_again() {
    let mut studio = Studio::new();
    studio.seconds(0.2);
    studio.until("counted", |studio| studio.has(|report| *report == Report::Listeners { count: 1 }));
    studio.player.close(STREAM);
    let deadline = Instant::now() + LIMIT;
    while studio.listener.next().now_or_never() != Some(None) {
        assert!(Instant::now() < deadline, "a closed stream ends");
    }
    assert_eq!(studio.player.listen(STREAM).err(), Some(ListenError::NotRunning));
    assert!(!studio.player.is_on_air(STREAM));
    studio.play(9, "x.mp3", Join::Now); // an order for a stream that is not open is ignored
    let into = Arc::clone(&studio.reports);
    studio.player.open(STREAM, Reports::new(move |report| into.lock().unwrap().push((Instant::now(), report))));
    studio.listener = studio.player.listen(STREAM).unwrap();
    studio.heard.clear();
    studio.seconds(0.2);
    assert!(studio.ends().is_empty());
}

#[test]
fn reports_go_where_they_were_last_told_to_go() {
    let mut studio = Studio::new();
    studio.seconds(0.2);
    let second = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&second);
    studio.player.open(STREAM, Reports::new(move |report| into.lock().unwrap().push(report)));
    studio.player.placeholder(STREAM, PlaybackId::new(1), Join::Now);
    let started = Report::Started { playback: PlaybackId::new(1) };
    studio.until("started", |_| second.lock().unwrap().contains(&started));
    assert!(!studio.has(|report| *report == started));
    assert!(second.lock().unwrap().contains(&Report::Listeners { count: 1 }), "the new place is told what holds");
}

/// Promise A10.
#[test]
fn an_engine_that_fails_is_replaced_and_listeners_stay() {
    let mut studio = Studio::new();
    write_tone(&studio.path("a.wav"), 440.0, 30.0);
    studio.play(1, "a.wav", Join::Now);
    studio.until_started(1);
    studio.player.order(STREAM, Order::Panic);
    studio.until("failed", |studio| studio.ends() == [(1, Some(FailureKind::Unavailable))]);
    assert!(studio.player.is_on_air(STREAM));
    studio.play(2, "a.wav", Join::AtEnd);
    studio.until_started(2);
    studio.seconds(0.5);
    assert_eq!(studio.ends().len(), 1);
    let sent: usize = studio.frames();
    let pcm = studio.pcm(); // of the same listener, to a clean end
    assert!(pcm.len() >= sent * 1_152 - DECODED_DELAY as usize);
    assert!(pcm[pcm.len() - RATE as usize / 5..].iter().any(|value| value.abs() > 0.3), "the second is heard");
}

/// Promise A10.
#[test]
fn a_placeholder_plays_on_when_its_engine_fails() {
    let mut studio = Studio::new();
    studio.player.placeholder(STREAM, PlaybackId::new(1), Join::Now);
    studio.until_started(1);
    for _ in 0..3 {
        studio.seconds(0.3);
        studio.player.order(STREAM, Order::Panic);
    }
    studio.seconds(1.0);
    assert!(studio.ends().is_empty());
    let starts = studio.told().iter().filter(|report| matches!(report, Report::Started { .. })).count();
    assert_eq!(starts, 1, "it is the same playback");
    let pcm = studio.pcm();
    let last = &pcm[pcm.len() - RATE as usize / 2..];
    assert!(last.iter().any(|value| value.abs() > 0.003), "it is heard");
}

#[test]
fn an_engine_that_keeps_failing_is_replaced_once_a_second_and_can_be_closed() {
    let mut studio = Studio::new();
    write_tone(&studio.path("a.wav"), 440.0, 30.0);
    let faults = Arc::clone(&studio.player.faults);
    studio.seconds(0.2);
    faults.no_encoder.store(true, Ordering::Relaxed);
    studio.player.order(STREAM, Order::Panic);
    std::thread::sleep(Duration::from_millis(2_500));
    let attempts = faults.attempts.load(Ordering::Relaxed);
    assert!((4..12).contains(&attempts), "{attempts} attempts in 2.5 s");
    studio.play(1, "a.wav", Join::Now);
    studio.until("failed", |studio| studio.ends() == [(1, Some(FailureKind::Unavailable))]);
    studio.play(2, "a.wav", Join::Now);
    faults.no_encoder.store(false, Ordering::Relaxed);
    studio.until_started(2);
    faults.no_encoder.store(true, Ordering::Relaxed);
    studio.player.order(STREAM, Order::Panic);
    studio.until("failed", |studio| studio.ends().len() == 2);
    let closed = Instant::now();
    studio.pcm();
    assert!(closed.elapsed() < Duration::from_millis(700), "a close interrupts the wait");
}

#[test]
fn without_a_thread_items_are_unavailable_until_there_is_one() {
    let dir = tempfile::tempdir().unwrap();
    let player = AudioPlayer::new(AudioConfig::new(dir.path())).unwrap();
    player.faults.no_thread.store(true, Ordering::Relaxed);
    let reports = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&reports);
    player.open(STREAM, Reports::new(move |report| into.lock().unwrap().push((Instant::now(), report))));
    let listener = player.listen(STREAM).unwrap();
    let mut studio = Studio { dir, player, reports, listener, heard: Vec::new() };
    write_tone(&studio.path("a.wav"), 440.0, 30.0);
    studio.play(1, "a.wav", Join::Now);
    studio.play(2, "a.wav", Join::Now);
    let unavailable = Some(FailureKind::Unavailable);
    assert_eq!(studio.ends(), [(1, unavailable), (2, unavailable)]);
    studio.player.faults.no_thread.store(false, Ordering::Relaxed);
    studio.play(3, "a.wav", Join::Now);
    studio.until_started(3);
    studio.player.close(STREAM);
    let none = AudioPlayer::new(AudioConfig::new(studio.dir.path())).unwrap();
    none.faults.no_thread.store(true, Ordering::Relaxed);
    none.open(STREAM, Reports::new(|_| ()));
    let mut listener = none.listen(STREAM).unwrap();
    none.close(STREAM);
    assert_eq!(listener.next().now_or_never(), Some(None), "it is closed without a thread as well");
}

#[test]
fn the_first_listener_count_is_told_also_if_it_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let player = AudioPlayer::new(AudioConfig::new(dir.path())).unwrap();
    let (send, told) = std::sync::mpsc::channel();
    player.open(STREAM, Reports::new(move |report| drop(send.send(report))));
    assert_eq!(told.recv_timeout(Duration::from_secs(5)), Ok(Report::Listeners { count: 0 }));
}

#[test]
fn a_stream_that_was_closed_reports_nothing_more() {
    let dir = tempfile::tempdir().unwrap();
    let player = AudioPlayer::new(AudioConfig::new(dir.path())).unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&told);
    let slow = move |report| {
        into.lock().unwrap().push(report);
        std::thread::sleep(Duration::from_millis(100)); // in the middle of a wave, which would report more
    };
    player.open(STREAM, Reports::new(slow));
    let _listener = player.listen(STREAM).unwrap();
    player.placeholder(STREAM, PlaybackId::new(1), Join::Now);
    let begin = Instant::now();
    let started = Report::Started { playback: PlaybackId::new(1) };
    while !told.lock().unwrap().contains(&started) {
        assert!(begin.elapsed() < LIMIT);
    }
    let _more = player.listen(STREAM).unwrap();
    player.close(STREAM);
    let count = told.lock().unwrap().len();
    std::thread::sleep(Duration::from_millis(500));
    let told = told.lock().unwrap();
    assert_eq!(told.len(), count, "{told:?}");
}

#[test]
fn a_mount_has_as_many_listeners_as_it_may() {
    let dir = tempfile::tempdir().unwrap();
    let player = AudioPlayer::new(AudioConfig { max_listeners: 2, ..AudioConfig::new(dir.path()) }).unwrap();
    player.open(STREAM, Reports::new(|_| ()));
    let one = player.listen(STREAM).unwrap();
    let _two = player.listen(STREAM).unwrap();
    assert_eq!(player.listen(STREAM).err(), Some(ListenError::Full { limit: 2 }));
    drop(one);
    assert!(player.listen(STREAM).is_ok());
}
