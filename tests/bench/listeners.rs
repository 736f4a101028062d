//! Many listeners of one mount, beside Icecast, in one run: `tests/bench/run`.
//!
//! Both servers broadcast the same MP3 at the same time to as many sockets each; what differs is the server. Every socket is read as soon as it
//! has something. The table says what each server's process spent, what a listener adds to its memory, and whether anybody waited.

mod icecast;
mod usage;

use std::{net::SocketAddr, path::Path, process::Command, time::Duration};

use streamcore_tests::{Audience, Options, Server};

use self::{icecast::Icecast, usage::Usage};

const KBPS: f64 = 128.0;
/// How long the servers play to nobody first: what that costs is the stream's own and no listener's.
const ALONE: Duration = Duration::from_secs(10);

fn main() {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<u64>().expect("LISTENERS SECONDS: two numbers"));
    let listeners = usize::try_from(args.next().unwrap_or(1_000)).expect("a number of listeners");
    let seconds = args.next().unwrap_or(60);
    let files = rlimit::increase_nofile_limit(u64::MAX).expect("the limit of open files");
    assert!(files as usize > 2 * listeners + 100, "{files} open files are too few for 2 x {listeners} listeners");

    let most = listeners + 100;
    let (places, most) = (most, most * 2);
    let config =
        format!("[audio]\nmax_listeners = {places}\n[http]\nmax_connections = {most}\nmax_listeners = {places}\n");
    let server = Server::start_with(Options { config: Some(config), ..Options::default() });
    let file = server.media_dir().join("music.mp3");
    make_music(&file);
    server.start_stream();
    for _ in 0..4 {
        let _ = server.add("music.mp3");
    }
    server.await_playing("music.mp3", Duration::from_secs(10));
    let icecast = Icecast::start(&file, most);

    let ours = Subject { name: "streamcore", pid: server.pid(), address: server.address(), target: "/listen/1" };
    let theirs = Subject { name: "icecast2", pid: icecast.pid(), address: icecast.address(), target: icecast::MOUNT };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure(&[ours, theirs], listeners, Duration::from_secs(seconds)));
}

/// A server under measurement.
struct Subject {
    name: &'static str,
    pid: u32,
    address: SocketAddr,
    target: &'static str,
}

async fn measure(subjects: &[Subject], listeners: usize, length: Duration) {
    let usage = || subjects.iter().map(|subject| Usage::of(subject.pid)).collect::<Vec<_>>();
    let idle = usage();
    tokio::time::sleep(ALONE).await;
    let alone = usage();
    let mut audiences = Vec::new();
    for subject in subjects {
        audiences.push(Audience::connect(subject.address, subject.target, listeners).await);
    }
    // The bursts are over.
    tokio::time::sleep(Duration::from_secs(3)).await;
    audiences.iter().for_each(Audience::begin);
    let begin = usage();
    tokio::time::sleep(length).await;
    let end = usage();

    println!("{listeners} listeners each, {} s", length.as_secs());
    println!(
        "| server | CPU s per listener-hour | without the stream's own | KiB per listener | connected | kbit/s least, mean | longest wait |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (index, subject) in subjects.iter().enumerate() {
        let hours = length.as_secs_f64() / 3_600.0 * listeners as f64;
        let cpu = end[index].cpu_seconds - begin[index].cpu_seconds;
        let own = (alone[index].cpu_seconds - idle[index].cpu_seconds) / ALONE.as_secs_f64() * length.as_secs_f64();
        let memory = end[index].resident_kib.saturating_sub(alone[index].resident_kib) as f64 / listeners as f64;
        let heard = audiences[index].outcome(length);
        println!(
            "| {} | {:.3} | {:.3} | {:.1} | {} | {:.1}, {:.1} | {} ms |",
            subject.name,
            cpu / hours,
            (cpu - own) / hours,
            memory,
            heard.connected,
            heard.least_kbps,
            heard.mean_kbps,
            heard.longest_wait.as_millis(),
        );
        assert!(heard.least_kbps > KBPS * 0.97, "somebody got less than the full bit rate");
    }
}

/// Ten minutes of a wandering tone with some noise: an MP3 that is neither silence nor a best case.
fn make_music(path: &Path) {
    streamcore_tests::process::require("ffmpeg");
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i"])
        .arg("aevalsrc=0.3*sin(2*PI*t*(300+100*sin(t)))+0.05*(random(0)-0.5)|0.3*sin(2*PI*t*(400+90*cos(t))):s=44100:d=600")
        .args(["-b:a", "128k"])
        .arg(path)
        .status()
        .expect("ffmpeg runs");
    assert!(made.success(), "ffmpeg made no music");
}
