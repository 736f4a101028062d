//! What an engine plays from: a decoder's channel or the placeholder's loop.

use std::sync::{Arc, mpsc::TryRecvError};

use streamcore::{FailureKind, FailureReason, PlaybackId};

use crate::{
    decode::{Feed, Feeds},
    pcm::{BLOCK, CHANNELS, Fade, fade, samples},
    placeholder::{Loop, Looped},
};

/// One playback's PCM, from where it is now.
#[derive(Debug)]
pub(super) struct Tape {
    pub(super) playback: PlaybackId,
    /// Which sample of the item comes next.
    pub(super) sample: u64,
    kind: Kind,
    /// How much of the beginning is to be faded in, and how much of that is done.
    fade_in: usize,
    faded: usize,
    /// Samples held back while more is to come, so that there is something to fade out if it does not come in time.
    hold: usize,
    begun: bool,
}

#[derive(Debug)]
enum Kind {
    File { receive: Feeds, buffer: Vec<f32>, end: Option<Result<(), FailureReason>> },
    Loop(Loop),
}

/// What a read gave.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Read {
    /// PCM was appended.
    Pcm,
    /// There is nothing now; more may come.
    Nothing,
    /// There is no more.
    End(Result<(), FailureReason>),
}

impl Tape {
    pub(super) fn file(playback: PlaybackId, sample: u64, receive: Feeds, hold: usize) -> Self {
        let kind = Kind::File { receive, buffer: Vec::new(), end: None };
        Self { playback, sample, kind, fade_in: 0, faded: 0, hold, begun: false }
    }

    pub(super) fn placeholder(playback: PlaybackId, pcm: Loop) -> Self {
        Self { playback, sample: 0, kind: Kind::Loop(pcm), fade_in: 0, faded: 0, hold: 0, begun: false }
    }

    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    pub(super) fn is_placeholder(&self) -> bool {
        matches!(self.kind, Kind::Loop(_))
    }

    /// The block of a loop that comes next, if it is one whole block and nothing is to be faded any more.
    pub(super) fn whole_block(&self) -> Option<(Arc<Looped>, usize)> {
        match &self.kind {
            Kind::Loop(pcm) if self.faded >= self.fade_in => {
                pcm.block().map(|(looped, index)| (Arc::clone(looped), index))
            }
            _ => None,
        }
    }

    /// That block was fed.
    pub(super) fn gave_block(&mut self) {
        if let Kind::Loop(pcm) = &mut self.kind {
            pcm.advance(BLOCK);
            self.sample += BLOCK as u64;
        }
    }

    /// A loop that begins, or begins again, in a line that stands at this position.
    pub(super) fn align(&mut self, position: u64) {
        if let (Kind::Loop(pcm), false) = (&mut self.kind, self.begun) {
            pcm.align(position);
            self.begun = true;
        }
    }

    /// Behind silence a loop may begin anew.
    pub(super) fn begin_again(&mut self) {
        self.begun &= !self.is_placeholder();
    }

    /// The next this many samples fade in.
    pub(super) fn fade_in(&mut self, samples: usize) {
        (self.fade_in, self.faded) = (samples, 0);
    }

    /// Whether there are this many samples, or all that there will be.
    pub(super) fn has(&mut self, wanted: usize) -> bool {
        match &mut self.kind {
            Kind::Loop(_) => true,
            Kind::File { receive, buffer, end } => {
                pull(receive, buffer, end, wanted);
                end.is_some() || samples(buffer) >= wanted
            }
        }
    }

    /// Appends at most `most` samples to `out`.
    pub(super) fn read(&mut self, most: usize, out: &mut Vec<f32>) -> Read {
        let before = out.len();
        match &mut self.kind {
            Kind::Loop(pcm) => pcm.read(most, out),
            Kind::File { receive, buffer, end } => {
                pull(receive, buffer, end, most + self.hold);
                let held = if end.is_some() { 0 } else { self.hold };
                let count = samples(buffer).saturating_sub(held).min(most);
                out.extend(buffer.drain(..count * CHANNELS));
                if let (0, true, Some(end)) = (count, buffer.is_empty(), &*end) {
                    return Read::End(end.clone());
                }
            }
        }
        if out.len() == before {
            return Read::Nothing;
        }
        self.given(&mut out[before..]);
        Read::Pcm
    }

    /// There is no more in time: what was held back, fading out. What comes later will fade in. Empty if it is silent already.
    pub(super) fn starve(&mut self, fade_in: usize) -> Vec<f32> {
        let Kind::File { buffer, .. } = &mut self.kind else { return Vec::new() };
        if !self.begun || buffer.is_empty() {
            return Vec::new();
        }
        let mut tail: Vec<f32> = buffer.drain(..buffer.len().min(self.hold * CHANNELS)).collect();
        self.given(&mut tail);
        let length = samples(&tail);
        fade(&mut tail, Fade::Out, 0, length);
        self.fade_in(fade_in);
        tail
    }

    fn given(&mut self, pcm: &mut [f32]) {
        if self.faded < self.fade_in {
            let left = ((self.fade_in - self.faded) * CHANNELS).min(pcm.len());
            fade(&mut pcm[..left], Fade::In, self.faded, self.fade_in);
            self.faded += left / CHANNELS;
        }
        self.sample += samples(pcm) as u64;
        self.begun = true;
    }
}

/// Takes what is in the channel until there are `want` samples.
fn pull(receive: &Feeds, buffer: &mut Vec<f32>, end: &mut Option<Result<(), FailureReason>>, want: usize) {
    while end.is_none() && samples(buffer) < want {
        match receive.try_recv() {
            Ok(Feed::Pcm(mut pcm)) => buffer.append(&mut pcm),
            Ok(Feed::End(how)) => *end = Some(how),
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => {
                *end = Some(Err(FailureReason::new(FailureKind::Other, "its decoder is gone")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::sync_channel;

    #[test]
    fn what_starves_fades_out_and_loses_nothing() {
        let (send, receive) = sync_channel(8);
        let mut tape = Tape::file(PlaybackId::new(1), 100, receive.into(), 10);
        let mut out = Vec::new();
        assert_eq!(tape.read(50, &mut out), Read::Nothing);
        assert!(tape.starve(5).is_empty(), "what has not begun cannot starve");
        send.send(Feed::Pcm(vec![1.0; 60 * CHANNELS])).unwrap();
        assert_eq!(tape.read(55, &mut out), Read::Pcm);
        assert_eq!(samples(&out), 50, "ten are held back");
        assert_eq!(tape.read(5, &mut out), Read::Nothing);
        let tail = tape.starve(5);
        assert_eq!(samples(&tail), 10);
        assert!(tail[0] > 0.9 && tail[19] < 0.1);
        assert_eq!(tape.sample, 160);
        send.send(Feed::Pcm(vec![1.0; 20 * CHANNELS])).unwrap();
        send.send(Feed::End(Ok(()))).unwrap();
        out.clear();
        assert_eq!(tape.read(100, &mut out), Read::Pcm);
        assert_eq!(samples(&out), 20, "the end is known: nothing is held back");
        assert!(out[0] < 0.1 && out[10] == 1.0);
        assert_eq!(tape.read(100, &mut out), Read::End(Ok(())));
        assert_eq!(tape.sample, 180);
    }
}
