//! A player in virtual time that plays nothing in particular, and whose listeners come and go as the test says.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use streamcore::{
    FailureKind, FailureReason, PlaybackId, StreamId, Timestamp,
    player::{Join, Play, Player, Report, Reports},
    runtime::Runtime,
    testing::SimRuntime,
};

use crate::watching::{Fact, Log};

/// Well within what the watchdog takes for a stall.
const PROGRESS_EVERY: Duration = Duration::from_secs(7);

#[derive(Debug)]
pub(crate) struct SimPlayer {
    runtime: SimRuntime,
    log: Log,
    streams: Arc<Mutex<BTreeMap<StreamId, Air>>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Air {
    reports: Reports,
    pub(crate) is_on: bool,
    live: Option<PlaybackId>,
    /// Since when the placeholder plays; kept when the air is closed, as it was then.
    pub(crate) placeholder_since: Option<Timestamp>,
    ever: u64,
}

impl SimPlayer {
    pub(crate) fn new(runtime: SimRuntime, log: Log) -> Self {
        Self { runtime, log, streams: Arc::default() }
    }

    pub(crate) fn air(&self, stream: StreamId) -> Option<Air> {
        self.lock().get(&stream).cloned()
    }

    /// So many listen from now on, this many of whom have just come; how many have ever come.
    pub(crate) fn listen(&self, stream: StreamId, count: u64, came: u64) -> u64 {
        let mut streams = self.lock();
        let Some(air) = streams.get_mut(&stream).filter(|air| air.is_on) else { return 0 };
        air.ever += came;
        air.reports.send(Report::Listeners { count, ever: air.ever });
        air.ever
    }

    pub(crate) fn lose_count(&self, stream: StreamId) {
        if let Some(air) = self.air(stream).filter(|air| air.is_on) {
            air.reports.send(Report::ListenersUnknown);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<StreamId, Air>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Player for SimPlayer {
    fn open(&self, stream: StreamId, reports: Reports) {
        let air = Air { reports, is_on: true, live: None, placeholder_since: None, ever: 0 };
        self.lock().insert(stream, air);
    }

    fn play(&self, stream: StreamId, play: Play) {
        let (playback, begins) = (play.playback, self.runtime.now());
        let reports = {
            let mut streams = self.lock();
            let Some(air) = streams.get_mut(&stream) else { return };
            (air.live, air.placeholder_since) = (Some(playback), None);
            air.reports.clone()
        };
        let Some(duration) = play.item.duration else {
            let reason = FailureReason::new(FailureKind::Broken, "not audio");
            return reports.send(Report::Failed { playback, reason });
        };
        let (runtime, streams) = (self.runtime.clone(), self.streams.clone());
        self.runtime.spawn(Box::pin(async move {
            reports.send(Report::Started { playback });
            let mut position = play.from;
            while position < duration {
                let next = duration.min(position + PROGRESS_EVERY);
                runtime.sleep_until(begins + next.saturating_sub(play.from)).await;
                let streams = streams.lock().unwrap_or_else(PoisonError::into_inner);
                if streams.get(&stream).is_none_or(|air| air.live != Some(playback)) {
                    return;
                }
                position = next;
                reports.send(Report::Progress { playback, position });
            }
            reports.send(Report::Ended { playback });
        }));
    }

    fn placeholder(&self, stream: StreamId, playback: PlaybackId, _join: Join) {
        let now = self.runtime.now();
        if let Some(air) = self.lock().get_mut(&stream) {
            air.live = Some(playback);
            air.placeholder_since.get_or_insert(now);
        }
    }

    fn pause(&self, _stream: StreamId) {}

    fn resume(&self, _stream: StreamId) {}

    fn close(&self, stream: StreamId) {
        if let Some(air) = self.lock().get_mut(&stream) {
            (air.is_on, air.live) = (false, None);
            self.log.note(Fact::OffAir { stream, at: self.runtime.now() });
        }
    }
}
