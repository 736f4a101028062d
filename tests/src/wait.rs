//! Waiting for something to become true, with a deadline.

use std::time::{Duration, Instant};

/// How long between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks until there is an answer; returns it and how long it took.
///
/// # Panics
/// When the deadline passes: with what was waited for.
pub fn until<T>(what: &str, deadline: Duration, mut look: impl FnMut() -> Option<T>) -> (T, Duration) {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return (found, begin.elapsed());
        }
        assert!(begin.elapsed() < deadline, "waited {deadline:?} in vain for: {what}");
        std::thread::sleep(PAUSE);
    }
}

/// Lets time pass that is itself what the test is about: so much of a track played, so much recorded.
pub fn let_play(duration: Duration) {
    std::thread::sleep(duration);
}
