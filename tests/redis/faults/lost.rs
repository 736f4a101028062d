//! Answers, connections and scripts that get lost under edits.

use std::time::Duration;

use futures::future::join_all;
use streamcore::queue::{Error, Op, Queue};
use streamcore_redis::RedisStore;
use streamcore_tests::redis::{Answers, Proxy, RedisServer};
use tokio::{task::JoinSet, time::sleep};

use super::{STREAM, add, connect, present, state, until_it_answers};
use crate::support::block_on;

const PEOPLE: u64 = 8;
const EACH: u64 = 15;
const ALL: usize = 120;
const UNDONE: usize = 12;

/// Adds items from many sides and takes some back, and compares what was told with what there is. An add that is carried out a second time
/// says that nothing changed; an undo that is, takes back too much.
async fn edit_once_each(store: &RedisStore) {
    let mut people = JoinSet::new();
    for person in 0..PEOPLE {
        let store = store.clone();
        people.spawn(async move {
            let mut unknown = 0;
            for n in person * EACH..(person + 1) * EACH {
                loop {
                    match add(&store, n).await {
                        Ok(applied) => break assert!(applied.changed || unknown > 0, "item {n} was added twice"),
                        Err(Error::Unavailable(_)) => unknown += 1,
                        Err(error) => panic!("item {n}: {error}"),
                    }
                }
            }
            unknown
        });
    }
    let unknown: usize = people.join_all().await.into_iter().sum();
    let mut undone = (0, 0);
    for _ in 0..UNDONE {
        match store.apply(STREAM, Op::Undo.into()).await {
            Ok(_) => undone.0 += 1,
            Err(Error::Unavailable(_)) => undone.1 += 1,
            Err(error) => panic!("{error}"),
        }
    }
    until_it_answers(store).await;
    let (total, revision) = state(store).await;
    println!("{unknown} adds and {} undos had no answer in time; {total} items at revision {revision}", undone.1);
    let left = ALL - undone.0;
    assert!((left - undone.1..=left).contains(&total), "{total} of {ALL} items after {undone:?} undos");
    assert_eq!(revision, u64::try_from(ALL + (ALL - total)).unwrap_or_default(), "each edit counts once");
    assert!(unknown + undone.1 < ALL / 4, "most calls are answered");
}

/// Promise D2.
#[test]
fn answers_that_are_lost_with_their_connection_are_asked_for_again() {
    block_on(async {
        let server = RedisServer::start();
        let proxy = Proxy::to(server.port());
        let store = connect(&proxy.url()).await;
        proxy.answers(Answers::CutEvery(9));
        edit_once_each(&store).await;
        println!("{} connections were cut", proxy.cuts());
        assert!(proxy.cuts() > 5, "{} cuts", proxy.cuts());
    });
}

/// Promise D2.
#[test]
fn connections_that_are_killed_under_edits_lose_and_double_nothing() {
    block_on(async {
        let server = RedisServer::start();
        let store = connect(&server.url()).await;
        let killing = async {
            loop {
                let _ = server.ask(&["CLIENT", "KILL", "TYPE", "normal"]);
                let _ = server.ask(&["CLIENT", "KILL", "TYPE", "pubsub"]);
                sleep(Duration::from_millis(60)).await;
            }
        };
        tokio::select! {
            () = edit_once_each(&store) => {}
            () = killing => {}
        }
    });
}

/// Promise D3.
#[test]
fn scripts_that_redis_forgets_are_sent_again() {
    block_on(async {
        let server = RedisServer::start();
        let store = connect(&server.url()).await;
        for round in 0..20 {
            server.tell(&["SCRIPT", "FLUSH"]);
            let adds = join_all((0..5).map(|n| add(&store, round * 5 + n))).await;
            assert!(adds.iter().all(|added| added.as_ref().is_ok_and(|applied| applied.changed)), "{adds:?}");
        }
        assert_eq!(state(&store).await, (100, 100));
    });
}

/// Promise D12.
#[test]
fn a_server_that_is_killed_under_edits_keeps_what_it_acknowledged() {
    block_on(async {
        let mut server = RedisServer::start();
        let store = connect(&server.url()).await;
        let adding = tokio::spawn({
            let store = store.clone();
            async move {
                let mut acknowledged = Vec::new();
                for n in 0.. {
                    match add(&store, n).await {
                        Ok(_) => acknowledged.push(streamcore::testing::item_id(n)),
                        Err(Error::Unavailable(_)) => sleep(Duration::from_millis(20)).await,
                        Err(error) => panic!("{error}"),
                    }
                    if acknowledged.len() == 1_500 {
                        break;
                    }
                }
                acknowledged
            }
        });
        for _ in 0..3 {
            sleep(Duration::from_millis(150)).await;
            server.kill();
            server.restart();
        }
        let acknowledged = adding.await.unwrap();
        until_it_answers(&store).await;
        let present = present(&store).await;
        let missing: Vec<_> = acknowledged.iter().filter(|id| !present.contains(id)).collect();
        assert!(missing.is_empty(), "acknowledged and gone: {missing:?}");
        let (total, revision) = state(&store).await;
        assert_eq!(u64::try_from(total).unwrap(), revision, "each add counts once");
    });
}
