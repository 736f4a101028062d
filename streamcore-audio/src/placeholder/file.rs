//! The operator's own placeholder: a file becomes a loop of whole blocks.
//!
//! **No seam but its own.** Files are seldom whole blocks long. Nothing is cut off and no silence is added: the file, repeated until it lasts at
//! least [`LEAST_SECONDS`], is stretched around the loop to the next whole block. That is by less than half a thousandth, which nobody hears, and
//! leaves the step from the last sample to the first as it is.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use streamcore::{FailureKind, FailureReason};

use crate::{
    decode::{Reader, Resampler, Step},
    pcm::{BLOCK, CHANNELS},
    source::Root,
};

/// The longest file that is held: 53 MB at 44,100 Hz.
const MOST_SECONDS: usize = 300;
/// The shortest loop that is stretched.
const LEAST_SECONDS: usize = 30;
/// Samples on either side that an interpolated one is made from.
const REACH: isize = 8;

/// Decodes the file into one round of a loop. Blocks until it is done. `place` is absolute or relative to the media directory.
pub(super) fn load(root: &Root, place: &str, rate: u32) -> Result<Vec<i16>, FailureReason> {
    // Decoders meet broken files.
    let decoded = catch_unwind(AssertUnwindSafe(|| decode(root, place, rate)));
    let gave_up = || Err(FailureReason::new(FailureKind::Broken, format!("the decoder gave up on {place:?}")));
    let pcm = decoded.unwrap_or_else(|_| gave_up())?;
    let times = (LEAST_SECONDS * rate as usize).div_ceil(pcm.len() / CHANNELS);
    Ok(stretched(&pcm.repeat(times)))
}

fn decode(root: &Root, place: &str, rate: u32) -> Result<Vec<i16>, FailureReason> {
    let file = if Path::new(place).is_absolute() { open(place)? } else { root.open(place)?.1 };
    let mut reader = Reader::open(file, place)?;
    let mut resampler: Option<Resampler> = None;
    let unsupported = |detail| FailureReason::new(FailureKind::Unsupported, detail);
    let (mut piece, mut ready, mut pcm) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        piece.clear();
        let step = reader.step(&mut piece)?;
        let from = match step {
            Step::Pcm(from) => Some(from),
            Step::End => None,
        };
        if let Some(mut done) = resampler.take_if(|it| from.is_none_or(|from| u64::from(from) != it.input_rate())) {
            done.finish(&mut ready).map_err(unsupported)?;
        }
        if let Some(from) = from {
            let resampler = match &mut resampler {
                Some(resampler) => resampler,
                none => none.insert(Resampler::new(from, rate).map_err(unsupported)?),
            };
            resampler.push(&piece, &mut ready).map_err(unsupported)?;
        }
        pcm.extend(ready.drain(..).map(to_i16));
        if pcm.len() > MOST_SECONDS * rate as usize * CHANNELS {
            let detail = format!("{place:?} is longer than {} minutes; use a shorter loop", MOST_SECONDS / 60);
            return Err(unsupported(detail));
        }
        if step == Step::End {
            break;
        }
    }
    if pcm.is_empty() {
        return Err(FailureReason::new(FailureKind::Empty, format!("{place:?} holds no audio")));
    }
    Ok(pcm)
}

fn open(place: &str) -> Result<File, FailureReason> {
    let unreadable = |error: &std::io::Error| {
        let kind =
            if error.kind() == std::io::ErrorKind::NotFound { FailureKind::NotFound } else { FailureKind::Unreadable };
        FailureReason::new(kind, format!("{place:?} cannot be opened: {}", error.kind()))
    };
    // Looked at before it is opened: a pipe would block whoever opens it.
    if !std::fs::metadata(place).map_err(|error| unreadable(&error))?.is_file() {
        return Err(FailureReason::new(FailureKind::Unreadable, format!("{place:?} is not a regular file")));
    }
    File::open(place).map_err(|error| unreadable(&error))
}

fn to_i16(value: f32) -> i16 {
    (value.clamp(-1.0, 1.0) * 32_767.0).round() as i16
}

/// The same loop, as many whole blocks long as come next to it.
fn stretched(pcm: &[i16]) -> Vec<i16> {
    let from = pcm.len() / CHANNELS;
    let to = (from + BLOCK / 2) / BLOCK * BLOCK;
    if from == to || to == 0 {
        return pcm.to_vec();
    }
    let mut out = Vec::with_capacity(to * CHANNELS);
    for n in 0..to {
        // Whole numbers, so that nothing adds up over millions of samples.
        let place = n as u64 * from as u64;
        let (at, between) = ((place / to as u64) as isize, (place % to as u64) as f32 / to as f32);
        let swing = (between * std::f32::consts::PI).sin() / std::f32::consts::PI;
        let mut sum = [0.0_f32; CHANNELS];
        for tap in 1 - REACH..=REACH {
            let distance = tap as f32 - between;
            let weight = if distance.abs() < 1e-6 {
                1.0
            } else {
                // The sine of the distance is, but for its sign, the same for all taps.
                let sinc = if tap % 2 == 0 { -swing } else { swing } / distance;
                let window = 1.0 - (distance / REACH as f32).powi(2);
                sinc * window.max(0.0).powi(2)
            };
            let sample = (at + tap).rem_euclid(from as isize) as usize * CHANNELS;
            sum[0] += f32::from(pcm[sample]) * weight;
            sum[1] += f32::from(pcm[sample + 1]) * weight;
        }
        out.extend(sum.map(|value| value.round().clamp(-32_768.0, 32_767.0) as i16));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretching_keeps_a_tone_a_tone_around_the_seam() {
        // A whole number of cycles: it has no seam.
        let tone = |samples: usize| -> Vec<i16> {
            let hz = std::f64::consts::TAU * 500.0 / samples as f64;
            (0..samples).flat_map(|n| [to_i16((n as f64 * hz).sin() as f32 * 0.5); 2]).collect()
        };
        for samples in [BLOCK * 40 + 575, BLOCK * 40 - 500] {
            let out = stretched(&tone(samples));
            assert_eq!(out.len(), BLOCK * 40 * CHANNELS);
            let worst = out.iter().zip(tone(BLOCK * 40)).map(|(a, b)| (i32::from(*a) - i32::from(b)).abs()).max();
            assert!(worst < Some(60), "off by {worst:?}");
        }
    }
}
