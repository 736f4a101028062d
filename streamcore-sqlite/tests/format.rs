//! Files of every released schema are read for ever. Each has a dump in `format/`, written by hand once and never edited.

use std::time::Duration;

use futures::executor::block_on;
use streamcore::{
    EndReason, FailureKind, FailureReason, Outcome, QueueItem, RequestId, Source, StreamId, Timestamp, TrackId,
    queue::{Applied, Change, EditKind, Mode, Op, Page, Playtime, Queue, QueueView, Repeat, Tier},
    registry::{Registry, StreamRecord},
    stream::{Playing, Snapshot},
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

    let record = StreamRecord { id: STREAM, uuid: item_id(9).get(), name: "Radio".into(), created_at: moment };
    assert_eq!(block_on(store.list(None, 10)).unwrap().streams, [record]);
    let snapshot = Snapshot {
        started_at: Some(moment),
        playing: Some(Playing { item: item_id(2), position: Duration::from_millis(61_500), started: false }),
        tracks_played: 2,
        errors: 1,
        ended: Some((Timestamp::from_millis(5), EndReason::AutoEnd)),
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
