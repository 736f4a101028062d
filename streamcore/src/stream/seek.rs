//! To another place in the current track.

use std::time::Duration;

use super::{CommandId, Effects, Refusal, Stream, on_air::OnAir, phase::Phase};
use crate::{EventKind, ItemId, Source, player::Join};

impl Stream {
    /// Plays the current track from another place on, as a new playback: whatever is still reported of the old one is stale.
    pub(super) fn seek(&mut self, command: CommandId, item: Option<ItemId>, position: Duration, fx: &mut Effects) {
        if self.phase != Phase::Running {
            return self.refuse(command, Refusal::NotRunning, fx);
        }
        let (playback, now, busy) = (self.next_playback(), self.now, self.handoff.is_some());
        let live = match &mut self.on_air {
            OnAir::Item(live) if live.done.is_none() && !busy && item.is_none_or(|item| item == live.item.id) => live,
            _ => return self.refuse(command, Refusal::NothingToSeek, fx),
        };
        if live.item.duration.is_none() && live.item.source == Source::Stream {
            return self.refuse(command, Refusal::NotSeekable, fx);
        }
        live.told_before |= live.started;
        live.sought = live.told_before;
        (live.playback, live.join, live.follows) = (playback, Join::Now, None);
        (live.from, live.position, live.running_since) = (position, position, None);
        (live.ordered, live.started, live.last_progress) = (false, false, now);
        live.position_reported = None;
        let position_ms = u64::try_from(position.as_millis()).unwrap_or(u64::MAX);
        let item = live.item.clone();
        self.order_what_is_on_air(fx);
        self.emit(EventKind::Sought { item, position_ms }, fx);
        self.save(Some(command), fx);
    }
}
