//! A primary dies, and Sentinels choose another one: edits go on.

use std::time::{Duration, Instant};

use streamcore::{idempotency::Idempotency, queue::Error, testing::item_id};
use streamcore_tests::redis::Sentinels;
use tokio::time::sleep;

use crate::{
    faults::{SOON, add, connect, present, state},
    support::block_on,
};

const EACH: u64 = 400;

/// Promise D11.
#[test]
fn edits_go_on_through_a_failover() {
    block_on(async {
        let mut sentinels = Sentinels::start();
        let store = connect(&sentinels.url()).await;
        let editing = tokio::spawn({
            let store = store.clone();
            async move {
                let (mut acknowledged, mut longest, mut failed) = (Vec::new(), Duration::ZERO, 0);
                let mut since = Instant::now();
                for n in 0..EACH {
                    while let Err(error) = add(&store, n).await {
                        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
                        failed += 1;
                        sleep(Duration::from_millis(20)).await;
                    }
                    acknowledged.push(item_id(n));
                    longest = longest.max(since.elapsed());
                    since = Instant::now();
                    sleep(Duration::from_millis(5)).await;
                }
                (acknowledged, longest, failed)
            }
        });
        sleep(Duration::from_millis(300)).await;
        let before = sentinels.primary();
        sentinels.kill_primary();
        let (acknowledged, longest, failed) = editing.await.unwrap();
        assert_ne!(sentinels.primary(), before, "there was a failover");
        let present = present(&store).await;
        let lost = acknowledged.iter().filter(|id| !present.contains(id)).count();
        println!(
            "longest pause {longest:?}, {failed} calls unavailable, {lost} of {EACH} acknowledged lost by the failover"
        );
        // Replication is asynchronous: what was acknowledged in the last moment may be gone, what is there is there once.
        assert!(lost < 50, "{lost} are more than a moment's");
        let (total, revision) = state(&store).await;
        assert_eq!(u64::try_from(total).unwrap(), revision, "each add counts once");
        // The old primary comes back as a replica, and nothing more happens.
        sentinels.restart();
        let begin = Instant::now();
        while add(&store, EACH).await.is_err() {
            assert!(begin.elapsed() < SOON);
        }
        assert_eq!(state(&store).await.0, total + 1);
        store.abandon(streamcore::idempotency::Ticket(1)).await.unwrap();
    });
}
