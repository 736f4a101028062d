use futures::future::join_all;

use super::{
    super::{
        RegistryFixture,
        items::{Expected, at},
    },
    records::record,
    snapshots::{running, stopped},
};
use crate::{
    EndCause, StreamId, Timestamp,
    registry::{MAX_SESSIONS, Registry, Session},
    stream::{Ended, Snapshot},
};

const ID: StreamId = StreamId::new(-5);

/// The `n`th session, with every field set to something that a sloppy store would lose.
pub(super) fn session(n: u64) -> Session {
    let cause = match n % 3 {
        0 => EndCause::AutoEnd { empty_since: at(n), deadline: Timestamp::from_millis(u64::MAX - n) },
        1 => EndCause::Manual { by: format!("o'hara; DROP TABLE «{n}»\n") },
        _ => EndCause::Error { detail: format!("\u{0}{n} 🎵") },
    };
    Session {
        number: n,
        started_at: Timestamp::from_millis(n),
        ended: Ended { at: Timestamp::from_millis(u64::MAX), cause },
        peak_listeners: u64::MAX,
        total_listeners: u64::MAX - 1,
        tracks_played: 1 << 63,
        errors: n,
    }
}

async fn history(registry: &dyn Registry, stream: StreamId) -> Vec<Session> {
    registry.sessions(stream, None, usize::MAX).await.answered().sessions
}

/// **R14.** A snapshot of an earlier session than the stored one changes nothing, and is no error; nor does it when it closes a session, which
/// is added all the same. Nor does one in which a session runs that is over in the stored one. Any other of the same session or a later one
/// replaces it.
pub async fn r14_a_late_snapshot_does_not_undo_the_next_session(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    registry.create(record(-5)).await.answered();
    let of = |session| Snapshot { session, ..running(session) };
    registry.save_snapshot(ID, of(2)).await.answered();
    for late in [of(1), stopped(1), Snapshot::default()] {
        registry.save_snapshot(ID, late.clone()).await.answered();
        assert_eq!(registry.snapshot(ID).await.answered(), Some(of(2)), "after {late:?}");
        assert_eq!(registry.running().await.answered(), [ID]);
    }
    registry.close_session(ID, stopped(1), session(1)).await.answered();
    assert_eq!(registry.snapshot(ID).await.answered(), Some(of(2)));
    assert_eq!(registry.running().await.answered(), [ID]);
    assert_eq!(history(&*registry, ID).await, [session(1)]);
    for next in [Snapshot { errors: 9, ..of(2) }, stopped(2), of(10), stopped(1 << 62)] {
        registry.save_snapshot(ID, next.clone()).await.answered();
        assert_eq!(registry.snapshot(ID).await.answered(), Some(next));
    }
    registry.save_snapshot(ID, of(1 << 62)).await.answered();
    assert_eq!(registry.snapshot(ID).await.answered(), Some(stopped(1 << 62)), "that session is over");
    assert_eq!(registry.running().await.answered(), []);
}

/// **R15.** Closing a session stores the snapshot and adds the session to the history of this stream alone, in one step, unchanged.
pub async fn r15_closing_a_session_stores_the_end_and_the_history(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    registry.create(record(-5)).await.answered();
    registry.create(record(6)).await.answered();
    for n in 1..4 {
        registry.save_snapshot(ID, Snapshot { session: n, ..running(n) }).await.answered();
        registry.close_session(ID, stopped(n), session(n)).await.answered();
        assert_eq!(registry.snapshot(ID).await.answered(), Some(stopped(n)));
        assert_eq!(registry.running().await.answered(), []);
        let newest = registry.sessions(ID, None, 1).await.answered();
        assert_eq!(newest.sessions, [session(n)]);
    }
    assert_eq!(history(&*registry, ID).await, [3, 2, 1].map(session));
    assert_eq!(history(&*registry, StreamId::new(6)).await, []);
    assert_eq!(registry.get(ID).await.answered(), Some(record(-5)));
}

