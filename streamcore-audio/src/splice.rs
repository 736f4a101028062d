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
//!
//! **A loop** need not be encoded: once enough of its blocks were fed for the encoder's frames to be the ones that the loop has already, these are
//! taken ([`Line::feed_block`]). The encoder then stands still; before it is fed again, it is replaced by one that was warmed up.

use std::{collections::VecDeque, sync::Arc};

use bytes::Bytes;

use crate::{
    config::MountFormat,
    encode::{DECODED_DELAY, EncodeError, FrameEncoder, FrameHeader},
    pcm::{BLOCK, CHANNELS, Fade, fade, samples},
    placeholder::Looped,
};

/// Blocks that warm a new encoder up. Its filters reach about two blocks back; one more lets the bit allocation settle.
const WARM_UP: u64 = 3;
/// Blocks of a loop that are encoded before its own frames are taken: as far as a frame can depend on what was before it.
const SETTLED: u64 = 4;

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
    /// Frame `fed - 2`, sent or not.
    last: Option<Bytes>,
    /// The last blocks fed, up to `fed`: the lead and what warms an encoder up before it.
    history: VecDeque<Block>,
    /// How many blocks of one loop were fed last, one behind the other.
    in_loop: u64,
    /// Whether the encoder has missed blocks that came as frames.
    stale: bool,
    /// The beginning of block `fed`.
    partial: Vec<f32>,
}

/// What was fed as one frame.
#[derive(Debug)]
enum Block {
    Pcm(Vec<f32>),
    OfLoop(Arc<Looped>, usize),
}

impl Block {
    fn into_pcm(self) -> Vec<f32> {
        match self {
            Self::Pcm(pcm) => pcm,
            Self::OfLoop(looped, index) => {
                let mut pcm = Vec::with_capacity(BLOCK * CHANNELS);
                looped.block(index, &mut pcm);
                pcm
            }
        }
    }

    fn is(&self, of: &Arc<Looped>, wanted: usize) -> bool {
        matches!(self, Self::OfLoop(looped, index) if Arc::ptr_eq(looped, of) && *index == wanted)
    }
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
            last: None,
            history: VecDeque::new(),
            in_loop: 0,
            stale: false,
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
                self.encode(&block)?;
                self.history.push_back(Block::Pcm(block));
                self.in_loop = 0;
            }
        }
        Ok(())
    }

    /// Feeds a block of a loop, counted around it; at the beginning of a block only.
    pub(crate) fn feed_block(&mut self, of: &Arc<Looped>, index: usize) -> Result<(), EncodeError> {
        debug_assert_eq!(self.room(), BLOCK, "blocks of a loop are fed at the beginning of a block");
        let index = index % of.blocks();
        let before = (index + of.blocks() - 1) % of.blocks();
        if !self.history.back().is_some_and(|last| last.is(of, before)) {
            self.in_loop = 0;
        }
        // With a block comes the frame of the one before it.
        match of.frame(before).filter(|frame| self.in_loop >= SETTLED && self.goes_on_with(frame)) {
            Some(frame) => {
                self.push(frame.clone());
                self.stale = true;
                self.fed += 1;
            }
            None => {
                let mut pcm = std::mem::take(&mut self.partial);
                of.block(index, &mut pcm);
                self.encode(&pcm)?;
                pcm.clear();
                self.partial = pcm;
            }
        }
        self.history.push_back(Block::OfLoop(Arc::clone(of), index));
        self.in_loop += 1;
        Ok(())
    }

    fn goes_on_with(&self, frame: &Bytes) -> bool {
        self.stale || self.last.as_ref().is_some_and(|last| FrameHeader::joins(last, frame))
    }

    /// Encodes block `fed`; it is not in the history yet.
    fn encode(&mut self, block: &[f32]) -> Result<(), EncodeError> {
        if self.stale {
            self.catch_up()?;
        }
        if let Some(frame) = self.encoder.encode(block)? {
            self.push(frame);
        }
        self.fed += 1;
        Ok(())
    }

    /// Frame `fed - 1` has come.
    fn push(&mut self, frame: Bytes) {
        self.last = Some(frame.clone());
        // Behind a cut the new encoder first gives frame `sent - 1` once more; listeners have it already.
        if self.fed > self.sent {
            self.lead.push_back(frame);
        }
    }

    /// A new encoder that knows the last blocks.
    fn catch_up(&mut self) -> Result<(), EncodeError> {
        self.encoder = FrameEncoder::new(self.format)?;
        self.stale = false;
        let known = self.history.len().saturating_sub(WARM_UP as usize + 1);
        let mut pcm = Vec::with_capacity(BLOCK * CHANNELS);
        for block in self.history.range(known..) {
            pcm.clear();
            match block {
                Block::Pcm(block) => pcm.extend_from_slice(block),
                Block::OfLoop(looped, index) => looped.block(*index, &mut pcm),
            }
            self.encoder.encode(&pcm)?;
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
        (self.stale, self.in_loop, self.last) = (false, 0, None);
        self.lead.clear();
        let mut history = std::mem::take(&mut self.history);
        let mut rest = std::mem::take(&mut self.partial);
        let first = self.fed - history.len() as u64;
        let behind = history.split_off(usize::try_from(self.sent - first).unwrap_or(usize::MAX).min(history.len()));
        // For the first blocks of a line there is less before them than it takes to warm up: then all there is, from the very beginning.
        self.fed = first;
        for block in history {
            let block = block.into_pcm();
            self.encoder.encode(&block)?;
            self.history.push_back(Block::Pcm(block));
            self.fed += 1;
        }
        let mut pcm: Vec<f32> = behind.into_iter().flat_map(Block::into_pcm).collect();
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
