use super::super::{QueueFixture, item, items::*};
use crate::queue::{Error, Op, Placed, Placement, Rules};

/// **Q1.** An added item waits behind all others, and is returned unchanged, whatever its fields hold.
pub async fn q01_an_added_item_waits_behind_all_others_and_is_returned_unchanged(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    for n in 1..=3 {
        let applied = apply(&*queue, add(n)).await;
        let [placed] = applied.placed.try_into().expect("an add answers with the item and its place");
        let placed: Placed = placed;
        assert_eq!((placed.position, applied.total, applied.changed), (n as usize - 1, n as usize, true));
        assert_eq!(placed.item, item(n), "the answer holds the item as it was given");
    }
    let mut plain = item(4);
    plain = crate::QueueItem::file(plain.id, "plain", "a.mp3", crate::Timestamp::from_millis(u64::MAX));
    plain.replays = Some(i64::MAX as u64);
    queue.apply(STREAM, Op::add(plain.clone()).into()).await.answered();
    assert_eq!(view(&*queue).await.items, [item(1), item(2), item(3), plain]);
}

/// **Q2.** An item added in front waits ahead of all waiting ones and right behind the current one.
pub async fn q02_an_item_added_in_front_waits_right_behind_the_current_one(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 2).await;
    assert_eq!(apply(&*queue, add_front(3)).await.placed[0].position, 0);
    advance(&*queue, begin()).await;
    assert_eq!(apply(&*queue, add_front(4)).await.placed[0].position, 1);
    assert_eq!(listed(&*queue).await, [3, 4, 1, 2]);
}

/// **Q3.** An add with an id that waits, is current or is in the history is recognised: nothing changes, even if the queue is full; the
/// answer says where the item is, and nothing if it was played.
pub async fn q03_a_repeated_add_is_recognised(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 4).await;
    advance(&*queue, begin()).await;
    advance(&*queue, played(1)).await;
    let before = view(&*queue).await;
    for (n, place) in [(1, None), (2, Some(0)), (4, Some(2))] {
        let mut repeated = item(n);
        repeated.title = "the same id is the same item, whatever else it says".into();
        let op = Op::Add { items: vec![repeated], placement: Placement::Front, rules: Rules::at_most(0) };
        let mut applied = apply(&*queue, op.into()).await;
        assert_eq!((applied.changed, applied.revision, applied.total), (false, before.revision, 3), "item {n}");
        let expected = place.map(|place| (place, item(n)));
        assert_eq!(applied.placed.pop().map(|placed| (placed.position, placed.item)), expected, "item {n}");
    }
    assert_eq!(view(&*queue).await, before);
}

/// **Q4.** A queue that holds its limit, the current item included, refuses an add naming the limit, and takes one again when there is room.
pub async fn q04_a_full_queue_refuses_and_keeps_what_it_has(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 3).await;
    advance(&*queue, begin()).await;
    let fourth = |limit| Op::Add { items: vec![item(4)], placement: Placement::Front, rules: Rules::at_most(limit) };
    let refused = queue.apply(STREAM, fourth(3).into()).await;
    assert!(matches!(refused, Err(Error::LimitReached { limit: 3 })), "{refused:?}");
    assert_eq!(listed(&*queue).await, [1, 2, 3]);
    advance(&*queue, played(1)).await;
    assert_eq!(apply(&*queue, fourth(3).into()).await.total, 3);
}
