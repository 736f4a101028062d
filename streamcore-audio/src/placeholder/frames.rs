//! A loop is encoded once: frames that can be sent round and round.
//!
//! **No seam here either.** A frame depends on the PCM of about two blocks before it, so the encoder is warmed up with the end of the loop before
//! it comes to its beginning, and fed the beginning again behind the end. What is left is that the transform's windows must fit where the last
//! frame meets the first; with anything but a sharp attack right at the seam they do, and if not there are no frames.

use bytes::Bytes;

use super::Looped;
use crate::{
    config::MountFormat,
    encode::{EncodeError, FrameEncoder, FrameHeader},
};

/// Blocks of the end that come before the beginning: enough for the bit allocation to settle, too.
const WARM_UP: usize = 16;

/// The frame of each block; none if the last does not lead into the first.
pub(super) fn of(looped: &Looped, format: MountFormat) -> Result<Option<Vec<Bytes>>, EncodeError> {
    let blocks = looped.blocks();
    let mut encoder = FrameEncoder::new(format)?;
    let mut frames = Vec::with_capacity(blocks);
    let mut pcm = Vec::new();
    let first = WARM_UP.next_multiple_of(blocks.max(1)) - WARM_UP;
    for n in 0..=WARM_UP + blocks {
        pcm.clear();
        looped.block(first + n, &mut pcm);
        // The frame of a block comes with the block behind it.
        frames.extend(encoder.encode(&pcm)?.filter(|_| n > WARM_UP));
    }
    let joins = match (frames.last(), frames.first()) {
        (Some(last), Some(first)) => FrameHeader::joins(last, first),
        _ => false,
    };
    Ok(joins.then_some(frames))
}
