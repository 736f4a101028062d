//! A player in virtual time: each item lasts as long as it says, its end is reported a second before it is heard, as the port's contract
//! describes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use streamcore::{
    FailureKind, FailureReason, ItemId, PlaybackId, StreamId, Timestamp,
    player::{Join, Play, Player, Report, Reports},
    runtime::Runtime,
    testing::SimRuntime,
};

const LEAD: Duration = Duration::from_secs(1);

/// What a listener heard the beginning of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    Item(ItemId),
    Placeholder,
}

#[derive(Debug)]
pub(crate) struct SimPlayer {
    runtime: SimRuntime,
    streams: Arc<Mutex<BTreeMap<StreamId, Air>>>,
}

#[derive(Debug)]
struct Air {
    reports: Reports,
    open: bool,
    live: Option<PlaybackId>,
    /// When the last sample of what was ordered so far is heard.
    ends: Option<Timestamp>,
    heard: Vec<Heard>,
    gaps: Duration,
}

impl SimPlayer {
    pub(crate) fn new(runtime: SimRuntime) -> Self {
        Self { runtime, streams: Arc::default() }
    }

    pub(crate) fn heard(&self, stream: StreamId) -> Vec<Heard> {
        self.lock().get(&stream).map(|air| air.heard.clone()).unwrap_or_default()
    }

    pub(crate) fn is_on_air(&self, stream: StreamId) -> bool {
        self.lock().get(&stream).is_some_and(|air| air.open)
    }

    /// The silence between one item and the next, in all.
    pub(crate) fn gaps(&self, stream: StreamId) -> Duration {
        self.lock().get(&stream).map(|air| air.gaps).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<StreamId, Air>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports at a moment, if the playback is still live then.
    fn report_at(&self, at: Timestamp, stream: StreamId, playback: PlaybackId, report: Report) {
        let (runtime, streams) = (self.runtime.clone(), self.streams.clone());
        self.runtime.spawn(Box::pin(async move {
            runtime.sleep_until(at).await;
            let streams = streams.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(air) = streams.get(&stream).filter(|air| air.live == Some(playback)) {
                air.reports.send(report);
            }
        }));
    }
}

impl Player for SimPlayer {
    fn open(&self, stream: StreamId, reports: Reports) {
        let air = Air { reports, open: true, live: None, ends: None, heard: Vec::new(), gaps: Duration::ZERO };
        self.lock().insert(stream, air);
    }

    fn play(&self, stream: StreamId, play: Play) {
        let now = self.runtime.now();
        let mut streams = self.lock();
        let Some(air) = streams.get_mut(&stream) else { return };
        air.live = Some(play.playback);
        let playback = play.playback;
        let Some(duration) = play.item.duration else {
            let reason = FailureReason::new(FailureKind::Broken, "not audio");
            air.reports.send(Report::Failed { playback, reason });
            return;
        };
        let begins = match (play.join, air.ends) {
            (Join::AtEnd, Some(ends)) => {
                air.gaps += now.since(ends);
                ends.max(now)
            }
            _ => now,
        };
        let ends = begins + duration.saturating_sub(play.from);
        air.ends = Some(ends);
        air.heard.push(Heard::Item(play.item.id));
        drop(streams);
        self.report_at(begins, stream, playback, Report::Started { playback });
        let decoded = begins + duration.saturating_sub(play.from).saturating_sub(LEAD);
        for second in 1..=decoded.since(begins).as_secs() {
            let played = Duration::from_secs(second);
            let report = Report::Progress { playback, position: play.from + played };
            self.report_at(begins + played, stream, playback, report);
        }
        self.report_at(decoded, stream, playback, Report::Ended { playback });
    }

    fn placeholder(&self, stream: StreamId, playback: PlaybackId, _join: Join) {
        if let Some(air) = self.lock().get_mut(&stream) {
            (air.live, air.ends) = (Some(playback), None);
            air.heard.push(Heard::Placeholder);
        }
    }

    fn pause(&self, _stream: StreamId) {}

    fn resume(&self, _stream: StreamId) {}

    fn close(&self, stream: StreamId) {
        if let Some(air) = self.lock().get_mut(&stream) {
            (air.open, air.live) = (false, None);
        }
    }
}
