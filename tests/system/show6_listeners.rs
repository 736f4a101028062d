//! A listener that is stuck is gone soon, and nobody else notices.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use streamcore_tests::{RawListener, Recorder, Server, media::ToneFile, process, tone::hear, wait};

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
