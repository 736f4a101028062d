//! One tone in a recording: when it sounds, and whether it is whole.

use std::f64::consts::{PI, TAU};

use super::{
    baseband::{HOP, Value, WINDOW, baseband},
    millis,
};

/// A tone that is shorter than this (in values of 0.5 ms) is a coincidence: an attack in other music.
const SHORTEST: usize = 200;

/// Jumps of the phase above this are splices: a tenth of a period.
const SPLICE: f64 = TAU / 10.0;

/// What was found of one tone.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// Its pitch.
    pub hz: u32,
    /// Its first sample.
    pub start: f64,
    /// The sample behind its last one.
    pub end: f64,
    /// Its amplitude.
    pub amplitude: f64,
    /// Times inside it at which it fades or stops, in milliseconds from its start, and for how long.
    pub dips: Vec<(f64, f64)>,
    /// Times inside it at which samples are missing or repeated, in milliseconds from its start.
    pub splices: Vec<f64>,
}

impl Heard {
    /// How long it sounds, in milliseconds.
    #[must_use]
    pub fn length_ms(&self) -> f64 {
        millis(self.end - self.start)
    }

    /// How much of a tone of this length is missing, in milliseconds; below zero, how much is repeated.
    #[must_use]
    pub fn missing_ms(&self, seconds: f64) -> f64 {
        seconds * 1_000.0 - self.length_ms()
    }

    /// Whether nothing is amiss inside it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.dips.is_empty() && self.splices.is_empty()
    }
}

/// Finds a tone of this pitch; none if it cannot be heard for at least a tenth of a second.
#[must_use]
pub fn hear(samples: &[f32], hz: u32) -> Option<Heard> {
    let values = baseband(samples, f64::from(hz));
    let loudest = values.iter().map(|v| v.amplitude).fold(0.0, f64::max);
    let mut sounding: Vec<f64> = values.iter().map(|v| v.amplitude).filter(|a| *a > loudest / 2.0).collect();
    if sounding.len() < SHORTEST || loudest < 0.01 {
        return None;
    }
    sounding.sort_by(f64::total_cmp);
    let amplitude = sounding[sounding.len() / 2];
    // A window half over an edge gives half of the amplitude, whatever lies beyond: the edge is where half is crossed.
    let half = amplitude / 2.0;
    let runs = runs_above(&values, half);
    let first = runs.iter().find(|run| run.1 - run.0 >= SHORTEST)?;
    let last = runs.iter().rev().find(|run| run.1 - run.0 >= SHORTEST)?;
    let start = crossing(&values, first.0, half);
    let end = crossing(&values, last.1, half);
    let dips = runs
        .windows(2)
        .filter(|pair| pair[0].0 >= first.0 && pair[1].1 <= last.1)
        .map(|pair| (pair[0].1, pair[1].0))
        .map(|(from, to)| (crossing(&values, from, half), crossing(&values, to, half)))
        .map(|(from, to)| (millis(from - start), millis(to - from)))
        .collect();
    let splices = splices(&values, first.0, last.1, start);
    Some(Heard { hz, start, end, amplitude, dips, splices })
}

/// Where values are above the threshold: `from..to`.
fn runs_above(values: &[Value], threshold: f64) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut from = None;
    for (i, value) in values.iter().enumerate() {
        match (value.amplitude > threshold, from) {
            (true, None) => from = Some(i),
            (false, Some(begin)) => {
                runs.push((begin, i));
                from = None;
            }
            _ => {}
        }
    }
    runs.extend(from.map(|begin| (begin, values.len())));
    runs
}

/// The sample at which the amplitude crosses the threshold between value `i - 1` and value `i`.
fn crossing(values: &[Value], i: usize, threshold: f64) -> f64 {
    let (Some(before), Some(after)) = (i.checked_sub(1).and_then(|i| values.get(i)), values.get(i)) else {
        return (i * HOP) as f64;
    };
    let part = (threshold - before.amplitude) / (after.amplitude - before.amplitude);
    ((i - 1) as f64 + part.clamp(0.0, 1.0)) * HOP as f64
}

/// Where the phase jumps between two windows that do not overlap. Around an edge of the tone the phase means nothing.
fn splices(values: &[Value], from: usize, to: usize, start: f64) -> Vec<f64> {
    let apart = WINDOW / HOP + 1;
    let edge = apart;
    let mut found: Vec<f64> = Vec::new();
    for i in (from + edge + apart)..to.saturating_sub(edge + apart) {
        let mut jump = values[i + apart / 2].phase - values[i - apart / 2].phase;
        if jump > PI {
            jump -= TAU;
        } else if jump < -PI {
            jump += TAU;
        }
        let at = millis((i * HOP) as f64 - start);
        if jump.abs() > SPLICE && found.last().is_none_or(|last| at - last > 25.0) {
            found.push(at);
        }
    }
    found
}
