use std::collections::BTreeSet;

use futures::{FutureExt, StreamExt, future::join, stream::BoxStream};

use super::super::{QueueFixture, item_id, items::*};
use crate::{
    Revision, StreamId,
    queue::{Op, Queue},
};

/// Waits for a hint about this stream; whoever runs the check gives up at some time.
async fn told(changes: &mut BoxStream<'static, StreamId>, stream: StreamId) {
    while changes.next().await.expect("hints last as long as the queue") != stream {}
}

/// Waits for a hint after which the queue reads as changed since `last`: earlier ones may be about the change before.
async fn told_of_change(queue: &dyn Queue, changes: &mut BoxStream<'static, StreamId>, last: Revision) -> Revision {
    loop {
        told(changes, STREAM).await;
        let now = view(queue).await.revision;
        if now > last {
            return now;
        }
    }
}

/// Hints may come more than once: what was left of the last change would hide that the next one is not told.
fn drain(changes: &mut BoxStream<'static, StreamId>) {
    while changes.next().now_or_never().flatten().is_some() {}
}

/// **Q27.** Every change, of whatever kind, is hinted at least once, after it can be read.
pub async fn q27_every_change_is_hinted_after_it_can_be_seen(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let mut changes = queue.changes();
    let mut last = view(&*queue).await.revision;
    for step in 0..8 {
        let change = async {
            match step {
                0 => drop(apply(&*queue, add(1)).await),
                1 => drop(apply(&*queue, add_front(2)).await),
                2 => drop(apply(&*queue, move_to(2, 1)).await),
                3 => drop(advance(&*queue, begin()).await),
                4 => drop(queue.release(STREAM, item_id(1)).await.answered()),
                5 => drop(apply(&*queue, remove(1)).await),
                6 => drop(apply(&*queue, Op::Clear.into()).await),
                _ => queue.purge(STREAM).await.answered(),
            }
        };
        // Side by side: a reader looks as soon as it is told, not only once the caller is answered.
        ((), last) = join(change, told_of_change(&*queue, &mut changes, last)).await;
        drain(&mut changes);
    }
}

/// **Q28.** A reader that does not read while much changes is told of every stream that changed once it does.
pub async fn q28_a_reader_that_falls_behind_misses_no_stream(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let mut changes = queue.changes();
    let mut missing: BTreeSet<_> = (1..=300).map(StreamId::new).collect();
    for round in 1..=2 {
        for stream in &missing {
            queue.apply(*stream, add(round)).await.answered();
        }
    }
    while !missing.is_empty() {
        missing.remove(&changes.next().await.expect("hints last as long as the queue"));
    }
}

/// **Q29.** Every reader is told, and one that left harms nobody.
pub async fn q29_every_reader_is_told(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let gone = queue.changes();
    let mut readers: Vec<_> = (0..3).map(|_| queue.changes()).collect();
    drop(gone);
    apply(&*queue, add(1)).await;
    for reader in &mut readers {
        told(reader, STREAM).await;
    }
}
