//! What the queue on Redis costs: each operation at 10, 1,000 and 100,000 items, memory per item, and edits per second by fifty callers beside
//! `redis-benchmark -c 50` with the same script and arguments of the same size on the same server, in the same run.
//!
//! `cargo run --release -p streamcore-tests --example redis [-- ITEMS]` (100,000 without). The server syncs its log every second.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    process::Command,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use streamcore::{
    ItemId, Outcome, QueueItem, StreamId, Timestamp,
    queue::{Advance, Finished, Mode, Op, Page, Placement, Queue, Rules},
};
use streamcore_redis::{Config, RedisStore};
use streamcore_tests::redis::RedisServer;
use uuid::Uuid;

const CALLERS: u64 = 50;
const EDITS: u64 = 20_000;
/// One caller's measurements of one operation.
const ROUNDS: u64 = 200;
const BATCH: u64 = 1_000;

fn main() {
    let most = std::env::args().nth(1).map_or(100_000, |arg| arg.parse().expect("ITEMS: a number"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let server = RedisServer::with(&["--appendonly", "yes", "--appendfsync", "everysec"]);
        let config = Config::from_url(&server.url()).expect("a URL").with_call_timeout(Duration::from_secs(30));
        let store = Arc::new(RedisStore::connect(config).await.expect("a connection"));
        for (stream, count) in (1..).zip([10, 1_000, 100_000].into_iter().filter(|count| *count <= most)) {
            operations(&server, &store, StreamId::new(stream), count).await;
        }
        throughput(&server, &store).await;
    });
}

fn item(n: u64) -> QueueItem {
    let id = ItemId::new(Uuid::from_u128(n.into()));
    QueueItem {
        duration: Some(Duration::from_millis(180_000 + n)),
        requested_by: Some((n % 20).cast_signed()),
        ..QueueItem::file(
            id,
            format!("Track number {n}"),
            format!("albums/{}/{n}.flac", n / 12),
            Timestamp::from_millis(n),
        )
    }
}

fn add(items: impl Iterator<Item = QueueItem>) -> Op {
    Op::Add { items: items.collect(), placement: Placement::Back, rules: Rules::at_most(usize::MAX) }
}

fn memory(server: &RedisServer) -> u64 {
    let info = server.ask(&["INFO", "memory"]).expect("an answer");
    let used = info.lines().find_map(|line| line.strip_prefix("used_memory:")).expect("used_memory");
    used.trim().parse().expect("a number")
}

