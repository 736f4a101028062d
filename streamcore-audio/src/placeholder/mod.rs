//! What plays when nothing plays: a loop without a seam, the built-in chord or the operator's own file.
//!
//! **A loop is whole blocks**, so that its PCM is encoded once and the frames are sent again and again, by all streams of a player: see
//! [`frames`]. Until a thread has done that, the engines encode it themselves.

mod chord;
mod file;
mod frames;
#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, OnceLock},
    thread,
};

use bytes::Bytes;
use streamcore::FailureReason;

use crate::{
    config::MountFormat,
    pcm::{BLOCK, CHANNELS},
    source::Root,
};

/// The placeholder of a player, made when it is first needed and shared by all its streams. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Placeholder {
    format: MountFormat,
    looped: Arc<OnceLock<Arc<Looped>>>,
}

impl Placeholder {
    /// The built-in one.
    pub(crate) fn new(format: MountFormat) -> Self {
        Self { format, looped: Arc::default() }
    }

    /// The file at this place, absolute or in the media directory. Blocks until it is decoded.
    pub(crate) fn of_file(root: &Root, place: &str, format: MountFormat) -> Result<Self, FailureReason> {
        let looped = Arc::new(Looped::new(file::load(root, place, format.sample_rate)?));
        looped.encode_aside(format);
        Ok(Self { format, looped: Arc::new(OnceLock::from(looped)) })
    }

    /// A playback of it, from its beginning.
    pub(crate) fn play(&self) -> Loop {
        let looped = self.looped.get_or_init(|| {
            let looped = Arc::new(Looped::new(chord::compute(self.format.sample_rate)));
            looped.encode_aside(self.format);
            looped
        });
        Loop { looped: Arc::clone(looped), at: 0 }
    }
}

/// One round of a loop: PCM in whole blocks, and its frames once they are made.
#[derive(Debug)]
pub(crate) struct Looped {
    /// As 16 bits: half the memory, and nothing that waits needs more.
    pcm: Vec<i16>,
    /// None if they would not join at the seam.
    frames: OnceLock<Option<Vec<Bytes>>>,
}

impl Looped {
    /// What is left over behind the last whole block is not played.
    fn new(mut pcm: Vec<i16>) -> Self {
        pcm.truncate(pcm.len() / (BLOCK * CHANNELS) * BLOCK * CHANNELS);
        Self { pcm, frames: OnceLock::new() }
    }

    /// Makes the frames on a thread; without one they are never made, and engines go on to encode.
    fn encode_aside(self: &Arc<Self>, format: MountFormat) {
        let looped = Arc::clone(self);
        let spawned = thread::Builder::new().name("audio-placeholder".into()).spawn(move || {
            let frames = frames::of(&looped, format).unwrap_or_else(|error| {
                tracing::warn!(%error, "the placeholder is encoded for each stream: it could not be encoded once for all");
                None
            });
            let _ = looped.frames.set(frames);
        });
        if let Err(error) = spawned {
            tracing::warn!(%error, "the placeholder is encoded for each stream: no thread to encode it once for all");
        }
    }

    pub(crate) fn blocks(&self) -> usize {
        self.pcm.len() / (BLOCK * CHANNELS)
    }

    /// Appends the PCM of a block, counted around the loop.
    pub(crate) fn block(&self, index: usize, out: &mut Vec<f32>) {
        let begin = index % self.blocks() * BLOCK * CHANNELS;
        self.samples(begin, BLOCK * CHANNELS, out);
    }

    fn samples(&self, begin: usize, count: usize, out: &mut Vec<f32>) {
        out.extend(self.pcm[begin..begin + count].iter().map(|value| f32::from(*value) / 32_768.0));
    }

    /// The frame that was made of this block, counted around the loop; none as long as there is none.
    pub(crate) fn frame(&self, index: usize) -> Option<&Bytes> {
        let frames = self.frames.get()?.as_ref()?;
        frames.get(index % frames.len())
    }
}

/// A place in the loop.
#[derive(Debug, Clone)]
pub(crate) struct Loop {
    looped: Arc<Looped>,
    /// The sample that comes next.
    at: usize,
}

impl Loop {
    /// Moves by less than a block, so that the loop's blocks coincide with those of a line that stands at `position`.
    pub(crate) fn align(&mut self, position: u64) {
        self.at = (position % BLOCK as u64) as usize;
    }

    /// The block that begins here; none in the middle of one.
    pub(crate) fn block(&self) -> Option<(&Arc<Looped>, usize)> {
        self.at.is_multiple_of(BLOCK).then_some((&self.looped, self.at / BLOCK))
    }

    /// Goes on behind this many samples.
    pub(crate) fn advance(&mut self, samples: usize) {
        self.at = (self.at + samples) % (self.looped.blocks() * BLOCK);
    }

    /// Appends the next `count` samples.
    pub(crate) fn read(&mut self, count: usize, out: &mut Vec<f32>) {
        let mut left = count;
        while left > 0 {
            let piece = left.min(self.looped.blocks() * BLOCK - self.at);
            self.looped.samples(self.at * CHANNELS, piece * CHANNELS, out);
            self.advance(piece);
            left -= piece;
        }
    }
}
