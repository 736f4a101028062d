use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use streamcore::{EndCause, Event, EventKind, StreamId, Timestamp, metrics::MetricsSink, runtime::Runtime};

/// A sink that keeps, of each stream, what concerns its end; with the real moment at which it was told.
#[derive(Debug)]
pub struct Ledger {
    /// The moment at which the clock of the streams began to show this.
    shown: (Instant, Timestamp),
    fates: Mutex<BTreeMap<StreamId, Fate>>,
}

/// What has become of a stream, by its own events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fate {
    /// How often it was told that it will end.
    pub armed: u32,
    /// How often it was told that it will not.
    pub cancelled: u32,
    /// When it will end, if that was the last it told.
    pub deadline: Option<Timestamp>,
    /// How many listen.
    pub listeners: u64,
    /// How often it ended.
    pub ends: u32,
    /// Its last end.
    pub end: Option<End>,
    /// How often a store refused it something.
    pub refusals: u32,
    /// What was wrong with the order of its events.
    pub wrong: Option<String>,
}

/// An end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// When it was to be.
    pub deadline: Timestamp,
    /// Since when the stream had been empty.
    pub empty_since: Timestamp,
    /// When it was, as its event says.
    pub at: Timestamp,
    /// How long after its deadline it was told, by a clock that nobody sets; negative if before.
    pub late_us: i64,
}

impl Ledger {
    /// For streams that live by this clock.
    pub fn new(runtime: &dyn Runtime) -> Self {
        let origin = runtime.now();
        // It counts whole milliseconds: look when it shows the next one. Whoever is held up looks late, so of several looks the earliest counts.
        let look = |_| {
            let before = runtime.now();
            loop {
                let (now, seen) = (runtime.now(), Instant::now());
                if now != before {
                    return (seen, now);
                }
            }
        };
        let as_of_origin = |(seen, now): &(Instant, Timestamp)| seen.checked_sub(now.since(origin));
        let shown = (0..20).map(look).min_by_key(as_of_origin).unwrap_or((Instant::now(), origin));
        Self { shown, fates: Mutex::default() }
    }

    /// How long it has been since the clock began to show this, in microseconds; negative if it has not yet.
    fn since_us(&self, moment: Timestamp) -> i64 {
        let (seen, now) = self.shown;
        let span = i64::try_from(moment.as_millis()).unwrap_or(i64::MAX) - i64::try_from(now.as_millis()).unwrap_or(0);
        i64::try_from(seen.elapsed().as_micros()).unwrap_or(i64::MAX).saturating_sub(span.saturating_mul(1_000))
    }

    /// What has become of a stream.
    pub fn fate(&self, stream: StreamId) -> Fate {
        self.lock().get(&stream).cloned().unwrap_or_default()
    }

    /// How many streams have ended.
    pub fn ended(&self) -> usize {
        self.lock().values().filter(|fate| fate.end.is_some()).count()
    }

    /// How many streams have a timer.
    pub fn armed(&self) -> usize {
        self.lock().values().filter(|fate| fate.deadline.is_some()).count()
    }

    /// How often a store refused something.
    pub fn refusals(&self) -> u32 {
        self.lock().values().map(|fate| fate.refusals).sum()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<StreamId, Fate>> {
        self.fates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MetricsSink for Ledger {
    fn record(&self, event: &Event) {
        let mut fates = self.lock();
        let fate = fates.entry(event.stream).or_default();
        let (armed, empty) = (fate.deadline, fate.listeners == 0);
        let mut expect = |right: bool| {
            if !right && fate.wrong.is_none() {
                fate.wrong = Some(format!("{event:?} with {armed:?} armed, nobody listening: {empty}"));
            }
        };
        match &event.kind {
            EventKind::AutoEndArmed { deadline, .. } => {
                expect(empty);
                fate.armed += 1;
                fate.deadline = Some(*deadline);
            }
            EventKind::AutoEndCancelled { .. } => {
                expect(armed.is_some());
                fate.cancelled += 1;
                fate.deadline = None;
            }
            EventKind::ListenersChanged { count, .. } => fate.listeners = *count,
            EventKind::StreamEnded { cause, .. } => {
                let EndCause::AutoEnd { deadline, empty_since } = *cause else { return expect(false) };
                expect(empty && armed == Some(deadline) && deadline <= event.at && fate.ends == 0);
                fate.ends += 1;
                let late_us = self.since_us(deadline);
                fate.end = Some(End { deadline, empty_since, at: event.at, late_us });
                fate.deadline = None;
            }
            // A store that refuses has its streams try again: nothing here breaks one on purpose.
            EventKind::StoreFailed { .. } => fate.refusals += 1,
            _ => {}
        }
    }
}
