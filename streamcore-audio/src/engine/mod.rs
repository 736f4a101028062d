//! One stream on the air: a thread that takes orders, keeps the lead full, sends a wave every 250 ms and reports.
//!
//! The thread never waits for a file, a listener or a caller: orders and wake-ups come through the [`Inbox`], PCM through bounded channels that
//! are only tried, and listeners read the [`Mount`] at their own pace. What it cannot have in time is silence.
//!
//! **An engine that fails is replaced**, by a panic as by an error: its item is reported as unavailable, a placeholder plays on, and listeners
//! stay connected. Engines that keep failing are replaced once a second.

mod inbox;
mod live;
mod marks;
mod outlet;
mod quality;
mod run;
mod tape;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use streamcore::{FailureKind, FailureReason, StreamId, player::Reports};

#[cfg(all(test, feature = "remote"))]
pub(crate) use self::run::MAX_STALL;
pub(crate) use self::{
    inbox::{Inbox, Order},
    outlet::Outlet,
};
use self::{live::Live, run::Engine};
use crate::{
    EncodeError, config::MountFormat, decode::Abandoned, mount::Mount, pace::Pace, placeholder::Placeholder,
    source::Root, splice::Line,
};

/// This many failures within [`MEMORY`] are one too many to begin again at once.
const MANY: usize = 5;
const MEMORY: Duration = Duration::from_secs(10);
/// How long is waited then.
const BACK_OFF: Duration = Duration::from_secs(1);

/// What an engine is told once.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) root: Root,
    pub(crate) format: MountFormat,
    pub(crate) wave: Duration,
    pub(crate) burst: Duration,
    pub(crate) lead: Duration,
    pub(crate) handoff: Duration,
    pub(crate) placeholder: Placeholder,
    pub(crate) abandoned: Abandoned,
    #[cfg(test)]
    pub(crate) faults: Arc<Faults>,
}

/// What tests let go wrong.
#[cfg(test)]
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) no_thread: AtomicBool,
    pub(crate) no_encoder: AtomicBool,
    pub(crate) attempts: std::sync::atomic::AtomicUsize,
}

/// What an engine takes over and leaves behind.
#[derive(Debug)]
struct Carried {
    /// Whose it is, for the log.
    stream: StreamId,
    outlet: Arc<Outlet>,
    mount: Arc<Mount>,
    inbox: Arc<Inbox>,
    orders: VecDeque<Order>,
    begin: Instant,
    pace: Pace,
    next_wave: Duration,
    live: Option<Live>,
    paused: bool,
}

/// One open stream: what outlives its engines.
#[derive(Debug)]
pub(crate) struct Stream {
    id: StreamId,
    setup: Setup,
    pub(crate) mount: Arc<Mount>,
    inbox: Arc<Inbox>,
    outlet: Arc<Outlet>,
    /// Whether there is a thread that reads the inbox.
    running: Arc<AtomicBool>,
}

impl Stream {
    /// Starts the thread of the stream; if there is none to be had, that is tried again at the next order. Reports nothing yet: see
    /// [`introduce`](Self::introduce).
    pub(crate) fn open(id: StreamId, setup: Setup, reports: Reports, mount: Arc<Mount>) -> Self {
        let outlet = Arc::new(Outlet::new(reports, &mount));
        mount.reports_to(Arc::clone(&outlet));
        let stream = Self { id, setup, mount, inbox: Arc::default(), outlet, running: Arc::default() };
        stream.runs();
        stream
    }

    /// Tells how many listen, which holds before anything is played and whether or not there is a thread.
    pub(crate) fn introduce(&self) {
        self.outlet.crowd_changed();
    }

    /// Reports go there from now on; that place is told what holds.
    pub(crate) fn reports_to(&self, reports: Reports) {
        self.outlet.lead_to(reports);
        self.runs();
    }

    /// Gives an order. Without a thread an item fails; a placeholder, which cannot, waits for one.
    pub(crate) fn order(&self, order: Order) {
        if let (Order::Play(play), false) = (&order, self.runs()) {
            let reason = unavailable("the player has no thread left for the stream");
            if let Some(report) = Live::new(play.playback, false).fail(reason) {
                self.outlet.send(report);
            }
            return;
        }
        self.inbox.order(order);
    }

    /// Ends the broadcast, and all reports.
    pub(crate) fn close(&self) {
        self.outlet.close();
        self.inbox.order(Order::Close);
        if !self.running.load(Ordering::Acquire) {
            self.mount.close();
        }
    }

