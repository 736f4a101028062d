use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use super::MetricsSink;
use crate::Event;

/// Keeps the last events in memory, for tests and for "what happened lately".
///
/// **Bounds.** At `capacity` events the oldest is dropped.
#[derive(Debug)]
pub struct Recording {
    capacity: usize,
    events: Mutex<VecDeque<Event>>,
}

impl Recording {
    /// Keeps up to `capacity` events.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { capacity, events: Mutex::default() }
    }

    /// The events kept, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl MetricsSink for Recording {
    fn record(&self, event: &Event) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.push_back(event.clone());
        while events.len() > self.capacity {
            events.pop_front();
        }
    }
}
