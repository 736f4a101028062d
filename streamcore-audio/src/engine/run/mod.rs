//! The loop of an engine, its waves and its reports.

mod fill;
mod orders;

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::BytesMut;
use streamcore::{
    FailureKind, FailureReason,
    player::{Report, Reports},
};

use super::{
    Inbox, Order, Setup,
    live::Live,
    marks::{Marks, Run},
    tape::Tape,
};
use crate::{
    EncodeError,
    mount::Mount,
    pace::{Pace, next_wave},
    pcm::time_of,
    splice::Line,
};

/// How long what plays may go on while the next file is opened; then silence takes over.
const PATIENCE: Duration = Duration::from_millis(150);
/// How long silence may stand in for a file that gives nothing; then the playback has failed.
const MAX_STALL: Duration = Duration::from_secs(20);
const PROGRESS: Duration = Duration::from_secs(1);
/// Frames that go out at once behind a cut: the first two still carry the fade.
const CUT_FRAMES: u64 = 4;

/// One stream.
pub(super) struct Engine {
    setup: Setup,
    reports: Reports,
    mount: Arc<Mount>,
    inbox: Arc<Inbox>,
    begin: Instant,
    pace: Pace,
    line: Line,
    marks: Marks,
    live: Option<Live>,
    /// What is fed now; behind `kept`, if that holds anything.
    current: Option<Tape>,
    /// What follows its last sample.
    next: Option<Tape>,
    /// What replaces it, as soon as it has PCM, or at this time at the latest.
    replacing: Option<(Tape, Duration)>,
    paused: bool,
    /// What a pause took back from the lead: it is played first when the stream goes on.
    kept: VecDeque<Run>,
    /// How much of the beginning of `kept` is still to be faded in.
    kept_fade: usize,
    /// Send a wave now, not at its time.
    urgent: bool,
    next_wave: Duration,
    next_progress: Duration,
    starving_since: Option<Duration>,
    listeners: u64,
    scratch: Vec<f32>,
}

impl Engine {
    pub(super) fn new(
        setup: Setup,
        reports: Reports,
        mount: Arc<Mount>,
        inbox: Arc<Inbox>,
    ) -> Result<Self, EncodeError> {
        Ok(Self {
            pace: Pace::new(setup.format.sample_rate),
            line: Line::new(setup.format)?,
            setup,
            reports,
            mount,
            inbox,
            begin: Instant::now(),
            marks: Marks::default(),
            live: None,
            current: None,
            next: None,
            replacing: None,
            paused: false,
            kept: VecDeque::new(),
            kept_fade: 0,
            urgent: false,
            next_wave: Duration::ZERO,
            next_progress: Duration::ZERO,
            starving_since: None,
            listeners: 0,
            scratch: Vec::new(),
        })
    }

    /// Runs until the stream is closed.
    pub(super) fn run(&mut self) -> Result<(), EncodeError> {
        loop {
            let deadline = self.replacing.as_ref().map_or(self.next_wave, |(_, at)| self.next_wave.min(*at));
            let orders = self.inbox.wait(self.begin + deadline);
            let now = self.begin.elapsed();
            self.inbox.listen_for_pcm();
            for order in orders {
                if matches!(order, Order::Close) {
                    return Ok(());
                }
                self.obey(order, now)?;
            }
            self.replace_if_ready(now)?;
            self.fill(self.lead_frames())?;
            if self.urgent || now >= self.next_wave {
                self.wave(now)?;
            }
            self.report_end();
            if !self.wants_pcm() {
                self.inbox.ignore_pcm();
            }
        }
    }

    /// The engine ends before it was told to: the live playback cannot go on.
    pub(super) fn abandon(&mut self) {
        let reason = FailureReason::new(FailureKind::Other, "the stream's encoder stopped; start the stream again");
        if let Some(report) = self.live.as_mut().and_then(|live| live.fail(reason)) {
            self.reports.send(report);
        }
    }

    /// Sends what is due until the next wave, and refills the lead.
    fn wave(&mut self, now: Duration) -> Result<(), EncodeError> {
        let wave = self.setup.wave;
        if self.pace.skip_ahead(self.line.sent(), now, self.setup.burst.max(wave)) {
            tracing::warn!("the machine stood still; the broadcast skips ahead");
        }
        let first = self.line.sent();
        let mut until = self.pace.due_before(now + wave).max(first);
        if std::mem::take(&mut self.urgent) {
            until = until.max((first + CUT_FRAMES).min(self.pace.due_before(now + 2 * wave)));
        }
        if now >= self.next_wave {
            self.next_wave = next_wave(now, wave);
        }
        let count = until - first;
        self.fill(count)?;
        self.fill_with_silence(count, now)?;
        let mut chunk = BytesMut::with_capacity(count as usize * self.setup.format.frame_bytes());
        for _ in 0..count {
            chunk.extend(self.line.take());
        }
        self.mount.publish(chunk.freeze(), count);
        self.report_wave(first, now);
        self.marks.forget_before(Line::heard_in(first));
        self.fail_if_stalled(now);
        // Whatever it costs to encode ahead, this wave is out.
        self.fill(self.lead_frames())?;
        self.urgent = false;
        Ok(())
    }

    /// Tells what went out with a wave whose first frame is this.
    fn report_wave(&mut self, first: u64, now: Duration) {
        if let Some(live) = &mut self.live {
            let playback = live.playback;
            if !live.started && live.first.is_some_and(|at| Line::frame_of(at) < self.line.sent()) {
                live.started = true;
                self.reports.send(Report::Started { playback });
            }
            if live.started && !live.endless && now >= self.next_progress {
                let on_air = self.marks.at(Line::heard_in(first));
                if let Some((_, sample)) = on_air.filter(|(what, _)| *what == playback) {
                    let position = time_of(sample, self.setup.format.sample_rate);
                    self.reports.send(Report::Progress { playback, position });
                    self.next_progress = now + PROGRESS - self.setup.wave / 2;
                }
            }
        }
        let listeners = self.mount.listeners();
        if listeners != self.listeners {
            self.listeners = listeners;
            self.reports.send(Report::Listeners { count: listeners });
        }
    }

    fn report_end(&mut self) {
        // What a pause kept is still to be heard.
        if !self.kept.is_empty() {
            return;
        }
        if let Some(report) = self.live.as_mut().and_then(Live::report_of_end) {
            self.reports.send(report);
        }
    }
}
