//! A process that is killed at any moment loses nothing that it acknowledged.
//!
//! The test starts itself again as the process to kill: [`writes_until_it_is_killed`] does something only if told so by its environment.

use std::{
    collections::BTreeMap,
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    thread,
};

use futures::executor::block_on;
use streamcore::{
    Outcome, RequestId, StreamId, Timestamp,
    queue::{Advance, Change, EditKind, Finished, Mode, Op, Page, Placement, Queue, Rules},
    testing::{item, item_id},
};
use streamcore_sqlite::SqliteStore;

/// How often it is killed; `STREAMCORE_KILLS` overrides it for a longer run.
const KILLS: u64 = 20;
/// Threads of the process that is killed; each writes to a stream of its own.
const WRITERS: u64 = 4;
/// An item is finished for every so many that are added.
const ADDS_PER_ADVANCE: u64 = 3;
/// The mode is set for every so many.
const ADDS_PER_MODE: u64 = 5;

const FILE: &str = "STREAMCORE_KILL_TEST_FILE";
const FIRST_STREAM: &str = "STREAMCORE_KILL_TEST_FIRST_STREAM";

#[test]
fn writes_until_it_is_killed() {
    let (Ok(file), Ok(first)) = (env::var(FILE), env::var(FIRST_STREAM)) else { return };
    let first: u64 = first.parse().unwrap();
    let store = SqliteStore::open(file).unwrap();
    thread::scope(|scope| {
        for stream in first..first + WRITERS {
            let store = &store;
            scope.spawn(move || block_on(write(store, stream)));
        }
    });
}

/// Adds the items 1, 2, 3 and so on, each by a request of its own, and finishes them in their order, saying so after each. In between the
/// queue is emptied or shuffled, which is taken back at once, and now and then changes its mode.
async fn write(store: &SqliteStore, number: u64) {
    let stream = StreamId::new(number.cast_signed());
    let edit = async |op: Op| store.apply(stream, op.into()).await.expect("the store goes on until it is killed");
    let mut finished = None;
    for n in 1.. {
        store.apply(stream, add(n)).await.expect("the store goes on until it is killed");
        println!("ack add {number} {n}");
        if n % ADDS_PER_ADVANCE == 0 {
            let done = finished.map(|n| Finished { item: item_id(n), outcome: Outcome::Played });
            store
                .advance(stream, Advance { finished: done, next: None, at: Timestamp::from_millis(n) })
                .await
                .expect("the store goes on until it is killed");
            if let Some(n) = finished {
                println!("ack finish {number} {n}");
            }
            finished = Some(n / ADDS_PER_ADVANCE);
        }
        if n % ADDS_PER_MODE == 0 {
            edit(Op::SetMode { mode: mode(n / ADDS_PER_MODE) }).await;
            println!("ack mode {number} {}", n / ADDS_PER_MODE);
        }
        if n % 4 < 2 && edit(if n % 4 == 0 { Op::Clear } else { Op::Shuffle { seed: n } }).await.changed {
            println!("ack taken {number} {n}");
            edit(Op::Undo).await;
            println!("ack undone {number} {n}");
        }
    }
}

fn add(n: u64) -> Change {
    let request = Some(RequestId::new(item_id(n).get()));
    let op = Op::Add { items: vec![item(n)], placement: Placement::Back, rules: Rules::at_most(usize::MAX) };
    Change { op, expected: None, request }
}

/// The mode that is set for the `n`th time; all items here are of one tier and requester, so that none of them changes the order.
fn mode(n: u64) -> Mode {
    Mode::ALL[n as usize % Mode::ALL.len()]
}

/// The newest acknowledged number of each kind and stream.
type Acknowledged = BTreeMap<String, BTreeMap<u64, u64>>;

