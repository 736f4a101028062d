//! Measures the player on this machine: CPU of streams, time from an order to the first bytes, and what a listener hears.
//!
//! ```text
//! measure placeholder SECONDS
//! measure play SECONDS MEDIA_DIR FILE...   plays the files in turn, each joined to the one before; writes what is heard to standard output
//! measure skip TIMES MEDIA_DIR FILE...     skips from file to file
//! measure many STREAMS SECONDS MEDIA_DIR [FILE]   that many streams in one process, each with a listener: the placeholder, or a file again and again
//! measure demo MEDIA_DIR                   writes the demo pieces
//! ```

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
        mpsc::channel,
    },
    time::{Duration, Instant},
};

use futures::{StreamExt, executor::block_on};
use streamcore::{
    ItemId, PlaybackId, QueueItem, StreamId, Timestamp,
    player::{Broadcast, Join, Play, Player, Report, Reports},
};
use streamcore_audio::{AudioConfig, AudioPlayer, demo};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const STREAM: StreamId = StreamId::new(1);

fn main() -> Outcome {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["placeholder", seconds] => placeholder(seconds.parse()?),
        ["play", seconds, media, files @ ..] => play(seconds.parse()?, media, files),
        ["skip", times, media, files @ ..] => skip(times.parse()?, media, files),
        ["many", streams, seconds, media, file @ ..] => many(streams.parse()?, seconds.parse()?, media, file.first()),
        ["demo", media] => {
            let begin = Instant::now();
            let pieces = demo::write_pieces(media.as_ref())?;
            eprintln!("{} pieces in {:?}", pieces.len(), begin.elapsed());
            Ok(())
        }
        _ => Err("see the top of this file".into()),
    }
}

fn order(playback: u64, url: &str, join: Join) -> Play {
    let id = ItemId::new(uuid::Uuid::from_u128(u128::from(playback)));
    let item = QueueItem::file(id, url, url, Timestamp::default());
    Play { playback: PlaybackId::new(playback), item, from: Duration::ZERO, join }
}

/// CPU time of this process so far, where the system tells it.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let own = stat.split_whitespace().next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0);
    let threads = std::fs::read_dir("/proc/self/task").map_or(0, |tasks| {
        tasks
            .flatten()
            .filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok())
            .filter_map(|stat| stat.split_whitespace().next()?.parse::<u64>().ok())
            .sum()
    });
    Duration::from_nanos(threads.max(own))
}

/// CPU time of this process so far, with that of its threads that ended; in steps of 10 ms.
fn cpu_of_all() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks: u64 = behind_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// How often threads of this process that still run were switched to since they began.
fn switches() -> u64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let status = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("status")).ok());
    let count = |status: String| -> u64 {
        let lines = status.lines().filter(|line| line.contains("voluntary_ctxt_switches"));
        lines.filter_map(|line| line.split_whitespace().last()?.parse::<u64>().ok()).sum()
    };
    status.map(count).sum()
}

fn tell_cpu(what: &str, before: Duration, time: Duration) {
    tell(what, cpu().saturating_sub(before), time, 1);
}

fn tell(what: &str, used: Duration, time: Duration, streams: u64) {
    let share = used.as_secs_f64() / time.as_secs_f64() / streams as f64;
    eprintln!("{what}: {:.2} % of a core, {:.1} CPU seconds per stream-hour", share * 100.0, share * 3_600.0);
}

fn placeholder(seconds: u64) -> Outcome {
    let player = AudioPlayer::new(AudioConfig::new(std::env::temp_dir()))?;
    player.open(STREAM, Reports::new(|_| ()));
    player.placeholder(STREAM, PlaybackId::new(1), Join::Now);
    std::thread::sleep(Duration::from_secs(2));
    let (before, time) = (cpu(), Duration::from_secs(seconds));
    std::thread::sleep(time);
    tell_cpu("placeholder", before, time);
    Ok(())
}

