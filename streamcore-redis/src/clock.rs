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

    /// Notes what the server's clock showed at some moment between these two.
    pub(crate) fn set(&self, server_ms: i64, asked: Instant, answered: Instant) {
        let middle = asked + answered.saturating_duration_since(asked) / 2;
        self.at_origin.store(server_ms.saturating_sub(self.local(middle)), Ordering::Relaxed);
    }

    /// What it shows now.
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
    fn a_reading_holds_for_the_middle_of_the_time_that_it_took() {
        let clock = ServerClock::new();
        let asked = clock.origin;
        clock.set(1_000_050, asked, asked + Duration::from_millis(100));
        assert_eq!(clock.at_origin.load(Ordering::Relaxed), 1_000_000);
        assert!(clock.after(Duration::from_secs(3)) >= 1_003_000);
    }
}
