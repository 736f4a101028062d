//! Callers on many threads.

mod support;

use std::{collections::BTreeSet, thread};

use streamcore::{
    QueueItem, StreamId, Timestamp,
    queue::{Op, Page, Placement, Queue, Rules},
    testing::item_id,
};
use support::{Store, block_on};

const STREAM: StreamId = StreamId::new(1);
const THREADS: u64 = 50;
const EACH: u64 = 20;

#[test]
fn fifty_threads_that_add_lose_nothing() {
    let store = Store::new();
    let add = |n: u64, placement| {
        let item = QueueItem::file(item_id(n), format!("track {n}"), "a.mp3", Timestamp::default());
        block_on(
            store.store().apply(STREAM, Op::Add { items: vec![item], placement, rules: Rules::at_most(5_000) }.into()),
        )
    };
    let revisions: BTreeSet<_> = thread::scope(|scope| {
        let adders: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn(move || {
                    let numbers = (thread * EACH..).take(EACH as usize);
                    let placement = if thread % 2 == 0 { Placement::Back } else { Placement::Front };
                    numbers.map(|n| add(n, placement).unwrap().revision).collect::<Vec<_>>()
                })
            })
            .collect();
        adders.into_iter().flat_map(|adder| adder.join().unwrap()).collect()
    });
    assert_eq!(revisions.len() as u64, THREADS * EACH, "each change has a revision of its own");
    let view = block_on(store.store().view(STREAM, Page::ALL)).unwrap();
    let ids: BTreeSet<_> = view.items.iter().map(|item| item.id).collect();
    assert_eq!(ids, (0..THREADS * EACH).map(item_id).collect());
    for thread in 0..THREADS {
        let mine: Vec<_> = view.items.iter().map(|i| i.id).filter(|id| owner(*id) == thread).collect();
        let mut in_order: Vec<_> = (thread * EACH..).take(EACH as usize).map(item_id).collect();
        if thread % 2 == 1 {
            in_order.reverse();
        }
        assert_eq!(mine, in_order, "thread {thread} waited for each answer, so its items are in its order");
    }
}

fn owner(id: streamcore::ItemId) -> u64 {
    u64::try_from(id.get().as_u128()).expect("a test id") / EACH
}
