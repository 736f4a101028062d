use super::super::{QueueFixture, item, items::*};
use crate::queue::{Advance, Finished};
use futures::future::join_all;

/// **Q10.** Advance makes the head the current item and the item it was told is finished history, in one step.
pub async fn q10_advance_makes_the_head_current_and_the_current_item_history(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 3).await;
    let first = advance(&*queue, begin()).await;
    assert_eq!((first.changed, first.current), (true, Some(item(1))));
    assert_eq!(queue.history(STREAM, None, 10).await.answered().total, 0, "nothing was finished yet");
    let second = advance(&*queue, played(1)).await;
    assert_eq!((second.changed, second.current), (true, Some(item(2))));
    let seen = view(&*queue).await;
    assert_eq!((seen.revision, seen.total, numbers(&seen)), (second.revision, 2, vec![2, 3]));
    assert_eq!(queue.history(STREAM, None, 10).await.answered().entries[0].item, item(1));
}

/// **Q11.** Advance is idempotent: repeated or late, it changes nothing more and is answered with the current item.
pub async fn q11_advance_is_idempotent(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 3).await;
    advance(&*queue, begin()).await;
    let done = advance(&*queue, played(1)).await;
    let repeated = advance(&*queue, played(1)).await;
    assert_eq!((repeated.changed, repeated.revision, repeated.current), (false, done.revision, Some(item(2))));
    advance(&*queue, played(2)).await;
    let late = advance(&*queue, played(1)).await;
    assert_eq!((late.changed, late.current), (false, Some(item(3))));
    assert_eq!(queue.history(STREAM, None, 10).await.answered().total, 2, "each item is finished once");
}

/// **Q12.** Advance changes nothing if what it takes for current is not: another item, an unknown one, or nothing while something is.
pub async fn q12_advance_from_another_item_changes_nothing(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 3).await;
    assert!(!advance(&*queue, played(1)).await.changed, "item 1 waits, it is not current");
    advance(&*queue, begin()).await;
    let before = view(&*queue).await;
    for wrong in [begin(), played(2), played(99)] {
        let answer = advance(&*queue, wrong.clone()).await;
        assert_eq!(
            (answer.changed, answer.current, answer.revision),
            (false, Some(item(1)), before.revision),
            "{wrong:?}"
        );
    }
    assert_eq!(view(&*queue).await, before);
    assert_eq!(queue.history(STREAM, None, 10).await.answered().total, 0);
}

/// **Q13.** When nothing waits, advance leaves nothing current; with nothing current and nothing waiting it changes nothing.
pub async fn q13_advance_ends_with_nothing_current(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let empty = advance(&*queue, begin()).await;
    assert_eq!((empty.changed, empty.current, empty.revision.get()), (false, None, 0));
    fill(&*queue, 1).await;
    advance(&*queue, begin()).await;
    let last = advance(&*queue, played(1)).await;
    assert_eq!((last.changed, last.current), (true, None));
    let again = advance(&*queue, begin()).await;
    assert_eq!((again.changed, again.revision), (false, last.revision));
    assert_eq!(view(&*queue).await.total, 0);
}

/// **Q14.** Of concurrent advances from one item one counts; all are answered with the same current item. So two skips skip one item.
pub async fn q14_of_concurrent_advances_one_counts(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 30).await;
    advance(&*queue, begin()).await;
    let skip = Advance {
        next: None,
        finished: Some(Finished { item: item(1).id, outcome: crate::Outcome::Skipped }),
        at: crate::Timestamp::from_millis(7),
    };
    let answers = join_all((0..20).map(|_| advance(&*queue, skip.clone()))).await;
    assert_eq!(answers.iter().filter(|answer| answer.changed).count(), 1);
    assert!(answers.iter().all(|answer| answer.current == Some(item(2))), "{answers:?}");
    assert_eq!(queue.history(STREAM, None, 10).await.answered().total, 1);
}
