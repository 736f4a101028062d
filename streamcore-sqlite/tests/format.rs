//! Files of every released schema are read for ever. Each has a dump in `format/`, written by hand once and never edited.

use std::time::Duration;

use futures::executor::block_on;
use streamcore::{
    EndCause, FailureKind, FailureReason, Outcome, QueueItem, RequestId, Source, StreamId, Timestamp, TrackId,
    auto_end::{
        Overrides, Schedule,
        schedule::{ScheduleForm, WindowForm},
    },
    presence::SourceId,
    queue::{Applied, Change, EditKind, Mode, Op, Page, Playtime, Queue, QueueView, Repeat, Tier},
    registry::{Registry, Session, StreamRecord},
    stream::{Ended, Playing, Snapshot, StoredTimer},
    testing::item_id,
};
use streamcore_sqlite::SqliteStore;

const STREAM: StreamId = StreamId::new(-1_001_234_567_890);

/// A store in a file that this dump describes.
fn open(dump: &[&str]) -> (SqliteStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("old.db");
    let conn = rusqlite::Connection::open(&path).expect("a new file");
    conn.execute_batch(&dump.concat()).expect("the dump is SQL");
    drop(conn);
    (SqliteStore::open(&path).expect("an older file opens"), folder)
}

const fn millis(n: u64) -> Timestamp {
    Timestamp::from_millis(n)
}

const fn at(n: u64, cause: EndCause) -> Ended {
    Ended { at: millis(n), cause }
}

fn view(store: &SqliteStore) -> QueueView {
    block_on(store.view(STREAM, Page::ALL)).expect("it can be read")
}

fn edit(store: &SqliteStore, op: Op) -> Applied {
    block_on(store.apply(STREAM, op.into())).expect("it can be edited")
}

fn assert_listed(store: &SqliteStore, numbers: &[u64]) {
    let ids: Vec<_> = view(store).items.iter().map(|item| item.id).collect();
    assert_eq!(ids, numbers.iter().copied().map(item_id).collect::<Vec<_>>());
}

#[test]
fn version_1_is_read() {
    let (store, _folder) = open(&[include_str!("format/v1.sql")]);
    let moment = Timestamp::from_millis(1_795_355_340_123);

    let view = view(&store);
    let full = QueueItem {
        track_id: Some(TrackId::new(item_id(77).get())),
        source: Source::Stream,
        duration: Some(Duration::new(183, 500_000_001)),
        added_by: Some("anna".into()),
        requested_by: Some(-5),
        metadata: serde_json::json!({ "a": [1.5, null] }).as_object().unwrap().clone(),
        ..QueueItem::file(item_id(2), "Second", "http://example.com/2", moment)
    };
    assert_eq!(
        view.items,
        [full.clone(), QueueItem::file(item_id(3), "Third", "3.mp3", Timestamp::from_millis(u64::MAX))]
    );
    assert_eq!((view.current, view.revision.get(), view.total), (Some(full), 9, 2));
    assert_eq!((view.mode, view.repeat, view.undo, view.restorable), (Mode::Fifo, Repeat::Off, None, 0));

    let history = block_on(store.history(STREAM, None, 10)).unwrap();
    let outcomes: Vec<_> =
        history.entries.iter().map(|entry| (entry.seq, entry.item.id, entry.outcome.clone())).collect();
    let failed = Outcome::Failed(FailureReason::new(FailureKind::NotFound, "4.mp3"));
    assert_eq!(outcomes, [(2, item_id(4), failed), (1, item_id(1), Outcome::Played)]);

    let record = StreamRecord {
        id: STREAM,
        uuid: item_id(9).get(),
        name: "Radio".into(),
        created_at: moment,
        auto_end: Overrides::default(),
    };
    assert_eq!(block_on(store.list(None, 10)).unwrap().streams, [record]);
    let snapshot = Snapshot {
        started_at: Some(moment),
        playing: Some(Playing { item: item_id(2), position: Duration::from_millis(61_500), started: false }),
        tracks_played: 2,
        errors: 1,
        ended: Some(at(5, EndCause::AutoEnd { empty_since: millis(5), deadline: millis(5) })),
        ..Snapshot::default()
    };
    assert_eq!(block_on(store.snapshot(STREAM)).unwrap(), Some(snapshot));
    assert_eq!(block_on(store.running()).unwrap(), [STREAM]);
}

