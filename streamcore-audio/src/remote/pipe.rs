//! Bytes from a fetch, which waits without a thread, to a decoder, which has a thread to wait with.
//!
//! **Bound.** The fetch waits while as much is under way as may be; one piece may go beyond. What is pushed is copied into blocks of our own: however
//! small a server makes its pieces, they cost what they hold, and none keeps the buffer that it was read into. **Cancellation.** The decoder looks
//! every 50 ms whether anybody still wants it.

use std::{
    collections::VecDeque,
    io,
    sync::{Condvar, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use bytes::{Buf, BytesMut};
use streamcore::{FailureKind, FailureReason};
use tokio::sync::Notify;

use crate::source::carrying;

/// How often who waits looks whether that is still wanted.
pub(super) const LOOK: Duration = Duration::from_millis(50);

/// What is taken from memory at a time, if no larger piece comes.
const BLOCK: usize = 4 << 10;

/// How long a reader waits: as long as somebody wants it, and until a moment if there is one.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    pub(super) wanted: Weak<()>,
    pub(super) until: Option<Instant>,
}

impl Patience {
    /// As long as somebody wants it.
    pub(crate) fn while_wanted(wanted: Weak<()>) -> Self {
        Self { wanted, until: None }
    }

    /// The same, so much longer: for what has a time limit of its own.
    pub(super) fn longer(&self, by: Duration) -> Self {
        Self { wanted: Weak::clone(&self.wanted), until: self.until.and_then(|until| until.checked_add(by)) }
    }

    /// Why to stop waiting; none while there is no reason to.
    pub(super) fn ends(&self) -> Option<FailureReason> {
        if self.wanted.strong_count() == 0 {
            return Some(FailureReason::new(FailureKind::Other, "nobody waits for it any more"));
        }
        let over = self.until.is_some_and(|until| Instant::now() >= until);
        over.then(|| FailureReason::new(FailureKind::Stalled, "it did not show in time what it is; try again"))
    }
}

#[derive(Debug)]
enum Piece {
    Bytes(BytesMut),
    /// What follows comes over another connection and does not continue what came before.
    Seam,
}

#[derive(Debug, Default)]
struct State {
    pieces: VecDeque<Piece>,
    bytes: usize,
    end: Option<Result<(), FailureReason>>,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Pipe {
    state: Mutex<State>,
    /// There is something to read.
    filled: Condvar,
    /// There is room to write.
    drained: Notify,
    most: usize,
}

impl Pipe {
    pub(super) fn new(most: usize) -> Self {
        Self { state: Mutex::default(), filled: Condvar::new(), drained: Notify::new(), most }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room. For one writer.
    pub(super) async fn room(&self) {
        while self.state().bytes >= self.most {
            // One permit is kept if it is given before this waits.
            self.drained.notified().await;
        }
    }

    pub(super) fn push(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let mut state = self.state();
        state.bytes += bytes.len();
        let mut rest = bytes;
        if let Some(Piece::Bytes(last)) = state.pieces.back_mut() {
            // Without taking more memory for it.
            let (fits, more) = rest.split_at(rest.len().min(last.capacity() - last.len()));
            last.extend_from_slice(fits);
            rest = more;
        }
        if !rest.is_empty() {
            let mut block = BytesMut::with_capacity(rest.len().max(BLOCK));
            block.extend_from_slice(rest);
            state.pieces.push_back(Piece::Bytes(block));
        }
        self.filled.notify_one();
    }

    pub(super) fn seam(&self) {
        self.state().pieces.push_back(Piece::Seam);
        self.filled.notify_one();
    }

    /// Nothing comes after this.
    pub(super) fn end(&self, end: Result<(), FailureReason>) {
        self.state().end.get_or_insert(end);
        self.filled.notify_one();
    }

    /// Waits until this gives something.
    fn wait<T>(&self, patience: &Patience, mut look: impl FnMut(&mut State) -> Option<T>) -> Result<T, FailureReason> {
        let mut state = self.state();
        loop {
            if let Some(found) = look(&mut state) {
                return Ok(found);
            }
            if let Some(reason) = patience.ends() {
                return Err(reason);
            }
            state = self.filled.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Reads what there is, waiting for something. Nothing is the end, or a seam.
    pub(super) fn read(&self, into: &mut [u8], patience: &Patience) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        let read = self.wait(patience, |state| {
            let (count, done) = match state.pieces.front_mut() {
                Some(Piece::Bytes(bytes)) => {
                    let count = bytes.len().min(into.len());
                    bytes.copy_to_slice(&mut into[..count]);
                    (count, bytes.is_empty())
                }
                Some(Piece::Seam) => return Some(Ok(0)),
                None => return state.end.clone().map(|end| end.map(|()| 0)),
            };
            if done {
                state.pieces.pop_front();
            }
            state.bytes -= count;
            Some(Ok(count))
        });
        self.drained.notify_one();
        read.and_then(|read| read).map_err(carrying)
    }

    /// Waits for this many bytes of the beginning, or all that there are before a seam or the end, and leaves them where they are.
    pub(super) fn peek(&self, count: usize, patience: &Patience) -> Result<Vec<u8>, FailureReason> {
        self.wait(patience, |state| {
            let mut begin = Vec::new();
            for piece in &state.pieces {
                match piece {
                    Piece::Bytes(bytes) => begin.extend_from_slice(&bytes[..bytes.len().min(count - begin.len())]),
                    Piece::Seam => return Some(Ok(begin)),
                }
                if begin.len() >= count {
                    return Some(Ok(begin));
                }
            }
            state.end.clone().map(|end| end.map(|()| begin))
        })?
    }

    /// Goes on behind the next seam, throwing away what is left before it. Returns false if there is an end instead.
    pub(super) fn next_part(&self, patience: &Patience) -> Result<bool, FailureReason> {
        let next = self.wait(patience, |state| {
            while let Some(piece) = state.pieces.pop_front() {
                match piece {
                    Piece::Bytes(bytes) => state.bytes -= bytes.len(),
                    Piece::Seam => return Some(Ok(true)),
                }
            }
            state.end.clone().map(|end| end.map(|()| false))
        });
        self.drained.notify_one();
        next?
    }

    /// Whether all of this part was read: a seam or the end is next.
    pub(super) fn part_is_over(&self) -> bool {
        let state = self.state();
        match state.pieces.front() {
            Some(Piece::Bytes(_)) => false,
            Some(Piece::Seam) => true,
            None => state.end.is_some(),
        }
    }

    /// Why it ended, if that was a failure and all before it was read.
    pub(super) fn failure(&self) -> Option<FailureReason> {
        let state = self.state();
        if !state.pieces.is_empty() {
            return None;
        }
        state.end.clone()?.err()
    }
}

#[cfg(test)]
#[path = "tests/pipe.rs"]
mod tests;
