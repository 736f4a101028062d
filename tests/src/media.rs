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

/// Files that are legal and odd, or not quite legal: what the world's collections hold. What takes time to make is kept in the target directory.
pub mod odd {
    use std::{
        fs::{self, File},
        io::{Seek as _, SeekFrom, Write as _},
        path::{Path, PathBuf},
        process::Command,
    };

    use crate::process;

    /// Makes a file once by this program, `FILE` being where it goes, and copies it to where it is wanted.
    ///
    /// # Panics
    /// If the program cannot make it.
    pub fn made(wanted: &Path, program: &str, arguments: &[&str]) {
        process::require(program);
        let name = wanted.file_name().expect("a file").to_str().expect("UTF-8");
        let kept = kept().join(name);
        if !kept.is_file() {
            let unfinished = kept.with_file_name(format!("{}-{name}", std::process::id()));
            let file = unfinished.to_str().expect("UTF-8");
            let arguments = arguments.iter().map(|argument| if *argument == "FILE" { file } else { argument });
            let output = Command::new(program).args(arguments).output().expect("it runs");
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
            fs::rename(&unfinished, &kept).expect("renamed");
        }
        fs::copy(kept, wanted).expect("copied");
    }

    fn kept() -> PathBuf {
        let test = std::env::current_exe().expect("a test has a path");
        let folder = test.ancestors().nth(3).expect("target").join("test-media");
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    /// Makes a file by ffmpeg from a source of its `lavfi`.
    pub fn by_ffmpeg(wanted: &Path, source: &str, encoder: &[&str]) {
        let begin = ["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", source];
        made(wanted, "ffmpeg", &[&begin[..], encoder, &["FILE"]].concat());
    }

    /// A WAV of one second whose header promises as many samples as a header can: 2^32 - 1 of one byte each.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn endless_wav(wanted: &Path) {
        let rate: u32 = 44_100;
        let mut wav = Vec::new();
        wav.extend(b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0");
        wav.extend(rate.to_le_bytes());
        wav.extend(rate.to_le_bytes());
        wav.extend(b"\x01\0\x08\0data\xff\xff\xff\xff");
        wav.extend(
            (0..rate)
                .map(|n| (128.0 + 64.0 * (f64::from(n) * 900.0 * std::f64::consts::TAU / f64::from(rate)).sin()) as u8),
        );
        fs::write(wanted, wav).expect("written");
    }

    /// An MP3 with a cover picture of this many bytes ahead of its sound. The picture is a hole in the file: it takes no space.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn with_cover(wanted: &Path, mp3: &Path, bytes: u32) {
        let sound = fs::read(mp3).expect("read");
        let head = b"\0image/png\0\x03\0";
        let frame = bytes + head.len() as u32;
        let synchsafe = |n: u32| [n >> 21 & 127, n >> 14 & 127, n >> 7 & 127, n & 127].map(|part| part as u8);
        let mut file = File::create(wanted).expect("a file");
        let tag = [&b"ID3\x03\0\0"[..], &synchsafe(frame + 10), b"APIC", &frame.to_be_bytes(), b"\0\0", head].concat();
        file.write_all(&tag).expect("written");
        file.seek(SeekFrom::Current(bytes.into())).expect("sought");
        file.write_all(&sound).expect("written");
    }
}
