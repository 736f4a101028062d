//! What an operation costs until it is on the disk, for one caller and for fifty at once, and how the cost of finding places grows with the
//! queue. The disk decides about the first; put `TMPDIR` where the data will be.
//!
//! ```text
//! cargo bench -p streamcore-sqlite
//! ```

use std::sync::{
    OnceLock,
    atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
};

use divan::{Bencher, counter::ItemsCount};
use futures::executor::block_on;
use streamcore::{
    ItemId, Outcome, QueueItem, StreamId, Timestamp,
    queue::{Advance, Finished, Mode, Op, Page, Placement, Queue, Rules},
};
use streamcore_sqlite::SqliteStore;

fn main() {
    divan::main();
}

/// How long the queues are that operations are tried on.
const LENGTHS: [u64; 3] = [10, 1_000, 10_000];

/// One store for all, as a server has it; each caller has a queue of its own.
fn store() -> &'static SqliteStore {
    static STORE: OnceLock<(SqliteStore, tempfile::TempDir)> = OnceLock::new();
    let open = || {
        let folder = tempfile::tempdir().expect("a folder for the benchmark");
        (SqliteStore::open(folder.path().join("bench.db")).expect("a new store opens"), folder)
    };
    &STORE.get_or_init(open).0
}

fn fresh_stream() -> StreamId {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    StreamId::new(NEXT.fetch_add(1, Relaxed))
}

fn fresh_item() -> QueueItem {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let n = NEXT.fetch_add(1, Relaxed);
    let id = ItemId::new(uuid::Uuid::from_u64_pair(n, n));
    let item = QueueItem::file(id, "A track of usual length", format!("folder/file {n}.mp3"), Timestamp::default());
    QueueItem { requested_by: Some(n.cast_signed() % 50), duration: Some(std::time::Duration::from_secs(200)), ..item }
}

fn apply(stream: StreamId, op: Op) {
    block_on(store().apply(stream, op.into())).expect("the benchmark's edits are in order");
}

fn add(stream: StreamId, items: Vec<QueueItem>, placement: Placement) {
    apply(stream, Op::Add { items, placement, rules: Rules::at_most(usize::MAX) });
}

/// A queue with so many items, and the ids of these.
fn filled(count: u64) -> (StreamId, Vec<ItemId>) {
    let (stream, items) = (fresh_stream(), (0..count).map(|_| fresh_item()).collect::<Vec<_>>());
    let ids = items.iter().map(|item| item.id).collect();
    add(stream, items, Placement::Back);
    (stream, ids)
}

/// Durable operations, one caller and fifty: the counter says how many per second.
mod durable {
    use super::*;

    #[divan::bench(threads = [1, 50], sample_count = 500)]
    fn add_one(bencher: Bencher<'_, '_>) {
        let streams = Streams::filled(0);
        bencher
            .counter(ItemsCount::new(1_usize))
            .with_inputs(fresh_item)
            .bench_values(|item| add(streams.mine(), vec![item], Placement::Back));
    }

    #[divan::bench(threads = [1, 50], sample_count = 500)]
    fn hand_over(bencher: Bencher<'_, '_>) {
        let streams = Streams::filled(600);
        bencher.counter(ItemsCount::new(1_usize)).bench(|| {
            let stream = streams.mine();
            let current = block_on(store().view(stream, Page { offset: 0, limit: 0 })).expect("a view").current;
            let finished = current.map(|item| Finished { item: item.id, outcome: Outcome::Played });
            let advance = Advance { finished, next: None, at: Timestamp::default() };
            block_on(store().advance(stream, advance)).expect("a hand-off")
        });
    }

    #[divan::bench(threads = [1, 50], sample_count = 500)]
    fn move_one(bencher: Bencher<'_, '_>) {
        let streams = Streams::filled(100);
        bencher.counter(ItemsCount::new(1_usize)).bench(|| {
            let stream = streams.mine();
            let last = block_on(store().view(stream, Page { offset: 99, limit: 1 })).expect("a view").items;
            apply(stream, Op::Move { id: last[0].id, to: 50 });
        });
    }
}

/// How one operation grows with the length of the queue. Each but the views ends with a sync.
mod growth {
    use super::*;

    #[divan::bench(args = LENGTHS, sample_count = 200)]
    fn add_at_the_end(bencher: Bencher<'_, '_>, length: u64) {
        let (stream, _) = filled(length);
        bencher.with_inputs(fresh_item).bench_values(|item| add(stream, vec![item], Placement::Back));
    }

    #[divan::bench(args = LENGTHS, sample_count = 200)]
    fn add_in_front(bencher: Bencher<'_, '_>, length: u64) {
        let (stream, _) = filled(length);
        bencher.with_inputs(fresh_item).bench_values(|item| add(stream, vec![item], Placement::Front));
    }

    #[divan::bench(args = LENGTHS, sample_count = 50)]
    fn add_in_fair_mode(bencher: Bencher<'_, '_>, length: u64) {
        let (stream, _) = filled(length);
        apply(stream, Op::SetMode { mode: Mode::Fair });
        bencher.with_inputs(fresh_item).bench_values(|item| add(stream, vec![item], Placement::Back));
    }

    #[divan::bench(args = LENGTHS, sample_count = 200)]
    fn move_within_the_middle(bencher: Bencher<'_, '_>, length: u64) {
        let (stream, ids) = filled(length);
        let middle = ids.len() / 2;
        let turn = AtomicU64::new(0);
        bencher.bench(|| {
            let id = ids[middle + turn.fetch_add(1, Relaxed) as usize % 2];
            apply(stream, Op::Move { id, to: middle });
        });
    }

    #[divan::bench(args = LENGTHS, sample_count = 200)]
    fn view_the_last_page(bencher: Bencher<'_, '_>, length: u64) {
        let (stream, _) = filled(length);
        let page = Page { offset: length as usize - 10, limit: 10 };
        bencher.bench(|| block_on(store().view(stream, page)));
    }

    #[divan::bench(args = LENGTHS, sample_count = 5)]
    fn shuffle(bencher: Bencher<'_, '_>, length: u64) {
        let (stream, _) = filled(length);
        let seed = AtomicU64::new(0);
        bencher.bench(|| apply(stream, Op::Shuffle { seed: seed.fetch_add(1, Relaxed) }));
    }

    #[divan::bench(args = LENGTHS, sample_count = 5)]
    fn clear_and_undo(bencher: Bencher<'_, '_>, length: u64) {
        let (stream, _) = filled(length);
        bencher.bench(|| {
            apply(stream, Op::Clear);
            apply(stream, Op::Undo);
        });
    }
}

/// A queue for each caller that there may be.
struct Streams(Vec<StreamId>);

impl Streams {
    fn filled(count: u64) -> Self {
        Self((0..64).map(|_| filled(count).0).collect())
    }

    /// The queue of the calling thread.
    fn mine(&self) -> StreamId {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        thread_local!(static MINE: u64 = NEXT.fetch_add(1, Relaxed));
        self.0[MINE.with(|mine| *mine as usize) % self.0.len()]
    }
}
