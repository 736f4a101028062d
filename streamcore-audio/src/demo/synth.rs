//! A small additive synthesiser: a tune, a bass, a pad and a brushed pulse, with a short echo.
//!
//! Tones are rotated from sample to sample (four multiplications) instead of being computed with `sin`, so that all pieces together take about a
//! second to render.

use std::f64::consts::TAU;

use super::score::{Piece, Voice};
use crate::pcm::{CHANNELS, Fade, fade};

/// How loud the loudest moment is.
const PEAK: f32 = 0.8;

/// Renders a piece as interleaved stereo.
pub(super) fn render(piece: &Piece) -> Vec<f32> {
    let mut mix = Mix { rate: f64::from(piece.rate), pcm: vec![0.0; piece.samples() * CHANNELS] };
    let beat = piece.beat();
    let half_beats = piece.chords.len() * piece.beats as usize * 2;
    for (index, chord) in piece.chords.iter().enumerate() {
        let at = index as f64 * f64::from(piece.beats) * beat;
        let length = f64::from(piece.beats) * beat;
        pad(&mut mix, at, length, &chord[1..]);
        bass(&mut mix, at, beat, piece.beats, chord[0]);
        for pulse in 0..piece.beats * 2 {
            brush(&mut mix, at + f64::from(pulse) * beat / 2.0, pulse);
        }
    }
    let mut half_beat = 0;
    while half_beat < half_beats {
        let note = piece.tune[half_beat % piece.tune.len()];
        let rings = (half_beat + 1..half_beats).take_while(|n| piece.tune[n % piece.tune.len()] == 1).count();
        if note > 1 {
            let length = (rings + 1) as f64 * beat / 2.0;
            // A note off the beat is played a little softer.
            let accent = if half_beat % 2 == 0 { 0.30 } else { 0.24 };
            tune(&mut mix, half_beat as f64 * beat / 2.0, length, note, accent, piece.voice);
        }
        half_beat += rings + 1;
    }
    echo(&mut mix, beat * 0.75);
    finish(mix)
}

struct Mix {
    rate: f64,
    pcm: Vec<f32>,
}

/// One tone: where it begins, how it grows and dies away.
struct Tone {
    at: f64,
    hz: f64,
    gain: f64,
    /// Seconds to full strength.
    attack: f64,
    /// Seconds until it is 60 dB weaker.
    decay: f64,
    /// Seconds after which it is let go, and dies within 80 ms.
    length: f64,
    /// From left (0) to right (1).
    place: f64,
}

impl Mix {
    fn add(&mut self, tone: &Tone) {
        if tone.hz >= self.rate * 0.45 {
            return; // it would fold back as another pitch
        }
        let release = 0.08;
        let first = (tone.at * self.rate) as usize;
        let count = ((tone.length + release) * self.rate) as usize;
        let step = tone.hz / self.rate * TAU;
        let (step_sin, step_cos) = step.sin_cos();
        let (mut sin, mut cos) = (0.0_f64, 1.0_f64);
        let fall = (-6.9 / (tone.decay * self.rate)).exp();
        let mut strength = tone.gain;
        let (left, right) = ((tone.place * TAU / 4.0).cos(), (tone.place * TAU / 4.0).sin());
        let (attack, let_go) = (tone.attack * self.rate, tone.length * self.rate);
        let into = self.pcm.chunks_exact_mut(CHANNELS).skip(first).take(count);
        for (n, sample) in into.enumerate() {
            let n = n as f64;
            let grown = if n < attack { n / attack } else { 1.0 };
            let held = if n > let_go { (1.0 - (n - let_go) / (release * self.rate)).max(0.0) } else { 1.0 };
            let value = sin * strength * grown * held;
            sample[0] += (value * left) as f32;
            sample[1] += (value * right) as f32;
            (sin, cos) = (sin * step_cos + cos * step_sin, cos * step_cos - sin * step_sin);
            strength *= fall;
        }
    }
}

/// The frequency of a MIDI note.
fn hz(note: u8) -> f64 {
    440.0 * 2.0_f64.powf((f64::from(note) - 69.0) / 12.0)
}

