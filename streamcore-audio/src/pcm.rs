//! PCM as the whole crate passes it about: interleaved stereo `f32`, nominally within -1 to 1.

use std::time::Duration;

/// Values per sample.
pub(crate) const CHANNELS: usize = 2;
/// Samples per block, and per MP3 frame of MPEG-1.
pub(crate) const BLOCK: usize = 1_152;

/// How many samples this slice holds.
pub(crate) fn samples(pcm: &[f32]) -> usize {
    pcm.len() / CHANNELS
}

/// How many samples last this long, rounded to the nearest.
pub(crate) fn samples_in(time: Duration, rate: u32) -> u64 {
    let nanos = time.as_nanos() * u128::from(rate);
    u64::try_from((nanos + 500_000_000) / 1_000_000_000).unwrap_or(u64::MAX)
}

/// How long this many samples last.
pub(crate) fn time_of(samples: u64, rate: u32) -> Duration {
    let rate = u64::from(rate);
    let nanos = u128::from(samples % rate) * 1_000_000_000 / u128::from(rate);
    Duration::new(samples / rate, u32::try_from(nanos).unwrap_or(0))
}

/// Which way a fade goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fade {
    In,
    Out,
}

/// Fades a stretch that begins `done` samples into a fade of `total` samples.
///
/// The curve is half a period of a cosine: it has no corner at either end, so that a fade adds no click of its own.
pub(crate) fn fade(pcm: &mut [f32], direction: Fade, done: usize, total: usize) {
    for (n, sample) in pcm.chunks_exact_mut(CHANNELS).enumerate() {
        let at = ((done + n) as f32 + 0.5) / total.max(1) as f32;
        let rising = 0.5 - 0.5 * (at.min(1.0) * std::f32::consts::PI).cos();
        let gain = if direction == Fade::In { rising } else { 1.0 - rising };
        sample.iter_mut().for_each(|value| *value *= gain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_and_samples_agree() {
        for rate in [32_000, 44_100, 48_000] {
            for n in [0, 1, 1_151, 44_100, 987_654_321] {
                assert_eq!(samples_in(time_of(n, rate), rate), n);
            }
        }
    }

    #[test]
    fn a_fade_in_pieces_is_the_fade_at_once() {
        let mut whole = vec![1.0; 100 * CHANNELS];
        fade(&mut whole, Fade::Out, 0, 100);
        let mut pieces = vec![1.0; 100 * CHANNELS];
        let (a, b) = pieces.split_at_mut(37 * CHANNELS);
        fade(a, Fade::Out, 0, 100);
        fade(b, Fade::Out, 37, 100);
        assert_eq!(whole, pieces);
        assert!(whole[0] > 0.99 && whole[199] < 0.01);
    }
}
