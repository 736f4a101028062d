//! The built-in placeholder: a quiet, slow chord that was computed, not recorded.
//!
//! **No seam.** Every partial, and every slow swell of it, completes whole cycles in the length of the loop; so the last sample leads into the
//! first like any other. **It cannot fail**: no file, no decoder.

use std::f64::consts::TAU;

use crate::pcm::BLOCK;

/// About the length of the loop; in truth as many whole blocks as come next to it.
const SECONDS: u32 = 12;
/// How loud it is: -26 dB below full scale, as an effective value.
const LOUDNESS: f64 = 0.05;
/// The notes of the chord in Hz, as far as they fit the loop: D, A, D, F sharp, A, E. The second value is its weight, the third how often it
/// swells in one loop, the fourth where it is between left (0) and right (1).
const NOTES: [(f64, f64, u32, f64); 6] = [
    (73.42, 1.0, 1, 0.5),
    (110.0, 0.8, 2, 0.35),
    (146.83, 0.7, 1, 0.65),
    (184.997, 0.5, 3, 0.25),
    (220.0, 0.45, 2, 0.75),
    (329.63, 0.3, 5, 0.45),
];
/// Overtones of each note and their weights.
const OVERTONES: [(f64, f64); 3] = [(1.0, 1.0), (2.0, 0.22), (3.0, 0.08)];

/// One round of it: stereo, whole blocks.
pub(super) fn compute(rate: u32) -> Vec<i16> {
    let length = (rate * SECONDS).div_ceil(BLOCK as u32) as usize * BLOCK;
    let seconds = length as f64 / f64::from(rate);
    let mut sides = [vec![0.0_f64; length], vec![0.0_f64; length]];
    for (hz, weight, swells, place) in NOTES {
        for (overtone, share) in OVERTONES {
            // Two strings, a hair apart: they beat slowly against each other, which is what makes it warm.
            for detune in [0.0, 1.0] {
                let cycles = (hz * overtone * seconds).round() + detune;
                let step = cycles / length as f64 * TAU;
                let swell = f64::from(swells) / length as f64 * TAU;
                let phase = hz * 7.0 + overtone + detune * 2.0;
                let pan = [(place * TAU / 4.0).cos(), (place * TAU / 4.0).sin()];
                // Sine and swell are rotated from sample to sample instead of being computed anew: it takes milliseconds instead of seconds.
                let mut tone = Rotor::new(phase, step);
                let mut slow = Rotor::new(phase * 3.0, swell);
                let [left, right] = &mut sides;
                for (left, right) in left.iter_mut().zip(right) {
                    let value = tone.next() * weight * share * (0.6 + 0.4 * slow.next());
                    *left += value * pan[0];
                    *right += value * pan[1];
                }
            }
        }
    }
    let power: f64 = sides.iter().flatten().map(|value| value * value).sum::<f64>() / (2 * length) as f64;
    let gain = LOUDNESS / power.sqrt() * 32_767.0;
    let [left, right] = &sides;
    left.iter().zip(right).flat_map(|(left, right)| [left, right].map(|value| (value * gain).round() as i16)).collect()
}

/// A sine, one value after the other.
struct Rotor {
    sin: f64,
    cos: f64,
    step_sin: f64,
    step_cos: f64,
}

impl Rotor {
    fn new(phase: f64, step: f64) -> Self {
        Self { sin: phase.sin(), cos: phase.cos(), step_sin: step.sin(), step_cos: step.cos() }
    }

    fn next(&mut self) -> f64 {
        let value = self.sin;
        let sin = self.sin * self.step_cos + self.cos * self.step_sin;
        self.cos = self.cos * self.step_cos - self.sin * self.step_sin;
        self.sin = sin;
        value
    }
}
