//! What is fed to the encoder: what a pause kept, the current playback, the next one, and silence where there is nothing in time.

use std::time::Duration;

use streamcore::{FailureKind, FailureReason, PlaybackId};

use super::{
    super::{marks::Run, tape::Read},
    Engine, MAX_STALL,
};
use crate::{
    EncodeError,
    pcm::{BLOCK, CHANNELS, Fade, fade, samples, samples_in},
    splice::fade_in_samples,
};

impl Engine {
    pub(super) fn lead_frames(&self) -> u64 {
        self.pace.frames_in(self.setup.lead)
    }

    /// How much may still be ready when an end is told.
    pub(super) fn handoff_frames(&self) -> u64 {
        // Rounded down: no more than was asked for. A lead of less than a wave leaves nothing of it behind.
        self.pace.frames_in(self.setup.handoff).saturating_sub(1)
    }

    /// How many samples there have to be before a playback begins from silence: with fewer it could run dry in its first wave.
    pub(super) fn running_start(&self) -> usize {
        let time = self.setup.wave.min(Duration::from_millis(250)) * 2;
        samples_in(time, self.setup.format.sample_rate) as usize
    }

    /// Feeds PCM until this many frames are ready, or there is no more now.
    pub(super) fn fill(&mut self, frames: u64) -> Result<(), EncodeError> {
        let running_start = self.running_start();
        while !self.paused && self.line.ready() < frames {
            if let Some(run) = self.kept.pop_front() {
                self.feed_kept(run)?;
                continue;
            }
            let Some(tape) = &mut self.current else { return Ok(()) };
            if self.line.ready() < 2 && !tape.has(running_start) {
                return Ok(());
            }
            tape.align(self.line.position());
            let (playback, sample) = (tape.playback, tape.sample);
            if let Some((looped, index)) = tape.whole_block().filter(|_| self.line.room() == BLOCK) {
                tape.gave_block();
                self.note(playback, sample);
                self.line.feed_block(&looped, index)?;
                continue;
            }
            let mut pcm = std::mem::take(&mut self.scratch);
            pcm.clear();
            match tape.read(self.line.room(), &mut pcm) {
                Read::Pcm => self.feed(playback, sample, &pcm)?,
                Read::Nothing => {
                    self.scratch = pcm;
                    return Ok(());
                }
                Read::End(end) => {
                    let over = self.quality.sounds_at(self.line.position());
                    self.tell(over);
                    if self.marks.beginning_of(playback).is_some() {
                        self.quality.ends_at(self.line.position());
                    }
                    if let Some(live) = self.live.as_mut().filter(|live| live.playback == playback) {
                        live.ends(end);
                    }
                    self.current = self.next.take();
                }
            }
            self.scratch = pcm;
        }
        Ok(())
    }

    /// Feeds what a pause kept: as much as fits the block, so that no more is ahead than there has to be.
    pub(super) fn feed_kept(&mut self, mut run: Run) -> Result<(), EncodeError> {
        let count = self.line.room().min(samples(&run.pcm));
        let rest = run.pcm.split_off(count * CHANNELS);
        let total = fade_in_samples(self.setup.format.sample_rate);
        let fading = self.kept_fade.min(count);
        fade(&mut run.pcm[..fading * CHANNELS], Fade::In, total - self.kept_fade, total);
        self.kept_fade -= fading;
        self.feed(run.playback, run.sample, &run.pcm)?;
        if !rest.is_empty() {
            self.kept.push_front(Run { playback: run.playback, sample: run.sample + count as u64, pcm: rest });
        }
        Ok(())
    }

    pub(super) fn feed(&mut self, playback: PlaybackId, sample: u64, pcm: &[f32]) -> Result<(), EncodeError> {
        self.note(playback, sample);
        self.line.feed(pcm)
    }

    /// What is fed next is this.
    fn note(&mut self, playback: PlaybackId, sample: u64) {
        let at = self.line.position();
        let was_silent = self.marks.at(at).is_none();
        self.marks.set(at, Some((playback, sample)));
        if let Some(live) = self.live.as_mut().filter(|live| live.playback == playback) {
            live.first.get_or_insert(at);
            let follows = std::mem::take(&mut live.follows);
            let joined = self.quality.begins_at(at, follows);
            self.tell(joined);
        }
        let over = self.quality.sounds_at(at);
        self.tell(over);
        // Behind silence there is no lead to keep: it is heard at once.
        self.urgent |= was_silent && self.line.ready() < 2;
        self.starving_since = None;
    }

    /// Makes up what is missing to this many frames.
    pub(super) fn fill_with_silence(&mut self, frames: u64, now: Duration) -> Result<(), EncodeError> {
        while self.line.ready() < frames {
            let mut starves = None;
            let tail = match &mut self.current {
                Some(tape) if !self.paused && self.kept.is_empty() => {
                    self.starving_since.get_or_insert(now);
                    starves = Some(tape.has_begun());
                    let sample = tape.sample;
                    let tail = tape.starve(fade_in_samples(self.setup.format.sample_rate));
                    if !tail.is_empty() {
                        self.marks.set(self.line.position(), Some((tape.playback, sample)));
                    }
                    tail
                }
                _ => Vec::new(),
            };
            self.line.feed(&tail)?;
            if let Some(begun) = starves {
                self.quality.starves_at(self.line.position(), begun);
            }
            self.marks.set(self.line.position(), None);
            self.line.feed_silence()?;
        }
        Ok(())
    }

    /// A file that gave nothing for too long has failed.
    pub(super) fn fail_if_stalled(&mut self, now: Duration) {
        if self.starving_since.is_none_or(|since| now.saturating_sub(since) < MAX_STALL) {
            return;
        }
        self.starving_since = None;
        let over = self.quality.sounds_at(self.line.position());
        self.tell(over);
        let Some(tape) = self.current.take() else { return };
        if let Some(live) = self.live.as_mut().filter(|live| live.playback == tape.playback) {
            let detail = format!("nothing could be read from it for {} seconds", MAX_STALL.as_secs());
            live.ends(Err(FailureReason::new(FailureKind::Stalled, detail)));
        }
        self.current = self.next.take();
    }

    /// Whether PCM that comes now is worth a wake-up: something waits for it.
    pub(super) fn wants_pcm(&self) -> bool {
        // Two waves or more: whatever follows an end that was told is fed when it comes, so that its own end can be told in time.
        let wanted = self.handoff_frames().saturating_add(1);
        self.replacing.is_some() || (!self.paused && self.current.is_some() && self.line.ready() < wanted)
    }
}
