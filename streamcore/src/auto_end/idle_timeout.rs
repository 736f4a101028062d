use std::time::Duration;

use super::{AutoEndPolicy, Verdict};
use crate::{Timestamp, stream::StreamView};

/// Ends a stream that has been empty for so long.
///
/// ```
/// # use std::{sync::Arc, time::Duration};
/// use streamcore::{StreamId, auto_end::IdleTimeout, stream::Stream};
/// let stream = Stream::new(StreamId::new(1), Arc::new(IdleTimeout(Duration::from_secs(300))), Arc::default());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdleTimeout(pub Duration);

impl AutoEndPolicy for IdleTimeout {
    fn decide(&self, view: &StreamView, now: Timestamp) -> Verdict {
        let (Some(since), true) = (view.empty_since, view.audience.is_empty()) else { return Verdict::Keep };
        let end = since + self.0;
        if now < end { Verdict::KeepUntil(end) } else { Verdict::End }
    }
}
