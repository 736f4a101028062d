//! When a stream will end if nothing changes.

use super::{AutoEndPolicy, Verdict};
use crate::{StreamView, Timestamp};

/// An end is foreseen across so many moments that a policy names on the way; it is not foreseen beyond them.
pub const MAX_STEPS: usize = 64;

/// When this policy ends the stream if nothing changes but the time; none if it does not, or if that cannot be foreseen.
///
/// ```
/// # use std::time::Duration;
/// # use streamcore::{StreamView, Timestamp};
/// use streamcore::auto_end::{IdleTimeout, forecast};
/// # fn example(view: &StreamView, now: Timestamp) {
/// let end = forecast(&IdleTimeout(Duration::from_secs(300)), view, now);
/// # }
/// ```
#[must_use]
pub fn forecast(policy: &dyn AutoEndPolicy, view: &StreamView, now: Timestamp) -> Option<Timestamp> {
    let mut at = now;
    for _ in 0..=MAX_STEPS {
        match policy.decide(view, at) {
            Verdict::End => return Some(at),
            Verdict::KeepUntil(next) if next > at => at = next,
            Verdict::KeepUntil(_) | Verdict::Keep => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::testing::strategies::{policy, view_and_now};

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Promise E1.
        #[test]
        fn it_is_the_first_moment_at_which_the_policy_ends_the_stream(
            (view, now) in view_and_now(),
            policy in policy(),
            parts in proptest::collection::vec(0.0..1.0, 20),
        ) {
            let foreseen = forecast(&*policy, &view, now);
            if let Some(end) = foreseen {
                prop_assert!(end >= now);
                prop_assert_eq!(policy.decide(&view, end), Verdict::End);
            }
            // Without an end, within the time in which all windows have come several times.
            let span = foreseen.map_or(Duration::from_secs(30 * 86_400), |end| end.since(now));
            for part in parts {
                let at = now + span.mul_f64(part).min(Duration::from_millis(u64::MAX));
                if foreseen.is_none_or(|end| at < end) {
                    prop_assert_ne!(policy.decide(&view, at), Verdict::End, "at {}, and {:?} is foreseen", at, foreseen);
                }
            }
        }
    }

    /// Names every hour, and ends at the one with this number.
    #[derive(Debug)]
    struct Hours(u64);

    impl AutoEndPolicy for Hours {
        fn decide(&self, _view: &StreamView, now: Timestamp) -> Verdict {
            let hour = now.as_millis() / 3_600_000;
            if hour >= self.0 {
                Verdict::End
            } else {
                Verdict::KeepUntil(Timestamp::from_millis((hour + 1) * 3_600_000))
            }
        }
    }

    #[test]
    fn it_reaches_across_so_many_moments_and_no_further() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let at_hour = |hours: u64| Some(Timestamp::from_millis(hours * 3_600_000));
        runner
            .run(&crate::testing::strategies::stream_view(), |view| {
                prop_assert_eq!(forecast(&Hours(64), &view, Timestamp::default()), at_hour(64));
                prop_assert_eq!(forecast(&Hours(65), &view, Timestamp::default()), None);
                Ok(())
            })
            .expect("both hold");
    }
}
