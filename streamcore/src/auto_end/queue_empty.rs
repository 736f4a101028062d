use super::{AutoEndPolicy, Verdict};
use crate::{Timestamp, stream::StreamView};

/// Ends an empty stream as soon as nothing plays and nothing waits: one part of an [`AllOf`](super::AllOf) rather than a policy to use alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueEmpty;

impl AutoEndPolicy for QueueEmpty {
    fn decide(&self, view: &StreamView, _now: Timestamp) -> Verdict {
        if view.queue_empty && view.audience.is_empty() { Verdict::End } else { Verdict::Keep }
    }
}
