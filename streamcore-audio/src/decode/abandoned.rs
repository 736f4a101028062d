//! How many decoder threads may go on although nobody waits for them any more.
//!
//! A thread whose playback is over ends within one read. If reads hang (a network disk that is away), each skip and each failed try would leave one
//! more thread behind: beyond the bound nothing is opened until some have come back.

use std::sync::{
    Arc,
    atomic::{AtomicU8, AtomicUsize, Ordering},
};

/// Threads that may hang at a time, for all streams of a player.
const MOST: usize = 32;

/// The count of one player. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Abandoned(Arc<AtomicUsize>);

const RUNNING: u8 = 0;
const LEFT: u8 = 1;
const ENDED: u8 = 2;

impl Abandoned {
    /// Two ends for a new thread: one for who waits for it, one for the thread itself. None if too many hang.
    pub(super) fn tie(&self) -> Option<(Tie, Tie)> {
        if self.0.load(Ordering::Acquire) >= MOST {
            return None;
        }
        let state = Arc::new(AtomicU8::new(RUNNING));
        let tie = |leaves| Tie { count: Arc::clone(&self.0), state: Arc::clone(&state), leaves };
        Some((tie(true), tie(false)))
    }

    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }
}

/// One end. Which of the two is dropped first decides whether the thread is abandoned.
#[derive(Debug)]
pub(super) struct Tie {
    count: Arc<AtomicUsize>,
    state: Arc<AtomicU8>,
    leaves: bool,
}

impl Drop for Tie {
    fn drop(&mut self) {
        if self.leaves {
            // Counted before it can be seen, so that the thread cannot count down first.
            self.count.fetch_add(1, Ordering::AcqRel);
            if self.state.swap(LEFT, Ordering::AcqRel) != RUNNING {
                self.count.fetch_sub(1, Ordering::AcqRel);
            }
        } else if self.state.swap(ENDED, Ordering::AcqRel) == LEFT {
            self.count.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_count_from_when_they_are_left_to_when_they_end() {
        let abandoned = Abandoned::default();
        let (waits, thread) = abandoned.tie().unwrap();
        drop(thread);
        drop(waits);
        assert_eq!(abandoned.count(), 0, "it ended first");
        let mut hung = Vec::new();
        for n in 0..MOST {
            let (waits, thread) = abandoned.tie().unwrap();
            assert_eq!(abandoned.count(), n, "it is waited for");
            drop(waits);
            hung.push(thread);
        }
        assert!(abandoned.tie().is_none(), "one more would be too many");
        hung.pop();
        assert!(abandoned.tie().is_some(), "one has come back");
    }
}
