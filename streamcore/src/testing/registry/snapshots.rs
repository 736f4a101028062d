use std::time::Duration;

use super::{
    super::{
        RegistryFixture, item_id,
        items::{Expected, at},
    },
    records::record,
};
use crate::{
    EndCause, StreamId, Timestamp,
    presence::SourceId,
    stream::{Ended, Playing, Snapshot, StoredTimer},
};

/// A snapshot of a running stream with every field set.
pub(super) fn running(n: u64) -> Snapshot {
    let agent = SourceId::new(&format!("agent:{n}"));
    Snapshot {
        session: 7,
        started_at: Some(at(n)),
        paused: true,
        playing: Some(Playing { item: item_id(n), position: Duration::new(61, 999_999_999), started: true }),
        tracks_played: u64::MAX,
        errors: n,
        peak_listeners: n,
        total_listeners: u64::MAX - n,
        empty_since: Some(at(n + 1)),
        timer: Some(StoredTimer { session: n, deadline: Timestamp::from_millis(u64::MAX - n) }),
        sources: agent.into_iter().collect(),
        ended: Some(Ended {
            at: Timestamp::from_millis(u64::MAX),
            cause: EndCause::AutoEnd { empty_since: at(n), deadline: Timestamp::from_millis(u64::MAX) },
        }),
    }
}

/// A snapshot of a stream that stopped after its `n`th session.
pub(super) fn stopped(n: u64) -> Snapshot {
    let ended = Ended { at: at(n), cause: EndCause::Manual { by: "anna".into() } };
    Snapshot { session: n, ended: Some(ended), ..Snapshot::default() }
}

/// **R8.** A snapshot is returned unchanged, and the next one of its session replaces all of it.
pub async fn r08_a_snapshot_is_returned_unchanged_and_replaced_whole(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    let id = StreamId::new(1);
    registry.create(record(1)).await.answered();
    for snapshot in [running(1), running(2), Snapshot { session: 7, ..Snapshot::default() }] {
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
    registry.save_snapshot(StreamId::new(5), stopped(7)).await.answered();
    assert_eq!(registry.running().await.answered(), [-3, 8].map(StreamId::new));
}
