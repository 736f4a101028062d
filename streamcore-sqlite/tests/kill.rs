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
    EndCause, Outcome, RequestId, StreamId, Timestamp,
    auto_end::Overrides,
    queue::{Advance, Change, EditKind, Finished, Mode, Op, Page, Placement, Queue, Rules},
    registry::{Registry, Session, StreamRecord},
    stream::{Ended, Snapshot},
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
/// A session of the stream begins and ends for every so many.
const ADDS_PER_SESSION: u64 = 2;

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
/// queue is emptied or shuffled, which is taken back at once, and now and then changes its mode. The stream starts and stops.
async fn write(store: &SqliteStore, number: u64) {
    let stream = StreamId::new(number.cast_signed());
    let edit = async |op: Op| store.apply(stream, op.into()).await.expect("the store goes on until it is killed");
    let mut finished = None;
    store.create(record(number)).await.expect("the store goes on until it is killed");
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
        if n % ADDS_PER_SESSION == 0 {
            let n = n / ADDS_PER_SESSION;
            store.save_snapshot(stream, started(n)).await.expect("the store goes on until it is killed");
            let closed = store.close_session(stream, stopped(n), session(n)).await;
            closed.expect("the store goes on until it is killed");
            println!("ack close {number} {n}");
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

fn record(number: u64) -> StreamRecord {
    StreamRecord {
        id: StreamId::new(number.cast_signed()),
        uuid: item_id(number).get(),
        name: number.to_string(),
        created_at: Timestamp::default(),
        auto_end: Overrides::default(),
    }
}

fn started(n: u64) -> Snapshot {
    Snapshot { session: n, started_at: Some(Timestamp::from_millis(n)), ..Snapshot::default() }
}

fn stopped(n: u64) -> Snapshot {
    Snapshot { session: n, ended: Some(session(n).ended), ..Snapshot::default() }
}

fn session(n: u64) -> Session {
    let cause = EndCause::Manual { by: n.to_string() };
    Session {
        number: n,
        started_at: Timestamp::from_millis(n),
        ended: Ended { at: Timestamp::from_millis(n + 1), cause },
        peak_listeners: n,
        total_listeners: n,
        tracks_played: n,
        errors: 0,
    }
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
    assert!(acknowledged.contains_key("close"), "longer runs end sessions");
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
        block_on(verify_sessions(&store, stream, newest("close")));
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

/// Each session that was closed is there once, and at most the one that was under way when it was killed beyond them; and the snapshot says
/// the same.
async fn verify_sessions(store: &SqliteStore, stream: StreamId, closed: u64) {
    let sessions = async || {
        let all = store.sessions(stream, None, usize::MAX).await;
        all.expect("a killed process leaves a file that can be read").sessions
    };
    let kept = sessions().await;
    let newest = kept.len() as u64;
    assert!((closed..=closed + 1).contains(&newest), "stream {stream}: {closed} closed, {newest} kept");
    assert_eq!(kept, (1..=newest).rev().map(session).collect::<Vec<_>>(), "stream {stream}");
    let stored = store.snapshot(stream).await.expect("a killed process leaves a file that can be read");
    let expected = [(newest > 0).then(|| stopped(newest)), Some(started(newest + 1))];
    assert!(expected.contains(&stored), "stream {stream}: {newest} sessions ended, and {stored:?}");
    // Whoever did not hear that it is closed closes it again.
    if newest > 0 {
        store.close_session(stream, stopped(newest), session(newest)).await.expect("it goes on after it was killed");
        assert_eq!(sessions().await, kept, "stream {stream}: it is there once");
        assert_eq!(store.snapshot(stream).await.ok(), Some(stored), "stream {stream}: nor is the next one stopped");
    }
}
