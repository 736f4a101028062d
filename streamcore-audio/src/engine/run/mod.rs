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
    StreamId,
    player::{Incident, Report, Wave},
};

use super::{
    Carried, Inbox, Order, Outlet, Setup,
    live::Live,
    marks::{Marks, Run},
    quality::Quality,
    tape::Tape,
};
use crate::{
    EncodeError,
    mount::{Mount, Titles},
    pace::{Pace, next_wave},
    pcm::time_of,
    splice::Line,
};

/// How long what plays may go on while the next file is opened, and a wave wait for the order that follows an end; then silence takes over.
const PATIENCE: Duration = Duration::from_millis(150);
/// How long silence may stand in for a file that gives nothing; then the playback has failed. Longer than a remote source tries by default, as it
/// knows better why, and less than the 15 s after which the stream gives up any player.
pub(crate) const MAX_STALL: Duration = Duration::from_secs(12);
const PROGRESS: Duration = Duration::from_secs(1);
/// Frames that go out at once behind a cut: the first two still carry the fade.
const CUT_FRAMES: u64 = 4;

/// One stream.
pub(super) struct Engine {
    /// For the log.
    stream: StreamId,
    setup: Setup,
    outlet: Arc<Outlet>,
    mount: Arc<Mount>,
    inbox: Arc<Inbox>,
    /// Taken from the inbox and not obeyed yet.
    orders: VecDeque<Order>,
    begin: Instant,
    pace: Pace,
    line: Line,
    marks: Marks,
    titles: Titles,
    live: Option<Live>,
    /// What is fed now; behind `kept`, if that holds anything.
    current: Option<Tape>,
    /// What follows its last sample.
    next: Option<Tape>,
    /// What replaces it, as soon as it has PCM, or at this time at the latest.
    replacing: Option<Replacement>,
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
    /// When an end was told that no order has followed yet.
    ended_at: Option<Duration>,
    quality: Quality,
    scratch: Vec<f32>,
}

/// What replaces the current tape.
struct Replacement {
    tape: Tape,
    /// Then it begins, whether it has PCM or not.
    at_last: Duration,
    /// Whether it cuts off only what it replaces, and lets what is still to be sent before that play out.
    behind: bool,
}

impl Engine {
    /// An engine that goes on with what the one before it left.
    pub(super) fn new(setup: Setup, carried: Carried, line: Line) -> Self {
        let mut engine = Self {
            stream: carried.stream,
            pace: carried.pace,
            line,
            outlet: carried.outlet,
            mount: carried.mount,
            inbox: carried.inbox,
            orders: carried.orders,
            begin: carried.begin,
            marks: Marks::default(),
            titles: Titles::default(),
            live: carried.live,
            current: None,
            next: None,
            replacing: None,
            paused: carried.paused,
            kept: VecDeque::new(),
            kept_fade: 0,
            urgent: false,
            next_wave: carried.next_wave,
            next_progress: Duration::ZERO,
            starving_since: None,
            ended_at: None,
            quality: Quality::new(setup.format.sample_rate),
            scratch: Vec::new(),
            setup,
        };
        if let Some(live) = engine.live.as_ref().filter(|live| live.endless) {
            engine.current = Some(Tape::placeholder(live.playback, engine.setup.placeholder.play()));
        }
        engine
    }

    /// What is left when an engine ends before it was told to. Only a placeholder can go on.
    pub(super) fn leave(self) -> Carried {
        Carried {
            stream: self.stream,
            outlet: self.outlet,
            mount: self.mount,
            inbox: self.inbox,
            orders: self.orders,
            begin: self.begin,
            pace: self.pace.rebased(self.line.sent()),
            next_wave: self.next_wave,
            live: self.live,
            paused: self.paused,
        }
    }

