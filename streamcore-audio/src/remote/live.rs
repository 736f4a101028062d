//! A remote source as PCM, whatever happens to its connection.
//!
//! **Rule.** No sample of one connection lies directly beside one of another: what came before a seam fades out, what comes behind it fades in,
//! and a new decoder reads it. What is decoded before a seam goes out at once, because nobody knows when the next connection comes.

use std::sync::Arc;

use streamcore::{FailureKind, FailureReason};

use super::{
    client::Place,
    stream::{Line, Reading},
};
use crate::{
    decode::{Reader, Step, Steps},
    pcm::{CHANNELS, Fade, fade, samples},
};

/// 1/200 s: how long the fades at a seam are.
const FADES_PER_SECOND: u32 = 200;
/// What a decoder may read of one part.
pub(super) const ENDLESS: u64 = u64::MAX;

/// PCM of a source without an end.
pub(crate) struct LiveReader {
    line: Arc<Line>,
    name: String,
    reader: Option<Reader>,
    rate: u32,
    /// Decoded, and held back so that it can fade out.
    held: Vec<f32>,
    /// How much of the beginning of a part was faded in.
    faded: usize,
    /// Whether this is not the first part.
    joined: bool,
    /// The last step ended a part.
    at_seam: bool,
}

impl LiveReader {
    pub(super) fn new(line: Arc<Line>, name: String) -> Result<Self, FailureReason> {
        let mut live =
            Self { line, name, reader: None, rate: 0, held: Vec::new(), faded: 0, joined: false, at_seam: false };
        live.open()?;
        Ok(live)
    }

    /// A decoder for the part that begins here.
    fn open(&mut self) -> Result<(), FailureReason> {
        let reading = Reading::new(Arc::clone(&self.line), Place::default(), None, false, ENDLESS);
        let opened = Reader::read(Box::new(reading), &self.name);
        match opened {
            Ok(reader) => {
                self.reader = Some(reader);
                self.faded = 0;
                Ok(())
            }
            // Too little came over this connection.
            Err(_) if self.joined && self.line.part_is_over() && self.line.failure().is_none() => Ok(()),
            Err(reason) => Err(self.line.failure().unwrap_or(reason)),
        }
    }

    /// How much is held back.
    fn hold(&self) -> usize {
        (self.rate / FADES_PER_SECOND) as usize
    }

    pub(super) fn decoded_any(&self) -> bool {
        self.reader.as_ref().is_some_and(|reader| reader.decoded_any)
    }

    pub(super) fn first(&mut self) -> Option<&mut Reader> {
        self.reader.as_mut()
    }
}

impl Steps for LiveReader {
    fn step(&mut self, out: &mut Vec<f32>) -> Result<Step, FailureReason> {
        let Some(reader) = &mut self.reader else {
            self.at_seam = false;
            if !self.line.next_part()? {
                return Ok(Step::End);
            }
            self.joined = true;
            self.open()?;
            return Ok(Step::Pcm(self.rate));
        };
        self.at_seam = false;
        let before = samples(&self.held);
        let step = reader.step(&mut self.held);
        if let Ok(Step::Pcm(rate)) = step {
            self.rate = rate;
            if self.joined {
                let total = self.hold();
                let end = total.saturating_sub(self.faded).min(samples(&self.held) - before);
                fade(&mut self.held[before * CHANNELS..(before + end) * CHANNELS], Fade::In, self.faded, total);
                self.faded += end;
            }
            let ready = samples(&self.held).saturating_sub(self.hold());
            out.extend(self.held.drain(..ready * CHANNELS));
            return step;
        }
        // A part that ends in the middle of a frame may end as an error.
        let over = self.line.part_is_over();
        let length = samples(&self.held);
        fade(&mut self.held, Fade::Out, 0, length);
        out.append(&mut self.held);
        self.reader = None;
        self.at_seam = true;
        match step {
            Err(reason) if !over => Err(self.line.failure().unwrap_or(reason)),
            // The decoder ended and the source did not: what follows cannot be read.
            Ok(_) if !over => Err(FailureReason::new(FailureKind::Broken, "it cannot be decoded any further")),
            _ => Ok(Step::Pcm(self.rate)),
        }
    }

    fn broke_off(&self) -> Option<FailureReason> {
        None
    }

    fn pauses(&self) -> bool {
        self.at_seam
    }
}

/// PCM of a finite file behind a URL: a [`Reader`] that knows why reading failed.
pub(crate) struct FiniteReader {
    line: Arc<Line>,
    reader: Reader,
}

impl FiniteReader {
    pub(super) fn new(line: Arc<Line>, reading: Reading, name: &str) -> Result<Self, FailureReason> {
        let reader = Reader::read(Box::new(reading), name);
        reader.map(|reader| Self { reader, line: Arc::clone(&line) }).map_err(|reason| line.failure().unwrap_or(reason))
    }

    pub(super) fn reader(&mut self) -> &mut Reader {
        &mut self.reader
    }
}

impl Steps for FiniteReader {
    fn step(&mut self, out: &mut Vec<f32>) -> Result<Step, FailureReason> {
        match self.reader.step(out) {
            Ok(Step::Pcm(rate)) => Ok(Step::Pcm(rate)),
            end => self.line.failure().map_or(end, Err),
        }
    }

    fn broke_off(&self) -> Option<FailureReason> {
        self.reader.broke_off()
    }
}
