use super::super::{QueueFixture, item, item_id, items::*};
use crate::queue::{Error, Op};

/// **Q5.** Removing takes one waiting item and answers with it and the place it had; the second time it is not found.
pub async fn q05_removing_takes_one_waiting_item_once(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 3).await;
    advance(&*queue, begin()).await;
    let applied = apply(&*queue, remove(3)).await;
    let placed = applied.placed.first().expect("a removal answers with the item");
    assert_eq!((placed.position, applied.total, applied.changed), (2, 2, true));
    assert_eq!(placed.item, item(3));
    let again = queue.apply(STREAM, remove(3)).await;
    assert!(matches!(again, Err(Error::NotFound { item }) if item == item_id(3)), "{again:?}");
    assert_eq!(listed(&*queue).await, [1, 2]);
}

/// **Q6.** Moving puts a waiting item at the 0-based place in the list that people see and keeps the order of the others; a move to its own
/// place changes nothing.
pub async fn q06_moving_puts_an_item_at_the_place_people_see(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 5).await;
    for (n, to, expected) in [
        (5, 0, [5, 1, 2, 3, 4]),
        (5, 4, [1, 2, 3, 4, 5]),
        (2, 3, [1, 3, 4, 2, 5]),
        (2, 1, [1, 2, 3, 4, 5]),
        (3, 2, [1, 2, 3, 4, 5]),
    ] {
        let before = view(&*queue).await;
        let applied = apply(&*queue, move_to(n, to)).await;
        assert_eq!(applied.placed, [crate::queue::Placed { position: to, item: item(n) }]);
        assert_eq!(applied.changed, numbers(&before) != expected, "item {n} to {to}");
        assert_eq!(listed(&*queue).await, expected, "item {n} to {to}");
    }
    advance(&*queue, begin()).await;
    apply(&*queue, move_to(5, 1)).await;
    assert_eq!(listed(&*queue).await, [1, 5, 2, 3, 4], "the current item is place 0");
}

/// **Q7.** A move to a place that does not exist names the first and the last one there is; a move of an unknown item finds nothing.
pub async fn q07_a_move_out_of_the_list_names_the_places_there_are(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 3).await;
    let beyond = queue.apply(STREAM, move_to(1, 3)).await;
    assert!(matches!(beyond, Err(Error::OutOfRange { min: 0, max: 2 })), "{beyond:?}");
    advance(&*queue, begin()).await;
    let beyond = queue.apply(STREAM, move_to(2, usize::MAX)).await;
    assert!(matches!(beyond, Err(Error::OutOfRange { min: 1, max: 2 })), "{beyond:?}");
    let unknown = queue.apply(STREAM, move_to(99, 0)).await;
    assert!(matches!(unknown, Err(Error::NotFound { item }) if item == item_id(99)), "{unknown:?}");
}

/// **Q8.** No edit touches the current item: removing it, moving it or moving another to its place is refused naming it, and clearing leaves
/// it.
pub async fn q08_no_edit_touches_the_current_item(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 3).await;
    advance(&*queue, begin()).await;
    for change in [remove(1), move_to(1, 2), move_to(1, 0), move_to(3, 0)] {
        let answer = queue.apply(STREAM, change.clone()).await;
        assert!(matches!(answer, Err(Error::CurrentItem { item }) if item == item_id(1)), "{change:?}: {answer:?}");
    }
    apply(&*queue, Op::Clear.into()).await;
    assert_eq!(current(&view(&*queue).await), Some(1));
}

/// **Q9.** Clearing removes all that waits; of an empty queue it changes nothing. What was cleared may be added again.
pub async fn q09_clearing_removes_what_waits(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    assert!(!apply(&*queue, Op::Clear.into()).await.changed, "an empty queue");
    fill(&*queue, 3).await;
    advance(&*queue, begin()).await;
    let cleared = apply(&*queue, Op::Clear.into()).await;
    assert_eq!((cleared.changed, cleared.placed.len(), cleared.total), (true, 0, 1));
    let again = apply(&*queue, Op::Clear.into()).await;
    assert_eq!((again.changed, again.revision), (false, cleared.revision));
    assert!(apply(&*queue, add(2)).await.changed, "a cleared item is not history");
    assert_eq!(listed(&*queue).await, [1, 2]);
}
