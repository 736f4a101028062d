use std::time::Duration;

use super::{
    super::{
        RegistryFixture, item_id,
        items::{Expected, at},
    },
    records::record,
};
use crate::{
    EndReason, StreamId, Timestamp,
    stream::{Playing, Snapshot},
};

/// A snapshot of a running stream with every field set.
pub(super) fn running(n: u64) -> Snapshot {
    Snapshot {
        started_at: Some(at(n)),
        paused: true,
        playing: Some(Playing { item: item_id(n), position: Duration::new(61, 999_999_999), started: true }),
        tracks_played: u64::MAX,
        errors: n,
        ended: Some((Timestamp::from_millis(u64::MAX), EndReason::AutoEnd)),
    }
}

/// **R8.** A snapshot is returned unchanged, and the next one replaces all of it.
pub async fn r08_a_snapshot_is_returned_unchanged_and_replaced_whole(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    let id = StreamId::new(1);
    registry.create(record(1)).await.answered();
    for snapshot in [running(1), Snapshot::default(), running(2)] {
        registry.save_snapshot(id, snapshot.clone()).await.answered();
        assert_eq!(registry.snapshot(id).await.answered(), Some(snapshot));
    }
    assert_eq!(registry.get(id).await.answered(), Some(record(1)));
}

/// **R9.** `running` names the streams whose last snapshot says that they run, in the order of their ids.
pub async fn r09_running_names_the_streams_to_resume(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    for id in [5, -3, 0, 8, 9] {
        registry.create(record(id)).await.answered();
    }
    for (id, snapshot) in [(5, running(1)), (-3, running(1)), (0, Snapshot::default()), (8, running(1))] {
        registry.save_snapshot(StreamId::new(id), snapshot).await.answered();
    }
    assert_eq!(registry.running().await.answered(), [-3, 5, 8].map(StreamId::new));
    let stopped = Snapshot { started_at: None, ..running(1) };
    registry.save_snapshot(StreamId::new(5), stopped).await.answered();
    assert_eq!(registry.running().await.answered(), [-3, 8].map(StreamId::new));
}
