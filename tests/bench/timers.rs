//! Many armed timers in one process: how exactly they fire, that none is lost, and what they cost while they wait.
//!
//! `cargo run --release -p streamcore-tests --example timers [-- STREAMS]` (10,000 without). Each scene has a host of its own on tokio, once on
//! stores in memory and once on SQLite in a new folder; its player plays nothing, so that what is measured is the streams' own.
//!
//! How late an end is told is measured twice: by its event, and by the monotonic clock when the event reaches the sink.

mod usage;

use std::{sync::Arc, time::Duration};

use streamcore::{
    StreamId,
    queue::{MemoryQueue, Queue},
    registry::{MemoryRegistry, Registry},
};
use streamcore_http::TokioRuntime;
use streamcore_sqlite::SqliteStore;
use streamcore_tests::{
    random::Random,
    timers::{Stage, churn, ids},
};
use tokio::time::{Instant, sleep, sleep_until};

use self::usage::Usage;

const IDLE: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(60);

fn main() {
    let streams = std::env::args().nth(1).map_or(10_000, |arg| arg.parse().expect("STREAMS: a number"));
    let seed = Random::seed();
    println!("{streams} streams; STREAMCORE_TEST_SEED={seed}");
    for on_disk in [false, true] {
        println!("\n{}", if on_disk { "On SQLite" } else { "In memory" });
        scene(on_disk, async |stage| spread(&stage, streams).await);
        scene(on_disk, async |stage| same_second(&stage, streams).await);
        scene(on_disk, async |stage| churned(&stage, streams, seed).await);
        scene(on_disk, async |stage| idle(&stage, streams).await);
    }
}

/// A runtime and stores for one scene.
fn scene(on_disk: bool, play: impl AsyncFnOnce(Stage)) {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let clock = Arc::new(TokioRuntime::new());
        let (queue, registry): (Arc<dyn Queue>, Arc<dyn Registry>) = if on_disk {
            let store = Arc::new(SqliteStore::open(folder.path().join("streamcore.db")).expect("a store"));
            (store.clone(), store)
        } else {
            (Arc::new(MemoryQueue::default()), Arc::new(MemoryRegistry::default()))
        };
        play(Stage::new(queue, registry, clock)).await;
    });
}

/// Deadlines over a minute; timers are set and fire at the same time.
async fn spread(stage: &Stage, streams: usize) {
    let timeout = Duration::from_secs(20);
    stage.start(streams, |_| timeout).await;
    let apart = Duration::from_secs(60) / u32::try_from(streams).expect("not that many");
    leave(stage, streams, apart).await;
    await_ends(stage, streams, timeout).await;
    print_errors("over 60 s", stage, streams);
}

/// The same second for all deadlines.
async fn same_second(stage: &Stage, streams: usize) {
    let apart = Duration::from_micros(1_500);
    let last = apart * u32::try_from(streams).expect("not that many") + Duration::from_secs(15);
    let timeout = move |stream: StreamId| {
        let number = stream.get().unsigned_abs();
        let within = Duration::from_millis(Random::new(number).number() % 1_000);
        let timeout = last + within - apart * u32::try_from(number).expect("not that many");
        Duration::from_millis(u64::try_from(timeout.as_millis()).expect("seconds"))
    };
    stage.start(streams, timeout).await;
    leave(stage, streams, apart).await;
    await_ends(stage, streams, Duration::from_secs(20)).await;
    print_errors("within one second", stage, streams);
}

/// The listener of one stream after the other leaves.
async fn leave(stage: &Stage, streams: usize, apart: Duration) {
    let begin = Instant::now();
    for (stream, number) in ids(streams).zip(1_u32..) {
        sleep_until(begin + apart * number).await;
        assert!(stage.player.listen(stream, 0), "{stream} has ended too early");
    }
}

async fn await_ends(stage: &Stage, streams: usize, due: Duration) {
    let give_up = Instant::now() + due + PATIENCE;
    while stage.ledger.ended() < streams && Instant::now() < give_up {
        sleep(Duration::from_millis(100)).await;
    }
}

fn print_errors(what: &str, stage: &Stage, streams: usize) {
    let ends: Vec<_> = ids(streams).filter_map(|stream| stage.ledger.fate(stream).end).collect();
    let wrong = ids(streams).filter_map(|stream| stage.ledger.fate(stream).wrong).next();
    let mut told: Vec<f64> = ends.iter().map(|end| end.late_us as f64 / 1_000.0).collect();
    let mut noted: Vec<f64> =
        ends.iter().map(|end| end.at.as_millis() as f64 - end.deadline.as_millis() as f64).collect();
    told.sort_by(f64::total_cmp);
    noted.sort_by(f64::total_cmp);
    let at = |late: &[f64], part: f64| late.get((late.len() as f64 * part) as usize).copied().unwrap_or(f64::NAN);
    let last = |late: &[f64]| late.last().copied().unwrap_or(f64::NAN);
    let early = told.iter().chain(&noted).filter(|late| **late < 0.0).count();
    println!(
        "deadlines {what}: {} of {streams} ended, {early} early, refused by the store {} times; late by event p50 {:.0} p99 {:.0} max {:.0} ms, \
         as told p50 {:.2} p99 {:.2} max {:.2} ms",
        ends.len(),
        stage.ledger.refusals(),
        at(&noted, 0.5),
        at(&noted, 0.99),
        last(&noted),
        at(&told, 0.5),
        at(&told, 0.99),
        last(&told),
    );
    if let Some(wrong) = wrong {
        println!("WRONG: {wrong}");
    }
}

/// Listeners come and go, and operators keep streams alive, around the deadlines.
async fn churned(stage: &Stage, streams: usize, seed: u64) {
    let timeout = |stream: StreamId| Duration::from_millis(2_000 + stream.get().unsigned_abs() * 7_919 % 4_000);
    stage.start(streams, timeout).await;
    let verdict = churn(stage, streams, seed, timeout, PATIENCE).await;
    println!(
        "churn: {} timers set, {} stopped or moved; {} streams ended and {} go on, as they should; {} wrong; refused by the store {} times",
        verdict.armed,
        verdict.cancelled,
        verdict.ended,
        verdict.heard,
        streams - verdict.ended - verdict.heard,
        stage.ledger.refusals(),
    );
    for wrong in verdict.wrong {
        println!("WRONG: {wrong}");
    }
}

/// Timers that wait for tomorrow.
async fn idle(stage: &Stage, streams: usize) {
    stage.start(streams, |_| Duration::from_secs(86_400)).await;
    leave(stage, streams, Duration::from_micros(500)).await;
    let give_up = Instant::now() + PATIENCE;
    while stage.ledger.armed() < streams && Instant::now() < give_up {
        sleep(Duration::from_millis(100)).await;
    }
    for after in [Duration::from_secs(5), Duration::from_secs(120)] {
        sleep(after).await;
        let before = Usage::of(std::process::id());
        sleep(IDLE).await;
        let usage = Usage::of(std::process::id());
        let spent = usage.cpu_seconds - before.cpu_seconds;
        println!(
            "idle for {} s: {} timers wait; CPU {spent:.2} s in {} s ({:.2} % of one core); {} MiB resident",
            after.as_secs(),
            stage.ledger.armed(),
            IDLE.as_secs(),
            100.0 * spent / IDLE.as_secs_f64(),
            usage.resident_kib / 1024,
        );
    }
}
