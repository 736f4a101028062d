//! A Prometheus that stands still, and scrapers that misbehave, harm nobody.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use streamcore_tests::{RawListener, Server, media::ToneFile, process, prometheus::Prometheus, wait};

use super::{SCRAPED, SOON};

/// Connections of a scraper as one would not wish it.
struct Hostile {
    stop: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<usize>>,
}

impl Hostile {
    fn begin(address: SocketAddr) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let kinds: [fn(SocketAddr, &AtomicBool) -> usize; 3] = [one_byte_a_second, leaving_mid_body, never_reading];
        let threads = (0..8).flat_map(|_| kinds).map(|kind| {
            let stop = stop.clone();
            std::thread::spawn(move || kind(address, &stop))
        });
        Self { threads: threads.collect(), stop }
    }

    /// How many connections they made.
    fn end(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    }
}

fn ask(address: SocketAddr) -> TcpStream {
    let mut socket = TcpStream::connect(address).expect("connected");
    socket.set_read_timeout(Some(SOON)).expect("set");
    write!(socket, "GET /metrics HTTP/1.1\r\nHost: {address}\r\n\r\n").expect("sent");
    socket
}

fn one_byte_a_second(address: SocketAddr, stop: &AtomicBool) -> usize {
    let mut socket = ask(address);
    let mut last = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        if last.elapsed() >= Duration::from_secs(1) {
            // The server may have had enough of it.
            let _ = socket.read(&mut [0]);
            last = Instant::now();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    1
}

fn leaving_mid_body(address: SocketAddr, stop: &AtomicBool) -> usize {
    let mut made = 0;
    while !stop.load(Ordering::Relaxed) {
        let _ = ask(address).read(&mut [0; 500]);
        made += 1;
        std::thread::sleep(Duration::from_millis(20));
    }
    made
}

/// Asks for more and more, and takes none of it.
fn never_reading(address: SocketAddr, stop: &AtomicBool) -> usize {
    let mut socket = ask(address);
    socket.set_write_timeout(Some(Duration::from_millis(200))).expect("set");
    while !stop.load(Ordering::Relaxed) {
        let _ = write!(socket, "GET /metrics HTTP/1.1\r\nHost: {address}\r\n\r\n");
        std::thread::sleep(Duration::from_millis(100));
    }
    1
}

fn open_files(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).expect("it runs").count()
}

#[test]
fn a_prometheus_that_stands_still_and_scrapers_that_misbehave_harm_nobody() {
    let mut server = Server::start();
    ToneFile::wav("a.wav", 400, 120).write(&server.media_dir());
    server.start_stream();
    let _ = server.add("a.wav");
    server.await_playing("a.wav", SOON);
    let listener = RawListener::connect(server.address(), "/listen/1");
    let prometheus = Prometheus::scraping(server.address());
    prometheus.await_up(true, SCRAPED);
    wait::until("the listener to hear", SOON, || (listener.bytes() > 50_000).then_some(()));
    let before = open_files(server.pid());

    process::signal(prometheus.pid(), "STOP");
    let hostile = Hostile::begin(server.address());
    let (begin, mut slowest, mut asked) = (Instant::now(), Duration::ZERO, 0);
    while begin.elapsed() < Duration::from_secs(4) {
        let at = Instant::now();
        assert_eq!(server.now_playing().as_deref(), Some("a.wav"));
        slowest = slowest.max(at.elapsed());
        asked += 1;
        std::thread::sleep(Duration::from_millis(20));
    }
    let pause = listener.longest_pause(begin, Instant::now());
    let made = hostile.end();
    process::signal(prometheus.pid(), "CONT");
    println!(
        "{made} hostile connections; {asked} reads, the slowest {slowest:?}; the listener waited {pause:?} at most"
    );
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    assert!(pause < Duration::from_secs(2), "the broadcast never pauses, but did for {pause:?}");

    prometheus.await_up(true, SCRAPED);
    let silence = || prometheus.value("sum(streamcore_dead_air_seconds_total)");
    let silence = wait::until("a scrape", SCRAPED, silence).0;
    assert!(silence < 1.0, "listeners heard {silence} s of silence");
    wait::until("their connections to be gone", SCRAPED, || (open_files(server.pid()) <= before + 2).then_some(()));
    drop(prometheus);
    assert_eq!(server.now_playing().as_deref(), Some("a.wav"), "without any Prometheus, too");
    assert!(server.is_alive());
}
