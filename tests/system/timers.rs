//! Thousands of timers in one process, on a real clock: what must hold however slow the machine is.

use std::{sync::Arc, time::Duration};

use streamcore::{
    StreamId,
    queue::{MemoryQueue, Queue},
    registry::{MemoryRegistry, Registry},
};
use streamcore_http::TokioRuntime;
use streamcore_sqlite::SqliteStore;
use streamcore_tests::{
    random::Random,
    timers::{Stage, churn},
};

const STREAMS: usize = 2_000;
const PATIENCE: Duration = Duration::from_secs(60);

fn timeout(stream: StreamId) -> Duration {
    Duration::from_millis(500 + stream.get().unsigned_abs() * 7_919 % 1_500)
}

/// Timers are set, stopped and moved at random moments around their deadlines, while others fire: none fires early, none is lost, none twice.
async fn none_is_early_and_none_is_lost(queue: Arc<dyn Queue>, registry: Arc<dyn Registry>) {
    let seed = Random::seed();
    println!("STREAMCORE_TEST_SEED={seed}");
    let stage = Stage::new(queue, registry, Arc::new(TokioRuntime::new()));
    stage.start(STREAMS, timeout).await;
    let verdict = churn(&stage, STREAMS, seed, timeout, PATIENCE).await;
    println!("{verdict:?}");
    assert_eq!(verdict.wrong, Vec::<String>::new());
    assert_eq!(verdict.ended + verdict.heard, STREAMS);
    // Chance did what the test is about.
    assert!(verdict.ended > STREAMS / 10 && verdict.heard > STREAMS / 10, "{verdict:?}");
    assert!(verdict.cancelled as usize > STREAMS / 10, "{verdict:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_timers_set_and_stopped_while_they_fire() {
    none_is_early_and_none_is_lost(Arc::new(MemoryQueue::default()), Arc::new(MemoryRegistry::default())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_stored_timers_set_and_stopped_while_they_fire() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(SqliteStore::open(folder.path().join("streamcore.db")).expect("a store"));
    none_is_early_and_none_is_lost(store.clone(), store).await;
}
