//! The whole chain in real time: orders in, what a listener's decoder gives out.

mod failures;
mod joins;
mod reports;

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

    /// How many listened and how many had come, as it was told.
    fn crowds(&self) -> Vec<(u64, u64)> {
        let crowd = |report| match report {
            Report::Listeners { count, ever } => Some((count, ever)),
            _ => None,
        };
        self.told().into_iter().filter_map(crowd).collect()
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
