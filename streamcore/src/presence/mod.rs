//! Who listens: per stream and source, known or unknown.
//!
//! Pure values. A [`Presence`] is told what its sources [observe](Observation), as sets of identities with expiry rather than as plus and
//! minus one: joins and leaves may come late, twice or not at all, a full list puts everything right, and a count below zero cannot be
//! written down. A source that has gone quiet is *unknown*, which is not zero; after a time of its own it is gone.

mod ids;
mod named;
mod observation;
mod roster;
mod source;
#[cfg(test)]
mod tests;

pub use self::{
    ids::{ListenerId, MAX_LISTENER_BYTES, MAX_SOURCE_BYTES, NameError, SourceId},
    observation::{Audience, Observation, Terms},
    roster::{MAX_LISTENERS, MAX_SOURCES, Presence, SourceView, TooMany},
};
