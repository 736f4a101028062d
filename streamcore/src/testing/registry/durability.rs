use super::{
    super::{RegistryFixture, items::Expected},
    records::record,
    sessions::session,
    settings::overrides,
    snapshots::{running, stopped},
};
use crate::{StreamId, registry::Session};

/// **R10.** Streams, names, deletions, settings, snapshots and sessions survive a restart of a durable store. Others do not take part.
pub async fn r10_streams_snapshots_and_sessions_survive_a_restart(fixture: &mut dyn RegistryFixture) {
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
        registry.set_auto_end(StreamId::new(2), overrides(60)).await.answered();
        for n in [1, 2] {
            registry.close_session(StreamId::new(2), stopped(n), session(n)).await.answered();
        }
        registry.delete(StreamId::new(7)).await.answered();
        registry.list(None, 10).await.answered()
    };
    fixture.reopen().await;
    let registry = fixture.registry();
    assert_eq!(registry.list(None, 10).await.answered(), before);
    assert_eq!(registry.snapshot(StreamId::new(-1)).await.answered(), Some(running(3)));
    assert_eq!(registry.running().await.answered(), [StreamId::new(-1)]);
    let two = StreamId::new(2);
    assert_eq!(registry.sessions(two, None, 9).await.answered().sessions, [2, 1].map(session));
    registry.save_snapshot(two, stopped(1)).await.answered();
    assert_eq!(registry.snapshot(two).await.answered(), Some(stopped(2)), "what is late stays late");
}

/// **R11.** On a store that can be shared, a second handle reads what the first acknowledged; an id is given once among all handles, and a
/// session is closed once. Others do not take part.
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
    one.close_session(StreamId::new(1), stopped(7), session(7)).await.answered();
    two.close_session(StreamId::new(1), stopped(7), Session { errors: 0, ..session(7) }).await.answered();
    assert_eq!(two.sessions(StreamId::new(1), None, 9).await.answered().sessions, [session(7)]);
}
