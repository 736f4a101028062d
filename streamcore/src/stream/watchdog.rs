//! Dead air: a track that makes no progress is given up.

use std::time::Duration;

use super::{Effects, Stream, on_air::Live, phase::Phase};
use crate::{FailureKind, FailureReason, Timestamp};

/// So long a track may make no progress. Longer than a player tries to reach a lost source again, shorter than listeners stay.
pub(super) const STALL_AFTER: Duration = Duration::from_secs(15);
/// A deadline that is noticed so late was missed by a whole process or machine that stood still.
const LATE: Duration = Duration::from_secs(1);

impl Stream {
    fn stalls_at(&self) -> Option<(Timestamp, &Live)> {
        let live = self.live().filter(|live| live.ordered && live.done.is_none())?;
        (self.phase == Phase::Running && !self.paused).then_some((live.last_progress + STALL_AFTER, live))
    }

    /// When what is on the air will have made no progress for too long.
    pub(super) fn stall_deadline(&self) -> Option<Timestamp> {
        self.stalls_at().map(|(at, _)| at)
    }

    /// The player has told of no progress for too long, whatever it believes: the next one, at once. A skip that is under way has the word.
    pub(super) fn give_up_if_stalled(&mut self, fx: &mut Effects) {
        let due = self.stalls_at().filter(|(at, _)| *at <= self.now).map(|(at, live)| (at, live.playback));
        let Some((at, playback)) = due else { return };
        if self.now.since(at) > LATE {
            // It is not the track that stood still: the player gets as long again.
            let now = self.now;
            return self.live_mut(playback).into_iter().for_each(|live| live.last_progress = now);
        }
        let detail = format!("it made no progress for {} s", STALL_AFTER.as_secs());
        self.stalled(playback, FailureReason::new(FailureKind::Stalled, detail), fx);
    }
}
