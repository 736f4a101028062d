//! What was and what has to be reported about the live playback. Pure.

use streamcore::{FailureReason, PlaybackId, player::Report};

/// The live playback of a stream: there is at most one, and of it exactly one end is reported.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Live {
    pub(super) playback: PlaybackId,
    /// A placeholder has no end.
    pub(super) endless: bool,
    /// It was told to follow what was before it, and has not begun.
    pub(super) follows: bool,
    /// The position of its first sample in the line, once it was fed.
    pub(super) first: Option<u64>,
    pub(super) started: bool,
    end: Option<Result<(), FailureReason>>,
    reported: bool,
}

impl Live {
    pub(super) fn new(playback: PlaybackId, endless: bool) -> Self {
        Self { playback, endless, follows: false, first: None, started: false, end: None, reported: false }
    }

    /// One that follows what is before it.
    pub(super) fn following(self, follows: bool) -> Self {
        Self { follows, ..self }
    }

    /// Its last sample was fed, or it cannot go on.
    pub(super) fn ends(&mut self, end: Result<(), FailureReason>) {
        self.end.get_or_insert(end);
    }

    /// The report of its end, once; that of what is heard waits until little of it is left to send. Of a short one it can come before its start.
    pub(super) fn report_of_end(&mut self, little_is_left: bool) -> Option<Report> {
        if self.reported || self.endless || (self.first.is_some() && !little_is_left) {
            return None;
        }
        let end = self.end.clone()?;
        self.reported = true;
        Some(self.report(end))
    }

    /// The report that it failed, whatever it was about to do; none if its end was reported.
    pub(super) fn fail(&mut self, reason: FailureReason) -> Option<Report> {
        let first = !std::mem::replace(&mut self.reported, true);
        (first && !self.endless).then(|| self.report(Err(reason)))
    }

    fn report(&self, end: Result<(), FailureReason>) -> Report {
        match end {
            Ok(()) => Report::Ended { playback: self.playback },
            Err(reason) => Report::Failed { playback: self.playback, reason },
        }
    }
}

#[cfg(test)]
mod tests {
    use streamcore::FailureKind;

    use super::*;

    #[test]
    fn an_end_is_reported_once_and_when_little_is_left() {
        let mut live = Live::new(PlaybackId::new(1), false);
        live.first = Some(7);
        live.ends(Ok(()));
        assert_eq!(live.report_of_end(false), None);
        assert_eq!(live.report_of_end(true), Some(Report::Ended { playback: PlaybackId::new(1) }));
        live.ends(Err(FailureReason::new(FailureKind::Broken, "late")));
        assert_eq!(live.report_of_end(true), None);
        assert_eq!(live.fail(FailureReason::new(FailureKind::Other, "late")), None);
    }

    #[test]
    fn what_never_began_ends_at_once_and_a_placeholder_never_does() {
        let mut live = Live::new(PlaybackId::new(1), false);
        live.ends(Err(FailureReason::new(FailureKind::NotFound, "gone")));
        assert!(matches!(live.report_of_end(false), Some(Report::Failed { .. })));
        let mut placeholder = Live::new(PlaybackId::new(2), true);
        placeholder.ends(Ok(()));
        assert_eq!(placeholder.report_of_end(true), None);
        assert_eq!(placeholder.fail(FailureReason::new(FailureKind::Other, "x")), None);
    }
}
