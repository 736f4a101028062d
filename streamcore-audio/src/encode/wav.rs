//! WAV files, for generated pieces and tests.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use crate::pcm::CHANNELS;

/// Writes interleaved stereo PCM, nominally within -1 to 1, as a WAV file of 16 bits. Values beyond are clipped. An existing file is replaced.
///
/// # Errors
///
/// What the file system says; [`io::ErrorKind::InvalidInput`] if the PCM is longer than a WAV file can be (4 GiB) or not stereo.
pub fn write_wav(path: impl AsRef<Path>, pcm: &[f32], sample_rate: u32) -> io::Result<()> {
    let invalid = || io::Error::new(io::ErrorKind::InvalidInput, "not stereo, or longer than a WAV file can be");
    let bytes = u32::try_from(pcm.len() * 2).map_err(|_| invalid())?;
    let riff = bytes.checked_add(36).ok_or_else(invalid)?;
    let bytes_per_sample = CHANNELS as u32 * 2;
    let byte_rate = sample_rate.checked_mul(bytes_per_sample).ok_or_else(invalid)?;
    if !pcm.len().is_multiple_of(CHANNELS) {
        return Err(invalid());
    }
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(b"RIFF")?;
    file.write_all(&riff.to_le_bytes())?;
    file.write_all(b"WAVEfmt ")?;
    file.write_all(&16_u32.to_le_bytes())?;
    file.write_all(&1_u16.to_le_bytes())?; // plain PCM
    file.write_all(&(CHANNELS as u16).to_le_bytes())?;
    file.write_all(&sample_rate.to_le_bytes())?;
    file.write_all(&byte_rate.to_le_bytes())?;
    file.write_all(&(bytes_per_sample as u16).to_le_bytes())?;
    file.write_all(&16_u16.to_le_bytes())?;
    file.write_all(b"data")?;
    file.write_all(&bytes.to_le_bytes())?;
    for value in pcm {
        let value = (value.clamp(-1.0, 1.0) * 32_767.0).round() as i16;
        file.write_all(&value.to_le_bytes())?;
    }
    file.flush()
}
