//! Keys that hands or other programs spoilt: named, and nothing is made worse.

use streamcore::{
    StreamId, Timestamp,
    auto_end::Overrides,
    registry::{Error, Registry, Result, Session, StreamRecord},
    stream::{Ended, Snapshot},
};
use streamcore_redis::RedisStore;
use uuid::Uuid;

use crate::{hands::Hands, support::block_on};

const SPOILT: StreamId = StreamId::new(1);
const OTHER: StreamId = StreamId::new(-2);

fn record(stream: StreamId) -> StreamRecord {
    let uuid = Uuid::from_u128(u128::from(stream.get().unsigned_abs()));
    let created_at = Timestamp::from_millis(7);
    StreamRecord { id: stream, uuid, name: format!("stream {stream}"), created_at, auto_end: Overrides::default() }
}

fn running(session: u64) -> Snapshot {
    Snapshot { session, started_at: Some(Timestamp::from_millis(8)), ..Snapshot::default() }
}

fn session(number: u64) -> Session {
    Session {
        number,
        started_at: Timestamp::from_millis(8),
        ended: Ended { at: Timestamp::from_millis(9), cause: streamcore::EndCause::Manual { by: "anna".into() } },
        peak_listeners: 0,
        total_listeners: 0,
        tracks_played: 0,
        errors: 0,
    }
}

async fn two_streams() -> Hands {
    let hands = Hands::new().await;
    make_two_streams(&hands).await;
    hands
}

/// Two streams and nothing else, each with a session that ended and one that runs.
async fn make_two_streams(hands: &Hands) {
    hands.run("redis.call('FLUSHALL')");
    for stream in [SPOILT, OTHER] {
        hands.one.create(record(stream)).await.expect("it works until it is spoilt");
        hands
            .one
            .close_session(stream, Snapshot { session: 1, ..Snapshot::default() }, session(1))
            .await
            .expect("it works until it is spoilt");
        hands.one.save_snapshot(stream, running(2)).await.expect("it works until it is spoilt");
    }
}

const CALLS: &[&str] = &[
    "get",
    "by_uuid",
    "list",
    "snapshot",
    "running",
    "sessions",
    "create",
    "rename",
    "set_auto_end",
    "save",
    "close",
    "delete",
];

async fn call(store: &RedisStore, call: &str, stream: StreamId) -> Result<()> {
    match call {
        "get" => store.get(stream).await.map(drop),
        "by_uuid" => store.by_uuid(record(stream).uuid).await.map(drop),
        "list" => store.list(None, 9).await.map(drop),
        "snapshot" => store.snapshot(stream).await.map(drop),
        "running" => store.running().await.map(drop),
        "sessions" => store.sessions(stream, None, 9).await.map(drop),
        "create" => store.create(StreamRecord { id: StreamId::new(99), ..record(stream) }).await,
        "rename" => store.rename(stream, "renamed".into()).await.map(drop),
        "set_auto_end" => {
            let auto_end = Overrides { enabled: Some(false), ..Overrides::default() };
            store.set_auto_end(stream, auto_end).await.map(drop)
        }
        // Late: it would have to be compared.
        "save" => store.save_snapshot(stream, running(1)).await,
        "close" => store.close_session(stream, running(1), session(3)).await,
        "delete" => store.delete(stream).await,
        other => panic!("{other} is no call"),
    }
}

/// Does each call on a fresh registry that was spoilt so, and compares which are refused; each of these names key and field, and changes
/// nothing.
async fn assert_refused(spoil: &str, named: &[&str], refused: &[&str]) {
    let hands = Hands::new().await;
    for name in CALLS {
        make_two_streams(&hands).await;
        hands.run(spoil);
        let before = hands.digest();
        let answer = call(&hands.one, name, SPOILT).await;
        assert_eq!(answer.is_err(), refused.contains(name), "{spoil}: {name}: {answer:?}");
        let Err(error) = answer else { continue };
        let Error::Corrupt { detail } = error else { panic!("{spoil}: {name}: {error:?}") };
        assert!(named.iter().all(|part| detail.contains(part)), "{spoil}: {name}: {detail}");
        assert_eq!(hands.digest(), before, "{spoil}: {name} was refused and changed something");
    }
}

#[test]
fn a_key_of_another_kind_is_named_and_nothing_changes() {
    let of_all = ["create", "delete"];
    for (name, others) in [
        ("streams", &["get", "by_uuid", "list", "sessions", "rename", "set_auto_end", "save", "close"][..]),
        ("order", &["list"][..]),
        ("uuids", &["by_uuid"][..]),
        ("snapshots", &["snapshot", "save", "close"][..]),
        ("running", &["running", "save", "close"][..]),
    ] {
        for kind in ["redis.call('LPUSH', key, 'x')", "redis.call('SET', key, 'x')"] {
            let key = format!("streamcore:{{registry}}:{name}");
            let spoil = format!("local key = '{key}' redis.call('DEL', key) {kind}");
            let refused: Vec<_> = others.iter().copied().chain(of_all).collect();
            block_on(assert_refused(&spoil, &[&key, "belongs; move it away"], &refused));
        }
    }
    let key = "streamcore:{registry}:sessions:1";
    let spoil = format!("redis.call('DEL', '{key}') redis.call('SET', '{key}', 'x')");
    block_on(assert_refused(&spoil, &[key], &["sessions", "save", "close", "delete"]));
}

