//! Another sampling rate, the same length: what comes out is aligned with what went in, to the sample.

use rubato::{Fft, FixedSync, Indexing, Resampler as _, audioadapter_buffers::direct::InterleavedSlice};

use crate::pcm::{CHANNELS, samples};

/// Samples that the resampler takes at a time.
const CHUNK: usize = 1_024;

/// Changes the sampling rate of one continuous piece of PCM.
///
/// **Length.** From `n` samples come exactly `round(n * to / from)`: the filter's delay is cut off at the front, its tail is let out at the end.
pub(crate) struct Resampler {
    /// None if nothing is to be done.
    fft: Option<Fft<f32>>,
    from: u64,
    to: u64,
    input: Vec<f32>,
    output: Vec<f32>,
    /// Samples of the filter's delay that are still to be cut off.
    skip: usize,
    taken: u64,
    given: u64,
}

impl Resampler {
    pub(crate) fn new(from: u32, to: u32) -> Result<Self, String> {
        let fft = (from != to)
            .then(|| Fft::new(from as usize, to as usize, CHUNK, CHANNELS, FixedSync::Input))
            .transpose()
            .map_err(|error| format!("cannot change {from} Hz to {to} Hz: {error}"))?;
        Ok(Self {
            skip: fft.as_ref().map_or(0, rubato::Resampler::output_delay),
            fft,
            from: u64::from(from),
            to: u64::from(to),
            input: Vec::new(),
            output: Vec::new(),
            taken: 0,
            given: 0,
        })
    }

    pub(crate) fn input_rate(&self) -> u64 {
        self.from
    }

    /// Takes PCM; appends to `out` what can be said already.
    pub(crate) fn push(&mut self, pcm: &[f32], out: &mut Vec<f32>) -> Result<(), String> {
        self.taken += samples(pcm) as u64;
        if self.fft.is_none() {
            self.given += samples(pcm) as u64;
            out.extend_from_slice(pcm);
            return Ok(());
        }
        self.input.extend_from_slice(pcm);
        self.run(out, u64::MAX)
    }

    /// The end: appends the rest. After it a new piece may begin.
    pub(crate) fn finish(&mut self, out: &mut Vec<f32>) -> Result<(), String> {
        let whole = (u128::from(self.taken) * u128::from(self.to) + u128::from(self.from) / 2) / u128::from(self.from);
        let whole = u64::try_from(whole).unwrap_or(u64::MAX);
        while self.fft.is_some() && self.given < whole {
            // Silence behind the end pushes the tail out of the filter.
            self.input.resize(self.input.len() + CHUNK * CHANNELS, 0.0);
            self.run(out, whole)?;
        }
        self.input.clear();
        self.skip = 0;
        if let Some(fft) = &mut self.fft {
            fft.reset();
            self.skip = fft.output_delay();
        }
        (self.taken, self.given) = (0, 0);
        Ok(())
    }

    /// Runs the filter over all whole chunks of input; gives no more than `most` samples in all.
    fn run(&mut self, out: &mut Vec<f32>, most: u64) -> Result<(), String> {
        let Some(fft) = &mut self.fft else { return Ok(()) };
        let mut used = 0;
        loop {
            let need = fft.input_frames_next();
            if samples(&self.input) - used < need {
                break;
            }
            let room = fft.output_frames_next();
            self.output.resize(room * CHANNELS, 0.0);
            let input = InterleavedSlice::new(&self.input[used * CHANNELS..(used + need) * CHANNELS], CHANNELS, need)
                .map_err(|error| error.to_string())?;
            let mut output =
                InterleavedSlice::new_mut(&mut self.output, CHANNELS, room).map_err(|error| error.to_string())?;
            let (_, made) =
                fft.process_into_buffer(&input, &mut output, None::<&Indexing>).map_err(|error| error.to_string())?;
            used += need;
            let skip = self.skip.min(made);
            self.skip -= skip;
            let left = usize::try_from(most - self.given).unwrap_or(usize::MAX);
            let give = (made - skip).min(left);
            out.extend_from_slice(&self.output[skip * CHANNELS..(skip + give) * CHANNELS]);
            self.given += give as u64;
        }
        self.input.drain(..used * CHANNELS);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decode::tests::sine;

    fn resampled(pcm: &[f32], from: u32, to: u32, piece: usize) -> Vec<f32> {
        let mut resampler = Resampler::new(from, to).unwrap();
        let mut out = Vec::new();
        for piece in pcm.chunks(piece * CHANNELS) {
            resampler.push(piece, &mut out).unwrap();
        }
        resampler.finish(&mut out).unwrap();
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        /// Promise A1.
        #[test]
        fn the_length_is_exact(
            from in prop::sample::select(vec![8_000_u32, 11_025, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000, 37_123]),
            to in prop::sample::select(vec![32_000_u32, 44_100, 48_000]),
            length in 0_usize..30_000,
            piece in 1_usize..5_000,
        ) {
            let out = resampled(&vec![0.1; length * CHANNELS], from, to, piece);
            let expected = (length as f64 * f64::from(to) / f64::from(from)).round() as usize;
            prop_assert_eq!(samples(&out), expected);
        }
    }

    #[test]
    fn a_tone_stays_in_phase_to_its_ends() {
        for (from, to) in [(48_000, 44_100), (22_050, 44_100), (96_000, 48_000), (44_100, 32_000)] {
            let out = resampled(&sine(440.0, from, from as usize), from, to, 700);
            let expected = sine(440.0, to, to as usize);
            assert_eq!(out.len(), expected.len());
            // Outside of the edges, where the filter sees the silence around the piece.
            let edge = 20 * CHANNELS;
            let worst = out[edge..out.len() - edge]
                .iter()
                .zip(&expected[edge..])
                .fold(0.0_f32, |worst, (a, b)| worst.max((a - b).abs()));
            // The filter's delay is a whole number of samples; where it should be a fraction, the tone is off by less than half a sample.
            let half_a_sample = 0.5 * std::f32::consts::TAU * 440.0 / to as f32 * 0.5;
            assert!(worst < half_a_sample + 0.001, "{from} to {to}: off by {worst}");
        }
    }
}
