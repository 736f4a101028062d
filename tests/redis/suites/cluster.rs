//! A primary of a Cluster dies, and its replica takes over.

use std::time::{Duration, Instant};

use streamcore::{
    StreamId,
    queue::{Error, Op, Page, Queue},
    testing::item,
};
use streamcore_tests::redis::Cluster;
use tokio::time::sleep;

use crate::{connecting::LEAST_RIGHTS, faults::connect, support::block_on};

/// Streams on all three primaries.
const STREAMS: i64 = 24;

/// Promise D11.
#[test]
fn streams_go_on_when_a_primary_of_their_cluster_dies() {
    block_on(async {
        let mut cluster = Cluster::start();
        // A user with the least rights, who on a Cluster has to learn where which slot is.
        let rights: Vec<&str> = LEAST_RIGHTS.split(' ').chain(["+cluster|slots", "+cluster|info"]).collect();
        for node in cluster.nodes() {
            node.tell(&[&["ACL", "SETUSER", "app", "on", ">secret"], rights.as_slice()].concat());
        }
        let store = connect(&cluster.url().replace("//", "//app:secret@")).await;
        let edit = async |n: u64| {
            let begin = Instant::now();
            let mut failed = 0;
            for stream in (0..STREAMS).map(StreamId::new) {
                while let Err(error) = store.apply(stream, Op::add(item(n)).into()).await {
                    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
                    assert!(begin.elapsed() < Duration::from_secs(40), "still {error:?}");
                    failed += 1;
                    sleep(Duration::from_millis(50)).await;
                }
            }
            println!("round {n}: {:?}, {failed} calls unavailable", begin.elapsed());
        };
        edit(0).await;
        cluster.nodes()[0].kill();
        edit(1).await;
        cluster.nodes()[0].restart();
        cluster.nodes()[0].tell(&[&["ACL", "SETUSER", "app", "on", ">secret"], rights.as_slice()].concat());
        cluster.wait_until_well();
        edit(2).await;
        for stream in (0..STREAMS).map(StreamId::new) {
            let view = store.view(stream, Page { offset: 0, limit: 1 }).await.unwrap();
            assert!((2..=3).contains(&view.total), "{stream}: {} items", view.total);
            assert_eq!(view.revision.get(), u64::try_from(view.total).unwrap(), "each add of {stream} counts once");
        }
    });
}
