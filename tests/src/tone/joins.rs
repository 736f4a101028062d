//! Where one tone follows another.

use super::{Heard, RATE, level, millis};

/// Below this part of the level around it, a join is silent: -40 dB.
const SILENT: f64 = 0.01;

/// How two tones follow each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// Pitch of the one before.
    pub before: u32,
    /// Pitch of the one behind.
    pub behind: u32,
    /// From the end of the one to the start of the other, in milliseconds; below zero they overlap.
    pub gap_ms: f64,
    /// The longest silence around it, in milliseconds.
    pub silence_ms: f64,
}

/// Measures the joins of tones that are in order.
#[must_use]
pub fn joins(samples: &[f32], tones: &[Heard]) -> Vec<Join> {
    tones
        .windows(2)
        .map(|pair| Join {
            before: pair[0].hz,
            behind: pair[1].hz,
            gap_ms: millis(pair[1].start - pair[0].end),
            silence_ms: silence_ms(samples, (pair[0].end + pair[1].start) / 2.0),
        })
        .collect()
}

/// The longest silence within a tenth of a second around a sample.
fn silence_ms(samples: &[f32], around: f64) -> f64 {
    // Longer than a period of the lowest tone, or the zero crossings of a sound would count.
    let window = RATE * 3 / 1_000;
    let centre = around as usize;
    let from = centre.saturating_sub(RATE / 10);
    let to = (centre + RATE / 10).min(samples.len());
    let Some(part) = samples.get(from..to) else { return 0.0 };
    let threshold = level(part) * SILENT;
    let (mut longest, mut run) = (0_usize, 0_usize);
    for part in part.windows(window) {
        run = if level(part) < threshold { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    if longest == 0 { 0.0 } else { millis((longest + window - 1) as f64) }
}

/// What was measured, for people.
#[must_use]
pub fn table(names: &[&str], tones: &[Heard], joins: &[Join], seconds: f64) -> String {
    let mut text = format!(
        "{:<14} {:>6} {:>10} {:>12} {:>8} | {:>8} {:>11}\n",
        "track", "Hz", "start s", "missing ms", "whole", "gap ms", "silence ms"
    );
    for (i, (name, tone)) in names.iter().zip(tones).enumerate() {
        let join = joins.get(i).map(|join| format!("{:>8.2} {:>11.2}", join.gap_ms, join.silence_ms));
        text.push_str(&format!(
            "{name:<14} {:>6} {:>10.3} {:>12.2} {:>8} | {}\n",
            tone.hz,
            tone.start / RATE as f64,
            tone.missing_ms(seconds),
            if tone.is_whole() { "yes" } else { "NO" },
            join.unwrap_or_default()
        ));
    }
    text
}
