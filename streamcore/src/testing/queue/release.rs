use super::super::{QueueFixture, item, item_id, items::*};

/// **Q15.** Release puts the current item back, ahead of all that wait, unchanged; nothing is current then, and repeating changes nothing.
pub async fn q15_release_puts_the_current_item_back_at_the_head(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 3).await;
    advance(&*queue, begin()).await;
    apply(&*queue, add_front(4)).await;
    let released = queue.release(STREAM, item_id(1)).await.answered();
    assert!(released.changed);
    let seen = view(&*queue).await;
    assert_eq!((seen.revision, current(&seen), numbers(&seen)), (released.revision, None, vec![1, 4, 2, 3]));
    assert_eq!(seen.items[0], item(1));
    let again = queue.release(STREAM, item_id(1)).await.answered();
    assert_eq!((again.changed, again.revision), (false, released.revision));
    assert_eq!(queue.history(STREAM, None, 10).await.answered().total, 0, "it was not finished");
    assert_eq!(advance(&*queue, begin()).await.current, Some(item(1)), "it plays again");
}

/// **Q16.** Release of an item that is not current changes nothing.
pub async fn q16_release_of_another_item_changes_nothing(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    assert!(!queue.release(STREAM, item_id(1)).await.answered().changed, "an empty queue");
    fill(&*queue, 2).await;
    advance(&*queue, begin()).await;
    let before = view(&*queue).await;
    for n in [2, 99] {
        let answer = queue.release(STREAM, item_id(n)).await.answered();
        assert_eq!((answer.changed, answer.revision), (false, before.revision));
    }
    assert_eq!(view(&*queue).await, before);
}
