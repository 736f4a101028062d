//! What listeners of one stream read: a ring of waves, shared, and a cursor for each of them.
//!
//! **Nobody waits for a listener.** A wave is published whether it is read or not; a cursor that points at a wave which is no longer held has
//! lost its place, and its listener ends. A wave is a run of whole frames: every wave begins at a frame boundary.
//!
//! **Many listeners, one wake-up.** Cursors that are polled with the same waker are woken by one call of it.
//!
//! **Listeners are counted as a set.** Each has a seat whose number is never given again; how many listen is how many seats are taken, so that no
//! order of comings and goings can leave a count that is wrong. Each coming and going is told at once.

use std::{
    collections::{BTreeMap, VecDeque},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use futures::Stream;
use streamcore::player::{Incident, ListenError, Report, Wave};

use crate::{
    engine::Outlet,
    pcm::{BLOCK, time_of},
};

mod titles;

pub(crate) use self::titles::Titles;

/// How much a mount holds and hands out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How many frames back a new listener begins.
    pub(crate) burst_frames: u64,
    /// How many frames a listener may be behind.
    pub(crate) lag_frames: u64,
    pub(crate) max_listeners: usize,
    /// To tell frames as time.
    pub(crate) sample_rate: u32,
}

/// The broadcast of one stream.
#[derive(Debug)]
pub(crate) struct Mount {
    limits: Limits,
    ring: Mutex<Ring>,
    /// Where it is told who comes and goes, and incidents.
    outlet: OnceLock<Arc<Outlet>>,
}

#[derive(Debug, Default)]
struct Ring {
    chunks: VecDeque<Chunk>,
    /// The sequence number of the first chunk that is held.
    first: u64,
    frames_held: u64,
    /// How many frames there have been.
    end: u64,
    closed: bool,
    seats: BTreeMap<u64, Taken>,
    /// How many seats have been given; the next one's number.
    given: u64,
    lagged: u64,
}

/// Who listens to a mount, as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crowd {
    /// How many listen.
    pub(crate) now: u64,
    /// How many have come since the mount was made, those included that have left.
    pub(crate) ever: u64,
}

/// A seat that is taken.
#[derive(Debug)]
struct Taken {
    /// Who is woken when there is more for it.
    waker: Option<Waker>,
    /// How many frames came before what is read next, as the listener notes it.
    at: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Chunk {
    wave: Wave,
    frames: u64,
}

impl Mount {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, ring: Mutex::default(), outlet: OnceLock::new() })
    }

    /// Whoever comes or goes is told there, and so are incidents; the first call counts.
    pub(crate) fn reports_to(&self, outlet: Arc<Outlet>) {
        let _ = self.outlet.set(outlet);
    }

    /// Tells that a listener was disconnected for being this far behind.
    pub(crate) fn dropped(&self, behind: Duration) {
        if let Some(outlet) = self.outlet.get() {
            outlet.send(Report::Incident(Incident::ListenerDropped { behind }));
        }
    }

    /// Tells that somebody came or left. Not under the ring's lock: a report is foreign code, and who reports takes that lock to count.
    fn crowd_changed(&self) {
        if let Some(outlet) = self.outlet.get() {
            outlet.crowd_changed();
        }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // No code panics while it holds this lock; if it did, the ring would still be whole.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a wave of so many frames and wakes whoever waits for it. Nothing happens once the mount is closed.
    pub(crate) fn publish(&self, wave: Wave, frames: u64) {
        let mut ring = self.ring();
        if ring.closed || frames == 0 {
            return;
        }
        ring.chunks.push_back(Chunk { wave, frames });
        ring.frames_held += frames;
        ring.end += frames;
        while let Some(front) = ring.chunks.front().map(|chunk| chunk.frames) {
            if ring.frames_held - front < self.limits.lag_frames {
                break;
            }
            ring.frames_held -= front;
            ring.chunks.pop_front();
            ring.first += 1;
        }
        wake_all(ring);
    }

    /// Ends the broadcast: listeners get what was published, then the end.
    pub(crate) fn close(&self) {
        let mut ring = self.ring();
        ring.closed = true;
        wake_all(ring);
    }

    /// Who listens.
    pub(crate) fn crowd(&self) -> Crowd {
        let ring = self.ring();
        Crowd { now: ring.seats.len() as u64, ever: ring.given }
    }

    /// How many listeners were ended because they fell behind.
    pub(crate) fn lagged(&self) -> u64 {
        self.ring().lagged
    }

    /// How far the slowest listener is behind the end; none if nobody listens. A new one begins a burst back, and is that far behind until it
    /// has read it.
    pub(crate) fn lag(&self) -> Option<Duration> {
        let ring = self.ring();
        let slowest = ring.seats.values().map(|seat| seat.at.load(Ordering::Relaxed)).min()?;
        Some(time_of(ring.end.saturating_sub(slowest) * BLOCK as u64, self.limits.sample_rate))
    }

    /// A new listener: it begins a burst back.
    pub(crate) fn listen(self: &Arc<Self>) -> Result<Cursor, ListenError> {
        let mut ring = self.ring();
        if ring.closed {
            return Err(ListenError::NotRunning);
        }
        if ring.seats.len() >= self.limits.max_listeners {
            return Err(ListenError::Full { limit: self.limits.max_listeners });
        }
        let mut next = ring.first + ring.chunks.len() as u64;
        let mut frames = 0;
        for chunk in ring.chunks.iter().rev() {
            if frames >= self.limits.burst_frames {
                break;
            }
            frames += chunk.frames;
            next -= 1;
        }
        let at = Arc::new(AtomicU64::new(ring.end - frames));
        let seat = ring.given;
        ring.given += 1;
        ring.seats.insert(seat, Taken { waker: None, at: Arc::clone(&at) });
        drop(ring);
        self.crowd_changed();
        Ok(Cursor { mount: Arc::clone(self), next, at, seat, waker: None, ended: false })
    }
}

