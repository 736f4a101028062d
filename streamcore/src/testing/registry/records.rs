use std::time::Duration;

use futures::future::join_all;
use uuid::Uuid;

use super::{
    super::{
        RegistryFixture,
        items::{Expected, at},
    },
    sessions::session,
    snapshots::{running, stopped},
};
use crate::{
    StreamId,
    auto_end::Overrides,
    registry::{Error, StreamRecord},
    stream::Snapshot,
};

pub(super) fn record(id: i64) -> StreamRecord {
    StreamRecord {
        id: StreamId::new(id),
        uuid: Uuid::from_u128(u128::MAX / 3 - id.unsigned_abs() as u128),
        name: format!("канал «{id}» 🎵"),
        created_at: at(id.unsigned_abs()),
        auto_end: Overrides { timeout: Some(Duration::from_secs(id.unsigned_abs())), ..Overrides::default() },
    }
}

/// **R1.** A created stream is returned unchanged, and is stopped: it has no snapshot.
pub async fn r01_a_created_stream_is_returned_unchanged(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    for id in [-1_001_234_567_890, 0, i64::MAX] {
        registry.create(record(id)).await.answered();
        assert_eq!(registry.get(StreamId::new(id)).await.answered(), Some(record(id)));
        assert_eq!(registry.snapshot(StreamId::new(id)).await.answered(), None);
    }
}

/// **R2.** An id is given once: creating it again is refused and changes nothing.
pub async fn r02_an_id_is_given_once(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    registry.create(record(1)).await.answered();
    let again = registry.create(StreamRecord { name: "another".into(), ..record(1) }).await;
    assert!(matches!(again, Err(Error::Exists { stream }) if stream == StreamId::new(1)), "{again:?}");
    assert_eq!(registry.get(StreamId::new(1)).await.answered(), Some(record(1)));
}

/// **R3.** Of concurrent creations of one id one counts, and it is the one that is kept.
pub async fn r03_of_concurrent_creations_one_counts(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    let named = |n: usize| StreamRecord { name: format!("the {n}th"), ..record(1) };
    let answers = join_all((0..10).map(|n| registry.create(named(n)))).await;
    let winners: Vec<_> = (0..10).filter(|n| answers[*n].is_ok()).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    assert_eq!(registry.get(StreamId::new(1)).await.answered(), Some(named(winners[0])));
}

/// **R4.** Reading what does not exist finds nothing; changing it is refused naming the stream.
pub async fn r04_what_does_not_exist_is_not_found(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    registry.create(record(2)).await.answered();
    let id = StreamId::new(1);
    assert_eq!(registry.get(id).await.answered(), None);
    assert_eq!(registry.snapshot(id).await.answered(), None);
    let sessions = registry.sessions(id, None, 10).await.answered();
    assert_eq!((sessions.sessions.len(), sessions.next, sessions.total), (0, None, 0));
    let refusals = [
        registry.rename(id, "name".into()).await.map(|_| ()),
        registry.set_auto_end(id, Overrides::default()).await.map(|_| ()),
        registry.close_session(id, stopped(1), session(1)).await,
        registry.delete(id).await,
        registry.save_snapshot(id, Snapshot::default()).await,
    ];
    for refusal in refusals {
        assert!(matches!(refusal, Err(Error::NotFound { stream }) if stream == id), "{refusal:?}");
    }
    assert_eq!(registry.get(id).await.answered(), None, "saving a snapshot creates no stream");
    assert_eq!(registry.sessions(id, None, 10).await.answered().total, 0, "nor is a session of none kept");
}

