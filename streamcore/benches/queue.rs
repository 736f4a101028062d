//! What an operation on a queue costs, by its length: `cargo bench -p streamcore --bench queue`.
//!
//! Each measurement leaves the queue as long as it was, so that a column compares like with like. Down a column cost may grow with the
//! logarithm of the length, and no faster.

#![allow(missing_docs, reason = "a benchmark has no public items")]

use divan::{Bencher, black_box};
use streamcore::{
    ItemId, Outcome, QueueItem, Timestamp,
    queue::{Advance, Finished, Mode, Op, Page, Placement, QueueModel, Repeat, Rules},
};
use uuid::Uuid;

const LENGTHS: [usize; 3] = [10, 1_000, 100_000];
const ROOM: Rules = Rules::at_most(usize::MAX);
/// In fair queues, and as many in all others.
const REQUESTERS: u128 = 20;

fn main() {
    divan::main();
}

fn item(n: u128) -> QueueItem {
    let id = ItemId::new(Uuid::from_u128(n));
    let requested_by = i64::try_from(n % REQUESTERS).ok();
    QueueItem {
        requested_by,
        ..QueueItem::file(id, "a title as long as they are", format!("{n}.mp3"), Timestamp::default())
    }
}

fn add(n: u128, placement: Placement) -> Op {
    Op::Add { items: vec![item(n)], placement, rules: ROOM }
}

fn queue(length: usize, mode: Mode) -> QueueModel {
    let mut queue = QueueModel::default();
    let items = (0..length as u128).map(item).collect();
    queue.apply(Op::Add { items, placement: Placement::Back, rules: ROOM }.into()).expect("there is room");
    queue.apply(Op::SetMode { mode }.into()).expect("always legal");
    queue
}

/// Numbers that wander through `0..length` without a pattern.
fn wander(n: &mut usize, length: usize) -> usize {
    *n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*n >> 33) % length
}

#[divan::bench(args = LENGTHS)]
fn add_at_the_end_and_remove(bencher: Bencher<'_, '_>, length: usize) {
    add_and_remove(bencher, queue(length, Mode::Fifo), Placement::Back);
}

#[divan::bench(args = LENGTHS)]
fn add_in_front_and_remove(bencher: Bencher<'_, '_>, length: usize) {
    add_and_remove(bencher, queue(length, Mode::Fifo), Placement::Front);
}

#[divan::bench(args = LENGTHS)]
fn add_by_tier_and_remove(bencher: Bencher<'_, '_>, length: usize) {
    add_and_remove(bencher, queue(length, Mode::Priority), Placement::Back);
}

#[divan::bench(args = LENGTHS)]
fn add_in_turn_and_remove(bencher: Bencher<'_, '_>, length: usize) {
    add_and_remove(bencher, queue(length, Mode::Fair), Placement::Back);
}

fn add_and_remove(bencher: Bencher<'_, '_>, mut queue: QueueModel, placement: Placement) {
    let mut n = u128::MAX;
    bencher.bench_local(|| {
        n -= 1;
        let added = queue.apply(black_box(add(n, placement)).into()).expect("there is room");
        let removed = queue.apply(Op::Remove { id: ItemId::new(Uuid::from_u128(n)) }.into());
        (added, removed.expect("it waits"))
    });
}

#[divan::bench(args = LENGTHS)]
fn move_anywhere(bencher: Bencher<'_, '_>, length: usize) {
    let (mut queue, mut n) = (queue(length, Mode::Fifo), 1);
    bencher.bench_local(|| {
        let id = ItemId::new(Uuid::from_u128(wander(&mut n, length) as u128));
        queue.apply(Op::Move { id, to: wander(&mut n, length) }.into()).expect("it waits")
    });
}

#[divan::bench(args = LENGTHS)]
fn hand_over(bencher: Bencher<'_, '_>, length: usize) {
    let mut queue = queue(length, Mode::Fifo);
    queue.apply(Op::SetRepeat { repeat: Repeat::All }.into()).expect("always legal");
    let advance = |finished| Advance { finished, next: None, at: Timestamp::default() };
    let mut current = queue.advance(advance(None)).current.expect("something waits").id;
    // The history is full, as it is in every queue that has run for a while.
    for _ in 0..2_000 {
        current = next(&mut queue, current);
    }
    bencher.bench_local(|| current = next(&mut queue, current));
}

fn next(queue: &mut QueueModel, current: ItemId) -> ItemId {
    let finished = Some(Finished { item: current, outcome: Outcome::Played });
    queue.advance(Advance { finished, next: None, at: Timestamp::default() }).current.expect("everything repeats").id
}

#[divan::bench(args = LENGTHS)]
fn read_fifty_in_the_middle(bencher: Bencher<'_, '_>, length: usize) {
    let queue = queue(length, Mode::Fifo);
    bencher.bench_local(|| queue.view(black_box(Page { offset: length / 2, limit: 50 })));
}
