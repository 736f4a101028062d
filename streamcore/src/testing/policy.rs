//! The laws of auto-end policies, for anybody's policy.

use std::time::Duration;

use crate::{
    StreamView, Timestamp,
    auto_end::{AutoEndPolicy, Verdict, forecast},
    presence::Audience,
};

/// Checks all laws for one view and time; let [`view_and_now`](super::strategies::view_and_now) generate them.
///
/// # Panics
/// If a law is broken, saying which.
///
/// ```
/// # use proptest::prelude::*;
/// use streamcore::{auto_end::BySettings, testing::{policy, strategies::view_and_now}};
/// proptest!(ProptestConfig::with_cases(20), |((view, now) in view_and_now())| {
///     policy::assert_lawful(&BySettings, &view, now);
/// });
/// ```
pub fn assert_lawful(policy: &dyn AutoEndPolicy, view: &StreamView, now: Timestamp) {
    assert_pure(policy, view, now);
    assert_spares_listeners(policy, view, now);
    assert_names_the_future(policy, view, now);
    assert_foresees(policy, view, now);
}

/// The same view and time give the same answer, whatever was asked in between.
///
/// # Panics
/// If they do not.
pub fn assert_pure(policy: &dyn AutoEndPolicy, view: &StreamView, now: Timestamp) {
    let first = policy.decide(view, now);
    policy.decide(view, Timestamp::from_millis(u64::MAX));
    policy.decide(view, Timestamp::default());
    assert_eq!(policy.decide(view, now), first, "{policy:?} is not pure: it answers differently the second time");
}

/// A stream does not end while somebody is known to listen, nor while nobody knows: however long it was empty before.
///
/// # Panics
/// If it does.
pub fn assert_spares_listeners(policy: &dyn AutoEndPolicy, view: &StreamView, now: Timestamp) {
    let incomplete = Audience { count: 1, complete: false };
    for audience in [Audience::UNKNOWN, Audience::known(1), Audience::known(u64::MAX), incomplete] {
        let empty_since = if audience.is_present() { None } else { view.empty_since };
        let heard = StreamView { audience, empty_since, ..view.clone() };
        let verdict = policy.decide(&heard, now);
        assert!(verdict != Verdict::End, "{policy:?} ends a stream with {audience:?} at {now}");
    }
}

/// The moment to be asked again comes after now: otherwise it would be asked for ever.
///
/// # Panics
/// If it does not.
pub fn assert_names_the_future(policy: &dyn AutoEndPolicy, view: &StreamView, now: Timestamp) {
    if let Verdict::KeepUntil(then) = policy.decide(view, now) {
        assert!(then > now, "{policy:?} wants to be asked again at {then}, which is not after {now}");
    }
}