    /// Whether there is a thread, perhaps since now.
    fn runs(&self) -> bool {
        if self.running.swap(true, Ordering::AcqRel) {
            return true;
        }
        match self.spawn() {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(stream = self.id.get(), %error, "no thread for the stream; it is tried again at its next order");
                false
            }
        }
    }

    fn spawn(&self) -> io::Result<()> {
        // Says that nothing runs when it is dropped: at the end of the thread, however that comes, and if there is no thread.
        let running = Running(Arc::clone(&self.running));
        #[cfg(test)]
        if self.setup.faults.no_thread.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let (stream, setup) = (self.id, self.setup.clone());
        let carried = Carried {
            stream,
            outlet: Arc::clone(&self.outlet),
            mount: Arc::clone(&self.mount),
            inbox: Arc::clone(&self.inbox),
            orders: VecDeque::new(),
            begin: Instant::now(),
            pace: Pace::new(setup.format.sample_rate),
            next_wave: Duration::ZERO,
            live: None,
            paused: false,
        };
        thread::Builder::new().name(format!("audio {stream}")).spawn(move || {
            let _running = running;
            supervise(stream, &setup, carried);
        })?;
        Ok(())
    }
}

struct Running(Arc<AtomicBool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Runs an engine, and another one whenever one fails, on the same mount and the same inbox; until the stream is closed. Listeners stay.
fn supervise(stream: StreamId, setup: &Setup, mut carried: Carried) {
    let mount = Arc::clone(&carried.mount);
    let mut failures: VecDeque<Instant> = VecDeque::new();
    loop {
        match catch_unwind(|| new_line(setup)).unwrap_or_else(|_| Err(EncodeError::Encoder("it panicked".into()))) {
            Ok(line) => {
                let mut engine = Engine::new(setup.clone(), carried, line);
                match catch_unwind(AssertUnwindSafe(|| engine.run())) {
                    Ok(Ok(())) => break,
                    Ok(Err(error)) => {
                        tracing::error!(stream = stream.get(), %error, "the stream's engine failed; it is replaced")
                    }
                    Err(_) => tracing::error!(stream = stream.get(), "the stream's engine panicked; it is replaced"),
                }
                carried = engine.leave();
            }
            Err(error) => {
                tracing::error!(stream = stream.get(), %error, "no encoder for the stream; it is tried again");
                carried.orders.extend(carried.inbox.wait(Instant::now()));
                if carried.take_note() {
                    break;
                }
            }
        }
        // A report is foreign code.
        if catch_unwind(AssertUnwindSafe(|| carried.fail())).is_err() {
            tracing::error!(stream = stream.get(), "reporting panicked");
        }
        let now = Instant::now();
        failures.push_back(now);
        failures.retain(|at| now.saturating_duration_since(*at) < MEMORY);
        let wait = if failures.len() >= MANY { BACK_OFF } else { Duration::ZERO };
        if carried.inbox.is_closed_before(now + wait) {
            break;
        }
    }
    mount.close();
    let lagged = mount.lagged();
    if lagged > 0 {
        tracing::debug!(stream = stream.get(), listeners = lagged, "listeners that fell too far behind were ended");
    }
}

fn new_line(setup: &Setup) -> Result<Line, EncodeError> {
    #[cfg(test)]
    {
        setup.faults.attempts.fetch_add(1, Ordering::Relaxed);
        if setup.faults.no_encoder.load(Ordering::Relaxed) {
            return Err(EncodeError::Encoder("told to".into()));
        }
    }
    Line::new(setup.format)
}

impl Carried {
    /// Remembers what the orders ask for, without an engine that could obey them. Returns whether the stream is closed.
    fn take_note(&mut self) -> bool {
        for order in std::mem::take(&mut self.orders) {
            match order {
                Order::Close => return true,
                Order::Play(play) => (self.live, self.paused) = (Some(Live::new(play.playback, false)), false),
                Order::Placeholder { playback, .. } => {
                    (self.live, self.paused) = (Some(Live::new(playback, true)), false);
                }
                Order::Pause => self.paused = true,
                Order::Resume => self.paused = false,
                #[cfg(test)]
                Order::Panic => {}
            }
        }
        false
    }

    /// A live item cannot go on; a placeholder begins again.
    fn fail(&mut self) {
        match &mut self.live {
            Some(live) if live.endless => live.first = None,
            Some(live) => {
                let report = live.fail(unavailable("the stream's encoder failed and was replaced"));
                self.live = None;
                if let Some(report) = report {
                    self.outlet.send(report);
                }
            }
            None => {}
        }
    }
}

fn unavailable(detail: &str) -> FailureReason {
    FailureReason::new(FailureKind::Unavailable, detail)
}
