//! A server that is gone and comes back.

use std::time::{Duration, Instant};

use futures::StreamExt;
use streamcore::queue::Queue;
use streamcore_redis::Health;
use streamcore_tests::redis::RedisServer;
use tokio::time::timeout;

use super::{SOON, STREAM, add, assert_unavailable, connect, state, until_it_answers, until_it_is_down};
use crate::support::block_on;

/// Promise D5.
#[test]
fn while_redis_is_away_calls_fail_at_once_and_when_it_is_back_all_goes_on() {
    block_on(async {
        let mut server = RedisServer::start();
        let store = connect(&server.url()).await;
        add(&store, 1).await.unwrap();
        server.kill();
        let begin = Instant::now();
        assert_unavailable(add(&store, 2).await, "check that it runs");
        assert!(begin.elapsed() < Duration::from_millis(3_900), "{:?}", begin.elapsed());
        until_it_is_down(&store, Duration::from_millis(1_100)).await;
        let begin = Instant::now();
        for n in 0..100 {
            assert_unavailable(add(&store, 100 + n).await, "has been away");
        }
        assert!(begin.elapsed() < Duration::from_secs(1), "100 calls took {:?}", begin.elapsed());
        server.restart();
        println!("answers {:?} after it is back", until_it_answers(&store).await);
        assert_eq!(store.health(), Health::Up);
        assert!(add(&store, 2).await.unwrap().changed);
        assert_eq!(state(&store).await, (2, 2), "of what was refused nothing was done");
    });
}

/// Promise D6.
#[test]
fn after_an_outage_every_queue_that_was_asked_about_is_told_as_changed() {
    block_on(async {
        let mut server = RedisServer::start();
        let (store, other) = (connect(&server.url()).await, connect(&server.url()).await);
        let mut changes = store.changes();
        add(&other, 1).await.unwrap();
        assert_eq!(timeout(SOON, changes.next()).await.expect("a hint from elsewhere"), Some(STREAM));
        state(&store).await;
        // Only one of the two connections goes: no call fails, and messages are lost all the same.
        server.tell(&["CLIENT", "KILL", "TYPE", "pubsub"]);
        assert_eq!(timeout(SOON, changes.next()).await.expect("a hint after a reconnect"), Some(STREAM));
        server.kill();
        until_it_is_down(&store, Duration::ZERO).await;
        let mut changes = store.changes();
        server.restart();
        assert_eq!(timeout(SOON, changes.next()).await.expect("a hint after an outage"), Some(STREAM));
        until_it_answers(&other).await;
        // And hints from elsewhere come again.
        let mut changes = store.changes();
        let telling = async {
            for n in 2.. {
                let _ = add(&other, n).await;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::select! {
            hint = timeout(SOON, changes.next()) => assert_eq!(hint.expect("a hint from elsewhere, again"), Some(STREAM)),
            () = telling => {}
        }
    });
}
