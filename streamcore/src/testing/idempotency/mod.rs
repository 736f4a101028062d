//! The promises of the idempotency port, one check each. [`idempotency_conformance!`](crate::idempotency_conformance) runs them all, and
//! [`compare`] compares an adapter with the memory one over generated calls.

mod bounds;
mod claims;
pub mod compare;
mod durability;
mod fixture;
mod flaky;
mod keys;
mod time;

pub use self::{bounds::*, claims::*, durability::*, fixture::IdempotencyFixture, time::*};

/// Calls another macro with the names of all checks: the one list of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __idempotency_checks {
    ([$($then:tt)*] $($context:tt)*) => {
        $($then)*! {
            $($context)*
            i01_a_key_is_fresh_once
            i02_the_answer_is_given_again_unchanged
            i03_another_request_under_a_key_is_a_mismatch
            i04_keys_of_other_callers_and_routes_are_apart
            i05_an_abandoned_key_is_fresh
            i06_an_overdue_claim_is_taken_over
            i07_the_first_answer_stays
            i08_keys_are_kept_for_their_time
            i09_at_the_bound_the_key_that_ended_first_is_forgotten
            i10_requests_in_progress_are_never_forgotten_for_others
            i11_what_is_too_long_is_refused
            i12_of_concurrent_claims_one_is_fresh
            i13_time_that_runs_backwards_forgets_nothing
            i14_keys_survive_a_restart
            i15_a_second_handle_sees_what_the_first_claimed
            i16_a_key_keeps_its_origin_until_it_is_forgotten
        }
    };
}

/// Makes one `#[test]` per promise of the idempotency port, in the module `idempotency_conformance`.
///
/// The arguments are those of [`queue_conformance!`](crate::queue_conformance), with an
/// [`IdempotencyFixture`](crate::testing::idempotency::IdempotencyFixture).
#[macro_export]
macro_rules! idempotency_conformance {
    (fixture = $fixture:expr, block_on = $block_on:path $(,)?) => {
        mod idempotency_conformance {
            use super::*;
            $crate::__idempotency_checks! { [$crate::__conformance_tests] [idempotency] [$fixture] [$block_on] }
        }
    };
}
