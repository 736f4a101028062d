//! Files to play, made by ffmpeg: tones of known pitch and exact length, in each format.

use std::{path::Path, process::Command};

use crate::process;

/// A tone to make.
#[derive(Debug, Clone)]
pub struct ToneFile {
    /// Its name; the extension says the format.
    pub name: String,
    /// Its pitch.
    pub hz: u32,
    /// Its length.
    pub seconds: u32,
    /// The sample rate of the file.
    pub rate: u32,
    /// What to tell ffmpeg about the encoder.
    pub encoder: &'static [&'static str],
}

/// MP3 by LAME, with the tag that carries its delay.
pub const MP3: &[&str] = &["-c:a", "libmp3lame", "-b:a", "192k"];
/// FLAC.
pub const FLAC: &[&str] = &["-c:a", "flac"];
/// Ogg Vorbis.
pub const VORBIS: &[&str] = &["-c:a", "libvorbis", "-q:a", "6"];
/// AAC in M4A, whose edit list carries its delay.
pub const AAC: &[&str] = &["-c:a", "aac", "-b:a", "192k"];
/// ALAC in M4A.
pub const ALAC: &[&str] = &["-c:a", "alac"];
/// AIFF, 16 bits.
pub const AIFF: &[&str] = &["-c:a", "pcm_s16be"];
/// WAV, 16 bits.
pub const WAV: &[&str] = &["-c:a", "pcm_s16le"];

impl ToneFile {
    /// A tone in a WAV file at the mount's rate.
    #[must_use]
    pub fn wav(name: &str, hz: u32, seconds: u32) -> Self {
        Self { name: name.to_owned(), hz, seconds, rate: 44_100, encoder: WAV }
    }

    /// Writes it.
    ///
    /// # Panics
    /// If ffmpeg cannot.
    pub fn write(&self, directory: &Path) {
        process::require("ffmpeg");
        // The source has an amplitude of 1/8; raised to 1/2 it is far above the placeholder.
        let source = format!("sine=frequency={}:sample_rate={}:duration={}", self.hz, self.rate, self.seconds);
        let output = Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", &source, "-af", "volume=4", "-ac", "2"])
            .args(self.encoder)
            .arg(directory.join(&self.name))
            .output()
            .expect("ffmpeg runs");
        assert!(output.status.success(), "{}: {}", self.name, String::from_utf8_lossy(&output.stderr));
    }
}
