//! What listeners of one stream read: a ring of encoded chunks, shared, and a cursor for each of them.
//!
//! **Nobody waits for a listener.** A chunk is published whether it is read or not; a cursor that points at a chunk which is no longer held has
//! lost its place, and its listener ends. A chunk is a run of whole frames: every chunk begins at a frame boundary.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use futures::Stream;
use streamcore::player::ListenError;

/// How much a mount holds and hands out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How many frames back a new listener begins.
    pub(crate) burst_frames: u64,
    /// How many frames a listener may be behind.
    pub(crate) lag_frames: u64,
    pub(crate) max_listeners: usize,
}

/// The broadcast of one stream.
#[derive(Debug)]
pub(crate) struct Mount {
    limits: Limits,
    ring: Mutex<Ring>,
}

#[derive(Debug, Default)]
struct Ring {
    chunks: VecDeque<Chunk>,
    /// The sequence number of the first chunk that is held.
    first: u64,
    frames_held: u64,
    closed: bool,
    /// A place per listener; empty if it is not waiting. Places of listeners that left are in `free`.
    waiting: Vec<Option<Waker>>,
    free: Vec<usize>,
    listeners: usize,
    lagged: u64,
}

#[derive(Debug)]
struct Chunk {
    bytes: Bytes,
    frames: u64,
}

impl Mount {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, ring: Mutex::default() })
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // No code panics while it holds this lock; if it did, the ring would still be whole.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a chunk of whole frames and wakes whoever waits for it. Nothing happens once the mount is closed.
    pub(crate) fn publish(&self, bytes: Bytes, frames: u64) {
        let mut ring = self.ring();
        if ring.closed || frames == 0 {
            return;
        }
        ring.chunks.push_back(Chunk { bytes, frames });
        ring.frames_held += frames;
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
        Ok(Cursor { mount: Arc::clone(self), next, place, ended: false })
    }
}

/// Wakers run foreign code: only after the lock is released.
fn wake_all(mut ring: MutexGuard<'_, Ring>) {
    let wakers: Vec<Waker> = ring.waiting.iter_mut().filter_map(Option::take).collect();
    drop(ring);
    wakers.into_iter().for_each(Waker::wake);
}

/// One listener's place in the ring.
#[derive(Debug)]
pub(crate) struct Cursor {
    mount: Arc<Mount>,
    /// The sequence number of the chunk to read next.
    next: u64,
    place: usize,
    ended: bool,
}

impl Stream for Cursor {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let mount = Arc::clone(&self.mount);
        let mut ring = mount.ring();
        let Some(index) = self.next.checked_sub(ring.first) else {
            ring.lagged += 1;
            self.ended = true;
            return Poll::Ready(None);
        };
        if let Some(chunk) = usize::try_from(index).ok().and_then(|index| ring.chunks.get(index)) {
            self.next += 1;
            return Poll::Ready(Some(chunk.bytes.clone()));
        }
        if ring.closed {
            self.ended = true;
            return Poll::Ready(None);
        }
        let previous = ring.waiting[self.place].replace(cx.waker().clone());
        drop(ring);
        drop(previous); // a waker may own anything, even another cursor
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
