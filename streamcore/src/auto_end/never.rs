use super::{AutoEndPolicy, Verdict};
use crate::{Timestamp, stream::StreamView};

/// Streams run until somebody stops them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Never;

impl AutoEndPolicy for Never {
    fn decide(&self, _view: &StreamView, _now: Timestamp) -> Verdict {
        Verdict::Keep
    }
}
