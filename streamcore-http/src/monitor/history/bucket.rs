//! One sample, and what samples of one stretch of time come to.

use crate::monitor::{Counts, MachineSample};

/// What can be seen at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Gauge {
    /// Of all processors, in percent.
    CpuPercent,
    /// Of the machine, in percent.
    MemoryPercent,
    /// Streams that run.
    ActiveStreams,
    /// Listeners of all streams, as far as they are known.
    Listeners,
    /// Items in the queues of running streams.
    QueueItems,
    /// Requests that are being answered.
    RequestsInFlight,
}

impl Gauge {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::CpuPercent,
        Self::MemoryPercent,
        Self::ActiveStreams,
        Self::Listeners,
        Self::QueueItems,
        Self::RequestsInFlight,
    ];

    /// Its name in snake case, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CpuPercent => "cpu_percent",
            Self::MemoryPercent => "memory_percent",
            Self::ActiveStreams => "active_streams",
            Self::Listeners => "listeners",
            Self::QueueItems => "queue_items",
            Self::RequestsInFlight => "requests_in_flight",
        }
    }
}

/// What only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Counter {
    /// Requests that were answered.
    Requests,
    /// Those of them that were answered with a status from 500 up.
    ServerErrors,
    /// Tracks that could be heard.
    TracksPlayed,
    /// Tracks that could not be played.
    TracksFailed,
    /// Silence where something should have been heard, in milliseconds.
    DeadAirMs,
    /// Streams that ended because nobody listened.
    AutoEnds,
    /// Listeners that were disconnected because they fell too far behind.
    ListenersDropped,
}

impl Counter {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Requests,
        Self::ServerErrors,
        Self::TracksPlayed,
        Self::TracksFailed,
        Self::DeadAirMs,
        Self::AutoEnds,
        Self::ListenersDropped,
    ];

    /// Its name in snake case, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::ServerErrors => "server_errors",
            Self::TracksPlayed => "tracks_played",
            Self::TracksFailed => "tracks_failed",
            Self::DeadAirMs => "dead_air_ms",
            Self::AutoEnds => "auto_ends",
            Self::ListenersDropped => "listeners_dropped",
        }
    }
}

/// All figures of one moment. What nobody can tell is none.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Point {
    pub(super) gauges: [Option<f64>; Gauge::ALL.len()],
    pub(super) counters: [Option<u64>; Counter::ALL.len()],
}

impl Point {
    /// What the server counts, and what the machine under it says.
    #[must_use]
    pub fn new(counts: &Counts, machine: Option<&MachineSample>) -> Self {
        let mut point = Self::default();
        let gauge = |count: Option<u64>| count.map(|count| count as f64);
        point.set(Gauge::CpuPercent, machine.and_then(|machine| machine.cpu_percent));
        point.set(Gauge::MemoryPercent, machine.map(|machine| machine.memory.percent()));
        point.set(Gauge::ActiveStreams, gauge(counts.active_streams));
        point.set(Gauge::Listeners, gauge(counts.listeners));
        point.set(Gauge::QueueItems, gauge(counts.queue_items));
        point.set(Gauge::RequestsInFlight, gauge(counts.requests_in_flight));
        point.count(Counter::Requests, counts.requests);
        point.count(Counter::ServerErrors, counts.server_errors);
        point.count(Counter::TracksPlayed, counts.tracks_played);
        point.count(Counter::TracksFailed, counts.tracks_failed);
        point.count(Counter::DeadAirMs, counts.dead_air_ms);
        point.count(Counter::AutoEnds, counts.auto_ends);
        point.count(Counter::ListenersDropped, counts.listeners_dropped);
        point
    }

    /// Tells a gauge. What is no number is not told.
    pub fn set(&mut self, gauge: Gauge, value: Option<f64>) {
        self.gauges[gauge as usize] = value.filter(|value| value.is_finite());
    }

    /// Tells where a counter stands.
    pub fn count(&mut self, counter: Counter, value: Option<u64>) {
        self.counters[counter as usize] = value;
    }
}

/// The values of a gauge in a bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The least.
    pub min: f64,
    /// The mean of the samples.
    pub avg: f64,
    /// The greatest.
    pub max: f64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Seen {
    min: f64,
    max: f64,
    sum: f64,
    samples: u32,
}

/// What the samples of one stretch of time come to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bucket {
    gauges: [Seen; Gauge::ALL.len()],
    counters: [Option<u64>; Counter::ALL.len()],
    samples: u32,
}

impl Bucket {
    /// How many samples it is made of.
    #[must_use]
    pub const fn samples(&self) -> u32 {
        self.samples
    }

    /// The values of a gauge; none if no sample told it.
    #[must_use]
    pub fn gauge(&self, gauge: Gauge) -> Option<Range> {
        let seen = self.gauges[gauge as usize];
        // The mean of equal values may be off by a rounding.
        let avg = || (seen.sum / f64::from(seen.samples)).clamp(seen.min, seen.max);
        (seen.samples > 0).then(|| Range { min: seen.min, avg: avg(), max: seen.max })
    }

    /// By how much a counter grew; none if no sample told it.
    #[must_use]
    pub const fn increase(&self, counter: Counter) -> Option<u64> {
        self.counters[counter as usize]
    }

    pub(super) fn take(&mut self, point: &Point, growth: &[Option<u64>; Counter::ALL.len()]) {
        self.samples = self.samples.saturating_add(1);
        for (seen, value) in self.gauges.iter_mut().zip(point.gauges) {
            let Some(value) = value else { continue };
            let is_first = seen.samples == 0;
            seen.min = if is_first { value } else { seen.min.min(value) };
            seen.max = if is_first { value } else { seen.max.max(value) };
            seen.sum += value;
            seen.samples = seen.samples.saturating_add(1);
        }
        for (counter, growth) in self.counters.iter_mut().zip(growth) {
            if let Some(growth) = growth {
                *counter = Some(counter.unwrap_or(0).saturating_add(*growth));
            }
        }
    }
}