#[test]
fn what_was_acknowledged_survives_being_killed() {
    let kills = env::var("STREAMCORE_KILLS").map_or(KILLS, |kills| kills.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("streamcore.db");
    let mut acknowledged = Acknowledged::default();
    for round in 0..kills {
        // Spread over the moments of a run: the first acknowledgement, a checkpoint of the log, anything.
        let after = (round * round * 37 + round * 11) % 600;
        run_and_kill(&file, round * WRITERS, after, &mut acknowledged);
        // The rounds share one file: what was right once must stay right.
        verify(&file, &acknowledged);
    }
    assert_eq!(acknowledged["add"].len() as u64, kills * WRITERS);
    assert!(acknowledged.contains_key("undone"), "longer runs take edits back");
}

fn run_and_kill(file: &Path, first_stream: u64, after: u64, acknowledged: &mut Acknowledged) {
    let mut child = Command::new(env::current_exe().expect("this test has a file"))
        .args(["--exact", "writes_until_it_is_killed", "--nocapture"])
        .env(FILE, file)
        .env(FIRST_STREAM, first_stream.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test starts itself");
    let mut output = BufReader::new(child.stdout.take().expect("it was asked for"));
    let (mut line, mut seen) = (String::new(), 0);
    let mut started = std::collections::BTreeSet::new();
    let mut killed = false;
    // On to the end of the output: what it said before it died counts. A line that was cut short says nothing.
    while output.read_line(&mut line).expect("text") > 0 && line.ends_with('\n') {
        if let Some((_, ack)) = line.split_once("ack ") {
            let words: Vec<_> = ack.split_whitespace().collect();
            let number = |word: &str| -> u64 { word.parse().expect("a number") };
            let (stream, n) = (number(words[1]), number(words[2]));
            acknowledged.entry(words[0].to_owned()).or_default().insert(stream, n);
            started.insert(stream);
            seen += 1;
        }
        if !killed && seen >= after && started.len() as u64 == WRITERS {
            child.kill().expect("it runs");
            killed = true;
        }
        line.clear();
    }
    let status = child.wait().expect("it was killed");
    assert!(killed && !status.success(), "it ended by itself: {status}");
}

fn verify(file: &Path, acknowledged: &Acknowledged) {
    let store = SqliteStore::open(file).expect("a killed process leaves a file that opens");
    for (number, added) in &acknowledged["add"] {
        let stream = StreamId::new(number.cast_signed());
        let newest = |kind: &str| acknowledged.get(kind).and_then(|of| of.get(number)).copied().unwrap_or_default();
        let view = || block_on(store.view(stream, Page::ALL)).expect("a killed process leaves a file that can be read");
        if matches!(view().undo, Some(EditKind::Clear | EditKind::Shuffle)) {
            // It was killed before it had undone this, or before it said so; nothing of it is lost.
            block_on(store.apply(stream, Op::Undo.into())).expect("what was cleared or shuffled can be undone");
        }
        let view = view();
        let modes = newest("mode");
        assert!(
            [mode(modes), mode(modes + 1)].contains(&view.mode),
            "stream {number}: {:?}, set {modes} times",
            view.mode
        );
        let history =
            block_on(store.history(stream, None, usize::MAX)).expect("a killed process leaves a file that can be read");
        let done: Vec<_> = history.entries.iter().rev().map(|entry| entry.item.clone()).collect();
        let finished = newest("finish");
        assert!((finished..=finished + 1).contains(&(done.len() as u64)), "stream {number}: {finished} finished");
        // Each item once, in its order, whole; and at most the one that was under way when it was killed beyond what was said.
        let all: Vec<_> = done.into_iter().chain(view.items).collect();
        assert!(
            (*added..=added + 1).contains(&(all.len() as u64)),
            "stream {number}: {added} added, {} kept",
            all.len()
        );
        assert_eq!(all, (1..).take(all.len()).map(item).collect::<Vec<_>>(), "stream {number}");
        let again = Change { op: Op::Clear, ..add(*added) };
        let again = block_on(store.apply(stream, again)).expect("the store goes on after it was killed");
        assert!(!again.changed, "stream {number}: request {added} is recognised, whatever it says now");
    }
    block_on(store.close());
    let conn = rusqlite::Connection::open(file).expect("a killed process leaves a file that can be read");
    let check: String = conn
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("a killed process leaves a file that can be read");
    assert_eq!(check, "ok");
    let broken = conn
        .prepare("PRAGMA foreign_key_check")
        .expect("a killed process leaves a file that can be read")
        .exists([])
        .expect("a killed process leaves a file that can be read");
    assert!(!broken, "a row refers to a queue that is not there");
}
