//! A listener that is stuck is gone soon, and nobody else notices.

use std::{
    io::Write as _,
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use streamcore_tests::{Options, RawListener, Recorder, Server, media::ToneFile, process, tone::hear, wait};

const SOON: Duration = Duration::from_secs(5);
const PROMISE: Duration = Duration::from_secs(30);

struct Curl(Child);

impl Curl {
    fn listen(url: &str) -> Self {
        process::require("curl");
        Self(Command::new("curl").args(["-sN", url]).stdout(Stdio::null()).spawn().expect("curl starts"))
    }
}

impl Drop for Curl {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn listeners(server: &Server) -> u64 {
    server.status()["listeners_count"].as_u64().expect("a number")
}

fn await_listeners(server: &Server, count: u64, deadline: Duration) -> Duration {
    wait::until(&format!("{count} listeners"), deadline, || (listeners(server) == count).then_some(())).1
}

/// Found by a reviewer: enough connections took the files that tracks need, and each track that could not be opened was passed over, to the
/// last one in the queue.
#[test]
fn connections_cannot_take_the_files_that_tracks_need() {
    let server = Server::start_with(Options { max_files: Some(160), ..Options::default() });
    let names = ["a.wav", "b.wav", "c.wav", "d.wav", "e.wav"];
    for name in names {
        ToneFile::wav(name, 400, 2).write(&server.media_dir());
    }
    server.start_stream();
    names.iter().for_each(|name| drop(server.add(name)));
    server.await_playing(names[0], SOON);

    let crowd: Vec<_> = (0..150).filter_map(|_| listen_and_say_no_more(&server)).collect();
    assert!(crowd.len() > 100, "only {} connected", crowd.len());
    // The server has no place for another request now: its log tells.
    wait::until("the last track", Duration::from_secs(30), || server.log().contains("title=\"e.wav\"").then_some(()));
    let log = server.log();
    assert!(!log.contains("track_failed"), "{log}");
    assert_eq!(log.matches("event=\"track_started\"").count(), names.len(), "{log}");
}

/// A listener that keeps its connection and reads nothing.
fn listen_and_say_no_more(server: &Server) -> Option<TcpStream> {
    let mut socket = TcpStream::connect(server.address()).ok()?;
    socket.write_all(b"GET /listen/1 HTTP/1.1\r\nHost: crowd\r\n\r\n").ok()?;
    Some(socket)
}

#[test]
fn stuck_listeners_are_gone_within_30_s_and_others_hear_on() {
    let server = Server::start();
    ToneFile::wav("a.wav", 400, 120).write(&server.media_dir());
    server.start_stream();
    let _ = server.add("a.wav");
    server.await_playing("a.wav", SOON);
    let url = server.url("/listen/1");
    let healthy = RawListener::connect(server.address(), "/listen/1");
    let ffmpeg = Recorder::start(&url);
    let curl = Curl::listen(&url);
    ffmpeg.await_sound();
    await_listeners(&server, 3, SOON);

    let stopped = Instant::now();
    process::signal(ffmpeg.pid(), "STOP");
    process::signal(curl.0.id(), "STOP");
    // They may go at the same moment.
    let first = wait::until("one to be gone", PROMISE, || (listeners(&server) < 3).then_some(())).1;
    let second = first + await_listeners(&server, 1, PROMISE.saturating_sub(first));

    println!("stopped listeners were gone after {first:?} and {second:?}");
    let pause = healthy.longest_pause(stopped, Instant::now());
    println!("the healthy one never waited longer than {pause:?}");
    assert!(pause < Duration::from_secs(1), "{pause:?}");
    let heard = hear(&healthy.samples(), 400).expect("the tone was heard");
    assert!(heard.is_whole(), "{heard:?}");
    assert!(heard.length_ms() > stopped.elapsed().as_millis() as f64, "{heard:?}");
}

#[test]
fn listeners_that_leave_are_not_counted() {
    let server = Server::start();
    server.start_stream();
    server.await_status("placeholder", SOON);
    let listeners = [(); 3].map(|()| RawListener::connect(server.address(), "/listen/1"));
    await_listeners(&server, 3, SOON);
    drop(listeners);
    await_listeners(&server, 0, SOON);
}
