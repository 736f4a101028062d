//! How long to wait before trying again. Pure: no jitter, for one stream has one store and the driver's other streams fail apart.

use std::time::Duration;

/// Doubles from `first` at the first failure up to `most`.
pub(super) fn delay(failures: u32, first: Duration, most: Duration) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    first.saturating_mul(1 << doublings).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_and_stops() {
        let delays: Vec<u128> = [0, 1, 2, 3, 6, 99, u32::MAX]
            .map(|n| delay(n, Duration::from_millis(250), Duration::from_secs(5)).as_millis())
            .into();
        assert_eq!(delays, [250, 250, 500, 1_000, 5_000, 5_000, 5_000]);
    }
}
