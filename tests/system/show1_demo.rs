//! One command, and there is sound.

use std::time::{Duration, Instant};

use streamcore_tests::{Options, Recorder, Server, long, tone};

#[test]
fn the_demo_can_be_listened_to_without_an_error() {
    let begin = Instant::now();
    let server = Server::start_with(Options { args: vec!["--demo".to_owned()], ..Options::default() });
    server.await_status("playing", Duration::from_secs(30));
    println!("plays {:?} after the start", begin.elapsed());
    let seconds = if long() { 60 } else { 10 };

    let heard = Recorder::listen_for(&server.url("/listen/1"), seconds);

    assert_eq!(heard.complaints, "", "ffmpeg complains");
    let missing = f64::from(seconds) - heard.samples.len() as f64 / tone::RATE as f64;
    assert!(missing.abs() < 0.1, "{missing} s of {seconds} s are missing");
    let level = tone::level(&heard.samples);
    println!("level {:.1} dBFS", 20.0 * level.log10());
    assert!(level > 0.01, "it is silent: {level}");
}

#[test]
fn the_terminal_says_where_to_look_and_what_to_try() {
    let server = Server::start_with(Options { args: vec!["--demo".to_owned()], ..Options::default() });
    let banner = server.banner().join("\n");
    println!("{banner}");
    for text in [server.url("/"), server.url("/listen/1"), server.url("/api/v1/queue/1/skip")] {
        assert!(banner.contains(&text), "{text} is not in:\n{banner}");
    }
    assert!(!banner.contains(server.token()), "a token that was given is not printed");
    assert!(server.titles().len() >= 2, "{:?}", server.titles());
}

#[test]
fn a_second_demo_start_adds_nothing() {
    let mut server = Server::start_with(Options { args: vec!["--demo".to_owned()], ..Options::default() });
    let before = server.titles();
    let _ = server.terminate(Duration::from_secs(12));
    server.restart();
    server.await_status("playing", Duration::from_secs(10));
    assert_eq!(server.titles(), before);
}