/// The median of some calls.
async fn time(what: &str, rounds: u64, mut call: impl AsyncFnMut(u64)) {
    let mut times = Vec::new();
    for n in 0..rounds {
        let begin = Instant::now();
        call(n).await;
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!("  {what:24} {:>9.1} µs, at the most {:>10.1} µs", median.as_secs_f64() * 1e6, worst.as_secs_f64() * 1e6);
}

async fn operations(server: &RedisServer, store: &RedisStore, stream: StreamId, count: u64) {
    let edit = async |op: Op| {
        store.apply(stream, op.into()).await.expect("an edit");
    };
    let before = memory(server);
    for first in (0..count).step_by(usize::try_from(BATCH).expect("a small number")) {
        edit(add((first..(first + BATCH).min(count)).map(item))).await;
    }
    println!("\n{count} items, {} bytes each", memory(server).saturating_sub(before) / count);
    let id = |n: u64| ItemId::new(Uuid::from_u128(n.into()));
    let half = usize::try_from(count / 2).expect("a place");
    let begin = Advance { finished: None, next: None, at: Timestamp::default() };
    store.advance(stream, begin).await.expect("a hand-off");
    time("add", ROUNDS, async |n| edit(add(std::iter::once(item(1_000_000 + n)))).await).await;
    time("remove", ROUNDS, async |n| edit(Op::Remove { id: id(1_000_000 + n) }).await).await;
    time("move to the middle", ROUNDS, async |n| edit(Op::Move { id: id(1 + n % (count - 1)), to: half }).await).await;
    time("undo", 20, async |_| edit(Op::Undo).await).await;
    let page = Page { offset: half, limit: 50 };
    time("page of 50 in the middle", ROUNDS, async |_| {
        store.view(stream, page).await.expect("a page");
    })
    .await;
    for mode in [Mode::Priority, Mode::Fair, Mode::Fifo] {
        edit(Op::SetMode { mode }).await;
        let first = 2_000_000 + ROUNDS * u64::from(mode == Mode::Fair) + 2 * ROUNDS * u64::from(mode == Mode::Fifo);
        let name = format!("add in mode {}", mode.as_str());
        time(&name, ROUNDS, async |n| edit(add(std::iter::once(item(first + n)))).await).await;
    }
    let mut current = store.view(stream, Page { offset: 0, limit: 0 }).await.expect("a view").current;
    time("advance", ROUNDS.min(count), async |_| {
        let finished = current.as_ref().map(|item| Finished { item: item.id, outcome: Outcome::Played });
        let advance = Advance { finished, next: None, at: Timestamp::default() };
        current = store.advance(stream, advance).await.expect("a hand-off").current;
    })
    .await;
    time("shuffle, and take it back", 3, async |n| {
        edit(Op::Shuffle { seed: n }).await;
        edit(Op::Undo).await;
    })
    .await;
    time("clear, and take it back", 3, async |_| {
        edit(Op::Clear).await;
        edit(Op::Undo).await;
    })
    .await;
}

/// Edits per second by all callers together.
async fn by_callers(store: &Arc<RedisStore>, act: impl Fn(u64) -> Call + Send + Sync + 'static) -> f64 {
    let act = Arc::new(act);
    let begin = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (store, act) = (Arc::clone(store), Arc::clone(&act));
            tokio::spawn(async move {
                for n in (caller..EDITS).step_by(usize::try_from(CALLERS).expect("a small number")) {
                    match act(n) {
                        Call::Add(stream, item) => {
                            store.apply(stream, add(std::iter::once(*item)).into()).await.expect("an edit");
                        }
                        Call::Advance(stream, advance) => {
                            assert!(store.advance(stream, advance).await.expect("a hand-off").changed);
                        }
                    }
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.expect("a caller ends");
    }
    EDITS as f64 / begin.elapsed().as_secs_f64()
}

enum Call {
    Add(StreamId, Box<QueueItem>),
    Advance(StreamId, Advance),
}

async fn throughput(server: &RedisServer, store: &Arc<RedisStore>) {
    println!("\n{EDITS} edits by {CALLERS} callers");
    let (ours, theirs) = (StreamId::new(101), StreamId::new(102));
    let add_to = |stream| move |n| Call::Add(stream, Box::new(item(10_000_000 + n)));
    let by_store = by_callers(store, add_to(ours)).await;
    let seen = seen_by_monitor(server, async || {
        store.apply(theirs, add(std::iter::once(item(9_999_999))).into()).await.expect("an edit");
    })
    .await;
    compare("add", by_store, benchmark(server, seen, &item(9_999_999).id.to_string()));
    let revision = store.view(theirs, Page { offset: 0, limit: 0 }).await.expect("a view").revision;
    assert!(revision.get() > EDITS - EDITS / 100, "redis-benchmark was refused: it came to revision {revision} only");
    // Who is interrupted while nobody else is named is its own successor: the same call changes something every time.
    let begin = Advance { finished: None, next: None, at: Timestamp::default() };
    let first = store.advance(ours, begin.clone()).await.expect("a hand-off").current.expect("an item").id;
    let call = Advance { finished: Some(Finished { item: first, outcome: Outcome::Interrupted }), ..begin };
    let of_callers = call.clone();
    let by_store = by_callers(store, move |_| Call::Advance(ours, of_callers.clone())).await;
    let seen = seen_by_monitor(server, async || {
        store.advance(ours, call.clone()).await.expect("a hand-off");
    })
    .await;
    compare("advance", by_store, benchmark(server, seen, "no id to be replaced"));
    let revision = store.view(ours, Page { offset: 0, limit: 0 }).await.expect("a view").revision;
    assert!(
        revision.get() > 3 * EDITS - EDITS / 100,
        "redis-benchmark was refused: it came to revision {revision} only"
    );
}

fn compare(what: &str, by_store: f64, by_benchmark: f64) {
    let ratio = by_store / by_benchmark;
    println!("  {what:8} store {by_store:>8.0}/s, redis-benchmark {by_benchmark:>8.0}/s, ratio {ratio:.2}");
}

/// The words of the first script that the server is asked to run meanwhile.
async fn seen_by_monitor(server: &RedisServer, call: impl AsyncFnOnce()) -> Vec<String> {
    let mut connection = TcpStream::connect(("127.0.0.1", server.port())).expect("a connection");
    connection.write_all(b"MONITOR\r\n").expect("it listens");
    let mut lines = BufReader::new(connection).lines().map(|line| line.expect("a line"));
    assert_eq!(lines.next().as_deref(), Some("+OK"));
    call().await;
    let line = lines.find(|line| line.contains("\"EVALSHA\"")).expect("a script");
    let words = line.split_once("\"EVALSHA\"").expect("its words").1;
    words.split("\" \"").map(|word| word.trim_matches([' ', '"']).replace("\\\"", "\"")).collect()
}

/// The same call over and over by `redis-benchmark`, each with another id of the call and of the item.
fn benchmark(server: &RedisServer, mut words: Vec<String>, item: &str) -> f64 {
    let keys: usize = words[1].parse().expect("a number of keys");
    words[2 + keys] = "bench__rand_int__".to_owned();
    let later = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis() + 3_600_000;
    words[3 + keys] = later.to_string();
    for word in &mut words {
        if word == item {
            *word = "00000000-0000-0000-0001-__rand_int__".to_owned();
        }
    }
    let output = Command::new("redis-benchmark")
        .args([
            "-p",
            &server.port().to_string(),
            "-c",
            &CALLERS.to_string(),
            "-n",
            &EDITS.to_string(),
            "-r",
            "1000000000",
            "-q",
            "EVALSHA",
        ])
        .args(&words)
        .output()
        .expect("redis-benchmark (Debian package redis-tools)");
    let text = String::from_utf8_lossy(&output.stdout).replace('\r', "\n");
    let line = text.lines().rev().find(|line| line.contains("requests per second")).unwrap_or_else(|| panic!("{text}"));
    let before = line.split(" requests per second").next().unwrap_or_default();
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).expect("a number")
}
