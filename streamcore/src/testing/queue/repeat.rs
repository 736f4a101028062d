use futures::future::join_all;

use super::super::{QueueFixture, item, item_id, items::*};
use crate::{
    FailureKind, FailureReason, ItemId, Outcome, QueueItem,
    queue::{Advance, Op, Queue, Repeat},
};

async fn set_repeat(queue: &dyn Queue, repeat: Repeat) {
    assert!(edit(queue, Op::SetRepeat { repeat }).await.changed, "{repeat:?}");
    assert!(!edit(queue, Op::SetRepeat { repeat }).await.changed, "{repeat:?} again");
    assert_eq!(view(queue).await.repeat, repeat);
}

async fn ids(queue: &dyn Queue) -> Vec<ItemId> {
    view(queue).await.items.iter().map(|item| item.id).collect()
}

fn failed() -> Outcome {
    Outcome::Failed(FailureReason::new(FailureKind::Broken, "here"))
}

fn end_of(item: ItemId, outcome: Outcome) -> Advance {
    Advance { finished: Some(crate::queue::Finished { item, outcome }), ..begin() }
}

/// **Q50.** With repeat one, an item that played to its end is followed by itself, as a new occurrence whose id follows from the old one; a
/// skip or a failure goes on to the next.
pub async fn q50_repeat_one_plays_the_item_again_until_it_is_skipped(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 3).await;
    set_repeat(&*queue, Repeat::One).await;
    advance(&*queue, begin()).await;
    let mut id = item_id(1);
    for round in 0..3 {
        let again = advance(&*queue, end_of(id, Outcome::Played)).await.current;
        id = id.repetition();
        assert_eq!(again, Some(QueueItem { id, ..item(1) }), "round {round}");
        assert_eq!(ids(&*queue).await, [id, item_id(2), item_id(3)]);
    }
    assert_eq!(queue.history(STREAM, None, 9).await.answered().total, 3, "each time it played is an entry of its own");
    assert_eq!(advance(&*queue, end_of(id, Outcome::Skipped)).await.current, Some(item(2)));
    assert_eq!(advance(&*queue, end_of(item_id(2), failed())).await.current, Some(item(3)));
    assert_eq!(ids(&*queue).await, [item_id(3)]);
}

/// **Q51.** With repeat all, an item that was played or skipped waits again behind all others; one that failed does not, nor does one that was
/// played again from the history.
pub async fn q51_repeat_all_puts_the_item_behind_all_others(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 3).await;
    set_repeat(&*queue, Repeat::All).await;
    advance(&*queue, begin()).await;
    advance(&*queue, end_of(item_id(1), Outcome::Played)).await;
    assert_eq!(ids(&*queue).await, [item_id(2), item_id(3), item_id(1).repetition()]);
    advance(&*queue, end_of(item_id(2), Outcome::Skipped)).await;
    advance(&*queue, end_of(item_id(3), failed())).await;
    let (one, two) = (item_id(1).repetition(), item_id(2).repetition());
    let after = view(&*queue).await;
    assert_eq!(after.items, [QueueItem { id: one, ..item(1) }, QueueItem { id: two, ..item(2) }]);
    assert_eq!(after.current.map(|item| item.id), Some(one));
    edit(&*queue, Op::Clear).await;
    advance(&*queue, end_of(one, Outcome::Played)).await;
    assert_eq!(ids(&*queue).await, [one.repetition()], "alone, it follows itself");
    let replayed = QueueItem { replays: Some(1), ..item(9) };
    edit(&*queue, Op::add(replayed)).await;
    advance(&*queue, end_of(one.repetition(), Outcome::Played)).await;
    assert_eq!(ids(&*queue).await, [item_id(9), one.repetition().repetition()]);
    advance(&*queue, end_of(item_id(9), Outcome::Played)).await;
    assert_eq!(ids(&*queue).await, [one.repetition().repetition()], "it came round by itself already");
    set_repeat(&*queue, Repeat::Off).await;
    assert_eq!(advance(&*queue, end_of(one.repetition().repetition(), Outcome::Played)).await.current, None);
}

