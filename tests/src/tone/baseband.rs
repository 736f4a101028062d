//! One pitch of a recording, as a slowly moving complex number.

use std::f64::consts::TAU;

use super::RATE;

/// Samples between two values: 0.5 ms.
pub(super) const HOP: usize = 22;

/// Samples in the averaging window: 10 ms. Pitches 200 Hz apart or more do not disturb each other.
pub(super) const WINDOW: usize = 441;

/// Amplitude and phase of a pitch around one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value {
    pub(super) amplitude: f64,
    pub(super) phase: f64,
}

/// The pitch around every [`HOP`]th sample; value `i` is centred at sample `i * HOP`.
pub(super) fn baseband(samples: &[f32], hz: f64) -> Vec<Value> {
    let window: Vec<f64> = (0..WINDOW).map(|i| 0.5 - 0.5 * (TAU * (i as f64 + 0.5) / WINDOW as f64).cos()).collect();
    let gain = 2.0 / window.iter().sum::<f64>();
    // The oscillator repeats after one second because pitches are whole numbers of hertz.
    let oscillator: Vec<(f64, f64)> = (0..RATE)
        .map(|n| {
            let angle = -TAU * hz * n as f64 / RATE as f64;
            (angle.cos(), angle.sin())
        })
        .collect();
    (0..samples.len() / HOP)
        .map(|i| {
            let (mut re, mut im) = (0.0, 0.0);
            for (k, weight) in window.iter().enumerate() {
                let Some(n) = (i * HOP + k).checked_sub(WINDOW / 2) else { continue };
                let Some(sample) = samples.get(n) else { break };
                let (cos, sin) = oscillator[n % RATE];
                let weighted = f64::from(*sample) * weight;
                re += weighted * cos;
                im += weighted * sin;
            }
            Value { amplitude: re.hypot(im) * gain, phase: im.atan2(re) }
        })
        .collect()
}