/// Wakers run foreign code: only after the lock is released. They stay where they are: who polls with the same one next time has it there already.
fn wake_all(ring: MutexGuard<'_, Ring>) {
    let mut wakers: Vec<Waker> = Vec::new();
    for waker in ring.seats.values().filter_map(|seat| seat.waker.as_ref()) {
        if !wakers.last().is_some_and(|last| last.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }
    drop(ring);
    wakers.into_iter().for_each(Waker::wake);
}

/// One listener's place in the ring.
#[derive(Debug)]
pub(crate) struct Cursor {
    mount: Arc<Mount>,
    /// The sequence number of the chunk to read next.
    next: u64,
    /// How many frames came before it. Written by the cursor alone, under the ring's lock.
    at: Arc<AtomicU64>,
    seat: u64,
    /// What lies at the seat: a listener that is polled as before need not look there.
    waker: Option<Waker>,
    ended: bool,
}

impl Cursor {
    /// Its seat's number.
    #[cfg(test)]
    pub(crate) fn seat(&self) -> u64 {
        self.seat
    }
}

impl Stream for Cursor {
    type Item = Wave;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Wave>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let mount = Arc::clone(&self.mount);
        let mut ring = mount.ring();
        let Some(index) = self.next.checked_sub(ring.first) else {
            ring.lagged += 1;
            let behind = ring.end - self.at.load(Ordering::Relaxed);
            drop(ring);
            self.ended = true;
            mount.dropped(time_of(behind * BLOCK as u64, mount.limits.sample_rate));
            return Poll::Ready(None);
        };
        if let Some(chunk) = usize::try_from(index).ok().and_then(|index| ring.chunks.get(index)) {
            let wave = chunk.wave.clone();
            self.at.fetch_add(chunk.frames, Ordering::Relaxed);
            self.next += 1;
            return Poll::Ready(Some(wave));
        }
        if ring.closed {
            self.ended = true;
            return Poll::Ready(None);
        }
        if !self.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            let previous = ring.seats.get_mut(&self.seat).and_then(|seat| seat.waker.replace(cx.waker().clone()));
            drop(ring);
            // A waker may own anything, even another cursor.
            drop((previous, self.waker.replace(cx.waker().clone())));
        }
        Poll::Pending
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        let mut ring = self.mount.ring();
        let taken = ring.seats.remove(&self.seat);
        drop(ring);
        drop(taken);
        self.mount.crowd_changed();
    }
}

#[cfg(test)]
mod tests;
