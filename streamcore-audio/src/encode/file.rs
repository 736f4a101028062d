//! Whole MP3 files.

use mp3lame_encoder::{DualPcm, FlushGap, max_required_buffer_size};

use super::{EncodeError, frames::builder};
use crate::pcm::CHANNELS;

/// Encodes PCM as an ordinary MP3 file of constant bit rate.
///
/// `pcm` is interleaved stereo, nominally within -1 to 1. The file begins with the tag that tells players how much to trim, so that it plays
/// gapless: exactly as many samples come out as went in.
///
/// ```
/// let second: Vec<f32> = (0..44_100).flat_map(|n| [(n as f32 * 0.06).sin() * 0.3; 2]).collect();
/// let mp3 = streamcore_audio::encode_mp3(&second, 44_100, 128)?;
/// assert!(mp3.len() > 15_000);
/// # Ok::<(), streamcore_audio::EncodeError>(())
/// ```
///
/// # Errors
///
/// [`EncodeError::Format`] if MP3 has no such rates (32,000, 44,100 or 48,000 Hz; 32 to 320 kbit/s), [`EncodeError::NotStereo`] if `pcm` has an
/// odd number of values, [`EncodeError::Encoder`] if the encoder fails.
pub fn encode_mp3(pcm: &[f32], sample_rate: u32, bitrate_kbps: u32) -> Result<Vec<u8>, EncodeError> {
    if !pcm.len().is_multiple_of(CHANNELS) {
        return Err(EncodeError::NotStereo(pcm.len()));
    }
    if ![32_000, 44_100, 48_000].contains(&sample_rate) {
        return Err(EncodeError::Format { kbps: bitrate_kbps, rate: sample_rate });
    }
    let mut lame = {
        let mut builder = builder(sample_rate, bitrate_kbps)?;
        builder.set_to_write_vbr_tag(true)?;
        builder.build()?
    };
    let mut mp3 = Vec::new();
    // In pieces, because the buffer that LAME demands grows with the piece.
    for piece in pcm.chunks(64 * 1_024) {
        let left: Vec<f32> = piece.iter().step_by(2).copied().collect();
        let right: Vec<f32> = piece.iter().skip(1).step_by(2).copied().collect();
        mp3.reserve(max_required_buffer_size(left.len()));
        lame.encode_to_vec(DualPcm { left: &left, right: &right }, &mut mp3)?;
    }
    mp3.reserve(max_required_buffer_size(0));
    lame.flush_to_vec::<FlushGap>(&mut mp3)?;
    // LAME left room for the tag at the front; only now is known what to write into it.
    let mut tag = Vec::with_capacity(lame.lame_tag_size());
    lame.lame_tag_encode_to_vec(&mut tag);
    if tag.len() > mp3.len() {
        return Err(EncodeError::Encoder("the tag is longer than the file".into()));
    }
    mp3[..tag.len()].copy_from_slice(&tag);
    Ok(mp3)
}
