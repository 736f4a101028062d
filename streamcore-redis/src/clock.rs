//! The server's clock, as far as it is known here.
//!
//! A call says until when it may be carried out, in the server's own time, so that one that waited in a buffer while the server stood still
//! is not carried out after its caller was told that it was not.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant},
};

/// Milliseconds of the server's clock, from readings of it.
#[derive(Debug)]
pub(crate) struct ServerClock {
    origin: Instant,
    /// What the server's clock showed at the origin.
    at_origin: AtomicI64,
}

impl ServerClock {
    pub(crate) fn new() -> Self {
        Self { origin: Instant::now(), at_origin: AtomicI64::new(0) }
    }

    /// Notes what the server's clock showed at some moment before this one.
    ///
    /// It may show more by now, and never less: so a deadline that is worked out from it may come too early, by as long as the answer took,
    /// and never too late.
    pub(crate) fn set(&self, server_ms: i64, answered: Instant) {
        self.at_origin.store(server_ms.saturating_sub(self.local(answered)), Ordering::Relaxed);
    }

    /// What it shows now, or a little less.
    pub(crate) fn now(&self) -> i64 {
        self.at_origin.load(Ordering::Relaxed).saturating_add(self.local(Instant::now()))
    }

    /// What it will show in so long.
    pub(crate) fn after(&self, duration: Duration) -> i64 {
        self.now().saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
    }

    fn local(&self, at: Instant) -> i64 {
        i64::try_from(at.saturating_duration_since(self.origin).as_millis()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_never_comes_later_than_meant_however_long_the_reading_took() {
        let clock = ServerClock::new();
        clock.set(1_000_000, clock.origin + Duration::from_millis(100));
        assert_eq!(clock.at_origin.load(Ordering::Relaxed), 999_900);
        assert!(clock.after(Duration::from_secs(3)) >= 1_002_900);
    }

    #[test]
    fn a_clock_that_was_set_is_followed_in_both_directions() {
        let clock = ServerClock::new();
        for server in [1_795_355_340_123, 1_795_000_000_000, 1_800_000_000_000, 0] {
            let now = Instant::now();
            clock.set(server, now);
            assert!((server..server + 60_000).contains(&clock.now()), "{}", clock.now());
        }
    }
}