#[test]
fn a_queue_of_version_1_is_edited_on_as_it_was() {
    // Keys as that version chose them: ahead of all, and with hardly any room between two.
    let waiting = "INSERT INTO queue_items (stream, id, sort_key, title, url, source, duration_secs, duration_nanos, added_at, metadata)
                   SELECT -1001234567890, '00000000-0000-0000-0000-0000000000' || column1, column2, 't', 'u', 'file', 60, 5, 1, '{}'
                   FROM (VALUES (10, -1048576), (11, 2097153), (12, -3), (13, 9223372036854775807));";
    let (store, _folder) = open(&[include_str!("format/v1.sql"), waiting]);
    let [ten, eleven, twelve, thirteen] = [0x10, 0x11, 0x12, 0x13];
    assert_listed(&store, &[2, ten, twelve, 3, eleven, thirteen]);
    let page = block_on(store.view(STREAM, Page { offset: 4, limit: 1 })).unwrap();
    assert_eq!(page.ahead, Playtime { known: Duration::new(120, 10), unknown: 1 });
    let fresh = QueueItem::file(item_id(20), "t", "u", Timestamp::default());
    assert_eq!(edit(&store, Op::add(fresh)).placed[0].position, 6);
    assert_eq!(edit(&store, Op::Move { id: item_id(20), to: 4 }).placed[0].position, 4);
    assert_eq!(edit(&store, Op::Remove { id: item_id(eleven) }).placed[0].position, 5);
    assert_listed(&store, &[2, ten, twelve, 3, 20, thirteen]);
    for expected in [EditKind::Remove, EditKind::Move, EditKind::Add] {
        assert_eq!(edit(&store, Op::Undo).undone, Some(expected));
    }
    assert_listed(&store, &[2, ten, twelve, 3, eleven, thirteen]);
}

#[test]
fn version_2_is_read() {
    let (store, _folder) = open(&[include_str!("format/v2.sql")]);
    let first = view(&store);
    assert_listed(&store, &[2, 3, 5]);
    assert_eq!(
        (first.mode, first.repeat, first.undo, first.restorable),
        (Mode::Fair, Repeat::All, Some(EditKind::Repeat), 1)
    );
    let current = first.current.expect("item 2");
    assert_eq!((current.tier, current.replays, current.requested_by), (Tier::Vip, Some(1), Some(-5)));
    let page = block_on(store.view(STREAM, Page { offset: 3, limit: 1 })).unwrap();
    assert_eq!((page.ahead.known, page.ahead.unknown), (Duration::from_millis(60_500), 1));
    let history = block_on(store.history(STREAM, None, 1)).unwrap().entries;
    assert_eq!((history[0].item.tier, history[0].item.replays), (Tier::Normal, Some(1)));

    let known = Change { op: Op::Clear, expected: None, request: Some(RequestId::new(item_id(0x63).get())) };
    assert!(!block_on(store.apply(STREAM, known)).unwrap().changed, "this request was made before");
    for (n, chat) in [(20, -5), (21, 8)] {
        let item = QueueItem::file(item_id(n), "t", "u", Timestamp::default());
        edit(&store, Op::add(QueueItem { requested_by: Some(chat), ..item }));
    }
    assert_listed(&store, &[2, 3, 21, 5, 20]);
    edit(&store, Op::Restore { max_items: 10 });
    assert_listed(&store, &[2, 9, 3, 21, 5, 20]);
    for _ in 0..3 {
        edit(&store, Op::Undo);
    }
    let steps: [(EditKind, Mode, Repeat, &[u64]); 5] = [
        (EditKind::Repeat, Mode::Fair, Repeat::One, &[2, 3, 5]),
        (EditKind::Migrate, Mode::Fifo, Repeat::One, &[2, 3, 5]),
        (EditKind::Shuffle, Mode::Fifo, Repeat::One, &[2, 5, 3]),
        (EditKind::Remove, Mode::Fifo, Repeat::One, &[2, 5, 3, 6]),
        (EditKind::Move, Mode::Fifo, Repeat::One, &[2, 3, 5, 6]),
    ];
    for (kind, mode, repeat, listed) in steps {
        assert_eq!(edit(&store, Op::Undo).undone, Some(kind));
        let now = view(&store);
        assert_eq!((now.mode, now.repeat), (mode, repeat), "{kind:?}");
        assert_listed(&store, listed);
    }
    let back = view(&store).items.pop().expect("item 6");
    assert_eq!((back.duration, back.tier, back.replays), (Some(Duration::new(1, 2)), Tier::Vip, Some(2)));
    assert_eq!((back.added_by.as_deref(), back.metadata.get("a").cloned()), (Some("anna"), Some(1.into())));
}

