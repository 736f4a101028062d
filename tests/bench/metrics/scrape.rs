//! A scrape of many streams, and who notices it.
//!
//! All streams but one are silent, so that the machine can have so many; that one plays for a listener, and a client reads its queue all the
//! time. First nobody scrapes, then somebody does every second.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use streamcore::{
    PlaybackId, StreamId,
    player::{Broadcast, Join, ListenError, Play, Player, Reports, Waves},
    registry::StreamRecord,
};
use streamcore_audio::{AudioConfig, AudioPlayer};
use streamcore_http::{ServeOptions, metrics::Exposition};
use streamcore_sqlite::SqliteStore;
use streamcore_tests::timers::{SilentPlayer, ids};
use tokio::{net::TcpListener, task::JoinSet};
use uuid::Uuid;

use super::{STREAM, stage};

const FOR: Duration = Duration::from_secs(20);
const EVERY: Duration = Duration::from_secs(1);
/// So many streams are being started at a time.
const AT_A_TIME: usize = 64;

pub(super) fn measure(streams: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let address = runtime.block_on(async {
        let store = Arc::new(SqliteStore::open(folder.path().join("streamcore.db")).expect("a store"));
        let audio = AudioPlayer::new(AudioConfig::new(folder.path())).expect("a player");
        let player = Arc::new(OneOfMany { audio, silent: SilentPlayer::default() });
        player.silent.open_with(1);
        let mut stage = stage(store.clone(), store, player, true);
        start(&stage.state, streams).await;
        let (families, looked_up) = stage.measured.take().expect("it is measured");
        let state = Arc::get_mut(&mut stage.state).expect("it is ours alone");
        state.exposition = Some(Exposition::looking_up(families, looked_up, state.last_known.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let routes = streamcore_http::filter(Arc::clone(&stage.state));
        tokio::spawn(async move {
            let _stage = stage;
            streamcore_http::serve(listener, routes, ServeOptions::default(), std::future::pending()).await;
        });
        address
    });
    println!("{streams} streams run");
    for (what, accept) in [("OpenMetrics", ""), ("text 0.0.4", "Accept: text/plain;version=0.0.4\r\n")] {
        for gzip in ["", "Accept-Encoding: gzip\r\n"] {
            let (mut times, mut bytes) = (Vec::new(), 0);
            for _ in 0..6 {
                let began = Instant::now();
                bytes = get(address, "/metrics", &format!("{accept}{gzip}"));
                times.push(began.elapsed());
            }
            let zipped = if gzip.is_empty() { "" } else { ", gzip" };
            let first = times.remove(0);
            println!("  {what}{zipped}: {bytes} bytes; first {first:?}, then {:?}", median(&mut times));
        }
    }
    for scraped in [false, true, false, true] {
        let noticed = watch(address, scraped);
        println!("  {}: {noticed}", if scraped { "scraped every second" } else { "not scraped" });
    }
}

async fn start(state: &streamcore_http::State, streams: usize) {
    let mut starting = JoinSet::new();
    for id in ids(streams) {
        let (host, registry, now) = (state.host.clone(), state.registry.clone(), state.runtime.now());
        starting.spawn(async move {
            let uuid = Uuid::from_u128(id.get().unsigned_abs().into());
            let auto_end = streamcore::auto_end::Overrides::default();
            let record = StreamRecord { id, uuid, name: String::from("bench"), created_at: now, auto_end };
            registry.create(record).await.expect("it is new");
            host.start(id).await.expect("it starts");
        });
        if starting.len() >= AT_A_TIME {
            starting.join_next().await.expect("some start").expect("it started");
        }
    }
    starting.join_all().await;
}

/// What a listener and a client notice within a while.
fn watch(address: SocketAddr, scraped: bool) -> String {
    let over = Arc::new(AtomicBool::new(false));
    let is_over = || {
        let over = Arc::clone(&over);
        move || over.load(Ordering::Relaxed)
    };
    let listener = std::thread::spawn({
        let is_over = is_over();
        move || longest_pause(address, is_over)
    });
    let client = std::thread::spawn({
        let is_over = is_over();
        move || {
            let mut times = Vec::new();
            while !is_over() {
                let began = Instant::now();
                get(address, "/api/v1/queue/1", "");
                times.push(began.elapsed());
                std::thread::sleep(Duration::from_millis(5));
            }
            times.sort_unstable();
            times
        }
    });
    let began = Instant::now();
    while began.elapsed() < FOR {
        if scraped {
            get(address, "/metrics", "");
        }
        std::thread::sleep(EVERY);
    }
    over.store(true, Ordering::Relaxed);
    let (pause, times) = (listener.join().expect("it listened"), client.join().expect("it asked"));
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    format!(
        "queue read p50 {:?}, p99 {:?}, max {:?} of {}; longest pause of audio {pause:?}",
        at(0.5),
        at(0.99),
        at(1.0),
        times.len()
    )
}

fn longest_pause(address: SocketAddr, is_over: impl Fn() -> bool) -> Duration {
    let mut socket = ask(address, "/listen/1", "");
    let (mut buffer, mut last, mut longest) = (vec![0; 64 * 1024], Instant::now(), Duration::ZERO);
    while !is_over() {
        assert!(socket.read(&mut buffer).expect("it plays") > 0, "the stream ended");
        longest = longest.max(last.elapsed());
        last = Instant::now();
    }
    longest
}

fn ask(address: SocketAddr, path: &str, headers: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).expect("it connects");
    write!(socket, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n").expect("it takes it");
    socket
}

/// The length of the answer's body.
fn get(address: SocketAddr, path: &str, headers: &str) -> usize {
    let mut answer = Vec::new();
    ask(address, path, headers).read_to_end(&mut answer).expect("it answers");
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer[..answer.len().min(300)]));
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n").expect("a head");
    answer.len() - head - 4
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The first stream can be heard.
#[derive(Debug)]
struct OneOfMany {
    audio: Arc<AudioPlayer>,
    silent: SilentPlayer,
}

impl OneOfMany {
    fn of(&self, stream: StreamId) -> &dyn Player {
        if stream == STREAM { &*self.audio } else { &self.silent }
    }
}

impl Player for OneOfMany {
    fn open(&self, stream: StreamId, reports: Reports) {
        self.of(stream).open(stream, reports);
    }

    fn play(&self, stream: StreamId, play: Play) {
        self.of(stream).play(stream, play);
    }

    fn placeholder(&self, stream: StreamId, playback: PlaybackId, join: Join) {
        self.of(stream).placeholder(stream, playback, join);
    }

    fn pause(&self, stream: StreamId) {
        self.of(stream).pause(stream);
    }

    fn resume(&self, stream: StreamId) {
        self.of(stream).resume(stream);
    }

    fn close(&self, stream: StreamId) {
        self.of(stream).close(stream);
    }
}

impl Broadcast for OneOfMany {
    fn waves(&self, stream: StreamId) -> Result<Waves, ListenError> {
        self.audio.waves(stream)
    }

    fn gave_up(&self, stream: StreamId, behind: Duration) {
        self.audio.gave_up(stream, behind);
    }

    fn lag(&self, stream: StreamId) -> Option<Duration> {
        self.audio.lag(stream)
    }

    fn content_type(&self) -> &'static str {
        self.audio.content_type()
    }

    fn bitrate_kbps(&self) -> u32 {
        self.audio.bitrate_kbps()
    }

    fn is_on_air(&self, stream: StreamId) -> bool {
        self.audio.is_on_air(stream)
    }
}
