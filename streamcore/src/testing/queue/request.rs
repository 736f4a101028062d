use super::super::{QueueFixture, item, item_id, items::*};
use crate::{
    RequestId, Revision,
    queue::{Change, EditKind, Error, Op, Placement, REQUESTS_REMEMBERED, Repeat},
};

fn request(n: u64) -> RequestId {
    RequestId::new(uuid::Uuid::from_u128(u128::MAX - u128::from(n)))
}

fn named(change: Change, n: u64) -> Change {
    Change { request: Some(request(n)), ..change }
}

/// **Q59.** A request that comes again is recognised and changes nothing, whatever revision it expects by now; the answer says where the items
/// that it added are. One that changed nothing is recognised, too; one that was refused is tried anew.
pub async fn q59_a_request_that_comes_again_changes_nothing(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    assert!(!apply(&*queue, named(Op::Clear.into(), 0)).await.changed, "an empty queue, which nobody touched");
    assert!(!apply(&*queue, named(add(9), 0)).await.changed, "it was request 0 that cleared");
    let first = named(add_all([1, 2, 3], Placement::Back), 1);
    assert!(apply(&*queue, at_revision(first.clone(), Revision::new(0))).await.changed);
    advance(&*queue, begin()).await;
    advance(&*queue, played(1)).await;
    let before = view(&*queue).await;
    let again = apply(&*queue, at_revision(first, Revision::new(0))).await;
    assert_eq!((again.changed, again.revision, again.total, again.undone), (false, before.revision, 2, None));
    let places: Vec<_> = again.placed.into_iter().map(|placed| (placed.item, placed.position)).collect();
    assert_eq!(places, [(item(2), 0), (item(3), 1)], "item 1 was played");
    assert_eq!(view(&*queue).await, before);

    let refused = queue.apply(STREAM, named(remove(4), 2)).await;
    assert!(matches!(refused, Err(Error::NotFound { item }) if item == item_id(4)), "{refused:?}");
    apply(&*queue, add(4)).await;
    assert!(apply(&*queue, named(remove(4), 2)).await.changed, "it was refused, and is not now");
    let once = apply(&*queue, named(Op::Undo.into(), 3)).await;
    let twice = apply(&*queue, named(Op::Undo.into(), 3)).await;
    assert_eq!((once.undone, twice.undone, twice.changed), (Some(EditKind::Remove), None, false));
    assert_eq!(listed(&*queue).await, [2, 3, 4], "one request undoes once");
}

/// **Q60.** The last 64 requests of a stream are recognised, and no other stream knows them.
pub async fn q60_the_last_requests_are_recognised(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let switch = |n: u64| {
        let repeat = if n.is_multiple_of(2) { Repeat::All } else { Repeat::One };
        named(Op::SetRepeat { repeat }.into(), n)
    };
    let count = REQUESTS_REMEMBERED as u64;
    for n in 0..=count {
        assert!(apply(&*queue, switch(n)).await.changed, "request {n}");
    }
    let other = queue.apply(crate::StreamId::new(7), switch(count)).await.answered();
    assert!(other.changed, "another stream");
    for n in 1..=count {
        assert!(!apply(&*queue, switch(n)).await.changed, "request {n} again");
    }
    edit(&*queue, Op::SetRepeat { repeat: Repeat::Off }).await;
    assert!(apply(&*queue, switch(0)).await.changed, "one that was long ago is forgotten");
    assert!(apply(&*queue, switch(1)).await.changed, "and takes the place of the next");
}