/// **R5.** Lists are in the order of ids, negative ones first; each page goes on behind the id it is given, says whether there are more and
/// how many there are in all.
pub async fn r05_lists_are_in_the_order_of_ids_and_pages_join(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    let empty = registry.list(None, 10).await.answered();
    assert_eq!((empty.streams.len(), empty.more, empty.total), (0, false, 0));
    for id in [3, -7, 12, 0, -1_000] {
        registry.create(record(id)).await.answered();
    }
    let mut seen = Vec::new();
    let mut after = None;
    for (expected_len, expected_more) in [(2, true), (2, true), (1, false)] {
        let page = registry.list(after, 2).await.answered();
        assert_eq!((page.streams.len(), page.more, page.total), (expected_len, expected_more, 5));
        after = page.streams.last().map(|record| record.id);
        seen.extend(page.streams);
    }
    assert_eq!(seen, [-1_000, -7, 0, 3, 12].map(record));
    let between = registry.list(Some(StreamId::new(1)), usize::MAX).await.answered();
    assert_eq!((between.streams.len(), between.more), (2, false), "`after` need not exist");
    let nothing = registry.list(None, 0).await.answered();
    assert_eq!((nothing.streams.len(), nothing.more, nothing.total), (0, true, 5));
}

/// **R6.** Renaming changes the name alone, of this stream alone, and answers with the record.
pub async fn r06_renaming_changes_the_name_alone(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    registry.create(record(1)).await.answered();
    registry.create(record(2)).await.answered();
    let snapshot = Snapshot { started_at: Some(at(1)), ..Snapshot::default() };
    registry.save_snapshot(StreamId::new(1), snapshot.clone()).await.answered();
    let renamed = registry.rename(StreamId::new(1), "новое имя".into()).await.answered();
    assert_eq!(renamed, StreamRecord { name: "новое имя".into(), ..record(1) });
    assert_eq!(registry.get(StreamId::new(1)).await.answered(), Some(renamed));
    assert_eq!(registry.get(StreamId::new(2)).await.answered(), Some(record(2)));
    assert_eq!(registry.snapshot(StreamId::new(1)).await.answered(), Some(snapshot));
}

/// **R7.** Deleting forgets the stream, its snapshot and its sessions; the second time it is not found; a stream created anew begins without.
pub async fn r07_deleting_forgets_the_stream_and_all_of_it(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    let id = StreamId::new(1);
    registry.create(record(1)).await.answered();
    registry.create(record(2)).await.answered();
    registry.save_snapshot(id, Snapshot { started_at: Some(at(1)), ..Snapshot::default() }).await.answered();
    for stream in [id, StreamId::new(2)] {
        registry.close_session(stream, running(7), session(1)).await.answered();
    }
    registry.delete(id).await.answered();
    let again = registry.delete(id).await;
    assert!(matches!(again, Err(Error::NotFound { .. })), "{again:?}");
    assert_eq!(registry.get(id).await.answered(), None);
    assert_eq!(registry.running().await.answered(), [StreamId::new(2)]);
    assert_eq!(registry.sessions(id, None, 9).await.answered().total, 0);
    registry.create(record(1)).await.answered();
    assert_eq!(registry.snapshot(id).await.answered(), None);
    assert_eq!(registry.sessions(id, None, 9).await.answered().total, 0);
    registry.save_snapshot(id, stopped(1)).await.answered();
    assert_eq!(registry.snapshot(id).await.answered(), Some(stopped(1)), "its sessions are counted anew");
    assert_eq!(registry.sessions(StreamId::new(2), None, 9).await.answered().sessions, [session(1)]);
    assert_eq!(registry.list(None, 9).await.answered().total, 2);
}

/// **R12.** A stream is found by its UUID, among many, until it is deleted; a UUID that no stream has finds nothing.
pub async fn r12_a_stream_is_found_by_its_uuid(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    assert_eq!(registry.by_uuid(record(1).uuid).await.answered(), None);
    for id in -20..20 {
        registry.create(StreamRecord { uuid: Uuid::from_u128((id + 100) as u128), ..record(id) }).await.answered();
    }
    let id = StreamId::new(-7);
    let renamed = registry.rename(id, "новое имя".into()).await.answered();
    assert_eq!(registry.by_uuid(Uuid::from_u128(93)).await.answered(), Some(renamed));
    assert_eq!(registry.by_uuid(Uuid::nil()).await.answered(), None);
    registry.delete(id).await.answered();
    assert_eq!(registry.by_uuid(Uuid::from_u128(93)).await.answered(), None);
}
