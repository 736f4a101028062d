use super::{AutoEndPolicy, Verdict};
use crate::{Timestamp, stream::StreamView};

/// Does what each stream's [`Settings`](super::Settings) say.
#[derive(Debug, Clone, Copy, Default)]
pub struct BySettings;

impl AutoEndPolicy for BySettings {
    fn decide(&self, view: &StreamView, now: Timestamp) -> Verdict {
        let settings = &view.auto_end;
        let (true, true, Some(since)) = (settings.enabled, view.audience.is_empty(), view.empty_since) else {
            return Verdict::Keep;
        };
        let end = since + settings.timeout;
        if now < end { Verdict::KeepUntil(end) } else { Verdict::End }
    }
}