#[test]
fn streams_of_version_2_are_read_and_their_first_session_is_counted() {
    // The forms of an end before sessions were numbered: when and why, and nothing else.
    let streams = r#"INSERT INTO streams (stream, uuid, name, created_at, snapshot, running) VALUES
        (1, '00000000-0000-0000-0000-000000000001', 'a', 1, '{"started_at":7,"paused":true,"playing":null,"tracks_played":2,"errors":1,"ended":[5,"manual"]}', 1),
        (2, '00000000-0000-0000-0000-000000000002', 'b', 2, '{"started_at":null,"paused":false,"playing":null,"tracks_played":0,"errors":0,"ended":[6,"error"]}', 0),
        (3, '00000000-0000-0000-0000-000000000003', 'c', 3, '{"started_at":null,"paused":false,"playing":null,"tracks_played":0,"errors":0,"ended":null}', 0),
        (4, '00000000-0000-0000-0000-000000000004', 'd', 4, NULL, 0);"#;
    let (store, _folder) = open(&[include_str!("format/v2.sql"), streams]);
    let snapshot = |n| block_on(store.snapshot(StreamId::new(n))).expect("it can be read");
    let unknown = || "unknown".to_owned();
    let running = Snapshot {
        started_at: Some(millis(7)),
        paused: true,
        tracks_played: 2,
        errors: 1,
        ended: Some(at(5, EndCause::Manual { by: unknown() })),
        ..Snapshot::default()
    };
    let failed = Snapshot { ended: Some(at(6, EndCause::Error { detail: unknown() })), ..Snapshot::default() };
    assert_eq!([1, 2, 3, 4].map(snapshot), [Some(running), Some(failed), Some(Snapshot::default()), None]);
    assert_eq!(block_on(store.running()).unwrap(), [StreamId::new(1)]);
    let records = block_on(store.list(None, 10)).unwrap().streams;
    assert!(records.iter().all(|record| record.auto_end == Overrides::default()), "{records:?}");

    let first = Session {
        number: 1,
        started_at: millis(7),
        ended: at(8, EndCause::Manual { by: "anna".into() }),
        peak_listeners: 0,
        total_listeners: 0,
        tracks_played: 2,
        errors: 1,
    };
    let stopped = Snapshot { session: 1, ended: Some(first.ended.clone()), ..Snapshot::default() };
    block_on(store.close_session(StreamId::new(1), stopped.clone(), first.clone())).expect("it goes on");
    assert_eq!(snapshot(1), Some(stopped));
    assert_eq!(block_on(store.sessions(StreamId::new(1), None, 9)).unwrap().sessions, [first]);
}

