//! The laws of auto-end policies, for anybody's policy.

use std::time::Duration;

use crate::{
    StreamView, Timestamp,
    auto_end::{AutoEndPolicy, Verdict},
};

/// Checks all laws for one view and time; let [`stream_view`](super::strategies::stream_view) and
/// [`timestamp`](super::strategies::timestamp) generate them.
///
/// # Panics
/// If a law is broken, saying which.
///
/// ```
/// # use proptest::prelude::*;
/// use streamcore::{auto_end::Never, testing::{policy, strategies::{stream_view, timestamp}}};
/// proptest!(ProptestConfig::with_cases(20), |(view in stream_view(), now in timestamp())| {
///     policy::assert_lawful(&Never, &view, now);
/// });
/// ```
pub fn assert_lawful(policy: &dyn AutoEndPolicy, view: &StreamView, now: Timestamp) {
    assert_pure(policy, view, now);
    assert_spares_listeners(policy, view, now);
    assert_names_the_future(policy, view, now);
    assert_constant_in_between(policy, view, now);
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

/// A stream does not end while somebody is known to listen, nor while nobody knows.
///
/// # Panics
/// If it does.
pub fn assert_spares_listeners(policy: &dyn AutoEndPolicy, view: &StreamView, now: Timestamp) {
    for listeners in [None, Some(1), Some(u64::MAX)] {
        let heard = StreamView { listeners, empty_since: None, ..view.clone() };
        let verdict = policy.decide(&heard, now);
        assert!(!matches!(verdict, Verdict::End(_)), "{policy:?} ends a stream with {listeners:?} listeners at {now}");
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

/// Until the moment it names, or for ever if it names none, the answer does not change by the passing of time alone: nobody would ask.
///
/// # Panics
/// If it does.
pub fn assert_constant_in_between(policy: &dyn AutoEndPolicy, view: &StreamView, now: Timestamp) {
    let verdict = policy.decide(view, now);
    let end = match verdict {
        Verdict::KeepUntil(then) => then.as_millis(),
        Verdict::Keep | Verdict::End(_) => u64::MAX,
    };
    let span = end.saturating_sub(now.as_millis());
    let steps = [1, 1_000, 60_000, 3_600_000, 86_400_000, span / 3, span / 2, span.saturating_sub(1)];
    for step in steps.into_iter().filter(|step| *step < span) {
        let later = now + Duration::from_millis(step);
        let answer = policy.decide(view, later);
        assert_eq!(answer, verdict, "{policy:?} said {verdict:?} at {now} and changes its mind at {later}");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        EndReason,
        auto_end::Never,
        testing::strategies::{stream_view, timestamp},
    };

    /// Ends a stream that nobody has listened to for this long.
    #[derive(Debug)]
    struct Empty(Duration);

    impl AutoEndPolicy for Empty {
        fn decide(&self, view: &StreamView, now: Timestamp) -> Verdict {
            let (Some(0), Some(since)) = (view.listeners, view.empty_since) else { return Verdict::Keep };
            let end = since + self.0;
            if now < end { Verdict::KeepUntil(end) } else { Verdict::End(EndReason::AutoEnd) }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn never_is_lawful(view in stream_view(), now in timestamp()) {
            assert_lawful(&Never, &view, now);
        }

        #[test]
        fn a_time_limit_on_emptiness_is_lawful(view in stream_view(), now in timestamp(), limit in any::<u32>()) {
            assert_lawful(&Empty(Duration::from_millis(limit.into())), &view, now);
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

    fn view() -> StreamView {
        StreamView {
            id: crate::StreamId::new(1),
            status: crate::Status::Placeholder,
            current: None,
            position: Duration::ZERO,
            listeners: Some(0),
            empty_since: Some(Timestamp::default()),
            started_at: Some(Timestamp::default()),
            ended: None,
            tracks_played: 0,
            errors: 0,
        }
    }

    #[test]
    #[should_panic(expected = "with None listeners")]
    fn ending_a_stream_of_unknown_audience_is_caught() {
        assert_lawful(&Outlaw(|_, _| Verdict::End(EndReason::AutoEnd)), &view(), Timestamp::default());
    }

    #[test]
    #[should_panic(expected = "which is not after")]
    fn asking_to_be_asked_at_once_is_caught() {
        assert_lawful(&Outlaw(|_, now| Verdict::KeepUntil(now)), &view(), Timestamp::default());
    }

    #[test]
    #[should_panic(expected = "changes its mind")]
    fn changing_its_mind_unasked_is_caught() {
        let sliding = Outlaw(|_, now| Verdict::KeepUntil(now + Duration::from_secs(60)));
        assert_lawful(&sliding, &view(), Timestamp::default());
    }
}
