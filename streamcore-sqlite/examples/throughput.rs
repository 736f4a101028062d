//! How many acknowledged, synced adds per second: one caller, and fifty at once. The disk decides; run it where the data will be.
//!
//! ```text
//! cargo run --release -p streamcore-sqlite --example throughput -- FOLDER
//! ```

use std::{error::Error, path::PathBuf, thread, time::Instant};

use futures::executor::block_on;
use streamcore::{
    ItemId, QueueItem, StreamId, Timestamp,
    queue::{Op, Placement, Queue, Rules},
};
use streamcore_sqlite::SqliteStore;

const ADDS: u64 = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let folder: PathBuf = std::env::args().nth(1).ok_or("usage: throughput FOLDER")?.into();
    for callers in [1, 10, 50] {
        let path = folder.join(format!("throughput-{callers}.db"));
        let store = SqliteStore::open(&path)?;
        let start = Instant::now();
        let each = if callers == 1 { ADDS / 10 } else { ADDS / callers };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..callers)
                .map(|n| {
                    scope.spawn({
                        let store = &store;
                        move || add(store, n, each)
                    })
                })
                .collect();
            threads.into_iter().try_for_each(|thread| thread.join().unwrap_or(Ok(())))
        })?;
        let rate = (each * callers) as f64 / start.elapsed().as_secs_f64();
        println!("{callers:>3} callers: {rate:>8.0} adds/s, synced");
        drop(store);
        for suffix in ["", ".lock"] {
            std::fs::remove_file(format!("{}{suffix}", path.display()))?;
        }
    }
    Ok(())
}

/// Each caller has a stream of its own.
fn add(store: &SqliteStore, caller: u64, count: u64) -> Result<(), streamcore::queue::Error> {
    for n in 0..count {
        let id = ItemId::new(uuid::Uuid::from_u64_pair(caller, n));
        let item = QueueItem::file(id, "A track of usual length", "folder/file.mp3", Timestamp::default());
        let op = Op::Add { items: vec![item], placement: Placement::Back, rules: Rules::at_most(usize::MAX) };
        block_on(store.apply(StreamId::new(caller.cast_signed()), op.into()))?;
    }
    Ok(())
}
