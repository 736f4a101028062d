//! What the pieces are made of: chords, and a tune over them. Plain data.

use super::Format;

/// One piece.
#[derive(Debug)]
pub(super) struct Piece {
    /// Its file's name, whose end decides the format.
    pub(super) file: &'static str,
    pub(super) title: &'static str,
    /// Sampling rate in Hz.
    pub(super) rate: u32,
    /// Beats per minute.
    pub(super) tempo: f64,
    /// Beats of each chord.
    pub(super) beats: u32,
    /// The harmony: each chord as its bass and its three upper notes, in MIDI numbers.
    pub(super) chords: &'static [[u8; 4]],
    /// The tune in half beats: MIDI numbers, 0 for a rest, 1 to let the note before ring on. Repeated to the length of the harmony.
    pub(super) tune: &'static [u8],
    pub(super) voice: Voice,
}

/// What plays the tune.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// Struck, with inharmonic overtones that die away early.
    Bell,
    /// Plucked: bright at first, then round.
    Pluck,
    /// Blown: swells and sings.
    Reed,
}

/// How long the last notes ring, in seconds.
const RING: f64 = 2.5;

impl Piece {
    pub(super) fn format(&self) -> Format {
        if self.file.ends_with(".wav") { Format::Wav } else { Format::Mp3 }
    }

    /// Seconds per beat.
    pub(super) fn beat(&self) -> f64 {
        60.0 / self.tempo
    }

    /// Length in samples.
    pub(super) fn samples(&self) -> usize {
        let beats = self.chords.len() as u32 * self.beats;
        ((f64::from(beats) * self.beat() + RING) * f64::from(self.rate)).round() as usize
    }
}

pub(super) const PIECES: [Piece; 5] = [
    // vi - IV - I - V in C.
    Piece {
        file: "01-first-light.mp3",
        title: "First Light",
        rate: 44_100,
        tempo: 92.0,
        beats: 4,
        chords: &[
            [45, 60, 64, 69],
            [41, 60, 65, 69],
            [48, 60, 64, 67],
            [43, 59, 62, 67],
            [45, 60, 64, 69],
            [41, 57, 60, 65],
            [43, 59, 62, 67],
            [48, 60, 64, 67],
        ],
        tune: &[
            76, 1, 74, 72, 1, 69, 72, 1, 72, 1, 1, 69, 65, 1, 67, 69, 67, 1, 72, 1, 76, 1, 74, 72, 74, 1, 1, 1, 71, 1,
            0, 0, 76, 1, 77, 76, 1, 72, 69, 1, 69, 72, 1, 76, 77, 1, 76, 72, 74, 1, 71, 1, 67, 71, 74, 1, 72, 1, 1, 1,
            1, 1, 0, 0,
        ],
        voice: Voice::Bell,
    },
    // i - VI - III - VII in D minor.
    Piece {
        file: "02-night-tram.wav",
        title: "Night Tram",
        rate: 48_000,
        tempo: 108.0,
        beats: 4,
        chords: &[
            [38, 57, 62, 65],
            [34, 58, 62, 65],
            [41, 57, 60, 65],
            [36, 55, 60, 64],
            [38, 57, 62, 65],
            [34, 58, 62, 65],
            [36, 55, 60, 64],
            [38, 57, 62, 66],
        ],
        tune: &[
            74, 69, 65, 69, 74, 1, 77, 1, 74, 70, 65, 70, 74, 1, 1, 0, 72, 69, 65, 69, 72, 1, 77, 1, 76, 72, 67, 72,
            76, 1, 1, 0, 77, 1, 76, 74, 1, 69, 74, 1, 77, 1, 79, 77, 74, 70, 65, 1, 76, 1, 72, 67, 72, 1, 76, 1, 74, 1,
            1, 1, 1, 1, 0, 0,
        ],
        voice: Voice::Pluck,
    },
    // I - iii - IV - iv - I in G, in three.
    Piece {
        file: "03-paper-boats.mp3",
        title: "Paper Boats",
        rate: 48_000,
        tempo: 104.0,
        beats: 3,
        chords: &[
            [43, 59, 62, 67],
            [47, 59, 62, 66],
            [48, 60, 64, 67],
            [48, 60, 63, 67],
            [43, 59, 62, 67],
            [40, 59, 64, 67],
            [45, 60, 64, 67],
            [38, 60, 62, 66],
            [43, 59, 62, 67],
            [48, 60, 63, 67],
            [43, 59, 62, 67],
        ],
        tune: &[
            74, 1, 1, 71, 67, 71, 74, 1, 1, 1, 78, 1, 76, 1, 72, 1, 67, 1, 75, 1, 72, 1, 1, 1, 74, 1, 79, 1, 78, 74,
            76, 1, 1, 71, 67, 1, 72, 76, 1, 72, 69, 1, 74, 1, 1, 72, 69, 66, 67, 1, 71, 1, 74, 1, 75, 1, 72, 1, 67, 1,
            67, 1, 1, 1, 0, 0,
        ],
        voice: Voice::Reed,
    },
    // i - iv - V - i in A minor, then its relative major.
    Piece {
        file: "04-clockmaker.wav",
        title: "The Clockmaker",
        rate: 22_050,
        tempo: 120.0,
        beats: 4,
        chords: &[
            [45, 57, 60, 64],
            [38, 57, 62, 65],
            [40, 56, 59, 64],
            [45, 57, 60, 64],
            [48, 60, 64, 67],
            [43, 59, 62, 67],
            [41, 57, 60, 65],
            [40, 56, 59, 64],
            [45, 57, 60, 64],
        ],
        tune: &[
            81, 76, 72, 76, 81, 76, 72, 76, 81, 77, 74, 77, 81, 77, 74, 77, 80, 76, 71, 76, 80, 76, 71, 76, 81, 76, 72,
            76, 81, 1, 0, 0, 79, 76, 72, 76, 84, 1, 83, 79, 79, 74, 71, 74, 83, 1, 81, 79, 77, 72, 69, 72, 81, 1, 79,
            77, 76, 71, 68, 71, 80, 1, 76, 71, 69, 1, 1, 1, 1, 1, 0, 0,
        ],
        voice: Voice::Bell,
    },
    // I - V/vii - vi - IV - ii - V - I in F.
    Piece {
        file: "05-long-way-home.mp3",
        title: "The Long Way Home",
        rate: 44_100,
        tempo: 84.0,
        beats: 4,
        chords: &[
            [41, 57, 60, 65],
            [40, 55, 60, 64],
            [38, 57, 62, 65],
            [34, 58, 62, 65],
            [43, 58, 62, 67],
            [36, 58, 60, 64],
            [41, 57, 60, 65],
        ],
        tune: &[
            72, 1, 77, 1, 1, 76, 77, 79, 79, 1, 76, 1, 72, 1, 1, 0, 74, 1, 77, 1, 81, 1, 79, 77, 77, 1, 1, 74, 70, 1,
            72, 74, 70, 74, 79, 1, 1, 77, 76, 74, 72, 1, 76, 1, 79, 1, 82, 79, 81, 1, 77, 1, 1, 1, 0, 0,
        ],
        voice: Voice::Pluck,
    },
];
