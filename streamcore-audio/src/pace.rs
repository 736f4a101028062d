//! When a frame is due. Pure: told the time, never asks.
//!
//! **No drift.** Every due time is computed from the beginning, never by adding up frame lengths; so that after days the broadcast is still
//! at real time to the nanosecond.

use std::time::Duration;

use crate::pcm::BLOCK;

const NANOS: i128 = 1_000_000_000;

/// The clock of one mount. Times are counted from when the stream was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    rate: i128,
    /// When frame 0 is, or would have been, due.
    epoch_nanos: i128,
}

impl Pace {
    pub(crate) fn new(sample_rate: u32) -> Self {
        Self { rate: i128::from(sample_rate), epoch_nanos: 0 }
    }

    /// When this frame is due, in nanoseconds; negative if it was due before the stream was opened (after [`skip_ahead`](Self::skip_ahead)).
    fn due_nanos(&self, frame: u64) -> i128 {
        self.epoch_nanos + i128::from(frame) * BLOCK as i128 * NANOS / self.rate
    }

    #[cfg(test)]
    pub(crate) fn due(&self, frame: u64) -> Duration {
        Duration::from_nanos(u64::try_from(self.due_nanos(frame)).unwrap_or(0))
    }

    /// How many frames are due before `at`: the index of the first that is not.
    pub(crate) fn due_before(&self, at: Duration) -> u64 {
        let since = i128::try_from(at.as_nanos()).unwrap_or(i128::MAX) - self.epoch_nanos;
        let per_frame = BLOCK as i128 * NANOS;
        let mut frame = u64::try_from((since * self.rate).div_euclid(per_frame)).unwrap_or(0);
        // The division can land one frame beside the rounded due times; these settle it by the one definition of "due".
        while frame > 0 && self.due_nanos(frame - 1) >= since + self.epoch_nanos {
            frame -= 1;
        }
        while self.due_nanos(frame) < since + self.epoch_nanos {
            frame += 1;
        }
        frame
    }

    /// The clock of a line that takes over before this frame of the old one, and counts from 0.
    pub(crate) fn rebased(self, frame: u64) -> Self {
        Self { epoch_nanos: self.due_nanos(frame), ..self }
    }

    /// How many frames fill this much time, rounded up.
    pub(crate) fn frames_in(&self, time: Duration) -> u64 {
        let per_frame = BLOCK as i128 * NANOS;
        let nanos = i128::try_from(time.as_nanos()).unwrap_or(i128::MAX / self.rate);
        u64::try_from((nanos * self.rate + per_frame - 1) / per_frame).unwrap_or(u64::MAX)
    }

    /// After the machine stood still: makes `next` due `most` ago if it was due even earlier. Returns whether it had to.
    ///
    /// What was missed is gone; sending all of it at once would only fill the listeners' buffers with the past.
    pub(crate) fn skip_ahead(&mut self, next: u64, now: Duration, most: Duration) -> bool {
        let earliest = i128::try_from(now.saturating_sub(most).as_nanos()).unwrap_or(i128::MAX);
        let late = earliest - self.due_nanos(next);
        if late > 0 {
            self.epoch_nanos += late;
        }
        late > 0
    }
}

/// When the wave after `now` goes out: waves lie on a fixed grid, so that a late one does not delay those behind it.
pub(crate) fn next_wave(now: Duration, wave: Duration) -> Duration {
    let wave = wave.as_nanos().max(1);
    Duration::from_nanos(u64::try_from((now.as_nanos() / wave + 1) * wave).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WAVE: Duration = Duration::from_millis(250);

    /// Promise A5.
    #[test]
    fn after_a_day_of_waves_not_a_frame_is_missing_or_extra() {
        for rate in [32_000_u32, 44_100, 48_000] {
            let pace = Pace::new(rate);
            let (mut now, mut sent) = (Duration::ZERO, 0);
            while now < Duration::from_secs(24 * 3_600) {
                now = next_wave(now, WAVE);
                sent = sent.max(pace.due_before(now));
            }
            let exact = 24.0 * 3_600.0 * f64::from(rate) / BLOCK as f64;
            assert!((sent as f64 - exact).abs() <= 1.0, "{sent} frames, {exact} expected at {rate} Hz");
        }
    }

    /// Promise A5.
    #[test]
    fn a_suspended_machine_does_not_burst_the_past() {
        let mut pace = Pace::new(44_100);
        let (hour, burst) = (Duration::from_secs(3_600), Duration::from_secs(2));
        assert!(pace.skip_ahead(40, hour, burst));
        let frames = pace.due_before(hour) - 40;
        assert!(frames <= pace.frames_in(burst), "{frames} frames at once");
        assert!(!pace.skip_ahead(40 + frames, hour, burst), "once is enough");
    }

    proptest! {
        #[test]
        fn a_frame_is_before_a_time_exactly_if_it_is_due_earlier(
            rate in prop::sample::select(vec![32_000_u32, 44_100, 48_000]),
            millis in 0_u64..200_000_000,
            shift in 0_u64..100_000,
        ) {
            let mut pace = Pace::new(rate);
            pace.skip_ahead(0, Duration::from_millis(shift), Duration::ZERO);
            let at = Duration::from_millis(millis + shift);
            let first = pace.due_before(at);
            prop_assert!(pace.due(first) >= at);
            prop_assert!(first == 0 || pace.due(first - 1) < at);
        }

        #[test]
        fn waves_share_out_every_frame_exactly_once(steps in prop::collection::vec(1_u64..2_000, 1..50)) {
            let pace = Pace::new(44_100);
            let (mut now, mut sent) = (Duration::ZERO, 0);
            for step in steps {
                now += Duration::from_millis(step);
                let until = pace.due_before(now);
                prop_assert!(until >= sent);
                sent = until;
            }
            prop_assert_eq!(sent, pace.due_before(now));
        }
    }
}
