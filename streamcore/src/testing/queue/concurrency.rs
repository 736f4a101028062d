use std::collections::BTreeSet;

use futures::{
    FutureExt,
    future::{join, join_all},
};

use super::super::{QueueFixture, item, items::*};
use crate::queue::{Error, Page, QueueView};

/// **Q30.** Concurrent adds lose nothing: every item is listed once, each was given a place and a revision of its own.
pub async fn q30_concurrent_adds_lose_nothing(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let answers = join_all((1..=100).map(|n| apply(&*queue, add(n)))).await;
    let places: BTreeSet<_> = answers.iter().filter_map(|a| a.placed.first().map(|placed| placed.position)).collect();
    let revisions: BTreeSet<_> = answers.iter().map(|answer| answer.revision).collect();
    assert_eq!((places.len(), revisions.len()), (100, 100));
    let list = listed(&*queue).await;
    assert_eq!((list.len(), list.iter().collect::<BTreeSet<_>>().len()), (100, 100));
    for placed in answers.into_iter().flat_map(|answer| answer.placed) {
        assert_eq!(list[placed.position], number(placed.item.id), "the place in the answer is the place in the list");
    }
}

/// **Q31.** Of concurrent edits that name one revision, one is made; the others are refused with the revision it led to or a later one.
pub async fn q31_of_concurrent_edits_of_one_revision_one_counts(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 10).await;
    let seen = view(&*queue).await.revision;
    let answers = join_all((1..=10).map(|n| queue.apply(STREAM, at_revision(remove(n), seen)))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.is_err()) {
        assert!(matches!(answer, Err(Error::RevisionMismatch { current }) if *current > seen), "{answer:?}");
    }
    assert_eq!(view(&*queue).await.total, 9);
}

/// **Q32.** Every view is one consistent state: while items are handed over none is ever missing, doubled, or both waiting and current.
pub async fn q32_every_view_is_one_consistent_state(fixture: &mut dyn QueueFixture) {
    const ITEMS: u64 = 20;
    let queue = fixture.queue();
    fill(&*queue, ITEMS).await;
    let play = async {
        advance(&*queue, begin()).await;
        for n in 1..=ITEMS {
            advance(&*queue, played(n)).await;
        }
    };
    let readings = join_all((0..200).map(|_| async { queue.view(STREAM, Page::ALL).await.answered() }));
    let (readings, ()) = join(readings, play).await;
    for reading in readings.iter().chain([&view(&*queue).await]) {
        assert_consistent(reading, ITEMS);
    }
}

/// Items leave in the order of their numbers, so what is left says how many were finished, and with it the revision.
fn assert_consistent(reading: &QueueView, items: u64) {
    let left = items + 1 - reading.total as u64;
    assert_eq!(numbers(reading), (left..=items).collect::<Vec<_>>(), "{reading:?}");
    let head = reading.items.first().map(|item| number(item.id));
    assert!(current(reading).is_none_or(|current| Some(current) == head), "the current item is the first: {reading:?}");
    assert!(reading.total == 0 || left == 1 || current(reading).is_some(), "the head is neither waiting nor current");
}

/// **Q33.** If the future of a call is dropped, the change happened wholly or not at all, and repeating the call is safe.
pub async fn q33_a_dropped_call_can_be_repeated(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    for n in 1..=10 {
        // Polled once, then dropped: wherever it waits at first.
        drop(queue.apply(STREAM, add(n)).now_or_never());
        apply(&*queue, add(n)).await;
    }
    assert_eq!(listed(&*queue).await, (1..=10).collect::<Vec<_>>());
    drop(queue.advance(STREAM, begin()).now_or_never());
    assert_eq!(advance(&*queue, begin()).await.current, Some(item(1)));
    drop(queue.advance(STREAM, played(1)).now_or_never());
    assert_eq!(advance(&*queue, played(1)).await.current, Some(item(2)));
    assert_eq!(queue.history(STREAM, None, 10).await.answered().total, 1);
}

/// **Q34.** On a store that can be shared, a second handle reads what the first acknowledged, its edits count the same, and it is told of
/// changes made through the first. Others do not take part.
pub async fn q34_a_second_handle_sees_what_the_first_acknowledged(fixture: &mut dyn QueueFixture) {
    if !fixture.capabilities().shared {
        return;
    }
    let (one, two) = (fixture.queue(), fixture.another().await);
    let mut changes = two.changes();
    fill(&*one, 5).await;
    while futures::StreamExt::next(&mut changes).await.expect("hints last as long as the queue") != STREAM {}
    assert_eq!(view(&*two).await, view(&*one).await);
    let (a, b) = join(advance(&*one, begin()), advance(&*two, begin())).await;
    assert_eq!((a.current, b.current), (Some(item(1)), Some(item(1))));
    assert!(a.changed != b.changed, "one of two handles advances");
    apply(&*two, remove(3)).await;
    assert_eq!(listed(&*one).await, [1, 2, 4, 5]);
}
