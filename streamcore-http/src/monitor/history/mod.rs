//! What the server did lately, for plots: samples, folded into buckets of four widths.
//!
//! A gauge (what can be seen at one moment) is kept as its least, mean and greatest value of a bucket; a counter (what only grows) as how
//! much it grew. Buckets are aligned to the clock in UTC: one of an hour begins at the full hour. A bucket without a sample does not exist,
//! so a plot shows a gap where the server was away.
//!
//! **Time is told.** Nothing here reads a clock. What lies a whole reach or further from the moment told last, before or behind it, is
//! forgotten, so no jump of the clock makes this grow or stand still: after a jump ahead the old buckets go, as they would have in time;
//! after a jump back those ahead stay until the clock comes to them, as long as they are within reach.
//!
//! **Bounds.** 3,432 buckets of some 320 bytes, in maps that may be half empty: at the most about 2 MiB. While a clock that was set back
//! leaves buckets ahead of it, twice that.

mod bucket;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, time::Duration};

use streamcore::Timestamp;

pub use self::bucket::{Bucket, Counter, Gauge, Point, Range};

/// How wide the buckets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    /// A minute; kept for 24 hours.
    Minute,
    /// Five minutes; kept for 2 days.
    FiveMinutes,
    /// A quarter of an hour; kept for 7 days.
    Quarter,
    /// An hour; kept for 31 days.
    Hour,
}

impl Resolution {
    /// All of them, the finest first.
    pub const ALL: [Self; 4] = [Self::Minute, Self::FiveMinutes, Self::Quarter, Self::Hour];

    /// As requests name it: `1m`, `5m`, `15m`, `1h`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "1m",
            Self::FiveMinutes => "5m",
            Self::Quarter => "15m",
            Self::Hour => "1h",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resolution| resolution.as_str() == name)
    }

    /// How long a bucket lasts.
    #[must_use]
    pub const fn width(self) -> Duration {
        Duration::from_secs(match self {
            Self::Minute => 60,
            Self::FiveMinutes => 5 * 60,
            Self::Quarter => 15 * 60,
            Self::Hour => 3_600,
        })
    }

    /// How many buckets are kept.
    #[must_use]
    pub const fn capacity(self) -> usize {
        match self {
            Self::Minute => 1_440,
            Self::FiveMinutes => 576,
            Self::Quarter => 672,
            Self::Hour => 744,
        }
    }

    /// The number of the bucket that a moment lies in, counted from the Unix epoch.
    const fn bucket_of(self, at: Timestamp) -> u64 {
        at.as_millis() / (self.width().as_millis() as u64)
    }

    /// When a bucket begins.
    const fn start_of(self, bucket: u64) -> Timestamp {
        Timestamp::from_millis(bucket.saturating_mul(self.width().as_millis() as u64))
    }
}

/// The samples of the last month. See the [module](self).
#[derive(Debug, Default)]
pub struct History {
    /// By resolution and by number.
    rings: [BTreeMap<u64, Bucket>; 4],
    /// What counters were told last to stand at.
    last: [Option<u64>; Counter::ALL.len()],
}

/// Some of the buckets of one resolution.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// The newest of those that were asked for, oldest first, each with its beginning.
    pub buckets: Vec<(Timestamp, Bucket)>,
    /// How many were asked for are there.
    pub total: usize,
}

impl History {
    /// With nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a sample, and forgets what is out of reach.
    ///
    /// What a counter grew by counts for the buckets of this moment. The first value told of a counter is where it begins; one below the
    /// last is of a counter that began anew, so all of it is growth.
    pub fn record(&mut self, at: Timestamp, point: &Point) {
        let mut growth = [None; Counter::ALL.len()];
        for ((growth, last), value) in growth.iter_mut().zip(&mut self.last).zip(point.counters) {
            let Some(value) = value else { continue };
            let from = last.replace(value).unwrap_or(value);
            *growth = Some(value.checked_sub(from).unwrap_or(value));
        }
        for (resolution, ring) in Resolution::ALL.into_iter().zip(&mut self.rings) {
            let now = resolution.bucket_of(at);
            let reach = resolution.capacity() as u64;
            // Most of the time there is one at the most that has to go.
            while let Some(first) =
                ring.first_entry().filter(|first| first.key().abs_diff(now) >= reach && *first.key() < now)
            {
                first.remove();
            }
            while let Some(last) =
                ring.last_entry().filter(|last| last.key().abs_diff(now) >= reach && *last.key() > now)
            {
                last.remove();
            }
            ring.entry(now).or_default().take(point, &growth);
        }
    }

    /// The buckets that begin at `from` or later and before `to`: the newest `limit` of them.
    #[must_use]
    pub fn read(&self, resolution: Resolution, from: Timestamp, to: Timestamp, limit: usize) -> Slice {
        let ring = &self.rings[resolution as usize];
        // A bucket that begins before `from` is not asked for, so the first number is rounded up.
        let width = resolution.width().as_millis() as u64;
        let (from, to) = (from.as_millis().div_ceil(width), to.as_millis().div_ceil(width));
        if from >= to {
            return Slice { buckets: Vec::new(), total: 0 };
        }
        let total = ring.range(from..to).count();
        let newest = ring.range(from..to).skip(total.saturating_sub(limit));
        Slice {
            buckets: newest.map(|(number, bucket)| (resolution.start_of(*number), bucket.clone())).collect(),
            total,
        }
    }
}
