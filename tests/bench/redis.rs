//! What the queue on Redis costs, and what of it is ours.
//!
//! ```text
//! cargo run --release -p streamcore-tests --example redis
//! ```
//!
//! Starts a Redis of its own (no persistence, so that no disk is measured), times each operation on queues of 10, 1,000 and 100,000 items as one
//! caller sees it, and then lets fifty callers work through one `RedisStore` beside `redis-benchmark -c 50` that sends the very same script calls:
//! the ratio says what the client costs. Side by side in one run, in turns, as the machine has other things to do.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use streamcore::{
    ItemId, Outcome, QueueItem, StreamId, Timestamp,
    queue::{Advance, Finished, Op, Page, Placement, Queue, Rules},
};
use streamcore_redis::{Config, RedisStore};
use streamcore_tests::{random::Random, redis::RedisServer};
use uuid::Uuid;

const CALLERS: usize = 50;
const ROUND: Duration = Duration::from_secs(3);

fn item(n: u64) -> QueueItem {
    QueueItem {
        duration: Some(Duration::from_millis(180_123 + n % 1_000)),
        requested_by: Some((n % 20).cast_signed()),
        ..QueueItem::file(
            id(n),
            format!("A title of the usual length, number {n}"),
            "music/some/file.flac",
            Timestamp::from_millis(n),
        )
    }
}

fn id(n: u64) -> ItemId {
    ItemId::new(Uuid::from_u128(n.into()))
}

fn add(items: Vec<QueueItem>, placement: Placement) -> Op {
    Op::Add { items, placement, rules: Rules::at_most(1_000_000_000) }
}

#[tokio::main]
async fn main() {
    let server = RedisServer::with(&["--appendonly", "no"]);
    let store = RedisStore::connect(Config::from_url(&server.url()).expect("a URL")).await.expect("a connection");
    let lengths: &[u64] = if std::env::args().any(|arg| arg == "throughput") { &[] } else { &[10, 1_000, 100_000] };
    for length in lengths.iter().copied() {
        sizes(&server, &store, length).await;
    }
    for round in 1..=3 {
        println!("\nround {round}, {CALLERS} callers");
        let ours = throughput(&store, add_one).await;
        report("add", ours, benchmark(&server, &store, add_one).await);
        let ours = throughput(&store, hand_over).await;
        report("advance", ours, benchmark(&server, &store, hand_over).await);
    }
}

fn report(what: &str, ours: f64, theirs: f64) {
    println!("  {what}: {ours:.0}/s by RedisStore, {theirs:.0}/s by redis-benchmark: {:.0} %", 100.0 * ours / theirs);
}

/// What each operation takes on a queue of so many items, as one caller sees it.
async fn sizes(server: &RedisServer, store: &RedisStore, length: u64) {
    let stream = StreamId::new(length.cast_signed());
    let before = memory(server);
    let numbers: Vec<u64> = (1..=length).collect();
    for some in numbers.chunks(1_000) {
        let _ = store
            .apply(stream, add(some.iter().copied().map(item).collect(), Placement::Back).into())
            .await
            .expect("added");
    }
    let each = (memory(server) - before) / length;
    println!("\n{length} items, {each} bytes each; medians of 300 in us (p99)");
    let mut random = Random::new(7);
    let mut next = length;
    let middle = usize::try_from(length / 2).unwrap_or_default();
    let mut row = Row::default();
    for _ in 0..300 {
        next += 1;
        row.time("add behind", store.apply(stream, add(vec![item(next)], Placement::Back).into())).await;
        row.time("remove", store.apply(stream, Op::Remove { id: id(next) }.into())).await;
        next += 1;
        row.time("add in front", store.apply(stream, add(vec![item(next)], Placement::Front).into())).await;
        let (from, to) = (1 + random.below(middle * 2) as u64, random.below(middle * 2));
        // It may have been handed over.
        let begin = Instant::now();
        if store.apply(stream, Op::Move { id: id(from), to }.into()).await.is_ok() {
            row.note("move anywhere", begin.elapsed());
        }
        let current = store.view(stream, Page { offset: 0, limit: 0 }).await.expect("read").current;
        let finished = current.map(|item| Finished { item: item.id, outcome: Outcome::Played });
        row.time("advance", store.advance(stream, Advance { finished, next: None, at: Timestamp::default() })).await;
        row.time("page of 50 at the head", store.view(stream, Page { offset: 0, limit: 50 })).await;
        row.time("page of 50 in the middle", store.view(stream, Page { offset: middle, limit: 50 })).await;
    }
    row.print();
    let begin = Instant::now();
    let _ = store.apply(stream, Op::Shuffle { seed: 1 }.into()).await;
    println!("  shuffle {:.1} ms", begin.elapsed().as_secs_f64() * 1e3);
    store.purge(stream).await.expect("purged");
}