fn play(seconds: u64, media: &str, files: &[&str]) -> Outcome {
    let player = AudioPlayer::new(AudioConfig::new(media))?;
    let (send, reports) = channel();
    player.open(STREAM, Reports::new(move |report| drop(send.send(report))));
    let mut listener = player.listen(STREAM)?;
    let heard = std::thread::spawn(move || {
        let mut mp3 = Vec::new();
        while let Some(bytes) = block_on(listener.next()) {
            mp3.extend_from_slice(&bytes);
        }
        mp3
    });
    let (begin, time, mut before) = (Instant::now(), Duration::from_secs(seconds), Duration::ZERO);
    for (n, file) in files.iter().enumerate() {
        let playback = n as u64 + 1;
        player.play(STREAM, order(playback, file, if n == 0 { Join::Now } else { Join::AtEnd }));
        while let Some(left) = time.checked_sub(begin.elapsed()) {
            match reports.recv_timeout(left) {
                Ok(Report::Started { playback }) if playback.get() == 1 => before = cpu(),
                Ok(Report::Ended { playback: ended }) if ended.get() == playback => break,
                Ok(Report::Failed { playback: failed, reason }) if failed.get() == playback => {
                    eprintln!("{file}: {reason}");
                    break;
                }
                _ => {}
            }
        }
    }
    tell_cpu("playing", before, begin.elapsed());
    std::thread::sleep(Duration::from_millis(1_600));
    player.close(STREAM);
    std::io::stdout().write_all(&heard.join().map_err(|_| "the listener panicked")?)?;
    Ok(())
}

fn many(streams: u64, seconds: u64, media: &str, file: Option<&&str>) -> Outcome {
    let player = AudioPlayer::new(AudioConfig::new(media))?;
    let (send, ended) = channel();
    for n in 1..=streams {
        let stream = StreamId::new(n as i64);
        let send = send.clone();
        player.open(
            stream,
            Reports::new(move |report| match report {
                Report::Ended { playback } => drop(send.send((stream, playback.get() + 1))),
                Report::Failed { reason, .. } => eprintln!("{stream}: {reason}"),
                _ => {}
            }),
        );
        match file {
            Some(file) => player.play(stream, order(1, file, Join::Now)),
            None => player.placeholder(stream, PlaybackId::new(1), Join::Now),
        }
        // Not all at the same moment.
        std::thread::sleep(Duration::from_millis(13));
    }
    let bytes = Arc::new(AtomicU64::new(0));
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    for n in 1..=streams {
        let (mut listener, bytes) = (player.listen(StreamId::new(n as i64))?, Arc::clone(&bytes));
        runtime.spawn(async move {
            while let Some(chunk) = listener.next().await {
                bytes.fetch_add(chunk.len() as u64, Relaxed);
            }
        });
    }
    std::thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
    std::thread::sleep(Duration::from_secs(3));
    let (before, got, switched, begin) = (cpu_of_all(), bytes.load(Relaxed), switches(), Instant::now());
    while let Some(left) = Duration::from_secs(seconds).checked_sub(begin.elapsed()) {
        if let (Ok((stream, playback)), Some(file)) = (ended.recv_timeout(left), file) {
            player.play(stream, order(playback, file, Join::AtEnd));
        }
    }
    let (time, used) = (begin.elapsed(), cpu_of_all().saturating_sub(before));
    let per_second = |count: u64| count as f64 / time.as_secs_f64() / streams as f64;
    tell(&format!("{streams} streams with a listener each"), used, time, streams);
    eprintln!(
        "for each: {:.1} kbit/s heard, {:.1} switches of a thread a second",
        per_second(bytes.load(Relaxed) - got) * 8.0 / 1_000.0,
        per_second(switches().saturating_sub(switched)),
    );
    Ok(())
}

fn skip(times: u64, media: &str, files: &[&str]) -> Outcome {
    let player = AudioPlayer::new(AudioConfig::new(media))?;
    let (send, reports) = channel();
    player.open(STREAM, Reports::new(move |report| drop(send.send((Instant::now(), report)))));
    let mut all = Vec::new();
    for (playback, file) in (1..=times).zip(files.iter().cycle()) {
        let begin = Instant::now();
        player.play(STREAM, order(playback, file, Join::Now));
        let started = Report::Started { playback: PlaybackId::new(playback) };
        let at = reports.iter().find(|(_, report)| *report == started).map(|(at, _)| at).ok_or("no start")?;
        all.push(at - begin);
        std::thread::sleep(Duration::from_millis(613 + 37 * (playback % 11)));
    }
    all.sort();
    eprintln!("order to first bytes: median {:?}, most {:?}", all[all.len() / 2], all[all.len() - 1]);
    Ok(())
}
