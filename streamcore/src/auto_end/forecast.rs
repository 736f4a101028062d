//! When a stream will end if nothing changes.

use super::{AutoEndPolicy, Verdict};
use crate::{StreamView, Timestamp};

/// So many moments are asked about; a policy that names more of them has no foreseeable end.
const MAX_STEPS: usize = 64;

/// When this policy ends the stream if nothing changes but the time; none if it does not, or if that cannot be foreseen.
#[must_use]
pub fn forecast(policy: &dyn AutoEndPolicy, view: &StreamView, now: Timestamp) -> Option<Timestamp> {
    let mut at = now;
    for _ in 0..MAX_STEPS {
        match policy.decide(view, at) {
            Verdict::End => return Some(at),
            Verdict::KeepUntil(next) if next > at => at = next,
            Verdict::KeepUntil(_) | Verdict::Keep => return None,
        }
    }
    None
}
