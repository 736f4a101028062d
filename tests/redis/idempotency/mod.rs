//! The idempotency keys on Redis keep every promise of the port and match the memory ones; what cannot be read is named.

mod format;
mod hostile;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use proptest::proptest;
use streamcore::{
    Timestamp,
    idempotency::{
        Answer, Claim, Fingerprint, Idempotency, Limits, MAX_BODY_BYTES, MemoryIdempotency, Origin, Result, ScopedKey,
    },
    testing::{
        Capabilities,
        idempotency::{
            IdempotencyFixture,
            compare::{Comparison, key_ops},
        },
    },
};
use streamcore_redis::RedisStore;

use crate::{
    cases::config,
    hands::Hands,
    support::{OnRedis, block_on},
};

#[async_trait]
impl IdempotencyFixture for OnRedis {
    fn idempotency(&self) -> Arc<dyn Idempotency> {
        Arc::new(self.store().clone())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().durable().shared()
    }

    async fn reopen(&mut self) {
        self.restart().await;
    }

    async fn another(&mut self) -> Arc<dyn Idempotency> {
        Arc::new(self.second().await)
    }
}

streamcore::idempotency_conformance!(fixture = OnRedis::new, block_on = block_on);

proptest! {
    #![proptest_config(config())]

    #[test]
    fn redis_matches_the_memory_keys_with_two_handles_across_kills(before in key_ops(60), after in key_ops(40)) {
        block_on(async {
            let mut hands = Hands::new().await;
            let mut comparison = Comparison::default();
            for ops in [before, after] {
                for (n, op) in ops.into_iter().enumerate() {
                    if n % 7 == 6 {
                        hands.forget_scripts();
                    }
                    comparison.step(if n % 2 == 0 { &hands.one } else { &hands.two }, op).await;
                }
                hands.restart();
            }
        });
    }
}

const NOW: Timestamp = Timestamp::from_millis(1_795_355_400_000);
const OLD: Origin = Origin([2; 16]);
const NEW: Origin = Origin([3; 16]);

fn key(n: u64) -> ScopedKey {
    ScopedKey { caller: "anna".into(), route: "POST /items".into(), key: n.to_string() }
}

async fn claim(store: &RedisStore, n: u64) -> Result<Claim> {
    store.claim(key(n), Fingerprint([1; 32]), NEW, Limits::default(), NOW).await
}

#[test]
fn the_largest_answer_passes_unharmed() {
    block_on(async {
        let hands = Hands::new().await;
        let Claim::Fresh(ticket, _) = claim(&hands.one, 1).await.unwrap() else { panic!("the key is new") };
        let body: Vec<u8> = (0..MAX_BODY_BYTES).map(|n| (n * 31 % 256) as u8).collect();
        let answer = Answer { status: 200, content_type: "x".into(), body: body.into() };
        assert!(hands.one.finish(ticket, answer.clone(), NOW).await.unwrap());
        assert_eq!(claim(&hands.two, 1).await.unwrap(), Claim::Done(answer, NEW));
    });
}

/// More become old at once than one call clears away: all of them are forgotten all the same, whatever the time does next.
#[test]
fn many_are_forgotten_at_once_though_they_are_cleared_away_in_parts() {
    block_on(async {
        let hands = Hands::new().await;
        let memory = MemoryIdempotency::new();
        let limits =
            Limits { keep_for: Duration::from_secs(100), overdue_after: Duration::from_secs(10), keys_per_caller: 400 };
        let at = |seconds: u64| Timestamp::from_millis(seconds * 1_000);
        let both = async |n: u64, now: Timestamp| {
            let request = Fingerprint([1; 32]);
            let actual = hands.one.claim(key(n), request, NEW, limits, now).await;
            (actual, memory.claim(key(n), request, NEW, limits, now).await)
        };
        let mut tickets = Vec::new();
        for n in 0..350 {
            let (Ok(Claim::Fresh(ticket, _)), Ok(Claim::Fresh(expected, _))) = both(n, at(1_000)).await else {
                panic!("key {n} is new")
            };
            tickets.push((ticket, expected));
        }
        // Forgets all; then time is back where they were not old.
        for (n, now) in [(1_000, at(1_100)), (349, at(1_001)), (348, at(999)), (348, at(1_000)), (1_000, at(1_101))] {
            let (actual, expected) = both(n, now).await;
            let fresh = |claim: &Result<Claim>| matches!(claim, Ok(Claim::Fresh(..)));
            assert!(fresh(&actual) == fresh(&expected), "{n} at {now}: {actual:?}, {expected:?}");
        }
        for (n, (ticket, expected)) in tickets.into_iter().enumerate() {
            let answer = || Answer { status: 200, content_type: "x".into(), body: "y".into() };
            let actual = hands.two.finish(ticket, answer(), at(1_002)).await.unwrap();
            assert_eq!(actual, memory.finish(expected, answer(), at(1_002)).await.unwrap(), "ticket of key {n}");
        }
        for n in 2_000..2_450 {
            let (actual, expected) = both(n, at(1_005)).await;
            assert_eq!(actual.is_ok(), expected.is_ok(), "{n}: {actual:?}, {expected:?}");
        }
        let lying_about = hands.run("return redis.call('EXISTS', 'streamcore:{idempotency}:forgotten')");
        assert_eq!(lying_about, ":0\r\n", "all of it was cleared away in the end");
    });
}

/// Of one that is overdue and one that was finished.
#[test]
fn at_the_bound_whatever_is_over_the_longest_makes_way() {
    for finished_at in [5, 15] {
        block_on(async {
            let hands = Hands::new().await;
            let at = |seconds: u64| Timestamp::from_millis(seconds * 1_000);
            let overdue_after = Duration::from_secs(20);
            let limits = Limits { keep_for: Duration::from_secs(3_600), overdue_after, keys_per_caller: 2 };
            let claim = async |n: u64, now: Timestamp| {
                hands.one.claim(key(n), Fingerprint([1; 32]), NEW, limits, now).await.unwrap()
            };
            assert!(matches!(claim(1, at(10)).await, Claim::Fresh(..)));
            let Claim::Fresh(second, _) = claim(2, at(1)).await else { panic!("the key is new") };
            let answer = Answer { status: 200, content_type: "x".into(), body: "y".into() };
            assert!(hands.two.finish(second, answer.clone(), at(finished_at)).await.unwrap());
            assert!(matches!(claim(3, at(30)).await, Claim::Fresh(..)));
            let stays = match finished_at {
                5 => claim(1, at(29)).await == Claim::InProgress,
                _ => claim(2, at(29)).await == Claim::Done(answer, NEW),
            };
            assert!(stays, "finished at {finished_at}");
        });
    }
}
