//! What an engine measures of its own work: gaps at joins, dead air, lag. Pure.
//!
//! Silence is counted in samples of the line, so that what is told is what listeners get, to the sample, and not what a clock made of it. Silence
//! that somebody ordered is no incident: a pause, a stop, or nothing to play.

use std::time::Duration;

use streamcore::player::Incident;

use crate::pcm::time_of;

/// How late a wave may be before it is told: more than it may wait for an order.
const LATE: Duration = Duration::from_millis(200);
/// How long a file may take to begin before the silence until then counts as dead air.
const BEGINNING: Duration = Duration::from_millis(500);
/// How often lag is told.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);

/// The measure of one stream.
#[derive(Debug, Default)]
pub(super) struct Quality {
    rate: u32,
    /// Behind the last sample of the item that ended last, if nothing but silence came since.
    ended: Option<u64>,
    /// Where silence began because the current item gives nothing, and whether it had begun.
    dead: Option<(u64, bool)>,
    told_lag: Option<Duration>,
}

impl Quality {
    pub(super) fn new(rate: u32) -> Self {
        Self { rate, ..Self::default() }
    }

    /// The last sample of an item lies before this position.
    pub(super) fn ends_at(&mut self, position: u64) {
        self.ended = Some(position);
    }

    /// What ended is not what the next one follows: something else was ordered in between, silence perhaps.
    pub(super) fn interrupted(&mut self) {
        self.ended = None;
    }

    /// The first sample of a playback that follows another one, if it does, lies at this position.
    pub(super) fn begins_at(&mut self, position: u64, follows: bool) -> Option<Incident> {
        let ended = self.ended.take().filter(|_| follows)?;
        Some(Incident::Switched { gap: time_of(position.saturating_sub(ended), self.rate) })
    }

    /// Silence is sent from this position on, because there is nothing of the current item; `begun` if there was before.
    pub(super) fn starves_at(&mut self, position: u64, begun: bool) {
        self.dead.get_or_insert((position, begun));
    }

    /// Up to this position there was silence, if there was any; then it was over, in one way or the other.
    pub(super) fn sounds_at(&mut self, position: u64) -> Option<Incident> {
        let (since, begun) = self.dead.take()?;
        let lasted = time_of(position.saturating_sub(since), self.rate);
        (lasted > Duration::ZERO && (begun || lasted >= BEGINNING)).then_some(Incident::DeadAir { lasted })
    }

    /// A wave that was to go out at `due` went out at `now`; listeners have at most `spare` in hand.
    pub(super) fn wave_went_out(&mut self, due: Duration, now: Duration, spare: Duration) -> Option<Incident> {
        let behind = now.saturating_sub(due);
        if behind > spare {
            return Some(Incident::DeadAir { lasted: behind - spare });
        }
        let quiet = self.told_lag.is_none_or(|told| now.saturating_sub(told) >= AT_MOST_EVERY);
        if behind <= LATE || !quiet {
            return None;
        }
        self.told_lag = Some(now);
        Some(Incident::EncoderLag { behind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_join_is_told_with_its_gap_and_only_if_it_is_one() {
        let mut quality = Quality::new(48_000);
        assert_eq!(quality.begins_at(10, true), None, "nothing was before it");
        quality.ends_at(1_000);
        assert_eq!(quality.begins_at(1_000, true), Some(Incident::Switched { gap: Duration::ZERO }));
        assert_eq!(quality.begins_at(2_000, true), None, "once");
        quality.ends_at(10_000);
        assert_eq!(quality.begins_at(14_800, true), Some(Incident::Switched { gap: millis(100) }));
        quality.ends_at(20_000);
        assert_eq!(quality.begins_at(20_000, false), None, "it was told to begin at once");
        quality.ends_at(30_000);
        quality.interrupted();
        assert_eq!(quality.begins_at(90_000, true), None);
    }

    #[test]
    fn dead_air_is_told_when_it_is_over_and_a_slow_beginning_is_none() {
        let mut quality = Quality::new(48_000);
        assert_eq!(quality.sounds_at(5), None);
        quality.starves_at(48_000, true);
        quality.starves_at(50_000, true);
        assert_eq!(quality.sounds_at(60_000), Some(Incident::DeadAir { lasted: millis(250) }));
        assert_eq!(quality.sounds_at(70_000), None);
        quality.starves_at(80_000, false);
        assert_eq!(quality.sounds_at(90_000), None);
        quality.starves_at(100_000, false);
        assert_eq!(quality.sounds_at(148_000), Some(Incident::DeadAir { lasted: millis(1_000) }));
    }

    #[test]
    fn lag_is_told_once_a_second_and_as_dead_air_when_nobody_had_that_much_in_hand() {
        let mut quality = Quality::new(48_000);
        let spare = millis(2_000);
        assert_eq!(quality.wave_went_out(millis(1_000), millis(1_090), spare), None);
        let lag = Incident::EncoderLag { behind: millis(300) };
        assert_eq!(quality.wave_went_out(millis(1_250), millis(1_550), spare), Some(lag));
        assert_eq!(quality.wave_went_out(millis(1_500), millis(1_800), spare), None);
        assert_eq!(quality.wave_went_out(millis(2_300), millis(2_600), spare), Some(lag));
        let dead = Incident::DeadAir { lasted: millis(500) };
        assert_eq!(quality.wave_went_out(millis(3_000), millis(5_500), spare), Some(dead));
    }
}
