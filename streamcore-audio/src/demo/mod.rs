//! Generated pieces to try the server with: a few short tunes, computed and always the same.
//!
//! They are ordinary files in the media directory, in several formats on purpose: MP3 with the tag that makes it gapless, and WAV at other rates.

mod score;
mod synth;

use std::{fs, io, path::Path};

use self::score::{PIECES, Piece};
use crate::{encode_mp3, write_wav};

/// The folder of the media directory that holds the pieces.
const FOLDER: &str = "demo";
/// Bit rate of the pieces that are MP3, in kbit/s.
const KBPS: u32 = 160;

/// A piece that was written, or was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPiece {
    /// Its location: relative to the media directory, as a queue item names it.
    pub path: String,
    /// What people read.
    pub title: String,
}

/// How a piece is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Mp3,
    Wav,
}

/// Writes the pieces into the folder `demo` of a media directory; makes the folder if need be. Takes about a second of CPU the first time.
///
/// A piece whose file exists and is complete is left as it is, so that a second call costs nothing. Files are written beside and then renamed: nobody
/// sees half a piece.
///
/// # Errors
///
/// What the file system says.
pub fn write_pieces(media_dir: &Path) -> io::Result<Vec<DemoPiece>> {
    let folder = media_dir.join(FOLDER);
    fs::create_dir_all(&folder)?;
    PIECES
        .iter()
        .map(|piece| {
            let path = folder.join(piece.file);
            if !is_complete(piece, &path) {
                let beside = folder.join(format!(".{}.part", piece.file));
                write(piece, &beside)?;
                fs::rename(&beside, &path)?;
            }
            Ok(DemoPiece { path: format!("{FOLDER}/{}", piece.file), title: piece.title.to_owned() })
        })
        .collect()
}

fn write(piece: &Piece, path: &Path) -> io::Result<()> {
    let pcm = synth::render(piece);
    match piece.format() {
        Format::Wav => write_wav(path, &pcm, piece.rate),
        Format::Mp3 => {
            let mp3 = encode_mp3(&pcm, piece.rate, KBPS).map_err(io::Error::other)?;
            fs::write(path, mp3)
        }
    }
}

/// Whether the file is there with the size that it must have.
fn is_complete(piece: &Piece, path: &Path) -> bool {
    let Ok(metadata) = fs::metadata(path) else { return false };
    let samples = piece.samples() as u64;
    match piece.format() {
        Format::Wav => metadata.len() == 44 + samples * 4,
        // Within two percent: the tag, and the frames that hold the codec's delay.
        Format::Mp3 => {
            let bytes = samples * u64::from(KBPS) * 125 / u64::from(piece.rate);
            (bytes..bytes + bytes / 50).contains(&metadata.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_written_once_and_are_music() {
        let dir = tempfile::tempdir().unwrap();
        let pieces = write_pieces(dir.path()).unwrap();
        assert_eq!(pieces.len(), PIECES.len());
        let written = |piece: &DemoPiece| fs::metadata(dir.path().join(&piece.path)).unwrap().modified().unwrap();
        let before: Vec<_> = pieces.iter().map(written).collect();
        assert_eq!(write_pieces(dir.path()).unwrap(), pieces);
        assert_eq!(pieces.iter().map(written).collect::<Vec<_>>(), before, "complete files are left alone");

        let cut_off = dir.path().join(&pieces[0].path);
        let whole = fs::read(&cut_off).unwrap();
        fs::write(&cut_off, &whole[..1_000]).unwrap();
        write_pieces(dir.path()).unwrap();
        assert_eq!(fs::read(&cut_off).unwrap(), whole, "an incomplete file is made anew, the same to the byte");
    }

    #[test]
    fn pieces_last_a_quarter_of_a_minute_or_more_and_do_not_clip() {
        for piece in &PIECES {
            let pcm = synth::render(piece);
            let seconds = pcm.len() as f64 / 2.0 / f64::from(piece.rate);
            assert!((15.0..=26.0).contains(&seconds), "{}: {seconds} s", piece.file);
            let peak = pcm.iter().fold(0.0_f32, |peak, value| peak.max(value.abs()));
            assert!((0.5..0.95).contains(&peak), "{}: {peak}", piece.file);
            for (n, second) in pcm.chunks(piece.rate as usize * 2).enumerate().take(seconds as usize - 2) {
                assert!(second.iter().any(|value| value.abs() > 0.05), "{}: second {n} is silent", piece.file);
            }
        }
    }
}
