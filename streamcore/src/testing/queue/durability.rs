//! What outlives the process. Queues that do not declare `durable` do not take part.

use super::super::{QueueFixture, item_id, items::*};
use crate::{
    QueueItem, RequestId, StreamId,
    queue::{Change, EditKind, Mode, Op, Page, Repeat, Tier},
};

/// **Q35.** Items, their order, the current item and the revision survive a restart of a durable store, exactly.
pub async fn q35_what_waits_survives_a_restart(fixture: &mut dyn QueueFixture) {
    if !fixture.capabilities().durable {
        return;
    }
    let other = StreamId::new(7);
    let before = {
        let queue = fixture.queue();
        fill(&*queue, 5).await;
        apply(&*queue, add_front(6)).await;
        apply(&*queue, move_to(5, 1)).await;
        apply(&*queue, remove(3)).await;
        advance(&*queue, begin()).await;
        queue.apply(other, add(1)).await.answered();
        queue.purge(other).await.answered();
        view(&*queue).await
    };
    assert_eq!(numbers(&before), [6, 5, 1, 2, 4]);
    for _ in 0..2 {
        fixture.reopen().await;
        let queue = fixture.queue();
        assert_eq!(view(&*queue).await, before);
        let purged = queue.view(other, Page::ALL).await.answered();
        assert_eq!(purged.total, 0, "what was purged stays away");
        assert!(purged.revision.get() > 1, "and its revision stays raised");
    }
}

/// **Q36.** The history survives a restart of a durable store, and its numbers go on.
pub async fn q36_history_survives_a_restart(fixture: &mut dyn QueueFixture) {
    if !fixture.capabilities().durable {
        return;
    }
    let before = {
        let queue = fixture.queue();
        fill(&*queue, 4).await;
        for step in [begin(), played(1), played(2)] {
            advance(&*queue, step).await;
        }
        queue.history(STREAM, None, 10).await.answered()
    };
    fixture.reopen().await;
    let queue = fixture.queue();
    assert_eq!(queue.history(STREAM, None, 10).await.answered(), before);
    advance(&*queue, played(3)).await;
    assert_eq!(queue.history(STREAM, None, 1).await.answered().entries[0].seq, 3);
}

/// **Q37.** After a restart of a durable store repeated calls are still recognised: adds by item id, hand-offs by the item they finish, and
/// edits by revision.
pub async fn q37_repeated_calls_are_recognised_after_a_restart(fixture: &mut dyn QueueFixture) {
    if !fixture.capabilities().durable {
        return;
    }
    let seen = {
        let queue = fixture.queue();
        fill(&*queue, 3).await;
        advance(&*queue, begin()).await;
        let seen = view(&*queue).await.revision;
        advance(&*queue, played(1)).await;
        seen
    };
    fixture.reopen().await;
    let queue = fixture.queue();
    for n in 1..=3 {
        assert!(!apply(&*queue, add(n)).await.changed, "item {n}");
    }
    assert!(!advance(&*queue, played(1)).await.changed);
    assert!(!queue.release(STREAM, item_id(1)).await.answered().changed);
    let stale = queue.apply(STREAM, at_revision(remove(3), seen)).await;
    assert!(matches!(stale, Err(crate::queue::Error::RevisionMismatch { .. })), "{}", text(&stale));
    assert_eq!(listed(&*queue).await, [2, 3]);
}

/// **Q63.** After a restart of a durable store requests are still recognised, also one that changed nothing.
pub async fn q63_requests_are_recognised_after_a_restart(fixture: &mut dyn QueueFixture) {
    if !fixture.capabilities().durable {
        return;
    }
    let named = |change, n| Change { request: Some(RequestId::new(uuid::Uuid::from_u128(n))), ..change };
    {
        let queue = fixture.queue();
        apply(&*queue, named(Op::Clear.into(), 1)).await;
        apply(&*queue, named(add(1), 2)).await;
        apply(&*queue, add(2)).await;
        apply(&*queue, named(Op::Undo.into(), 3)).await;
    }
    fixture.reopen().await;
    let queue = fixture.queue();
    for (change, n) in [(Op::Clear.into(), 1), (add(9), 2), (Op::Undo.into(), 3)] {
        assert!(!apply(&*queue, named(change, n)).await.changed, "request {n}");
    }
    assert!(apply(&*queue, named(add(9), 4)).await.changed);
    assert_eq!(listed(&*queue).await, [1, 9]);
}

/// **Q64.** The mode, what is repeated, whose turn it is, what was cleared and what can be undone survive a restart of a durable store, and so
/// do an item's tier and what it replays.
pub async fn q64_settings_turns_and_undo_survive_a_restart(fixture: &mut dyn QueueFixture) {
    if !fixture.capabilities().durable {
        return;
    }
    let before = {
        let queue = fixture.queue();
        edit(&*queue, Op::SetMode { mode: Mode::Fair }).await;
        add_each(&*queue, [of(1, 1), of(2, 2)]).await;
        advance(&*queue, begin()).await;
        advance(&*queue, played(1)).await;
        add_each(&*queue, [of(3, 1)]).await;
        edit(&*queue, Op::SetRepeat { repeat: Repeat::All }).await;
        edit(&*queue, Op::Clear).await;
        add_each(&*queue, [QueueItem { replays: Some(1), ..in_tier(4, Tier::Vip) }]).await;
        apply(&*queue, remove(4)).await;
        view(&*queue).await
    };
    assert_eq!((before.mode, before.repeat, before.restorable), (Mode::Fair, Repeat::All, 1));
    for _ in 0..2 {
        fixture.reopen().await;
        assert_eq!(view(&*fixture.queue()).await, before);
    }
    let queue = fixture.queue();
    assert_eq!(edit(&*queue, Op::Undo).await.undone, Some(EditKind::Remove));
    let item = view(&*queue).await.items.pop().expect("item 4 is back");
    assert_eq!((item.tier, item.replays), (Tier::Vip, Some(1)));
    edit(&*queue, Op::Restore { max_items: ROOM }).await;
    add_each(&*queue, [of(5, 5), of(6, 5)]).await;
    assert_eq!(listed(&*queue).await, [2, 5, 3, 4, 6], "requester 1 has had the turn of this round");
}