/// The passing of time alone brings nothing new: until the moment it names, or for ever if it names none, it does not end the stream, and
/// whenever it is asked until then it foresees the same end. After an end nothing is required.
///
/// # Panics
/// If it does.
pub fn assert_foresees(policy: &dyn AutoEndPolicy, view: &StreamView, now: Timestamp) {
    let verdict = policy.decide(view, now);
    let end = match verdict {
        Verdict::KeepUntil(then) => then.as_millis(),
        Verdict::Keep => u64::MAX,
        Verdict::End => return,
    };
    let foreseen = forecast(policy, view, now);
    let span = end.saturating_sub(now.as_millis());
    let steps = [1, 1_000, 60_000, 3_600_000, 86_400_000, span / 3, span / 2, span.saturating_sub(1)];
    for step in steps.into_iter().filter(|step| *step < span) {
        let later = now + Duration::from_millis(step);
        let answer = policy.decide(view, later);
        assert!(answer != Verdict::End, "{policy:?} said {verdict:?} at {now} and ends the stream at {later}");
        let anew = forecast(policy, view, later);
        assert_eq!(
            anew, foreseen,
            "{policy:?} at {later} foresees another end than at {now}, where it said {verdict:?}"
        );
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        auto_end::{AllOf, AnyOf, BySettings, IdleTimeout, Never, QueueEmpty, Settings},
        testing::strategies::{policy, schedule, view_and_now},
    };

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Promise E2.
        #[test]
        fn what_settings_say_is_lawful((view, now) in view_and_now()) {
            assert_lawful(&BySettings, &view, now);
        }

        /// Promise E2.
        #[test]
        fn simple_policies_are_lawful((view, now) in view_and_now(), limit in any::<u32>(), schedule in schedule()) {
            let policies: [&dyn AutoEndPolicy; 4] =
                [&Never, &QueueEmpty, &IdleTimeout(Duration::from_millis(limit.into())), &schedule];
            for policy in policies {
                assert_lawful(policy, &view, now);
            }
        }

        /// Promise E2.
        #[test]
        fn combinations_of_them_are_lawful((view, now) in view_and_now(), policy in policy()) {
            assert_lawful(&*policy, &view, now);
        }
    }

    /// An outlaw: what it does, in place of a name.
    #[derive(Debug)]
    struct Outlaw(fn(&StreamView, Timestamp) -> Verdict);

    impl AutoEndPolicy for Outlaw {
        fn decide(&self, view: &StreamView, now: Timestamp) -> Verdict {
            (self.0)(view, now)
        }
    }

    const HOUR: Timestamp = Timestamp::from_millis(3_600_000);

    fn assert_outlaw_is_lawful(outlaw: fn(&StreamView, Timestamp) -> Verdict) {
        let view = StreamView {
            id: crate::StreamId::new(1),
            status: crate::Status::Placeholder,
            current: None,
            position: Duration::ZERO,
            audience: Audience::NOBODY,
            empty_since: Some(Timestamp::default()),
            queue_empty: true,
            auto_end: Arc::new(Settings::default()),
            timer: None,
            session: 1,
            started_at: Some(Timestamp::default()),
            ended: None,
            peak_listeners: 0,
            total_listeners: 0,
            tracks_played: 0,
            errors: 0,
        };
        assert_lawful(&Outlaw(outlaw), &view, Timestamp::default());
    }

    #[test]
    #[should_panic(expected = "ends a stream with Audience { count: 0, complete: false }")]
    fn ending_a_stream_of_unknown_audience_is_caught() {
        assert_outlaw_is_lawful(|view, _| if view.audience.is_present() { Verdict::Keep } else { Verdict::End });
    }

    #[test]
    #[should_panic(expected = "ends a stream with Audience { count: 1, complete: true }")]
    fn ending_a_stream_that_is_heard_is_caught() {
        assert_outlaw_is_lawful(|view, _| if view.audience.complete { Verdict::End } else { Verdict::Keep });
    }

    #[test]
    #[should_panic(expected = "which is not after")]
    fn asking_to_be_asked_at_once_is_caught() {
        assert_outlaw_is_lawful(|_, now| Verdict::KeepUntil(now));
    }

    #[test]
    #[should_panic(expected = "is not pure")]
    fn remembering_is_caught() {
        static ASKED: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
        assert_outlaw_is_lawful(|_, now| {
            let asked = ASKED.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Verdict::KeepUntil(now + Duration::from_secs(asked))
        });
    }

    #[test]
    #[should_panic(expected = "foresees another end")]
    fn an_end_that_slides_is_caught() {
        assert_outlaw_is_lawful(|view, now| match now {
            _ if !view.audience.is_empty() => Verdict::Keep,
            now if now < HOUR => Verdict::KeepUntil(now + Duration::from_secs(7_000)),
            _ => Verdict::End,
        });
    }

    #[test]
    #[should_panic(expected = "and ends the stream at")]
    fn an_outlaw_that_ends_earlier_than_it_named_is_caught() {
        assert_outlaw_is_lawful(|view, now| match now {
            _ if !view.audience.is_empty() => Verdict::Keep,
            now if now < HOUR.before(Duration::from_millis(1)) => Verdict::KeepUntil(HOUR),
            _ => Verdict::End,
        });
    }

    #[test]
    #[should_panic(expected = "and ends the stream at")]
    fn an_outlaw_that_ends_though_it_named_no_moment_is_caught() {
        assert_outlaw_is_lawful(|view, now| match now {
            now if now >= HOUR && view.audience.is_empty() => Verdict::End,
            _ => Verdict::Keep,
        });
    }

    #[test]
    fn of_no_policies_none_ends_a_stream() {
        for policy in [&AllOf::default() as &dyn AutoEndPolicy, &AnyOf::default()] {
            let mut runner = proptest::test_runner::TestRunner::deterministic();
            runner
                .run(&view_and_now(), |(view, now)| {
                    prop_assert_eq!(policy.decide(&view, now), Verdict::Keep);
                    Ok(())
                })
                .expect("it keeps them");
        }
    }
}
