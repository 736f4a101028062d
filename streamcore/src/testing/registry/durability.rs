use super::{
    super::{RegistryFixture, items::Expected},
    records::record,
    snapshots::running,
};
use crate::StreamId;

/// **R10.** Streams, names, deletions and snapshots survive a restart of a durable store. Others do not take part.
pub async fn r10_streams_and_snapshots_survive_a_restart(fixture: &mut dyn RegistryFixture) {
    if !fixture.capabilities().durable {
        return;
    }
    let before = {
        let registry = fixture.registry();
        for id in [2, -1, 7] {
            registry.create(record(id)).await.answered();
        }
        registry.save_snapshot(StreamId::new(-1), running(3)).await.answered();
        registry.rename(StreamId::new(2), "renamed".into()).await.answered();
        registry.delete(StreamId::new(7)).await.answered();
        registry.list(None, 10).await.answered()
    };
    fixture.reopen().await;
    let registry = fixture.registry();
    assert_eq!(registry.list(None, 10).await.answered(), before);
    assert_eq!(registry.snapshot(StreamId::new(-1)).await.answered(), Some(running(3)));
    assert_eq!(registry.running().await.answered(), [StreamId::new(-1)]);
}

/// **R11.** On a store that can be shared, a second handle reads what the first acknowledged, and an id is given once among all handles.
/// Others do not take part.
pub async fn r11_a_second_handle_sees_what_the_first_acknowledged(fixture: &mut dyn RegistryFixture) {
    if !fixture.capabilities().shared {
        return;
    }
    let (one, two) = (fixture.registry(), fixture.another().await);
    one.create(record(1)).await.answered();
    assert_eq!(two.get(StreamId::new(1)).await.answered(), Some(record(1)));
    assert!(two.create(record(1)).await.is_err());
    two.save_snapshot(StreamId::new(1), running(1)).await.answered();
    assert_eq!(one.snapshot(StreamId::new(1)).await.answered(), Some(running(1)));
}
