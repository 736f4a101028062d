//! Policies made of policies.

use std::sync::Arc;

use super::{AutoEndPolicy, Verdict};
use crate::{Timestamp, stream::StreamView};

/// Ends a stream when all of these policies do; of none of them, never.
///
/// ```
/// # use std::{sync::Arc, time::Duration};
/// use streamcore::auto_end::{AllOf, IdleTimeout, QueueEmpty};
/// let policy = AllOf(vec![Arc::new(IdleTimeout(Duration::from_secs(300))), Arc::new(QueueEmpty)]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct AllOf(pub Vec<Arc<dyn AutoEndPolicy>>);

impl AutoEndPolicy for AllOf {
    fn decide(&self, view: &StreamView, now: Timestamp) -> Verdict {
        if self.0.is_empty() {
            return Verdict::Keep;
        }
        self.0.iter().map(|policy| policy.decide(view, now)).fold(Verdict::End, Verdict::and)
    }
}

/// Ends a stream when one of these policies does.
///
/// ```
/// # use std::{sync::Arc, time::Duration};
/// use streamcore::auto_end::{AllOf, AnyOf, IdleTimeout, QueueEmpty};
/// let minutes = |minutes: u64| Arc::new(IdleTimeout(Duration::from_secs(60 * minutes)));
/// let sooner_if_nothing_waits = AnyOf(vec![minutes(60), Arc::new(AllOf(vec![minutes(5), Arc::new(QueueEmpty)]))]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct AnyOf(pub Vec<Arc<dyn AutoEndPolicy>>);

impl AutoEndPolicy for AnyOf {
    fn decide(&self, view: &StreamView, now: Timestamp) -> Verdict {
        self.0.iter().map(|policy| policy.decide(view, now)).fold(Verdict::Keep, Verdict::or)
    }
}

impl Verdict {
    /// Ends if both do. Of two moments the later one: until then at least one of them does not end.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Keep, _) | (_, Self::Keep) => Self::Keep,
            (Self::End, verdict) | (verdict, Self::End) => verdict,
            (Self::KeepUntil(one), Self::KeepUntil(other)) => Self::KeepUntil(one.max(other)),
        }
    }

    /// Ends if one of them does. Of two moments the earlier one.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::End, _) | (_, Self::End) => Self::End,
            (Self::Keep, verdict) | (verdict, Self::Keep) => verdict,
            (Self::KeepUntil(one), Self::KeepUntil(other)) => Self::KeepUntil(one.min(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T1: Verdict = Verdict::KeepUntil(Timestamp::from_millis(1));
    const T2: Verdict = Verdict::KeepUntil(Timestamp::from_millis(2));

    /// Promise E9.
    #[test]
    fn all_end_when_each_does_and_one_of_them_when_the_first_does() {
        use Verdict::{End, Keep};
        for (one, other, and, or) in [
            (End, End, End, End),
            (End, Keep, Keep, End),
            (Keep, Keep, Keep, Keep),
            (End, T1, T1, End),
            (Keep, T1, Keep, T1),
            (T1, T2, T2, T1),
        ] {
            assert_eq!((one.and(other), other.and(one)), (and, and), "{one:?} and {other:?}");
            assert_eq!((one.or(other), other.or(one)), (or, or), "{one:?} or {other:?}");
        }
    }
}
