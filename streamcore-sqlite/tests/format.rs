//! Files of every released schema are read for ever. Each has a dump in `format/`, written by hand once and never edited.

use futures::executor::block_on;
use streamcore::{
    EndReason, FailureKind, FailureReason, Outcome, QueueItem, Source, StreamId, Timestamp, TrackId,
    queue::{Page, Queue},
    registry::{Registry, StreamRecord},
    stream::{Playing, Snapshot},
    testing::item_id,
};
use streamcore_sqlite::SqliteStore;

const STREAM: StreamId = StreamId::new(-1_001_234_567_890);

#[test]
fn version_1_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v1.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch(include_str!("format/v1.sql")).unwrap();
    let store = SqliteStore::open(&path).unwrap();
    let moment = Timestamp::from_millis(1_795_355_340_123);

    let view = block_on(store.view(STREAM, Page::ALL)).unwrap();
    let full = QueueItem {
        track_id: Some(TrackId::new(item_id(77).get())),
        source: Source::Stream,
        duration: Some(std::time::Duration::new(183, 500_000_001)),
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

    let history = block_on(store.history(STREAM, None, 10)).unwrap();
    let outcomes: Vec<_> =
        history.entries.iter().map(|entry| (entry.seq, entry.item.id, entry.outcome.clone())).collect();
    let failed = Outcome::Failed(FailureReason::new(FailureKind::NotFound, "4.mp3"));
    assert_eq!(outcomes, [(2, item_id(4), failed), (1, item_id(1), Outcome::Played)]);

    let record = StreamRecord { id: STREAM, uuid: item_id(9).get(), name: "Radio".into(), created_at: moment };
    assert_eq!(block_on(store.list(None, 10)).unwrap().streams, [record]);
    let snapshot = Snapshot {
        started_at: Some(moment),
        playing: Some(Playing { item: item_id(2), position: std::time::Duration::from_millis(61_500), started: false }),
        tracks_played: 2,
        errors: 1,
        ended: Some((Timestamp::from_millis(5), EndReason::AutoEnd)),
        ..Snapshot::default()
    };
    assert_eq!(block_on(store.snapshot(STREAM)).unwrap(), Some(snapshot));
    assert_eq!(block_on(store.running()).unwrap(), [STREAM]);
}
