//! How long is waited before a lost connection is tried again. Pure.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(250);
const MOST: Duration = Duration::from_secs(4);

/// Growing waits with jitter: many streams that lost one server do not come back at the same moment.
#[derive(Debug, Clone)]
pub(super) struct Backoff {
    attempt: u32,
    random: u64,
}

impl Backoff {
    /// The same seed gives the same waits.
    pub(super) fn new(seed: u64) -> Self {
        Self { attempt: 0, random: seed }
    }

    /// The next wait: between half of a step and the whole of it; steps double from 250 ms to 4 s.
    pub(super) fn next(&mut self) -> Duration {
        let step = FIRST.saturating_mul(1 << self.attempt.min(10)).min(MOST);
        self.attempt = self.attempt.saturating_add(1);
        // splitmix64
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let share = ((mixed ^ (mixed >> 31)) >> 40) as f64 / (1_u64 << 24) as f64;
        step.mul_f64(0.5 + 0.5 * share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_bound_differ_and_are_repeatable() {
        for seed in 0..1_000 {
            let waits: Vec<_> = std::iter::repeat_with({
                let mut backoff = Backoff::new(seed);
                move || backoff.next()
            })
            .take(40)
            .collect();
            for (n, wait) in waits.iter().enumerate() {
                let step = MOST.min(FIRST * (1 << n.min(5)));
                assert!(*wait >= step / 2 && *wait <= step, "{seed}: {n}: {wait:?}");
            }
            let mut again = Backoff::new(seed);
            assert!(waits.iter().all(|wait| *wait == again.next()));
        }
        assert_ne!(Backoff::new(1).next(), Backoff::new(2).next());
    }
}