/// **R16.** A session is in the history once, as it was closed first, however often and by however many it is closed.
pub async fn r16_a_session_is_closed_once(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    registry.create(record(-5)).await.answered();
    let told = |errors: u64| Session { errors, ..session(4) };
    join_all((0..10).map(|n| registry.close_session(ID, stopped(4), told(n))))
        .await
        .into_iter()
        .for_each(Expected::answered);
    let first = history(&*registry, ID).await;
    assert!((0..10).any(|n| first == [told(n)]), "{first:?}");
    registry.close_session(ID, stopped(4), told(99)).await.answered();
    assert_eq!(history(&*registry, ID).await, first);
    assert_eq!(registry.sessions(ID, None, 9).await.answered().total, 1);
}

/// **R17.** Sessions are listed newest first, whatever the order they were closed in; each page goes on below the number it is given, says
/// where the next goes on, if there is one, and how many there are in all.
pub async fn r17_sessions_are_listed_newest_first_and_pages_join(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    registry.create(record(-5)).await.answered();
    let none = registry.sessions(ID, None, 10).await.answered();
    assert_eq!((none.sessions.len(), none.next, none.total), (0, None, 0));
    for n in [3, 300, 1, 20, 7] {
        registry.close_session(ID, stopped(n), session(n)).await.answered();
    }
    let mut before = None;
    for (numbers, next) in [(vec![300, 20], Some(20)), (vec![7, 3], Some(3)), (vec![1], None)] {
        let page = registry.sessions(ID, before, 2).await.answered();
        let expected: Vec<_> = numbers.into_iter().map(session).collect();
        assert_eq!((page.sessions, page.next, page.total), (expected, next, 5));
        before = page.next;
    }
    let between = registry.sessions(ID, Some(8), usize::MAX).await.answered();
    assert_eq!((between.sessions, between.next), ([7, 3, 1].map(session).to_vec(), None), "`before` need not exist");
    let all = registry.sessions(ID, Some(u64::MAX), 5).await.answered();
    assert_eq!((all.sessions.len(), all.next), (5, None), "a full last page is the last one");
    for before in [Some(1), Some(0)] {
        let nothing = registry.sessions(ID, before, 10).await.answered();
        assert_eq!((nothing.sessions.len(), nothing.next, nothing.total), (0, None, 5));
    }
    let nothing = registry.sessions(ID, None, 0).await.answered();
    assert_eq!((nothing.sessions.len(), nothing.total), (0, 5));
}

/// **R18.** Of each stream the [`MAX_SESSIONS`] sessions with the highest numbers are kept: the lowest makes way, and one that is lower than all
/// of them is not added.
pub async fn r18_the_oldest_session_makes_way(fixture: &mut dyn RegistryFixture) {
    let registry = fixture.registry();
    registry.create(record(-5)).await.answered();
    registry.create(record(6)).await.answered();
    registry.close_session(StreamId::new(6), stopped(1), session(1)).await.answered();
    let kept = MAX_SESSIONS as u64;
    for n in 2..=kept + 1 {
        registry.close_session(ID, stopped(n), session(n)).await.answered();
    }
    let ends = async || {
        let all = registry.sessions(ID, None, usize::MAX).await.answered();
        assert_eq!((all.sessions.len(), all.total, all.next), (MAX_SESSIONS, MAX_SESSIONS, None));
        (all.sessions[0].number, all.sessions[MAX_SESSIONS - 1].number)
    };
    assert_eq!(ends().await, (kept + 1, 2));
    registry.close_session(ID, stopped(1), session(1)).await.answered();
    assert_eq!(ends().await, (kept + 1, 2), "one that would be the first to make way is not added");
    registry.close_session(ID, stopped(kept + 5), session(kept + 5)).await.answered();
    assert_eq!(ends().await, (kept + 5, 3));
    assert_eq!(history(&*registry, StreamId::new(6)).await, [session(1)], "other streams keep theirs");
}
