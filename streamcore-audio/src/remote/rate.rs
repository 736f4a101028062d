//! Whether a server delivers fast enough to be worth waiting for. Pure.

use std::time::Duration;

/// Bytes and the time waited for them, over one window after the other.
#[derive(Debug, Clone)]
pub(super) struct Rate {
    least: u64,
    window: Duration,
    waited: Duration,
    bytes: u64,
}

impl Rate {
    /// At least so many bytes per second, on average over each window.
    pub(super) fn new(least: u64, window: Duration) -> Self {
        Self { least, window, waited: Duration::ZERO, bytes: 0 }
    }

    /// So many bytes came after so long. Returns false if that ends a window in which too little came.
    #[must_use]
    pub(super) fn keeps_up(&mut self, waited: Duration, bytes: usize) -> bool {
        self.waited += waited;
        self.bytes = self.bytes.saturating_add(bytes as u64);
        if self.waited < self.window {
            return true;
        }
        let enough = self.bytes as f64 >= self.least as f64 * self.waited.as_secs_f64();
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_a_second_is_too_little_and_the_least_is_enough() {
        let window = Duration::from_secs(10);
        let mut slow = Rate::new(500, window);
        let second = Duration::from_secs(1);
        assert_eq!((1..).find(|_| !slow.keeps_up(second, 1)), Some(10));
        let mut steady = Rate::new(500, window);
        assert!((0..1_000).all(|_| steady.keeps_up(second, 500)));
        // A burst does not pay for the windows behind it.
        let mut burst = Rate::new(500, window);
        assert!((0..10).all(|_| burst.keeps_up(second, 100_000)));
        assert_eq!((1..).find(|_| !burst.keeps_up(second, 1)), Some(10));
    }
}
