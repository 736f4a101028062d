//! A server that stands still, and one whose answers get lost: what was told to have failed is not done later.

use std::time::{Duration, Instant};

use futures::future::join_all;
use streamcore_tests::redis::{Answers, Proxy, RedisServer};
use tokio::time::sleep;

use super::{add, assert_unavailable, connect, patient_for, state, until_it_answers};
use crate::support::block_on;

const LIMIT: Duration = Duration::from_secs(1);

/// What the limit is kept to, on a busy machine.
const SLACK: Duration = Duration::from_millis(900);

/// Promise D1.
#[test]
fn what_a_standing_server_did_not_answer_is_not_done_when_it_goes_on() {
    block_on(async {
        let server = RedisServer::start();
        let store = patient_for(&server.url(), LIMIT).await;
        assert!(add(&store, 0).await.unwrap().changed);
        // Shorter than it takes to give the connection up, and longer.
        for (round, pause) in [(1, Duration::from_millis(1_500)), (2, Duration::from_secs(7))] {
            server.pause();
            let begin = Instant::now();
            for answer in join_all((0..20).map(|n| add(&store, round * 100 + n))).await {
                assert_unavailable(answer, "Redis");
            }
            assert!(begin.elapsed() < LIMIT + SLACK, "{:?}", begin.elapsed());
            sleep(pause.saturating_sub(begin.elapsed())).await;
            server.resume();
            println!("answers {:?} after it goes on", until_it_answers(&store).await);
        }
        // When no connection is left, whatever was sent on one has been dealt with.
        store.close().await;
        while server.clients() > 0 {
            sleep(Duration::from_millis(20)).await;
        }
        let store = connect(&server.url()).await;
        assert_eq!(state(&store).await, (1, 1), "only what was acknowledged");
        assert!(add(&store, 100).await.unwrap().changed, "it was not done before");
    });
}

/// Promise D2.
#[test]
fn what_was_done_and_not_answered_is_recognised_when_it_is_asked_again() {
    block_on(async {
        let server = RedisServer::start();
        let proxy = Proxy::to(server.port());
        let store = patient_for(&proxy.url(), LIMIT).await;
        // From here on Redis knows the script: nothing needs to be sent again to be done.
        assert!(add(&store, 0).await.unwrap().changed);
        proxy.answers(Answers::Lost);
        let begin = Instant::now();
        assert_unavailable(add(&store, 1).await, "does not answer");
        assert!(begin.elapsed() < LIMIT + SLACK, "{:?}", begin.elapsed());
        proxy.answers(Answers::Pass);
        until_it_answers(&store).await;
        assert!(!add(&store, 1).await.unwrap().changed, "it is there already");
        assert_eq!(state(&store).await, (2, 2));
    });
}

/// Promise D1.
#[test]
fn slow_answers_are_waited_for_within_the_limit() {
    block_on(async {
        let server = RedisServer::start();
        let proxy = Proxy::to(server.port());
        let store = connect(&proxy.url()).await;
        proxy.answers(Answers::Late(Duration::from_millis(400)));
        assert!(add(&store, 1).await.unwrap().changed);
        assert!(add(&store, 2).await.unwrap().changed);
        assert_eq!(state(&store).await, (2, 2));
    });
}

/// Promise D4.
#[test]
fn a_clock_that_is_wrong_or_was_set_is_read_again() {
    block_on(async {
        let server = RedisServer::start();
        let proxy = Proxy::to(server.port());
        // As if the server's clock went back by an hour after it was read, and then forward.
        for (n, off) in [(1, -3_600), (2, 3_600), (3, -100_000_000)] {
            proxy.answers(Answers::ClockOff(off));
            let store = connect(&proxy.url()).await;
            let begin = Instant::now();
            assert!(add(&store, n).await.unwrap().changed, "with a clock off by {off} s");
            assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
            store.close().await;
        }
    });
}
