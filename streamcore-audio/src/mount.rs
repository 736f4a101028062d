//! What listeners of one stream read: a ring of waves, shared, and a cursor for each of them.
//!
//! **Nobody waits for a listener.** A wave is published whether it is read or not; a cursor that points at a wave which is no longer held has
//! lost its place, and its listener ends. A wave is a run of whole frames: every wave begins at a frame boundary.
//!
//! **Many listeners, one wake-up.** Cursors that are polled with the same waker are woken by one call of it.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
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
    /// Where incidents go.
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
    /// A place per listener: who is woken when there is more. Places of listeners that left are in `free`.
    waiting: Vec<Option<Waker>>,
    free: Vec<usize>,
    listeners: usize,
    lagged: u64,
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

    /// Incidents go there; the first call counts.
    pub(crate) fn reports_to(&self, outlet: Arc<Outlet>) {
        let _ = self.outlet.set(outlet);
    }

    /// Tells that a listener was disconnected for being this far behind.
    pub(crate) fn dropped(&self, behind: Duration) {
        if let Some(outlet) = self.outlet.get() {
            outlet.send(Report::Incident(Incident::ListenerDropped { behind }));
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

    pub(crate) fn listeners(&self) -> u64 {
        self.ring().listeners as u64
    }

    /// How many listeners were ended because they fell behind.
    pub(crate) fn lagged(&self) -> u64 {
        self.ring().lagged
    }

    /// A new listener: it begins a burst back.
    pub(crate) fn listen(self: &Arc<Self>) -> Result<Cursor, ListenError> {
        let mut ring = self.ring();
        if ring.closed {
            return Err(ListenError::NotRunning);
        }
        if ring.listeners >= self.limits.max_listeners {
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
        ring.listeners += 1;
        let place = ring.free.pop().unwrap_or_else(|| {
            ring.waiting.push(None);
            ring.waiting.len() - 1
        });
        let at = ring.end - frames;
        Ok(Cursor { mount: Arc::clone(self), next, at, place, ended: false })
    }
}

/// Wakers run foreign code: only after the lock is released. They stay where they are: who polls with the same one next time has it there already.
fn wake_all(ring: MutexGuard<'_, Ring>) {
    let mut wakers: Vec<Waker> = Vec::new();
    for waker in ring.waiting.iter().flatten() {
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
    /// How many frames came before it.
    at: u64,
    place: usize,
    ended: bool,
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
            let behind = ring.end - self.at;
            drop(ring);
            self.ended = true;
            mount.dropped(time_of(behind * BLOCK as u64, mount.limits.sample_rate));
            return Poll::Ready(None);
        };
        if let Some(chunk) = usize::try_from(index).ok().and_then(|index| ring.chunks.get(index)) {
            let wave = chunk.wave.clone();
            self.at += chunk.frames;
            self.next += 1;
            return Poll::Ready(Some(wave));
        }
        if ring.closed {
            self.ended = true;
            return Poll::Ready(None);
        }
        let place = &mut ring.waiting[self.place];
        if !place.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            let previous = place.replace(cx.waker().clone());
            drop(ring);
            drop(previous); // a waker may own anything, even another cursor
        }
        Poll::Pending
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        let mut ring = self.mount.ring();
        let waker = ring.waiting[self.place].take();
        ring.free.push(self.place);
        ring.listeners -= 1;
        drop(ring);
        drop(waker);
    }
}

#[cfg(test)]
mod tests;
