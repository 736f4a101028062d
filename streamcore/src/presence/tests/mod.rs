//! Who is known to listen, against a model that remembers every word and looks through all of them each time.

mod arriving;
mod bounds;
mod expiring;
mod laws;
mod model;
mod telling;

use std::{collections::BTreeSet, time::Duration};

use super::*;
use crate::Timestamp;

/// A source that reports over the network.
const REMOTE: Terms = Terms::REMOTE;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(seconds * 1_000)
}

fn source(name: &str) -> SourceId {
    SourceId::new(name).unwrap()
}

fn listener(name: &str) -> ListenerId {
    ListenerId::new(name).unwrap()
}

fn all(names: &[&str]) -> Observation {
    Observation::All(names.iter().map(|name| listener(name)).collect())
}

fn joined(names: &[&str]) -> Observation {
    changed(names, &[])
}

fn left(names: &[&str]) -> Observation {
    changed(&[], names)
}

fn changed(joined: &[&str], left: &[&str]) -> Observation {
    let ids = |names: &[&str]| names.iter().map(|name| listener(name)).collect();
    Observation::Changed { joined: ids(joined), left: ids(left) }
}

fn count(now: u64) -> Observation {
    Observation::Count { now, ever: None }
}

fn known(count: u64) -> Audience {
    Audience::known(count)
}

fn incomplete(count: u64) -> Audience {
    Audience { count, complete: false }
}

/// One roster, and one source of it that most tests are about.
#[derive(Default)]
struct Room(Presence);

impl Room {
    /// What the source named `agent` tells; what is known of everybody after it.
    fn told(&mut self, seconds: u64, observation: Observation) -> Audience {
        self.told_by("agent", seconds, observation)
    }

    fn told_by(&mut self, name: &str, seconds: u64, observation: Observation) -> Audience {
        self.0.observe(at(seconds), &source(name), REMOTE, observation).expect("there is room");
        self.0.audience()
    }

    /// What is known as of this moment.
    fn later(&mut self, seconds: u64) -> Audience {
        self.0.expire(at(seconds));
        self.0.audience()
    }

    fn sources(&self) -> Vec<(String, SourceView)> {
        self.0.sources().map(|(name, view)| (name.to_string(), view)).collect()
    }
}