/// **Q52.** A hand-off that is repeated, late or concurrent makes one copy of what is repeated; an id that is known makes none.
pub async fn q52_a_repeated_hand_off_makes_one_copy(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 3).await;
    set_repeat(&*queue, Repeat::All).await;
    advance(&*queue, begin()).await;
    let answers = join_all((0..20).map(|_| advance(&*queue, played(1)))).await;
    assert_eq!(answers.iter().filter(|answer| answer.changed).count(), 1);
    assert_eq!(ids(&*queue).await, [item_id(2), item_id(3), item_id(1).repetition()]);
    edit(&*queue, Op::SetRepeat { repeat: Repeat::One }).await;
    for _ in 0..3 {
        advance(&*queue, played(2)).await;
    }
    assert_eq!(ids(&*queue).await, [item_id(2).repetition(), item_id(3), item_id(1).repetition()]);
    edit(&*queue, Op::add(QueueItem { id: item_id(3).repetition(), ..item(3) })).await;
    advance(&*queue, end_of(item_id(2).repetition(), Outcome::Skipped)).await;
    advance(&*queue, played(3)).await;
    assert_eq!(
        ids(&*queue).await,
        [item_id(1).repetition(), item_id(3).repetition()],
        "its next occurrence waits already"
    );
}

/// **Q53.** Advance takes the waiting item that it names, and leaves the order of the others; if that does not wait, nothing changes at all.
pub async fn q53_advance_takes_the_item_it_names_or_does_nothing(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let to = |advance: Advance, n| Advance { next: Some(item_id(n)), ..advance };
    fill(&*queue, 5).await;
    assert_eq!(advance(&*queue, to(begin(), 3)).await.current, Some(item(3)));
    assert_eq!(listed(&*queue).await, [3, 1, 2, 4, 5]);
    let before = view(&*queue).await;
    for (step, why) in [
        (to(played(3), 99), "unknown"),
        (to(played(3), 3), "current"),
        (to(played(1), 4), "from what is not current"),
        (to(begin(), 4), "from nothing while something is current"),
    ] {
        let answer = advance(&*queue, step).await;
        assert_eq!((answer.changed, answer.revision, answer.current), (false, before.revision, Some(item(3))), "{why}");
    }
    assert_eq!(view(&*queue).await, before);
    assert_eq!(queue.history(STREAM, None, 9).await.answered().total, 0);
    assert_eq!(advance(&*queue, to(ended(3, Outcome::Skipped), 5)).await.current, Some(item(5)));
    assert_eq!(listed(&*queue).await, [5, 1, 2, 4]);
    let late = advance(&*queue, to(ended(3, Outcome::Skipped), 5)).await;
    assert_eq!((late.changed, late.current), (false, Some(item(5))), "repeated, it is answered with the truth");
}

/// **Q54.** An item that is interrupted waits again ahead of all others, unchanged; it is not history for that, is not repeated, and is its
/// own successor if none is named.
pub async fn q54_an_interrupted_item_waits_again(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 3).await;
    set_repeat(&*queue, Repeat::All).await;
    advance(&*queue, begin()).await;
    let interrupted = ended(1, Outcome::Interrupted);
    let jump = advance(&*queue, Advance { next: Some(item_id(3)), ..interrupted.clone() }).await;
    assert_eq!((jump.changed, jump.current), (true, Some(item(3))));
    assert_eq!(view(&*queue).await.items, [item(3), item(1), item(2)]);
    assert!(!advance(&*queue, interrupted.clone()).await.changed, "item 1 waits, it is not current any more");
    advance(&*queue, played(3)).await;
    let itself = advance(&*queue, interrupted).await;
    assert_eq!((itself.changed, itself.current), (true, Some(item(1))));
    assert_eq!(queue.history(STREAM, None, 9).await.answered().total, 1, "only item 3 was finished");
    assert_eq!(ids(&*queue).await, [item_id(1), item_id(2), item_id(3).repetition()]);
}
