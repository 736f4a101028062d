//! Keys that hands or other programs spoilt: named, and nothing is made worse.

use streamcore::{
    Timestamp,
    library::{Error, Library, Result, Track, TrackChange},
    testing::library::{track, track_id},
};
use streamcore_redis::RedisStore;

use super::search;
use crate::{hands::Hands, support::block_on};

const CALLS: &[&str] = &[
    "add new",
    "add known",
    "add both",
    "get",
    "get other",
    "find_by_url",
    "update",
    "delete",
    "search",
    "search other",
];

async fn call(store: &RedisStore, call: &str) -> Result<()> {
    match call {
        "add new" => store.add(vec![track(3)], 9).await.map(drop),
        "add known" => store.add(vec![track(1)], 9).await.map(drop),
        "add both" => store.add(vec![track(3), track(1)], 9).await.map(drop),
        "get" => store.get(vec![track_id(1)]).await.map(drop),
        "get other" => store.get(vec![track_id(2)]).await.map(drop),
        "find_by_url" => store.find_by_url(&track(1).url).await.map(drop),
        "update" => {
            let change = TrackChange { title: Some("changed".into()), ..TrackChange::default() };
            store.update(track_id(1), change).await.map(drop)
        }
        "delete" => store.delete(track_id(1)).await.map(drop),
        "search" => store.search(search("", 9)).await.map(drop),
        "search other" => store.search(search("трек 2", 9)).await.map(drop),
        other => panic!("{other} is no call"),
    }
}

/// Does each call on a library with the tracks 1 and 2 that was spoilt so, before or after it was searched, and compares which are refused;
/// each of these names what is spoilt, and changes nothing.
async fn assert_refused(spoil: &str, named: &[&str], refused: &[&str]) {
    let hands = Hands::new().await;
    for name in CALLS {
        for searched in [false, true] {
            hands.run("redis.call('FLUSHALL')");
            hands.one.add(vec![track(1), track(2)], 9).await.expect("it works until it is spoilt");
            let store = if searched { &hands.one } else { &hands.two };
            if searched {
                store.search(search("", 9)).await.expect("it works until it is spoilt");
            }
            hands.run(spoil);
            let before = hands.digest();
            let answer = call(store, name).await;
            // A track that hands spoil is noticed by those whom it is in the way of.
            let expected = refused.contains(name) && !(searched && *name == "search other" && spoil.contains("HSET"));
            assert_eq!(answer.is_err(), expected, "{spoil}: {name}: {answer:?}");
            let Err(error) = answer else { continue };
            let Error::Corrupt { detail } = error else { panic!("{spoil}: {name}: {error:?}") };
            assert!(named.iter().all(|part| detail.contains(part)), "{spoil}: {name}: {detail}");
            assert_eq!(hands.digest(), before, "{spoil}: {name} was refused and changed something");
        }
    }
}

#[test]
fn a_key_of_another_kind_is_named_and_nothing_changes() {
    for (name, refused) in [
        ("tracks", CALLS),
        ("urls", &["add new", "add both", "find_by_url", "update", "delete"][..]),
        ("log", &["add new", "add both", "update", "delete", "search", "search other"][..]),
    ] {
        for kind in ["redis.call('RPUSH', key, 'x')", "redis.call('SET', key, 'x')"] {
            let key = format!("streamcore:{{library}}:{name}");
            let spoil = format!("local key = '{key}' redis.call('DEL', key) {kind}");
            block_on(assert_refused(&spoil, &[&format!("key {key}: a "), "belongs; move it away"], refused));
        }
    }
}

#[test]
fn a_spoilt_track_is_named_with_key_and_field() {
    let id = track_id(1);
    let named = format!("key streamcore:{{library}}:tracks, field {id}: ");
    let refused = ["add known", "add both", "get", "find_by_url", "update", "delete", "search", "search other"];
    for (value, problem) in [
        ("", "does not begin with its version"),
        ("garbage", "does not begin with its version"),
        ("1", "0 lines"),
        ("1\\n{\"id\":\"0000", "track: "),
        ("1\\n{}", "track: "),
        (
            "1\\n{\"id\":\"00000000-0000-0000-0000-000000000002\",\"title\":\"x\",\"artist\":null,\"url\":\"u\",\"source\":\"file\",\"duration\":null,\"metadata\":{},\"added_by\":null,\"added_at\":1}",
            "it holds track ",
        ),
        ("2\\n{}", "newer version"),
        ("\\255", "utf-8"),
    ] {
        let spoil = format!("redis.call('HSET', 'streamcore:{{library}}:tracks', '{id}', '{value}')");
        block_on(assert_refused(&spoil, &[&named, problem], &refused));
    }
    // Fields that are no ids; a search may not say how many there are.
    for field in ["x", "\\255", "00000000-0000-0000-0000-00000000000A"] {
        let spoil = format!("redis.call('HSET', 'streamcore:{{library}}:tracks', '{field}', 'x')");
        let hands = || async {
            let hands = Hands::new().await;
            hands.one.add(vec![track(1)], 9).await.unwrap();
            hands.run(&spoil);
            let answer = hands.one.search(search("", 9)).await;
            assert!(
                matches!(&answer, Err(Error::Corrupt { detail }) if detail.contains("{library}:tracks, field ")),
                "{answer:?}"
            );
            hands.run("redis.call('HDEL', 'streamcore:{library}:tracks', 'x', '\\255', '00000000-0000-0000-0000-00000000000A')");
            assert_eq!(hands.one.search(search("", 9)).await.unwrap().total, 1, "it was removed");
        };
        block_on(hands());
    }
}

#[test]
fn a_spoilt_index_or_log_is_named_or_made_anew() {
    let entry = "'\"2.mp3\" 00000000000000000001 00000000-0000-0000-0000-000000000009'";
    block_on(async {
        let hands = Hands::new().await;
        let two = Track::file(track_id(2), "two", "other.mp3", Timestamp::from_millis(2));
        hands.one.add(vec![two.clone()], 9).await.unwrap();
        assert_eq!(hands.one.search(search("", 9)).await.unwrap().total, 1);
        hands.run(&format!("redis.call('ZADD', 'streamcore:{{library}}:urls', 0, {entry})"));
        let answer = hands.one.find_by_url("2.mp3").await;
        assert!(
            matches!(&answer, Err(Error::Corrupt { detail }) if detail.contains("{library}:urls, member ")),
            "{answer:?}"
        );
        hands.run(
            "redis.call('ZADD', 'streamcore:{library}:urls', 0, '\"3.mp3\" 00000000000000000001 00000000-0000-0000-0000-000000000002')",
        );
        let answer = hands.one.find_by_url("3.mp3").await;
        assert!(matches!(&answer, Err(Error::Corrupt { detail }) if detail.contains("{library}:urls: ")), "{answer:?}");
        assert_eq!(hands.one.find_by_url("other.mp3").await.unwrap(), Some(two));
        for spoil in [
            "redis.call('XADD', 'streamcore:{library}:log', '*', 'x', 'y')",
            "redis.call('XADD', 'streamcore:{library}:log', '*', 'ids', 'not an id')",
            "redis.call('DEL', 'streamcore:{library}:log')",
        ] {
            hands.run(spoil);
            assert_eq!(hands.one.search(search("two", 9)).await.unwrap().total, 1, "{spoil}");
        }
    });
}
