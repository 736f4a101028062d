use super::super::{QueueFixture, item, items::*};
use crate::{
    Outcome, QueueItem,
    queue::{EditKind, Error, Mode, Op, Placement, Queue, Repeat, Rules, Tier, UNDO_LIMIT},
};

async fn undo(queue: &dyn Queue) -> Option<EditKind> {
    let answer = edit(queue, Op::Undo).await;
    assert!(answer.changed && answer.placed.is_empty(), "{answer:?}");
    answer.undone
}

async fn nothing_to_undo(queue: &dyn Queue) {
    let answer = queue.apply(STREAM, Op::Undo.into()).await;
    assert!(matches!(answer, Err(Error::NothingToUndo)), "{answer:?}");
}

/// **Q55.** Undo takes the last edit back, whatever it was, then the one before: items, order, mode and repeat are as they were, and the
/// answer and the view say what was undone and what would be next. Edits that changed nothing are left out.
pub async fn q55_undo_takes_back_an_edit_of_any_kind(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    nothing_to_undo(&*queue).await;
    let tier = |n: u64| Tier::ALL[n as usize % 3];
    add_each(&*queue, (1..=6).map(|n| QueueItem { tier: tier(n), ..of(n, n as i64 % 2) })).await;
    advance(&*queue, begin()).await;
    let edits = [
        (
            EditKind::Add,
            Op::Add { items: vec![item(8), item(9)], placement: Placement::Front, rules: Rules::default() },
        ),
        (EditKind::Remove, remove(4).op),
        (EditKind::Move, move_to(3, 6).op),
        (EditKind::Shuffle, Op::Shuffle { seed: 7 }),
        (EditKind::Mode, Op::SetMode { mode: Mode::Fair }),
        (EditKind::Migrate, Op::Migrate { from: None, to: Mode::Priority }),
        (EditKind::Repeat, Op::SetRepeat { repeat: Repeat::All }),
        (EditKind::Clear, Op::Clear),
        (EditKind::Restore, Op::Restore { max_items: ROOM }),
        (EditKind::Remove, remove(6).op),
    ];
    let mut seen = vec![view(&*queue).await];
    for (kind, op) in edits.clone() {
        assert!(edit(&*queue, op).await.changed, "{kind:?}");
        seen.push(view(&*queue).await);
        assert_eq!(seen.last().and_then(|view| view.undo), Some(kind));
        edit(&*queue, Op::SetRepeat { repeat: view(&*queue).await.repeat }).await;
    }
    for (kind, _) in edits.iter().rev() {
        assert_eq!(undo(&*queue).await, Some(*kind));
        seen.pop();
        let (before, now) = (seen.last().expect("one more than edits"), view(&*queue).await);
        assert_eq!(now.items, before.items, "after undoing {kind:?}");
        assert_eq!(
            (now.mode, now.repeat, now.undo, now.restorable, now.total),
            (before.mode, before.repeat, before.undo, before.restorable, before.total),
            "after undoing {kind:?}"
        );
    }
}

