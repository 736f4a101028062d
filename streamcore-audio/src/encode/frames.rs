//! The encoder of a mount: a block in, a frame out, and no frame needs another one.

use bytes::Bytes;
use mp3lame_encoder::{Bitrate, Builder, DualPcm, Encoder, Mode, Quality, ffi, max_required_buffer_size};

use super::{EncodeError, frame::FrameHeader};
use crate::{config::MountFormat, pcm::BLOCK};

/// Encodes block after block.
///
/// **Frame for frame.** The first block yields nothing, and from then on every block yields exactly the frame of the block before:
/// after blocks `0..=n` there are frames `0..n`. [`Line`](crate::splice::Line) counts on it; anything else is an error here.
pub(crate) struct FrameEncoder {
    lame: Encoder,
    blocks: u64,
    left: Vec<f32>,
    right: Vec<f32>,
    out: Vec<u8>,
}

impl FrameEncoder {
    pub(crate) fn new(format: MountFormat) -> Result<Self, EncodeError> {
        let mut builder = builder(format.sample_rate, format.bitrate_kbps)?;
        builder.set_quality(quality(format.quality))?;
        builder.set_to_write_vbr_tag(false)?;
        disable_reservoir(&mut builder)?;
        Ok(Self {
            lame: builder.build()?,
            blocks: 0,
            left: vec![0.0; BLOCK],
            right: vec![0.0; BLOCK],
            out: Vec::with_capacity(max_required_buffer_size(BLOCK)),
        })
    }

    /// Feeds one block of 1,152 samples; returns the frame of the block before it.
    pub(crate) fn encode(&mut self, block: &[f32]) -> Result<Option<Bytes>, EncodeError> {
        debug_assert_eq!(block.len(), BLOCK * 2, "a block has 1,152 samples");
        for ((pair, left), right) in block.chunks_exact(2).zip(&mut self.left).zip(&mut self.right) {
            (*left, *right) = (pair[0], pair[1]);
        }
        self.out.clear();
        self.lame.encode_to_vec(DualPcm { left: &self.left, right: &self.right }, &mut self.out)?;
        self.blocks += 1;
        match (self.blocks, FrameHeader::parse(&self.out)) {
            (1, _) if self.out.is_empty() => Ok(None),
            (2.., Some(header)) if header.bytes == self.out.len() => Ok(Some(Bytes::copy_from_slice(&self.out))),
            _ => Err(EncodeError::Encoder(format!("{} bytes came out where one frame was due", self.out.len()))),
        }
    }
}

impl std::fmt::Debug for FrameEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrameEncoder").field("blocks", &self.blocks).finish_non_exhaustive()
    }
}

/// What every encoder here has in common: constant bit rate, joint stereo, quality 5.
pub(super) fn builder(rate: u32, kbps: u32) -> Result<Builder, EncodeError> {
    let mut builder = Builder::new().ok_or(mp3lame_encoder::BuildError::NoMem)?;
    builder.set_num_channels(2)?;
    builder.set_sample_rate(rate)?;
    // Left to itself LAME would lower the rate at low bit rates.
    builder.set_output_sample_rate(std::num::NonZeroU32::new(rate))?;
    builder.set_brate(bitrate(kbps).ok_or(EncodeError::Format { kbps, rate })?)?;
    builder.set_mode(Mode::JointStereo)?;
    builder.set_quality(Quality::Good)?;
    Ok(builder)
}

/// Makes every frame stand alone, so that each frame boundary is a legal place to cut and to join in.
///
/// **Cost.** At 128 kbit/s the frames of LAME refer up to 511 bytes back; without that, demanding moments get fewer bits.
#[expect(unsafe_code, reason = "the safe builder has no setter for the bit reservoir")]
fn disable_reservoir(builder: &mut Builder) -> Result<(), EncodeError> {
    // SAFETY: the pointer is the builder's own live handle, used for this one call that writes a flag and neither keeps nor frees it.
    let done = unsafe { ffi::lame_set_disable_reservoir(builder.as_ptr(), 1) };
    if done == 0 { Ok(()) } else { Err(EncodeError::Encoder(format!("no bit reservoir: error {done}"))) }
}

fn quality(value: u8) -> Quality {
    match value {
        0 => Quality::Best,
        1 => Quality::SecondBest,
        2 => Quality::NearBest,
        3 => Quality::VeryNice,
        4 => Quality::Nice,
        5 => Quality::Good,
        6 => Quality::Decent,
        _ => Quality::Ok,
    }
}

fn bitrate(kbps: u32) -> Option<Bitrate> {
    Some(match kbps {
        32 => Bitrate::Kbps32,
        40 => Bitrate::Kbps40,
        48 => Bitrate::Kbps48,
        64 => Bitrate::Kbps64,
        80 => Bitrate::Kbps80,
        96 => Bitrate::Kbps96,
        112 => Bitrate::Kbps112,
        128 => Bitrate::Kbps128,
        160 => Bitrate::Kbps160,
        192 => Bitrate::Kbps192,
        224 => Bitrate::Kbps224,
        256 => Bitrate::Kbps256,
        320 => Bitrate::Kbps320,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::tests::{decode_frames, noise, sine};

    /// Promise A4.
    #[test]
    fn every_format_gives_a_frame_for_a_block_and_refers_to_no_other() {
        for sample_rate in [32_000, 44_100, 48_000] {
            for bitrate_kbps in [32, 64, 128, 160, 320] {
                let format = MountFormat { sample_rate, bitrate_kbps, quality: 7 };
                let mut encoder = FrameEncoder::new(format).unwrap();
                for (n, block) in noise(BLOCK * 60).chunks(BLOCK * 2).enumerate() {
                    let frame = encoder.encode(block).unwrap();
                    assert_eq!(frame.is_some(), n > 0);
                    let Some(frame) = frame else { continue };
                    let header = FrameHeader::parse(&frame).unwrap();
                    assert_eq!((header.sample_rate, header.bitrate_kbps), (sample_rate, bitrate_kbps));
                    assert_eq!(header.main_data_begin, 0);
                }
            }
        }
    }

    /// Promise A4.
    #[test]
    fn frames_decode_whichever_run_of_them_is_missing() {
        let mut encoder =
            FrameEncoder::new(MountFormat { sample_rate: 44_100, bitrate_kbps: 128, quality: 7 }).unwrap();
        let tone = sine(440.0, 44_100, BLOCK * 80);
        let frames: Vec<Bytes> = tone.chunks(BLOCK * 2).filter_map(|block| encoder.encode(block).unwrap()).collect();
        for (from, to) in [(0, 1), (5, 6), (10, 40), (30, 33)] {
            let rest: Vec<Bytes> = frames[..from].iter().chain(&frames[to..]).cloned().collect();
            let pcm = decode_frames(&rest);
            assert_eq!(pcm.len(), rest.len() * BLOCK * 2);
            // Behind the seam there is the tone again: one frame later at the latest.
            let behind = &pcm[(from + 2) * BLOCK * 2..(from + 6) * BLOCK * 2];
            let peak = behind.iter().fold(0.0_f32, |peak, value| peak.max(value.abs()));
            assert!((0.45..0.55).contains(&peak), "peak {peak} behind {from}..{to}");
        }
    }
}
