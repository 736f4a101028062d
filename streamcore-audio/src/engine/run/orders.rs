//! How each order is obeyed.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use streamcore::player::{Join, Play};

use super::{
    super::{Order, live::Live, marks::Run, tape::Tape},
    Engine, PATIENCE, Replacement,
};
use crate::{
    EncodeError,
    decode::{self, Job},
    pcm::samples_in,
    splice::{fade_in_samples, fade_out_samples},
};

impl Engine {
    pub(super) fn obey(&mut self, order: Order, now: Duration) -> Result<(), EncodeError> {
        match order {
            Order::Play(play) => {
                self.live = Some(Live::new(play.playback, false).following(play.join == Join::AtEnd));
                self.titles.note(play.playback, &play.item);
                let (join, tape) = (play.join, self.open(play));
                self.take_over(tape, join, now)?;
            }
            Order::Placeholder { playback, join } => {
                self.live = Some(Live::new(playback, true));
                let tape = Tape::placeholder(playback, self.setup.placeholder.play());
                self.take_over(tape, join, now)?;
            }
            Order::Pause if !self.paused => self.pause()?,
            Order::Resume if self.paused => self.resume(),
            Order::Pause | Order::Resume | Order::Close => {}
            #[cfg(test)]
            Order::Panic => panic!("told to"),
        }
        Ok(())
    }

    /// Starts the decoder of an item.
    pub(super) fn open(&self, play: Play) -> Tape {
        let rate = self.setup.format.sample_rate;
        let (root, abandoned) = (self.setup.root.clone(), self.setup.abandoned.clone());
        let job = Job { root, url: play.item.url, from: play.from, rate, abandoned };
        let inbox = Arc::clone(&self.inbox);
        let receive = decode::spawn(job, move || inbox.pcm_is_there());
        Tape::file(play.playback, samples_in(play.from, rate), receive, fade_out_samples(rate))
    }

    /// A new playback follows or replaces what plays.
    pub(super) fn take_over(&mut self, tape: Tape, join: Join, now: Duration) -> Result<(), EncodeError> {
        self.starving_since = None;
        if std::mem::take(&mut self.paused) {
            self.quality.interrupted();
            // It is silent already; what the pause kept belongs to a playback that is over.
            self.kept.clear();
            (self.current, self.next, self.replacing) = (Some(tape), None, None);
            return Ok(());
        }
        match join {
            Join::AtEnd => {
                if let Some(replacement) = self.replacing.take() {
                    self.replace(replacement)?;
                }
                match &self.current {
                    None if self.kept.is_empty() => self.current = Some(tape),
                    // A loop has no end to wait for.
                    Some(current) if current.is_placeholder() => {
                        self.replacing = Some(Replacement { tape, at_last: now + PATIENCE, behind: true });
                    }
                    _ => self.next = Some(tape),
                }
            }
            Join::Now => {
                self.next = None;
                self.replacing = Some(Replacement { tape, at_last: now + PATIENCE, behind: false });
            }
        }
        Ok(())
    }

    pub(super) fn replace_if_ready(&mut self, now: Duration) -> Result<(), EncodeError> {
        let wanted = self.running_start();
        let ready = self.replacing.as_mut().is_some_and(|next| next.tape.has(wanted) || now >= next.at_last);
        match self.replacing.take_if(|_| ready) {
            Some(replacement) => self.replace(replacement),
            None => Ok(()),
        }
    }

    /// Cuts, and goes on with this.
    fn replace(&mut self, Replacement { mut tape, behind, .. }: Replacement) -> Result<(), EncodeError> {
        let replaced = self.current.as_ref().filter(|_| behind).map(|current| current.playback);
        let not_before = replaced.map_or(0, |it| self.marks.beginning_of(it).unwrap_or(self.line.position()));
        self.cut(not_before)?;
        self.kept.clear();
        self.quality.interrupted();
        tape.fade_in(fade_in_samples(self.setup.format.sample_rate));
        (self.current, self.next) = (Some(tape), None);
        Ok(())
    }

    pub(super) fn pause(&mut self) -> Result<(), EncodeError> {
        if let Some(replacement) = self.replacing.take() {
            self.replace(replacement)?;
        }
        self.paused = true;
        self.ended_at = None;
        let mut runs = self.cut(0)?;
        // What an earlier pause kept and what was not fed since comes behind what was.
        runs.append(&mut self.kept);
        self.kept = runs;
        Ok(())
    }

    pub(super) fn resume(&mut self) {
        self.paused = false;
        self.starving_since = None;
        let length = fade_in_samples(self.setup.format.sample_rate);
        if let Some(tape) = self.current.as_mut().filter(|tape| tape.is_placeholder()) {
            // Of a loop nothing is lost; behind the silence it falls in with the blocks of the line again.
            self.kept.retain(|run| run.playback != tape.playback);
            tape.begin_again();
            tape.fade_in(length);
        }
        if self.kept.is_empty() {
            self.current.iter_mut().for_each(|tape| tape.fade_in(length));
        } else {
            self.kept_fade = length;
        }
    }

    /// Cuts the line; returns what was taken back.
    pub(super) fn cut(&mut self, not_before: u64) -> Result<VecDeque<Run>, EncodeError> {
        let removed = self.line.cut(not_before)?;
        let at = removed.at;
        let over = self.quality.sounds_at(at);
        self.tell(over);
        if let Some(live) = self.live.as_mut().filter(|live| live.first.is_some_and(|first| first >= at)) {
            live.first = None;
        }
        self.urgent = true;
        Ok(self.marks.cut(removed))
    }
}
