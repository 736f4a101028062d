//! What is left behind: nothing.

use std::time::{Duration, Instant};

use streamcore_redis::{Config, RedisStore};
use streamcore_tests::redis::{Login, RedisServer};
use tokio::{runtime::Handle, time::sleep};

use super::{add, assert_unavailable, connect};
use crate::support::block_on;

/// Waits until neither a connection nor a task is left.
async fn until_nothing_is_left(server: &RedisServer, tasks: usize) {
    let begin = Instant::now();
    loop {
        let left = (server.clients(), Handle::current().metrics().num_alive_tasks());
        if left.0 == 0 && left.1 <= tasks {
            return;
        }
        assert!(begin.elapsed() < Duration::from_secs(10), "(connections, tasks) left: {left:?}, {tasks} before");
        sleep(Duration::from_millis(20)).await;
    }
}

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Promise D7.
#[test]
fn a_store_that_is_dropped_or_closed_leaves_no_connection_and_no_task() {
    block_on(async {
        let server = RedisServer::start();
        let before = tasks();
        let store = connect(&server.url()).await;
        add(&store, 1).await.unwrap();
        assert_eq!(server.clients(), 2);
        let clone = store.clone();
        drop(store);
        add(&clone, 2).await.unwrap();
        drop(clone);
        until_nothing_is_left(&server, before).await;
        let store = connect(&server.url()).await;
        store.close().await;
        store.close().await;
        assert_unavailable(add(&store, 3).await, "closed");
        until_nothing_is_left(&server, before).await;
    });
}

/// Promise D7.
#[test]
fn closing_does_not_wait_for_a_server_that_stands_still_or_is_gone() {
    block_on(async {
        let mut server = RedisServer::start();
        let before = tasks();
        for gone in [false, true] {
            let store = connect(&server.url()).await;
            if gone {
                server.kill();
            } else {
                server.pause();
            }
            let begin = Instant::now();
            store.close().await;
            assert!(begin.elapsed() < Duration::from_millis(1_500), "{:?}", begin.elapsed());
            if gone {
                server.restart();
            } else {
                server.resume();
            }
            until_nothing_is_left(&server, before).await;
        }
    });
}

/// Promise D7.
#[test]
fn connecting_in_vain_or_not_to_the_end_leaves_nothing() {
    block_on(async {
        let server = RedisServer::with_users(&["user default off", "user app on >secret ~* &* +@all -eval"]);
        let Login { user, password } = server.admin();
        let before = tasks();
        for login in ["app:wrong", "nobody:secret", "app:secret"] {
            let url = format!("redis://{login}@127.0.0.1:{}", server.port());
            RedisStore::connect(Config::from_url(&url).unwrap()).await.unwrap_err();
            until_nothing_is_left(&server, before).await;
        }
        let config = Config::from_url(&format!("redis://{user}:{password}@127.0.0.1:{}", server.port())).unwrap();
        server.pause();
        // Given up by itself, and given up by who asked.
        RedisStore::connect(config.clone().with_connect_timeout(Duration::from_millis(300))).await.unwrap_err();
        let connecting = tokio::time::timeout(Duration::from_millis(300), RedisStore::connect(config));
        connecting.await.unwrap_err();
        server.resume();
        until_nothing_is_left(&server, before).await;
    });
}