fn tune(mix: &mut Mix, at: f64, length: f64, note: u8, gain: f64, voice: Voice) {
    // Overtone, weight, seconds of decay.
    let (overtones, attack): (&[(f64, f64, f64)], f64) = match voice {
        Voice::Bell => (&[(1.0, 1.0, 2.2), (2.0, 0.35, 1.2), (3.01, 0.18, 0.6), (5.43, 0.10, 0.25)], 0.004),
        Voice::Pluck => {
            (&[(1.0, 1.0, 1.6), (2.0, 0.5, 0.8), (3.0, 0.3, 0.45), (4.0, 0.18, 0.3), (5.0, 0.1, 0.2)], 0.006)
        }
        Voice::Reed => (&[(1.0, 0.8, 9.0), (2.0, 0.25, 8.0), (3.0, 0.22, 6.0), (5.0, 0.06, 4.0)], 0.07),
    };
    let ring = if voice == Voice::Reed { length * 0.95 } else { length + 0.35 };
    for (overtone, weight, decay) in overtones {
        let hz = hz(note) * overtone;
        mix.add(&Tone { at, hz, gain: gain * weight, attack, decay: *decay, length: ring, place: 0.58 });
    }
}

/// Root on the first beat, a fifth above it half-way through.
fn bass(mix: &mut Mix, at: f64, beat: f64, beats: u32, note: u8) {
    let turn = f64::from(beats.div_ceil(2));
    for (start, length, note) in [(0.0, turn, note), (turn, f64::from(beats) - turn, note + 7)] {
        for (overtone, weight) in [(1.0, 1.0), (2.0, 0.4), (3.0, 0.12)] {
            mix.add(&Tone {
                at: at + start * beat,
                hz: hz(note) * overtone,
                gain: 0.26 * weight,
                attack: 0.012,
                decay: 1.8 / overtone,
                length: length * beat * 0.9,
                place: 0.5,
            });
        }
    }
}

/// The chord, held: each note twice, slightly apart in pitch and far apart in place.
fn pad(mix: &mut Mix, at: f64, length: f64, notes: &[u8]) {
    for note in notes {
        for (detune, place) in [(-0.7, 0.2), (0.7, 0.8)] {
            for (overtone, weight) in [(1.0, 1.0), (2.0, 0.25)] {
                mix.add(&Tone {
                    at,
                    hz: hz(*note) * overtone + detune,
                    gain: 0.045 * weight,
                    attack: 0.35,
                    decay: 12.0,
                    length,
                    place,
                });
            }
        }
    }
}

/// A brush on every half beat: filtered noise, always the same.
fn brush(mix: &mut Mix, at: f64, pulse: u32) {
    let gain = if pulse % 4 == 2 { 0.05 } else { 0.02 };
    let first = (at * mix.rate) as usize;
    let count = (0.09 * mix.rate) as usize;
    let mut state = 0x2545_F491_u32;
    let mut last = 0.0;
    for (n, sample) in mix.pcm.chunks_exact_mut(CHANNELS).skip(first).take(count).enumerate() {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let noise = state as f32 / u32::MAX as f32 - 0.5;
        let high = noise - last;
        last = noise;
        let at = n as f32 / count as f32;
        let value = high * gain * (at * 12.0).min(1.0) * (1.0 - at).powi(3);
        sample[0] += value * 0.8;
        sample[1] += value;
    }
}

/// An echo that changes sides.
fn echo(mix: &mut Mix, seconds: f64) {
    let back = (seconds * mix.rate) as usize * CHANNELS;
    for n in back..mix.pcm.len() {
        mix.pcm[n] += mix.pcm[(n - back) ^ 1] * 0.22;
    }
}

/// Brings the loudest moment to [`PEAK`], and the end to silence.
fn finish(mix: Mix) -> Vec<f32> {
    let Mix { rate, mut pcm } = mix;
    let peak = pcm.iter().fold(f32::MIN_POSITIVE, |peak, value| peak.max(value.abs()));
    pcm.iter_mut().for_each(|value| *value *= PEAK / peak);
    let length = rate as usize;
    let from = pcm.len().saturating_sub(length * CHANNELS);
    fade(&mut pcm[from..], Fade::Out, 0, length);
    pcm
}
