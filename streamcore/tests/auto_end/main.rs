//! Streams that end by themselves: whether they do when they should, and never when they should not.
//!
//! Stories from seeds drive a real [`Host`](streamcore::driver::Host) on stores in memory, in virtual time: listeners come and go, agents
//! report, fall silent and are gone, settings change, stores are away, slow, forgetful and late, clocks are set back, processes die and
//! others go on. Beside it, and without it, the test keeps what is true ([`truth`]). After everything that happens four promises
//! are checked, each on a page of its own that says why it is what it is. [`scenarios`] tells single stories by name.

mod campaign;
mod ends_when_it_should;
#[path = "../../src/presence/tests/model.rs"]
mod model;
mod never_ends_while_heard;
mod one_end_per_session;
mod player;
mod random;
mod scenarios;
mod spares_the_next_session;
mod truth;
mod watching;
mod weather;
mod world;

// What the model of presence is told in.
use std::collections::BTreeSet;
use streamcore::{
    Timestamp,
    presence::{Audience, ListenerId, Observation, SourceId, Terms},
};
