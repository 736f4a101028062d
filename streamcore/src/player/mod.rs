//! Players: what turns a queue item into media for listeners.
//!
//! [`Player`] is told what to do and reports back through [`Reports`]; [`Broadcast`] is what an HTTP route subscribes to.

mod broadcast;
mod report;
mod traits;

pub use self::{
    broadcast::{Broadcast, ListenError, Listener, Wave, Waves},
    report::{Incident, Report, Reports},
    traits::{Join, Play, Player},
};