    /// Runs until the stream is closed.
    pub(super) fn run(&mut self) -> Result<(), EncodeError> {
        loop {
            let wave_at = self.held_until(self.begin.elapsed()).unwrap_or(self.next_wave);
            let deadline = self.replacing.as_ref().map_or(wave_at, |replacement| wave_at.min(replacement.at_last));
            // An engine that took over may have been left some.
            if self.orders.is_empty() {
                self.orders = self.inbox.wait(self.begin + deadline);
            }
            let now = self.begin.elapsed();
            self.inbox.listen_for_pcm();
            while let Some(order) = self.orders.pop_front() {
                if matches!(order, Order::Close) {
                    return Ok(());
                }
                self.obey(order, now)?;
            }
            self.replace_if_ready(now)?;
            self.fill(self.lead_frames())?;
            self.report_end(now);
            if (self.urgent || now >= self.next_wave) && self.held_until(now).is_none() {
                // An urgent one goes out before its time.
                self.wave(now, wave_at.max(self.next_wave.min(now)))?;
                self.report_end(now);
            }
            if !self.wants_pcm() {
                self.inbox.ignore_pcm();
            }
        }
    }

    /// Sends what is due until the next wave, and refills the lead. It was meant to be sent at `due`.
    fn wave(&mut self, now: Duration, due: Duration) -> Result<(), EncodeError> {
        let wave = self.setup.wave;
        if self.pace.skip_ahead(self.line.sent(), now, self.setup.burst.max(wave)) {
            tracing::warn!(stream = self.stream.get(), "the machine stood still; the broadcast skips ahead");
        }
        let first = self.line.sent();
        let mut until = self.pace.due_before(now + wave).max(first);
        let cut = std::mem::take(&mut self.urgent);
        if cut {
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
        let heard = self.marks.at(Line::heard_in(first));
        let title = heard.and_then(|(playback, _)| self.titles.of(playback));
        self.mount.publish(Wave { audio: chunk.freeze(), title, cut }, count);
        let late = self.quality.wave_went_out(due, self.begin.elapsed(), self.setup.burst.max(wave));
        self.tell(late);
        self.report_wave(first, now);
        self.marks.forget_before(Line::heard_in(first));
        self.fail_if_stalled(now);
        // Whatever it costs to encode ahead, this wave is out.
        self.fill(self.lead_frames())?;
        self.urgent = false;
        Ok(())
    }

    pub(super) fn tell(&self, incident: Option<Incident>) {
        if let Some(incident) = incident {
            self.outlet.send(Report::Incident(incident));
        }
    }

    /// Tells what went out with a wave whose first frame is this.
    fn report_wave(&mut self, first: u64, now: Duration) {
        if let Some(live) = &mut self.live {
            let playback = live.playback;
            if !live.started && live.first.is_some_and(|at| Line::frame_of(at) < self.line.sent()) {
                live.started = true;
                self.outlet.send(Report::Started { playback });
            }
            if live.started && !live.endless && now >= self.next_progress {
                let on_air = self.marks.at(Line::heard_in(first));
                if let Some((_, sample)) = on_air.filter(|(what, _)| *what == playback) {
                    let position = time_of(sample, self.setup.format.sample_rate);
                    self.outlet.send(Report::Progress { playback, position });
                    self.next_progress = now + PROGRESS - self.setup.wave / 2;
                }
            }
        }
    }

    /// A wave that would have to send silence right behind an end that was just told waits for the next order, at most until then.
    fn held_until(&self, now: Duration) -> Option<Duration> {
        let until = self.ended_at?.min(self.next_wave) + PATIENCE;
        let due = self.pace.due_before(now + self.setup.wave).saturating_sub(self.line.sent());
        (now < until && self.line.ready() < due.max(CUT_FRAMES)).then_some(until)
    }

    fn report_end(&mut self, now: Duration) {
        // What a pause kept is still to be heard.
        if !self.kept.is_empty() {
            return;
        }
        let little_is_left = self.line.ready() <= self.handoff_frames();
        if let Some(report) = self.live.as_mut().and_then(|live| live.report_of_end(little_is_left)) {
            self.ended_at = Some(now);
            self.outlet.send(report);
        }
    }
}
