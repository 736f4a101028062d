//! Measures the player on this machine: CPU of streams, time from an order to the first bytes, and what a listener hears.
//!
//! ```text
//! measure placeholder SECONDS
//! measure play SECONDS MEDIA_DIR FILE...   plays the files in turn, each joined to the one before; writes what is heard to standard output
//! measure skip TIMES MEDIA_DIR FILE...     skips from file to file
//! measure demo MEDIA_DIR                   writes the demo pieces
//! ```

use std::{
    io::Write,
    sync::mpsc::channel,
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

fn tell_cpu(what: &str, before: Duration, time: Duration) {
    let used = cpu().saturating_sub(before).as_secs_f64();
    let share = used / time.as_secs_f64();
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
