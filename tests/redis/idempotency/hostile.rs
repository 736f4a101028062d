//! Keys that hands or other programs spoilt: named, and nothing is made worse.

use streamcore::idempotency::{Answer, Claim, Error, Idempotency, Result, Ticket};
use streamcore_redis::RedisStore;

use super::{NOW, claim};
use crate::{hands::Hands, support::block_on};

const GOLDEN: &str = include_str!("../golden/idempotency.lua");

const CALLS: &[&str] = &["claim done", "claim claimed", "claim abandoned", "claim new", "finish", "abandon"];

async fn call(store: &RedisStore, call: &str) -> Result<()> {
    let claimed = Ticket(1_795_355_390_000_002);
    match call {
        "claim done" => claim(store, 1).await.map(drop),
        "claim claimed" => claim(store, 2).await.map(drop),
        "claim abandoned" => claim(store, 3).await.map(drop),
        "claim new" => claim(store, 4).await.map(drop),
        "finish" => {
            let answer = Answer { status: 200, content_type: "x".into(), body: "y".into() };
            store.finish(claimed, answer, NOW).await.map(drop)
        }
        "abandon" => store.abandon(claimed).await,
        other => panic!("{other} is no call"),
    }
}

/// Does each call on a fresh store that was spoilt so, and compares which are refused; each of these names what is spoilt, and changes nothing.
async fn assert_refused(spoil: &str, named: &[&str], refused: &[&str]) {
    let hands = Hands::new().await;
    for name in CALLS {
        hands.run("redis.call('FLUSHALL')");
        hands.run(GOLDEN);
        hands.run(spoil);
        let before = hands.digest();
        let answer = call(&hands.one, name).await;
        assert_eq!(answer.is_err(), refused.contains(name), "{spoil}: {name}: {answer:?}");
        let Err(error) = answer else { continue };
        let Error::Corrupt { detail } = error else { panic!("{spoil}: {name}: {error:?}") };
        assert!(named.iter().all(|part| detail.contains(part)), "{spoil}: {name}: {detail}");
        assert_eq!(hands.digest(), before, "{spoil}: {name} was refused and changed something");
    }
}

#[test]
fn a_key_of_another_kind_is_named_and_nothing_changes() {
    for name in ["keys", "tickets", "answers", "order", "callers", "forgotten", "last"] {
        for kind in ["redis.call('RPUSH', key, 'x')", "redis.call('SADD', key, 'x')"] {
            let key = format!("streamcore:{{idempotency}}:{name}");
            let spoil = format!("local key = '{key}' redis.call('DEL', key) {kind}");
            block_on(assert_refused(&spoil, &[&format!("key {key}: a "), "belongs; move it away"], CALLS));
        }
    }
}

#[test]
fn a_spoilt_value_is_named_and_harms_no_other_key() {
    let set = |name: &str, n: u8, value: &str| {
        let field = format!("\"anna\"\\n\"POST /items\"\\n\"{n}\"");
        format!("redis.call('HSET', 'streamcore:{{idempotency}}:{name}', '{field}', '{value}')")
    };
    let hex = |n: usize| "01".repeat(n);
    let whole = |ticket: &str, state: &str, request: &str, origin: &str| {
        format!("1\\n{ticket}\\n00000001795355390000\\n{state}\\n{request}\\n{origin}")
    };
    let ticket = "00001795355390000002";
    let of_claimed = &["claim claimed", "finish", "abandon"][..];
    for value in [
        String::new(),
        "garbage".to_owned(),
        "1".to_owned(),
        whole(ticket, "claimed", &hex(32), ""),
        whole(ticket, "claimed", &hex(31), &hex(16)),
        whole(ticket, "lost", &hex(32), &hex(16)),
        whole("7", "claimed", &hex(32), &hex(16)),
    ] {
        let named = ["key streamcore:{idempotency}:keys, field \"anna\" \"POST /items\" \"2\": it cannot be read"];
        block_on(assert_refused(&set("keys", 2, &value), &named, of_claimed));
    }
    block_on(assert_refused(&set("keys", 2, "2\\nx"), &["{idempotency}:keys, field ", "newer version"], of_claimed));
    for (value, problem) in [
        ("garbage", "does not begin"),
        ("1\\n70000\\n\"x\"\\n1\\ny", "status: "),
        ("1\\n200\\nx\\n1\\ny", "content type: "),
        ("1\\n200\\n\"x\"\\n2\\ny", "its body has 1 bytes instead of 2"),
        ("1\\n200", "lines"),
        ("3\\n", "newer version"),
    ] {
        block_on(assert_refused(
            &set("answers", 1, value),
            &["{idempotency}:answers, field ", problem],
            &["claim done"],
        ));
    }
    let missing = "redis.call('DEL', 'streamcore:{idempotency}:answers')";
    block_on(assert_refused(missing, &["{idempotency}:answers, field ", "the answer is missing"], &["claim done"]));
    for value in ["x", "-1", "99999999999999999999"] {
        let spoil = format!("redis.call('SET', 'streamcore:{{idempotency}}:last', '{value}')");
        block_on(assert_refused(&spoil, &["{idempotency}:last: it is no ticket"], &["claim abandoned", "claim new"]));
    }
    let spoil = "redis.call('SET', 'streamcore:{idempotency}:forgotten', 'x')";
    block_on(assert_refused(spoil, &["{idempotency}:forgotten: it is no moment"], CALLS));
}

/// What nobody can read is forgotten in its time like everything else, and is in nobody's way.
#[test]
fn what_is_spoilt_is_forgotten_in_its_time() {
    block_on(async {
        let hands = Hands::with(GOLDEN).await;
        hands.run(
            "redis.call('HSET', 'streamcore:{idempotency}:keys', '\"anna\"\\n\"POST /items\"\\n\"2\"', 'x')
             redis.call('ZADD', 'streamcore:{idempotency}:order', 0, '00000000000000000001 x')
             redis.call('HDEL', 'streamcore:{idempotency}:tickets', '00001795355390000003')",
        );
        let later = streamcore::Timestamp::from_millis(NOW.as_millis() + 86_400_000);
        let limits = streamcore::idempotency::Limits::default();
        for n in [9, 2] {
            let request = streamcore::idempotency::Fingerprint([9; 32]);
            let answer = hands.one.claim(super::key(n), request, super::NEW, limits, later).await.unwrap();
            assert!(matches!(answer, Claim::Fresh(..)), "{n}: {answer:?}");
        }
        let left = hands.run("return redis.call('ZCARD', 'streamcore:{idempotency}:order')");
        assert_eq!(left, ":2\r\n");
    });
}

#[test]
fn a_ticket_that_hands_made_ends_no_claim() {
    block_on(async {
        let hands = Hands::with(GOLDEN).await;
        let field = "00000000000000000007";
        hands.run(&format!(
            "redis.call('HSET', 'streamcore:{{idempotency}}:tickets', '{field}', '\"anna\"\\n\"POST /items\"\\n\"2\"')"
        ));
        let answer = Answer { status: 200, content_type: "x".into(), body: "y".into() };
        assert!(!hands.one.finish(Ticket(7), answer, NOW).await.unwrap());
        hands.one.abandon(Ticket(7)).await.unwrap();
        assert_eq!(claim(&hands.one, 2).await.unwrap(), Claim::InProgress);
    });
}
