//! A server that answers, and refuses.

use std::time::{Duration, Instant};

use streamcore::queue::{Op, Queue};
use streamcore_redis::Health;
use streamcore_tests::redis::{Login, RedisServer};

use super::{STREAM, add, assert_unavailable, connect, patient_for, state, until_it_answers};
use crate::support::block_on;

/// Promise D8.
#[test]
fn without_memory_nothing_is_half_done_and_it_goes_on_when_there_is_some() {
    block_on(async {
        let server = RedisServer::with(&["--maxmemory-policy", "noeviction"]);
        let store = connect(&server.url()).await;
        for n in 0..20 {
            add(&store, n).await.unwrap();
        }
        server.tell(&["CONFIG", "SET", "maxmemory", "1"]);
        let before = (state(&store).await, server.tell(&["DBSIZE"]));
        let begin = Instant::now();
        assert_unavailable(add(&store, 100).await, "memory");
        for op in [Op::Undo, Op::Clear, Op::Shuffle { seed: 7 }] {
            if let Err(error) = store.apply(STREAM, op.clone().into()).await {
                assert_unavailable::<()>(Err(error), "memory");
                assert_eq!((state(&store).await, server.tell(&["DBSIZE"])), before, "{op:?} is half done");
            }
        }
        assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
        assert_eq!(store.health(), Health::Up, "it answers");
        server.tell(&["CONFIG", "SET", "maxmemory", "0"]);
        assert!(add(&store, 100).await.unwrap().changed);
    });
}

/// Promise D8.
#[test]
fn a_replica_takes_no_writes_and_works_when_it_is_promoted() {
    block_on(async {
        let server = RedisServer::start();
        let store = patient_for(&server.url(), Duration::from_secs(1)).await;
        add(&store, 1).await.unwrap();
        // Of nobody: it keeps its data.
        server.tell(&["REPLICAOF", "127.0.0.1", "1"]);
        let begin = Instant::now();
        assert_unavailable(add(&store, 2).await, "Redis");
        assert!(begin.elapsed() < Duration::from_millis(1_900), "{:?}", begin.elapsed());
        server.tell(&["REPLICAOF", "NO", "ONE"]);
        until_it_answers(&store).await;
        assert!(add(&store, 2).await.unwrap().changed);
        assert_eq!(state(&store).await, (2, 2));
    });
}

/// Promise D8.
#[test]
fn a_script_of_somebody_else_that_does_not_end_is_an_outage() {
    block_on(async {
        let server = RedisServer::with(&["--busy-reply-threshold", "100"]);
        let store = patient_for(&server.url(), Duration::from_secs(1)).await;
        add(&store, 1).await.unwrap();
        let port = server.port();
        let endless = std::thread::spawn(move || {
            use std::io::{Read, Write};
            let mut connection = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
            connection.write_all(b"EVAL \"while true do end\" 0\r\n").unwrap();
            let _ = connection.read(&mut [0; 1_024]);
        });
        while !server.ask(&["PING"]).unwrap_or_default().starts_with("-BUSY") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let begin = Instant::now();
        assert_unavailable(add(&store, 2).await, "BUSY");
        assert!(begin.elapsed() < Duration::from_millis(1_900), "{:?}", begin.elapsed());
        server.tell(&["SCRIPT", "KILL"]);
        endless.join().unwrap();
        until_it_answers(&store).await;
        assert!(add(&store, 2).await.unwrap().changed);
        assert_eq!(state(&store).await, (2, 2));
    });
}

/// Promise D8.
#[test]
fn a_password_that_is_changed_is_an_outage_until_it_is_changed_back() {
    block_on(async {
        let server = RedisServer::with_users(&["user app on >first ~* &* +@all"]);
        let url = format!("redis://app:first@127.0.0.1:{}", server.port());
        let store = patient_for(&url, Duration::from_secs(1)).await;
        add(&store, 1).await.unwrap();
        server.tell(&["ACL", "SETUSER", "app", "resetpass", ">second"]);
        server.tell(&["CLIENT", "KILL", "USER", "app"]);
        let begin = Instant::now();
        assert_unavailable(add(&store, 2).await, "Redis");
        assert!(begin.elapsed() < Duration::from_millis(1_900), "{:?}", begin.elapsed());
        super::until_it_is_down(&store, Duration::ZERO).await;
        match store.health() {
            Health::Down { reason, .. } => {
                println!("told: {reason}");
                assert!(reason.contains("WRONGPASS"), "{reason}");
                assert!(!reason.contains("first") && !reason.contains("second"), "{reason}");
            }
            other => panic!("{other:?}"),
        }
        server.tell(&["ACL", "SETUSER", "app", "resetpass", ">first"]);
        until_it_answers(&store).await;
        assert!(add(&store, 2).await.unwrap().changed);
    });
}

/// Promise D8.
#[test]
fn a_right_that_is_taken_away_is_told_at_once() {
    block_on(async {
        let server = RedisServer::with_users(&["user app on >first ~* &* +@all"]);
        let Login { user, .. } = server.admin();
        assert_eq!(user, "admin");
        let store = connect(&format!("redis://app:first@127.0.0.1:{}", server.port())).await;
        add(&store, 1).await.unwrap();
        for (rule, says) in [("-hset", "run this command"), ("-evalsha", "evalsha"), ("resetkeys", "key")] {
            server.tell(&["ACL", "SETUSER", "app", rule]);
            let begin = Instant::now();
            let refused = add(&store, 2).await.unwrap_err();
            println!("{rule}: {}", super::causes(&refused));
            assert_unavailable::<()>(Err(refused), says);
            assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
            server.tell(&["ACL", "SETUSER", "app", "+@all", "allkeys"]);
        }
        assert!(add(&store, 2).await.unwrap().changed);
        assert_eq!(state(&store).await, (2, 2));
    });
}
