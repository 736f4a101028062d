//! Compares a store of idempotency keys with the memory one, call by call.

use std::time::Duration;

use proptest::{collection::vec, prelude::*};

use super::{
    super::items::Expected,
    keys::{answer, ms, request},
};
use crate::idempotency::{Claim, Idempotency, Limits, MemoryIdempotency, Origin, ScopedKey, Ticket};

/// A call of the port, with the time that passes before it, in milliseconds; negative where time runs backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyOp {
    passes: i64,
    call: Call,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    /// Of this caller, this key, this request.
    Claim {
        caller: u8,
        key: u8,
        request: u8,
        keys_per_caller: usize,
    },
    /// The `nth` ticket that was given, around again.
    Finish {
        nth: usize,
        status: u16,
    },
    Abandon {
        nth: usize,
    },
}

const KEEP: u64 = 1_000;
const OVERDUE: u64 = 100;

/// Up to `max` calls: few keys, in a time in which some become overdue and some are forgotten.
pub fn key_ops(max: usize) -> impl Strategy<Value = Vec<KeyOp>> {
    let call = prop_oneof![
        6 => (0..2_u8, 0..6_u8, prop_oneof![4 => Just(1), 1 => Just(2_u8)], prop_oneof![3 => Just(4), 1 => 0..3_usize])
            .prop_map(|(caller, key, request, keys_per_caller)| Call::Claim { caller, key, request, keys_per_caller }),
        3 => (0..8_usize, any::<u16>()).prop_map(|(nth, status)| Call::Finish { nth, status }),
        1 => (0..8_usize).prop_map(|nth| Call::Abandon { nth }),
    ];
    let passes = prop_oneof![4 => 0..40_i64, 2 => Just(0), 1 => Just(100), 1 => Just(1_000), 1 => -50..0_i64];
    vec((passes, call).prop_map(|(passes, call)| KeyOp { passes, call }), 0..=max)
}

/// A comparison, in steps for tests that do something of their own in between.
#[derive(Debug, Default)]
pub struct Comparison {
    memory: MemoryIdempotency,
    /// The tickets that both gave for the same claim, newest first.
    tickets: Vec<(Ticket, Ticket)>,
    now: i64,
    steps: usize,
}

/// Makes each call on an empty store and on a memory one, and compares the answers.
///
/// # Panics
/// At the first difference, naming the step.
pub async fn assert_matches_memory(store: &dyn Idempotency, ops: &[KeyOp]) {
    let mut comparison = Comparison::default();
    for op in ops {
        comparison.step(store, *op).await;
    }
}

impl Comparison {
    /// Makes one call on both and compares.
    ///
    /// # Panics
    /// On a difference.
    pub async fn step(&mut self, store: &dyn Idempotency, op: KeyOp) {
        self.steps += 1;
        self.now = (self.now + op.passes).max(0);
        let now = ms(self.now.unsigned_abs());
        let (actual, expected) = match op.call {
            Call::Claim { caller, key, request: n, keys_per_caller } => {
                let key = ScopedKey { caller: caller.to_string(), route: "r".into(), key: key.to_string() };
                let (keep_for, overdue_after) = (Duration::from_millis(KEEP), Duration::from_millis(OVERDUE));
                let limits = Limits { keep_for, overdue_after, keys_per_caller };
                let mut origin = [0; 16];
                origin[..8].copy_from_slice(&(self.steps as u64).to_be_bytes());
                let actual = store.claim(key.clone(), request(n), Origin(origin), limits, now).await;
                let expected = self.memory.claim(key, request(n), Origin(origin), limits, now).await;
                if let (Ok(Claim::Fresh(one, origin)), Ok(Claim::Fresh(two, expected))) = (&actual, &expected) {
                    assert_eq!(origin, expected, "step {}: the origin of {op:?} at {now}", self.steps);
                    self.tickets.insert(0, (*one, *two));
                    return;
                }
                (format!("{actual:?}"), format!("{expected:?}"))
            }
            Call::Finish { nth, status } => {
                let Some((one, two)) = self.ticket(nth) else { return };
                let actual = store.finish(one, answer(status), now).await.answered();
                (actual.to_string(), self.memory.finish(two, answer(status), now).await.answered().to_string())
            }
            Call::Abandon { nth } => {
                let Some((one, two)) = self.ticket(nth) else { return };
                let actual = store.abandon(one).await;
                (format!("{actual:?}"), format!("{:?}", self.memory.abandon(two).await))
            }
        };
        assert_eq!(actual, expected, "step {}: the answer to {op:?} at {now}", self.steps);
    }

    fn ticket(&self, nth: usize) -> Option<(Ticket, Ticket)> {
        self.tickets.get(nth % self.tickets.len().max(1)).copied()
    }
}
