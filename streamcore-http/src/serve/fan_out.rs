//! Everybody who listens to a stream, served by one task, in rounds: every half second each socket is written to once, with the same bytes.
//!
//! A wave that comes earlier is held back for the next round, unless it is one that people wait for: the first behind a cut. One listener of the
//! crowd, the *scout*, is served with every wave, and what it gets tells.
//!
//! **Nobody waits for a listener.** A socket that takes no more is passed over and looked at again when it does, or at the next wave. One that
//! takes nothing for [`ServeOptions::write_timeout`](super::ServeOptions::write_timeout) is given up, and one that falls too far behind is
//! ended by the broadcast. A peer that closed is noticed at the next wave.
//!
//! **Why.** What a listener costs is the system call that sends it something: half as many cost half as much. A task or a timer for each would cost as much again, and a hyper
//! connection for each several times the memory.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Wake, Waker},
    time::Duration,
};

use streamcore::StreamId;
use tokio::{
    sync::{Notify, mpsc},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::seat::{Chunks, Seat, Step};

/// How often there is a round if no wave begins one.
const TICK: Duration = Duration::from_millis(500);
/// A wave that comes this long after a round begins the next one; waves of 250 ms go out two by two.
const ROUND: Duration = Duration::from_millis(400);
/// So many sockets are served before other tasks get their turn.
const BATCH: usize = 64;

/// The crowds of one server.
pub(super) struct FanOut {
    crowds: Mutex<HashMap<StreamId, mpsc::UnboundedSender<Seat>>>,
    patience: Duration,
    tasks: TaskTracker,
    hard: CancellationToken,
}

impl FanOut {
    /// Its tasks are tracked there; they end when nobody listens any more, or at once when `hard` is cancelled.
    pub(super) fn new(patience: Duration, tasks: TaskTracker, hard: CancellationToken) -> Arc<Self> {
        Arc::new(Self { crowds: Mutex::default(), patience, tasks, hard })
    }

    fn crowds(&self) -> MutexGuard<'_, HashMap<StreamId, mpsc::UnboundedSender<Seat>>> {
        self.crowds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a listener its seat among those who listen to the same stream. The channel is bounded by what a seat holds: a connection's permit.
    pub(super) fn seat(self: &Arc<Self>, seat: Seat) {
        let stream = seat.listening.stream();
        let mut crowds = self.crowds();
        let seat = match crowds.entry(stream) {
            Entry::Occupied(crowd) => match crowd.get().send(seat) {
                Ok(()) => return,
                // Its task panicked.
                Err(mpsc::error::SendError(seat)) => seat,
            },
            Entry::Vacant(_) => seat,
        };
        let (send, arrivals) = mpsc::unbounded_channel();
        let _ = send.send(seat);
        crowds.insert(stream, send);
        let bell = Arc::<Bell>::default();
        let crowd = Crowd {
            stream,
            fan_out: Arc::clone(self),
            arrivals,
            seats: Vec::new(),
            chunks: Chunks::default(),
            last_round: Instant::now(),
            waker: Waker::from(Arc::clone(&bell)),
            bell,
        };
        self.tasks.spawn(crowd.run());
    }
}

/// Those who listen to one stream.
struct Crowd {
    stream: StreamId,
    fan_out: Arc<FanOut>,
    arrivals: mpsc::UnboundedReceiver<Seat>,
    seats: Vec<Seat>,
    chunks: Chunks,
    last_round: Instant,
    bell: Arc<Bell>,
    /// Rings the bell. One for all: whatever a listener waits for, it is the crowd's turn then.
    waker: Waker,
}

impl Crowd {
    async fn run(mut self) {
        let hard = self.fan_out.hard.clone();
        loop {
            tokio::select! {
                () = hard.cancelled() => return,
                Some(mut seat) = self.arrivals.recv() => {
                    if seat.step(&self.waker, &mut self.chunks, Instant::now(), self.fan_out.patience) != Step::Leaves {
                        self.seats.push(seat);
                    }
                }
                () = self.bell.rung.notified() => self.answer_bell().await,
                () = tokio::time::sleep_until(self.last_round + TICK), if !self.seats.is_empty() => self.round(false).await,
            }
            if self.seats.is_empty() && self.is_over() {
                return;
            }
        }
    }

    async fn answer_bell(&mut self) {
        // One whose socket is full takes no wave, and so tells of no cut: the scout is one that keeps up.
        let scout = self.seats.iter().position(|seat| !seat.is_behind()).unwrap_or_default();
        let now = Instant::now();
        let Some(seat) = self.seats.get_mut(scout) else { return };
        let step = seat.step(&self.waker, &mut self.chunks, now, self.fan_out.patience);
        if step == Step::Leaves {
            self.seats.swap_remove(scout);
        }
        let is_time = now.saturating_duration_since(self.last_round) >= ROUND;
        // If the scout leaves it may be the end for all.
        self.round(!is_time && step == Step::Stays { cut: false }).await;
    }

    /// Serves everybody, or those only whose sockets had not taken everything.
    async fn round(&mut self, only_behind: bool) {
        let now = Instant::now();
        if !only_behind {
            self.last_round = now;
        }
        let (mut index, mut served) = (0, 0);
        while let Some(seat) = self.seats.get_mut(index) {
            if only_behind && !seat.is_behind() {
                index += 1;
                continue;
            }
            if seat.step(&self.waker, &mut self.chunks, now, self.fan_out.patience) == Step::Leaves {
                self.seats.swap_remove(index);
            } else {
                index += 1;
            }
            served += 1;
            if served % BATCH == 0 {
                tokio::task::yield_now().await;
            }
        }
        if self.seats.len() < self.seats.capacity() / 4 {
            self.seats.shrink_to_fit();
        }
    }

    /// Nobody listens: says good-bye, unless somebody is just coming in. Seats are given under the same lock, so none is lost.
    fn is_over(&mut self) -> bool {
        let mut crowds = self.fan_out.crowds();
        let over = self.arrivals.is_empty();
        if over {
            crowds.remove(&self.stream);
        }
        over
    }
}

/// Rings for a wave, and for a socket that takes more.
#[derive(Default)]
struct Bell {
    rung: Notify,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.notify_one();
    }
}