/// A migration is never edited once it is released: together with rows they are a dump.
const VERSION_6: &[&str] = &[
    include_str!("../src/migrations/0001_queues_and_streams.sql"),
    include_str!("../src/migrations/0002_queue.sql"),
    include_str!("../src/migrations/0003_library.sql"),
    include_str!("../src/migrations/0004_idempotency.sql"),
    include_str!("../src/migrations/0005_stream_uuids.sql"),
    include_str!("../src/migrations/0006_sessions.sql"),
    include_str!("format/v6.sql"),
];

#[test]
fn version_6_is_read() {
    let (store, _folder) = open(VERSION_6);
    let moment = 1_795_355_340_123;
    let seconds = Duration::from_secs;
    let nights = ScheduleForm {
        time_zone: "Europe/Berlin".into(),
        windows: vec![WindowForm { days: vec!["fri".into(), "sat".into()], from: "22:00".into(), to: "02:00".into() }],
    };
    let auto_end = Overrides {
        enabled: Some(true),
        timeout: Some(seconds(600)),
        warnings: Some(vec![seconds(60), seconds(10)]),
        only_when_queue_empty: Some(true),
        schedule: Schedule::try_from(nights).ok(),
    };
    assert!(auto_end.schedule.is_some(), "the windows are good");
    let record = |id, uuid, name: &str, created, auto_end| StreamRecord {
        id,
        uuid: item_id(uuid).get(),
        name: name.into(),
        created_at: millis(created),
        auto_end,
    };
    let quiet = StreamId::new(8);
    assert_eq!(
        block_on(store.list(None, 10)).unwrap().streams,
        [record(STREAM, 9, "Radio", moment, auto_end), record(quiet, 8, "Quiet", 5, Overrides::default())]
    );
    let running = Snapshot {
        session: 3,
        started_at: Some(millis(moment + 1)),
        paused: true,
        playing: Some(Playing { item: item_id(2), position: Duration::from_millis(61_500), started: true }),
        tracks_played: 2,
        errors: 1,
        peak_listeners: 5,
        total_listeners: 9,
        empty_since: Some(millis(moment + 2)),
        timer: Some(StoredTimer { session: 3, deadline: millis(moment + 300_002) }),
        sources: ["agent:1", "telegram"].map(|name| SourceId::new(name).expect("a name")).to_vec(),
        ended: None,
    };
    assert_eq!(block_on(store.snapshot(STREAM)).unwrap(), Some(running.clone()));
    let full = EndCause::Error { detail: "no space".into() };
    let stopped = Snapshot { session: 1, ended: Some(at(7, full.clone())), ..Snapshot::default() };
    assert_eq!(block_on(store.snapshot(quiet)).unwrap(), Some(stopped.clone()));

    let session = |number, started, ended, [peak, total, tracks, errors]: [u64; 4]| Session {
        number,
        started_at: millis(started),
        ended,
        peak_listeners: peak,
        total_listeners: total,
        tracks_played: tracks,
        errors,
    };
    let by_itself = EndCause::AutoEnd { empty_since: millis(31), deadline: millis(32) };
    let listed = block_on(store.sessions(STREAM, None, 10)).unwrap();
    assert_eq!(
        listed.sessions,
        [
            session(2, 30, at(u64::MAX, by_itself), [u64::MAX, 0, 0, 0]),
            session(1, 10, at(20, EndCause::Manual { by: "anna".into() }), [3, 4, 5, 6]),
        ]
    );
    let failed = session(1, 6, at(7, full), [0; 4]);
    assert_eq!(block_on(store.sessions(quiet, None, 10)).unwrap().sessions, [failed]);
    block_on(store.save_snapshot(STREAM, Snapshot { session: 2, ..stopped })).unwrap();
    assert_eq!(block_on(store.snapshot(STREAM)).unwrap(), Some(running), "an earlier session's comes too late");
}
