//! The line of one mount: PCM in at one end, frames out at the other, and the cut between.
//!
//! ```text
//!   block      N-3   N-2   N-1 │  N    N+1   N+2   N+3 ...  partial
//!   frame      N-3   N-2   N-1 │  N    N+1   N+2
//!                   sent ──────┘  └────── the lead, not sent ──────┘
//! ```
//!
//! **A cut** throws the lead away without a click. An encoder cannot go back, so a new one is made and *warmed up*: it is fed the blocks before
//! `N` again and what it makes of them is thrown away. Its frame `N` then continues the sent frame `N-1`, because the transform of both saw the
//! same PCM there. From the beginning of block `N`, which lies behind everything that frame `N-1` depends on, the old PCM fades out; behind the
//! fade the new PCM begins.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::{
    config::MountFormat,
    encode::{DECODED_DELAY, EncodeError, FrameEncoder},
    pcm::{BLOCK, CHANNELS, Fade, fade, samples},
};

/// Blocks that warm a new encoder up. Its filters reach about two blocks back; one more lets the bit allocation settle.
const WARM_UP: u64 = 3;

/// How long old PCM fades out at a cut, and new PCM fades in, in samples.
pub(crate) fn fade_out_samples(rate: u32) -> usize {
    rate as usize / 100
}
/// See [`fade_out_samples`].
pub(crate) fn fade_in_samples(rate: u32) -> usize {
    rate as usize / 200
}

/// The encoder of a mount with what it was fed and what it gave.
///
/// Positions count samples fed since the line began; frame `k` carries what a decoder gives as samples `k * 1152` to `(k + 1) * 1152`, and these
/// are the samples fed [`DECODED_DELAY`] earlier.
#[derive(Debug)]
pub(crate) struct Line {
    format: MountFormat,
    encoder: FrameEncoder,
    /// Frames sent: the index of the next one to send.
    sent: u64,
    /// Blocks fed.
    fed: u64,
    /// Frames `sent..fed - 1`.
    lead: VecDeque<Bytes>,
    /// The last blocks fed, up to `fed`: the lead and what warms an encoder up before it.
    history: VecDeque<Vec<f32>>,
    /// The beginning of block `fed`.
    partial: Vec<f32>,
}

/// What lay behind a cut and was thrown away.
#[derive(Debug)]
pub(crate) struct Removed {
    /// The position of its first sample before the cut.
    pub(crate) at: u64,
    pub(crate) pcm: Vec<f32>,
}

impl Line {
    pub(crate) fn new(format: MountFormat) -> Result<Self, EncodeError> {
        Ok(Self {
            format,
            encoder: FrameEncoder::new(format)?,
            sent: 0,
            fed: 0,
            lead: VecDeque::new(),
            history: VecDeque::new(),
            partial: Vec::with_capacity(BLOCK * CHANNELS),
        })
    }

    /// Frames sent so far.
    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    /// Frames that are ready and not sent.
    pub(crate) fn ready(&self) -> u64 {
        self.lead.len() as u64
    }

    /// The position of the sample that is fed next.
    pub(crate) fn position(&self) -> u64 {
        self.fed * BLOCK as u64 + samples(&self.partial) as u64
    }

    /// How many samples are missing to a whole block.
    pub(crate) fn room(&self) -> usize {
        BLOCK - samples(&self.partial)
    }

    /// The index of the frame in which the sample at `position` is first heard.
    pub(crate) fn frame_of(position: u64) -> u64 {
        (position + DECODED_DELAY) / BLOCK as u64
    }

    /// The position of the first sample that is heard in this frame.
    pub(crate) fn heard_in(frame: u64) -> u64 {
        (frame * BLOCK as u64).saturating_sub(DECODED_DELAY)
    }

    /// Feeds PCM.
    pub(crate) fn feed(&mut self, mut pcm: &[f32]) -> Result<(), EncodeError> {
        while !pcm.is_empty() {
            let (now, later) = pcm.split_at(pcm.len().min(self.room() * CHANNELS));
            self.partial.extend_from_slice(now);
            pcm = later;
            if self.room() == 0 {
                let block = std::mem::replace(&mut self.partial, Vec::with_capacity(BLOCK * CHANNELS));
                let frame = self.encoder.encode(&block)?;
                // Behind a cut the new encoder first gives frame `sent - 1` once more; listeners have it already.
                self.lead.extend(frame.filter(|_| self.fed > self.sent));
                self.history.push_back(block);
                self.fed += 1;
            }
        }
        Ok(())
    }

    /// Feeds silence up to the end of the block; a whole block if it has not begun.
    pub(crate) fn feed_silence(&mut self) -> Result<(), EncodeError> {
        self.feed(&vec![0.0; self.room() * CHANNELS])
    }

    /// Takes the next frame to send it.
    pub(crate) fn take(&mut self) -> Option<Bytes> {
        let frame = self.lead.pop_front()?;
        self.sent += 1;
        // Blocks before `sent - WARM_UP` cannot warm anything up any more.
        let keep = self.fed - self.sent.saturating_sub(WARM_UP);
        while self.history.len() as u64 > keep {
            self.history.pop_front();
        }
        Some(frame)
    }

    /// Cuts at the first frame that was not sent, or at the position `not_before` if that lies behind it: nothing of what follows will be sent,
    /// but for a fade of the next few milliseconds. What is fed next follows the fade.
    pub(crate) fn cut(&mut self, not_before: u64) -> Result<Removed, EncodeError> {
        let encoder = FrameEncoder::new(self.format)?;
        self.encoder = encoder;
        self.lead.clear();
        let mut history = std::mem::take(&mut self.history);
        let mut rest = std::mem::take(&mut self.partial);
        let first = self.fed - history.len() as u64;
        let behind = history.split_off(usize::try_from(self.sent - first).unwrap_or(usize::MAX).min(history.len()));
        // For the first blocks of a line there is less before them than it takes to warm up: then all there is, from the very beginning.
        self.fed = first;
        for block in history {
            self.encoder.encode(&block)?;
            self.history.push_back(block);
            self.fed += 1;
        }
        let mut pcm: Vec<f32> = behind.into_iter().flatten().collect();
        pcm.append(&mut rest);
        let stays = usize::try_from(not_before.saturating_sub(self.position())).unwrap_or(usize::MAX);
        let mut cut = pcm.split_off(stays.saturating_mul(CHANNELS).min(pcm.len()));
        self.feed(&pcm)?;
        // Of what nobody has heard the beginning of there is nothing to fade out.
        let length = if self.position() == 0 { 0 } else { fade_out_samples(self.format.sample_rate) };
        let kept = cut.split_off((length * CHANNELS).min(cut.len()));
        let at = self.position() + samples(&cut) as u64;
        fade(&mut cut, Fade::Out, 0, length);
        self.feed(&cut)?;
        Ok(Removed { at, pcm: kept })
    }
}

#[cfg(test)]
mod tests;
