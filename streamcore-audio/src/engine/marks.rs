//! Which playback, and which moment of it, lies at which position of the line. Pure.

use std::collections::VecDeque;

use streamcore::PlaybackId;

use crate::{pcm::CHANNELS, splice::Removed};

/// From this position on comes this; up to the next mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    at: u64,
    /// The playback and its sample at `at`; none for silence.
    what: Option<(PlaybackId, u64)>,
}

impl Mark {
    fn what_at(&self, position: u64) -> Option<(PlaybackId, u64)> {
        self.what.map(|(playback, sample)| (playback, sample + (position - self.at)))
    }
}

/// PCM of one playback in one piece.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run {
    pub(super) playback: PlaybackId,
    /// Its first sample's place in the item.
    pub(super) sample: u64,
    pub(super) pcm: Vec<f32>,
}

/// The marks of one line.
#[derive(Debug, Default)]
pub(super) struct Marks(VecDeque<Mark>);

impl Marks {
    /// What is fed from position `at` on.
    pub(super) fn set(&mut self, at: u64, what: Option<(PlaybackId, u64)>) {
        let goes_on = self.0.back().is_some_and(|last| last.what_at(at) == what);
        if !goes_on {
            self.0.push_back(Mark { at, what });
        }
    }

    /// What lies at this position.
    pub(super) fn at(&self, position: u64) -> Option<(PlaybackId, u64)> {
        self.0.iter().rev().find(|mark| mark.at <= position)?.what_at(position)
    }

    /// Where this playback begins, as far back as is remembered.
    pub(super) fn beginning_of(&self, playback: PlaybackId) -> Option<u64> {
        self.0.iter().find(|mark| mark.what.is_some_and(|(what, _)| what == playback)).map(|mark| mark.at)
    }

    /// Nobody will ask about earlier positions any more.
    pub(super) fn forget_before(&mut self, position: u64) {
        while self.0.get(1).is_some_and(|second| second.at <= position) {
            self.0.pop_front();
        }
    }

    /// The line was cut: what was removed, by playback and without the silence; from there on it is silent until something is set.
    pub(super) fn cut(&mut self, removed: Removed) -> VecDeque<Run> {
        let end = removed.at + (removed.pcm.len() / CHANNELS) as u64;
        let mut runs = VecDeque::new();
        for (index, mark) in self.0.iter().enumerate() {
            let until = self.0.get(index + 1).map_or(end, |next| next.at.min(end));
            let from = mark.at.max(removed.at);
            if let (Some((playback, sample)), true) = (mark.what_at(from.max(mark.at)), from < until) {
                let piece = (from - removed.at) as usize * CHANNELS..(until - removed.at) as usize * CHANNELS;
                runs.push_back(Run { playback, sample, pcm: removed.pcm[piece].to_vec() });
            }
        }
        while self.0.back().is_some_and(|last| last.at >= removed.at) {
            self.0.pop_back();
        }
        self.set(removed.at, None);
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_gives_back_what_lay_behind_it_and_whose_it_was() {
        let (a, b) = (PlaybackId::new(1), PlaybackId::new(2));
        let mut marks = Marks::default();
        marks.set(0, Some((a, 1_000)));
        marks.set(50, Some((a, 1_050))); // goes on
        marks.set(100, None);
        marks.set(110, Some((b, 0)));
        assert_eq!(marks.0.len(), 3);
        assert_eq!(marks.at(70), Some((a, 1_070)));
        assert_eq!(marks.at(105), None);
        let pcm: Vec<f32> = (80..130).flat_map(|n| [n as f32; 2]).collect();
        let runs = marks.cut(Removed { at: 80, pcm });
        assert_eq!(runs.len(), 2);
        assert_eq!((runs[0].playback, runs[0].sample, runs[0].pcm.len()), (a, 1_080, 40));
        assert_eq!((runs[1].playback, runs[1].sample, runs[1].pcm[0]), (b, 0, 110.0));
        assert_eq!(marks.at(79), Some((a, 1_079)));
        assert_eq!(marks.at(80), None);
        marks.forget_before(90);
        assert_eq!(marks.0.len(), 1);
    }
}