#[derive(Default)]
struct Row(Vec<(&'static str, Vec<Duration>)>);

impl Row {
    async fn time<T, E: std::fmt::Debug>(&mut self, what: &'static str, call: impl Future<Output = Result<T, E>>) {
        let begin = Instant::now();
        let _ = call.await.expect("done");
        self.note(what, begin.elapsed());
    }

    fn note(&mut self, what: &'static str, took: Duration) {
        match self.0.iter_mut().find(|(name, _)| *name == what) {
            Some((_, all)) => all.push(took),
            None => self.0.push((what, vec![took])),
        }
    }

    fn print(&mut self) {
        for (what, all) in &mut self.0 {
            all.sort();
            let at = |share: usize| all.get(all.len() * share / 100).copied().unwrap_or_default().as_secs_f64() * 1e6;
            println!("  {what}: {:.0} ({:.0})", at(50), at(99));
        }
    }
}

/// A call that can be made again and again.
type Call = fn(u64) -> (StreamId, Asked);

enum Asked {
    Add(Op),
    Advance(Advance),
}

const ADDED_TO: StreamId = StreamId::new(-1);
const HANDED_OVER: StreamId = StreamId::new(-2);

fn add_one(n: u64) -> (StreamId, Asked) {
    (ADDED_TO, Asked::Add(add(vec![item(n)], Placement::Back)))
}

/// The current item makes way for itself: a whole hand-off that leaves everything as it was, so that it can be repeated with the same arguments.
fn hand_over(_: u64) -> (StreamId, Asked) {
    let finished = Some(Finished { item: id(1), outcome: Outcome::Interrupted });
    (HANDED_OVER, Asked::Advance(Advance { finished, next: None, at: Timestamp::default() }))
}

async fn make(store: &RedisStore, (stream, asked): (StreamId, Asked)) {
    let changed = match asked {
        Asked::Add(op) => store.apply(stream, op.into()).await.expect("added").changed,
        Asked::Advance(advance) => store.advance(stream, advance).await.expect("handed over").changed,
    };
    assert!(changed, "nothing changed");
}

async fn prepare(store: &RedisStore) {
    for stream in [ADDED_TO, HANDED_OVER] {
        store.purge(stream).await.expect("purged");
        let some = (1..=1_000).map(item).collect();
        let _ = store.apply(stream, add(some, Placement::Back).into()).await.expect("added");
        let _ = store
            .advance(stream, Advance { finished: None, next: None, at: Timestamp::default() })
            .await
            .expect("begun");
    }
}

async fn throughput(store: &RedisStore, call: Call) -> f64 {
    prepare(store).await;
    let begin = Instant::now();
    let numbers = Arc::new(std::sync::atomic::AtomicU64::new(1_000_000));
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (store, numbers) = (store.clone(), numbers.clone());
            tokio::spawn(async move {
                let mut made = 0_u32;
                while begin.elapsed() < ROUND {
                    make(&store, call(numbers.fetch_add(1, std::sync::atomic::Ordering::Relaxed))).await;
                    made += 1;
                }
                made
            })
        })
        .collect();
    let mut made = 0;
    for caller in callers {
        made += caller.await.expect("a caller");
    }
    f64::from(made) / begin.elapsed().as_secs_f64()
}

/// The same by redis-benchmark: the script call as this client sent it once, with other ids each time.
async fn benchmark(server: &RedisServer, store: &RedisStore, call: Call) -> f64 {
    prepare(store).await;
    let mut monitor = BufReader::new(TcpStream::connect(("127.0.0.1", server.port())).expect("a connection"));
    monitor.get_mut().write_all(b"MONITOR\r\n").expect("sent");
    let mut line = String::new();
    monitor.read_line(&mut line).expect("+OK");
    make(store, call(7_000_000_000)).await;
    let sent = loop {
        line.clear();
        monitor.read_line(&mut line).expect("what was sent");
        if line.contains("] \"evalsha\"") || line.contains("] \"EVALSHA\"") {
            break words(&line);
        }
    };
    drop(monitor);
    let keys: usize = sent[2].parse().expect("the number of keys");
    let mut arguments = sent.clone();
    // The call's id and its deadline; and where the item's id is an argument, that.
    arguments[3 + keys] = "__rand_int__".to_owned();
    arguments[4 + keys] = "9000000000000".to_owned();
    for argument in &mut arguments {
        *argument = argument.replace(&id(7_000_000_000).to_string(), "00000000-0000-0000-0000-__rand_int__");
    }
    let begin = Instant::now();
    let output = Command::new("redis-benchmark")
        .args([
            "-p",
            &server.port().to_string(),
            "-c",
            &CALLERS.to_string(),
            "-n",
            "100000",
            "-r",
            "1000000000",
            "--csv",
        ])
        .args(&arguments)
        .output()
        .expect("redis-benchmark (Debian package redis-tools)");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let figures = text.lines().last().unwrap_or_default();
    // The first column is the call itself, whatever characters it has; seven figures follow.
    let rate = figures.rsplit("\",\"").nth(6).and_then(|rate| rate.parse::<f64>().ok());
    rate.unwrap_or_else(|| {
        panic!("redis-benchmark, after {:?}: {text}{}", begin.elapsed(), String::from_utf8_lossy(&output.stderr))
    })
}

/// The words of a line of MONITOR, each in quotes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut inside) = (Vec::new(), Vec::new(), false);
    let mut bytes = line.bytes();
    while let Some(byte) = bytes.next() {
        match (byte, inside) {
            (b'"', false) => inside = true,
            (b'"', true) => {
                words.push(String::from_utf8_lossy(&std::mem::take(&mut word)).into_owned());
                inside = false;
            }
            (b'\\', true) => word.extend(bytes.next()),
            (byte, true) => word.push(byte),
            (_, false) => {}
        }
    }
    words
}

fn memory(server: &RedisServer) -> u64 {
    let info = server.ask(&["INFO", "memory"]).expect("an answer");
    let used = info.lines().find_map(|line| line.strip_prefix("used_memory:")).expect("used_memory");
    used.trim().parse().expect("a number")
}
