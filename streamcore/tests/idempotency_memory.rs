//! The in-memory idempotency keys keep the port's promises; so do those behind a wrapper that never fails.

#[path = "queue_support/mod.rs"]
mod support;

use std::sync::Arc;

use futures::executor::block_on;
use proptest::prelude::*;
use streamcore::{
    Timestamp,
    idempotency::{Answer, Claim, Fingerprint, Idempotency, Limits, MemoryIdempotency, Origin, ScopedKey},
    testing::{
        Capabilities, Flaky,
        flaky::Fault,
        idempotency::{
            IdempotencyFixture,
            compare::{assert_matches_memory, key_ops},
        },
    },
};
use support::config;

struct Memory(Arc<dyn Idempotency>);

impl IdempotencyFixture for Memory {
    fn idempotency(&self) -> Arc<dyn Idempotency> {
        self.0.clone()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }
}

async fn memory() -> Memory {
    Memory(Arc::new(MemoryIdempotency::new()))
}

async fn wrapped() -> Memory {
    Memory(Arc::new(Flaky::by(MemoryIdempotency::new(), |_| Fault::None)))
}

streamcore::idempotency_conformance!(fixture = memory, block_on = block_on);

mod behind_a_wrapper {
    use super::*;

    streamcore::idempotency_conformance!(fixture = wrapped, block_on = block_on);
}

fn claimed(store: &dyn Idempotency, now: Timestamp) -> streamcore::idempotency::Result<Claim> {
    let key = ScopedKey { caller: "a".into(), route: "r".into(), key: "k".into() };
    block_on(store.claim(key, Fingerprint([0; 32]), Origin([0; 16]), Limits::default(), now))
}

#[test]
fn a_claim_whose_answer_was_lost_is_in_progress_until_it_is_overdue() {
    let store = Flaky::listed(MemoryIdempotency::new(), [Fault::LoseAnswer]);
    let lost = claimed(&store, Timestamp::default());
    assert!(lost.as_ref().is_err_and(|error| error.is_retryable()), "{lost:?}");
    assert_eq!(claimed(&store, Timestamp::from_millis(59_999)).unwrap(), Claim::InProgress);
    assert!(matches!(claimed(&store, Timestamp::from_millis(60_000)).unwrap(), Claim::Fresh(..)));
}

#[test]
fn a_key_is_kept_for_a_day_unless_somebody_says_otherwise() {
    let store = MemoryIdempotency::new();
    let Claim::Fresh(ticket, _) = claimed(&store, Timestamp::default()).unwrap() else { panic!("the key is new") };
    let answer = Answer { status: 200, content_type: String::new(), body: "x".into() };
    assert!(block_on(store.finish(ticket, answer.clone(), Timestamp::default())).unwrap());
    let day = 24 * 3_600_000;
    assert_eq!(claimed(&store, Timestamp::from_millis(day - 1)).unwrap(), Claim::Done(answer, Origin([0; 16])));
    assert!(matches!(claimed(&store, Timestamp::from_millis(day)).unwrap(), Claim::Fresh(..)));
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_wrapper_that_does_not_fail_changes_nothing(ops in key_ops(40)) {
        block_on(assert_matches_memory(&Flaky::by(MemoryIdempotency::new(), |_| Fault::None), &ops));
    }
}