/// **Q56.** Undo touches only what still waits: what was handed over since stays history or current, and the others go back among their
/// neighbours.
pub async fn q56_undo_leaves_what_was_played_since(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let cases: [(Op, &[u64], &[u64]); 7] = [
        (remove(3).op, &[1], &[2, 3, 4, 5]),
        (remove(3).op, &[1, 2], &[4, 3, 5]),
        (remove(5).op, &[1, 2], &[3, 4, 5]),
        (move_to(5, 1).op, &[1], &[5, 2, 3, 4]),
        (move_to(2, 4).op, &[1], &[3, 2, 4, 5]),
        (Op::Clear, &[1], &[2, 3, 4, 5]),
        (
            Op::Add { items: vec![item(8), item(9)], placement: Placement::Front, rules: Rules::default() },
            &[1],
            &[8, 2, 3, 4, 5],
        ),
    ];
    for (op, finished, expected) in cases {
        queue.purge(STREAM).await.answered();
        fill(&*queue, 5).await;
        advance(&*queue, begin()).await;
        edit(&*queue, op.clone()).await;
        for n in finished {
            advance(&*queue, played(*n)).await;
        }
        undo(&*queue).await;
        assert_eq!(listed(&*queue).await, expected, "{op:?}, then {finished:?} played, undone");
    }
    queue.purge(STREAM).await.answered();
    fill(&*queue, 6).await;
    advance(&*queue, begin()).await;
    edit(&*queue, Op::Shuffle { seed: 3 }).await;
    let shuffled = listed(&*queue).await;
    advance(&*queue, ended(1, Outcome::Skipped)).await;
    undo(&*queue).await;
    let mut expected = shuffled[1..].to_vec();
    expected[1..].sort_unstable();
    assert_eq!(listed(&*queue).await, expected, "the one that is current stays, the others are in their old order");
}

/// **Q57.** The last 20 edits can be undone, as far as they hold at most 10,000 items together; the last one always.
pub async fn q57_the_memory_of_edits_is_bounded(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, UNDO_LIMIT as u64 + 5).await;
    for _ in 0..UNDO_LIMIT {
        undo(&*queue).await;
    }
    nothing_to_undo(&*queue).await;
    assert_eq!(listed(&*queue).await, [1, 2, 3, 4, 5]);
    queue.purge(STREAM).await.answered();
    let many = (1..=2_600).map(|n| QueueItem::file(super::super::item_id(n), "one of many", "a.mp3", at(n)));
    apply(&*queue, add_by(many.collect(), Rules::at_most(ROOM))).await;
    for seed in 1..=4 {
        edit(&*queue, Op::Shuffle { seed }).await;
    }
    for _ in 0..3 {
        assert_eq!(undo(&*queue).await, Some(EditKind::Shuffle));
    }
    nothing_to_undo(&*queue).await;
    let mut expected: Vec<u64> = (1..=2_600).collect();
    crate::queue::shuffle(&mut expected, 1);
    assert_eq!(listed(&*queue).await, expected);
}

/// **Q58.** Restore puts what was cleared last back to the head, once and in its order, without what has come back by other ways or would
/// make the queue too long: then nothing changes.
pub async fn q58_restore_brings_back_what_was_cleared(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let restore = |max_items| Op::Restore { max_items };
    let nothing = async || {
        let answer = queue.apply(STREAM, restore(ROOM).into()).await;
        assert!(matches!(answer, Err(Error::NothingToRestore)), "{answer:?}");
    };
    nothing().await;
    fill(&*queue, 5).await;
    advance(&*queue, begin()).await;
    edit(&*queue, Op::Clear).await;
    assert_eq!(view(&*queue).await.restorable, 4);
    apply(&*queue, add_all([7, 4], Placement::Back)).await;
    let before = view(&*queue).await;
    let answer = queue.apply(STREAM, restore(5).into()).await;
    assert!(matches!(answer, Err(Error::LimitReached { limit: 5 })), "{answer:?}");
    assert_eq!(view(&*queue).await, before);
    let restored = edit(&*queue, restore(6)).await;
    assert_eq!((restored.changed, restored.total), (true, 6));
    let after = view(&*queue).await;
    assert_eq!((numbers(&after), after.restorable), (vec![1, 2, 3, 5, 7, 4], 0));
    assert_eq!(after.items[1..4], [item(2), item(3), item(5)]);
    nothing().await;
    edit(&*queue, Op::Clear).await;
    apply(&*queue, add(8)).await;
    edit(&*queue, Op::Clear).await;
    edit(&*queue, restore(ROOM)).await;
    assert_eq!(listed(&*queue).await, [1, 8], "only what was cleared last");
    edit(&*queue, Op::Clear).await;
    apply(&*queue, add(8)).await;
    nothing().await;
}
