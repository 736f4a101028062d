//! The analyzer: finds tones of known pitch in a recording and measures how they join.
//!
//! Each tone is brought down to zero frequency and averaged over a short window. The magnitude says when it sounds, to a fraction of a
//! millisecond; the phase says whether samples were lost or repeated inside it. What is missing or repeated at its ends is the difference
//! between the length heard and the length of the file.

mod baseband;
mod heard;
mod joins;
#[cfg(test)]
mod tests;

pub use self::{
    heard::{Heard, hear},
    joins::{Join, joins, table},
};

/// Sample rate of recordings.
pub const RATE: usize = 44_100;

/// Root mean square of samples; full scale is 1.
#[must_use]
pub fn level(samples: &[f32]) -> f64 {
    let power: f64 = samples.iter().map(|s| f64::from(*s) * f64::from(*s)).sum();
    (power / samples.len().max(1) as f64).sqrt()
}

/// A number of samples, in milliseconds.
fn millis(samples: f64) -> f64 {
    samples * 1_000.0 / RATE as f64
}