#[test]
fn a_spoilt_record_is_named_with_key_and_field() {
    let key = "key streamcore:{registry}:streams, field 1: ";
    let readers = ["get", "by_uuid", "list", "rename", "set_auto_end"];
    for (value, problem, refused) in [
        ("", "does not begin with its version", &readers[..]),
        ("garbage", "does not begin with its version", &readers[..]),
        ("1", "0 lines", &readers[..]),
        ("1\\n00000000-0000-0000-0000-000000000001\\n7\\n\"na", "3 lines", &readers[..]),
        ("1\\nnobody\\n7\\n\"x\"\\n{}", "uuid: ", &["get", "list", "rename", "set_auto_end"][..]),
        ("1\\n00000000-0000-0000-0000-000000000001\\n-7\\n\"x\"\\n{}", "created_at: ", &readers[..]),
        (
            "1\\n00000000-0000-0000-0000-000000000001\\n7\\n\"x\\n{}",
            "name: ",
            &["get", "by_uuid", "list", "set_auto_end"],
        ),
        (
            "1\\n00000000-0000-0000-0000-000000000001\\n7\\n\"x\"\\n{\"timeout\":\"x\"}",
            "auto_end: ",
            &["get", "by_uuid", "list", "rename"],
        ),
        ("\\255\\254", "utf-8", &readers[..]),
        ("2\\nx", "newer version", &["get", "by_uuid", "list", "rename", "set_auto_end", "delete"][..]),
    ] {
        let spoil = format!("redis.call('HSET', 'streamcore:{{registry}}:streams', '1', '{value}')");
        block_on(assert_refused(&spoil, &[key, problem], refused));
    }
}

/// What is replaced whole need not be readable, so that people can mend it.
#[test]
fn a_spoilt_part_is_mended_by_replacing_it() {
    block_on(async {
        let hands = two_streams().await;
        let head = "1\\n00000000-0000-0000-0000-000000000001\\n7\\n";
        hands.run(&format!("redis.call('HSET', 'streamcore:{{registry}}:streams', '1', '{head}\"x\"\\n{{')"));
        let mended = hands.one.set_auto_end(SPOILT, Overrides::default()).await.unwrap();
        assert_eq!(hands.two.get(SPOILT).await.unwrap(), Some(mended));
        hands.run(
            "redis.call('HSET', 'streamcore:{registry}:snapshots', '1', '1\\n00000000000000000002\\nrunning\\n{')",
        );
        assert!(hands.one.snapshot(SPOILT).await.is_err());
        hands.one.save_snapshot(SPOILT, running(1)).await.unwrap();
        assert_eq!(hands.two.snapshot(SPOILT).await.unwrap(), Some(running(1)));
        hands.run("redis.call('HSET', 'streamcore:{registry}:streams', '1', 'garbage')");
        hands.one.delete(SPOILT).await.unwrap();
        assert_eq!(hands.two.list(None, 9).await.unwrap().streams, [record(OTHER)]);
        let again = StreamRecord { uuid: Uuid::from_u128(77), ..record(SPOILT) };
        hands.one.create(again.clone()).await.unwrap();
        assert_eq!(hands.two.by_uuid(record(SPOILT).uuid).await.unwrap(), None, "the entry that was left behind");
        assert_eq!(hands.two.by_uuid(again.uuid).await.unwrap(), Some(again));
        assert_eq!(hands.two.snapshot(SPOILT).await.unwrap(), None);
    });
}

#[test]
fn a_spoilt_snapshot_is_named_and_a_newer_one_kept() {
    let key = "key streamcore:{registry}:snapshots, field 1: ";
    for (value, problem, refused) in [
        ("garbage", "does not begin", &["snapshot"][..]),
        ("1\\n00000000000000000002\\nrunning\\n{\"session\":2,\"started", "snapshot: ", &["snapshot"][..]),
        ("1\\n00000000000000000009\\nrunning\\n{\"session\":2}", "its head says", &["snapshot"][..]),
        ("2\\nwhatever", "newer version", &["snapshot", "save", "close"][..]),
    ] {
        let spoil = format!("redis.call('HSET', 'streamcore:{{registry}}:snapshots', '1', '{value}')");
        block_on(assert_refused(&spoil, &[key, problem], refused));
    }
}

#[test]
fn spoilt_members_are_named() {
    for (spoil, named, refused) in [
        ("redis.call('ZADD', 'streamcore:{registry}:order', 0, 'x')", "{registry}:order, member x", "list"),
        ("redis.call('ZADD', 'streamcore:{registry}:order', 0, '8000000000000005:5')", "streams, field 5", "list"),
        ("redis.call('ZADD', 'streamcore:{registry}:running', 0, 'x')", "{registry}:running, member x", "running"),
        ("redis.call('ZADD', 'streamcore:{registry}:sessions:1', 0, 'x')", "{registry}:sessions:1", "sessions"),
        (
            "redis.call('ZADD', 'streamcore:{registry}:sessions:1', 0, '00000000000000000009\\n1\\n{')",
            "sessions:1, field (member) 00000000000000000009: session: ",
            "sessions",
        ),
    ] {
        block_on(assert_refused(spoil, &[named], &[refused]));
    }
}

#[test]
fn other_streams_are_not_harmed() {
    block_on(async {
        let hands = two_streams().await;
        hands.run("redis.call('HSET', 'streamcore:{registry}:streams', '1', 'x') redis.call('HSET', 'streamcore:{registry}:snapshots', '1', 'x')");
        for name in CALLS.iter().filter(|name| **name != "list") {
            call(&hands.one, name, OTHER).await.unwrap();
        }
    });
}
