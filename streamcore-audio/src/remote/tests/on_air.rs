//! From the server to the listener: the whole chain in real time.

use std::time::Instant;

use bytes::Bytes;
use futures::{FutureExt, StreamExt};
use streamcore::{
    FailureKind, ItemId, PlaybackId, QueueItem, StreamId, Timestamp,
    player::{Broadcast, Join, Listener, Play, Player, Report, Reports},
};

use super::*;
use crate::{
    AudioConfig, AudioPlayer,
    decode::tests::{decode_frames, sine, split_frames},
    encode::{DECODED_DELAY, FrameHeader},
    encode_mp3,
};

const STREAM: StreamId = StreamId::new(5);
const LIMIT: Duration = Duration::from_secs(20);

/// A player on the air, and a listener from the first moment on.
struct Air {
    _dir: tempfile::TempDir,
    player: Arc<AudioPlayer>,
    reports: Arc<Mutex<Vec<Report>>>,
    listener: Listener,
    heard: Vec<Bytes>,
}

impl Air {
    fn new(remote: RemoteConfig) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let player = AudioPlayer::new(AudioConfig { remote, ..AudioConfig::new(dir.path()) }).unwrap();
        let reports = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&reports);
        player.open(STREAM, Reports::new(move |report| into.lock().unwrap().push(report)));
        let listener = player.listen(STREAM).unwrap();
        Self { _dir: dir, player, reports, listener, heard: Vec::new() }
    }

    fn play(&self, playback: u64, url: &str, join: Join) {
        let id = ItemId::new(uuid::Uuid::from_u128(u128::from(playback)));
        let item = QueueItem::file(id, "x", url, Timestamp::default());
        self.player.play(STREAM, Play { playback: PlaybackId::new(playback), item, from: Duration::ZERO, join });
    }

    fn until(&mut self, so: impl Fn(&[Report]) -> bool) {
        let deadline = Instant::now() + LIMIT;
        while !so(&self.reports.lock().unwrap()) {
            assert!(Instant::now() < deadline, "{:?}", self.reports.lock().unwrap());
            self.listen();
        }
    }

    fn listen(&mut self) {
        thread::sleep(Duration::from_millis(2));
        while let Some(Some(bytes)) = self.listener.next().now_or_never() {
            self.heard.push(bytes);
        }
    }

    /// Listens to this many frames more.
    fn frames(&mut self, more: usize) {
        let frames = |air: &Self| air.heard.iter().map(|bytes| split_frames(bytes).len()).sum::<usize>();
        let enough = frames(self) + more;
        let deadline = Instant::now() + LIMIT;
        while frames(self) < enough {
            assert!(Instant::now() < deadline, "the stream goes on");
            self.listen();
        }
    }

    fn until_ended(&mut self, playback: u64) {
        let playback = PlaybackId::new(playback);
        self.until(|reports| reports.contains(&Report::Ended { playback }));
    }

    /// Closes the stream and gives all that was heard.
    fn pcm(mut self) -> Vec<f32> {
        self.player.close(STREAM);
        let deadline = Instant::now() + LIMIT;
        loop {
            match self.listener.next().now_or_never() {
                Some(Some(bytes)) => self.heard.push(bytes),
                Some(None) => break,
                None => thread::sleep(Duration::from_millis(2)),
            }
            assert!(Instant::now() < deadline, "a closed stream ends");
        }
        let frames: Vec<Bytes> = self.heard.iter().flat_map(|bytes| split_frames(bytes)).collect();
        decode_frames(&frames).chunks(2).map(|pair| pair[0]).skip(DECODED_DELAY as usize).collect()
    }
}

/// Promise A12.
#[test]
fn a_tone_in_two_remote_files_is_one_tone_on_the_air() {
    let tone = sine(441.0, 44_100, 44_100 * 3);
    let (a, b) = tone.split_at(2 * 59_999);
    let parts = [encode_mp3(a, 44_100, 320).unwrap(), encode_mp3(b, 44_100, 320).unwrap()];
    let server = Server::new(move |asked, stream| file(asked, stream, &parts[usize::from(asked.path == "/b.mp3")]));
    let mut air = Air::new(config());
    air.play(1, &server.url("/a.mp3"), Join::Now);
    air.until_ended(1);
    air.play(2, &server.url("/b.mp3"), Join::AtEnd);
    air.until_ended(2);
    air.frames(70);
    let pcm = air.pcm();
    let loud = |value: &f32| value.abs() > 0.01;
    let (first, last) = (pcm.iter().position(loud).unwrap(), pcm.iter().rposition(loud).unwrap());
    let length = (last - first) as i64 - 44_100 * 3;
    assert!(length.abs() < 60, "{length} samples too many");
    // In phase from the first to the last sample, apart from the half frame around the join, which MP3 itself smears.
    let off = (first - 30..first + 30)
        .map(|shift| {
            let inner = (1_000..44_100 * 3 - 1_000).filter(|n| !(58_000..62_000).contains(n));
            inner.map(|n| (pcm[n + shift] - tone[2 * n]).abs()).fold(0.0_f32, f32::max)
        })
        .fold(f32::MAX, f32::min);
    assert!(off < 0.08, "off by {off}");
    let join = &pcm[first + 57_000..first + 63_000];
    assert!(largest_step(join) < 0.09, "a step of {} at the join", largest_step(join));
}

/// Promise A14.
#[test]
fn a_live_url_reconnects_while_listeners_stay_and_fails_when_it_stays_away() {
    let mp3 = encode_mp3(&sine(440.0, 44_100, 44_100 * 2), 44_100, 128).unwrap();
    let frames = mp3[FrameHeader::parse(&mp3).unwrap().bytes..].to_vec();
    let server = Server::new(move |asked, stream| {
        if asked.nth >= 2 {
            return write!(stream, "HTTP/1.0 404 Not Found\r\n\r\n");
        }
        write!(stream, "HTTP/1.0 200 OK\r\nicy-name: x\r\n\r\n")?;
        stream.write_all(&frames)
    });
    let mut air = Air::new(config());
    air.play(1, &server.url("/live"), Join::Now);
    air.until(|reports| reports.iter().any(|report| matches!(report, Report::Failed { .. })));
    let failed = air.reports.lock().unwrap().iter().find_map(|report| match report {
        Report::Failed { reason, .. } => Some(reason.clone()),
        _ => None,
    });
    let reason = failed.unwrap();
    assert_eq!(reason.kind, FailureKind::Stalled);
    assert!(reason.detail.contains("did not come back within 3s"), "{reason}");
    assert!(air.player.is_on_air(STREAM));
    air.frames(60);
    let pcm = air.pcm();
    let heard = pcm.iter().filter(|value| value.abs() > 0.02).count() as f64 / 44_100.0;
    assert!((3.5..4.1).contains(&heard), "{heard} s of two times two");
    assert!(largest_step(&pcm) < 0.09, "a step of {}", largest_step(&pcm));
}
