//! A harness for the system tests: start the real server, talk to it, listen to it, and measure what is heard.
//!
//! - [`Server`] runs the binary in a directory of its own, and kills, stops and restarts it.
//! - [`http`] is a client that can also misbehave.
//! - [`Recorder`] is ffmpeg as a listener; [`RawListener`] notes when each byte came.
//! - [`Audience`] is many listeners at once, and the one among them that fared worst.
//! - [`events`] are what the server logged of its streams, each with its moment.
//! - [`elsewhere`] is somebody else's HTTP server, which may misbehave.
//! - [`monitoring`] are the files of `examples/monitoring`, with every query in them.
//! - [`exposition`] reads what `/metrics` answers, strictly.
//! - [`media`] makes files of known pitch and length; [`tone`] finds them again in a recording and measures the joins.
//! - [`prometheus`] starts a real Prometheus with those.
//! - [`redis`] starts real Redis servers.
//! - [`replay`] finds the one order of operations that explains what many clients were told, and replays it on the model.
//! - [`timers`] runs streams by the thousand in this process, to see them end by themselves.
//! - [`wait`] waits for conditions with a deadline; nothing here sleeps and hopes.

mod audience;
pub mod elsewhere;
pub mod events;
pub mod exposition;
pub mod http;
mod listener;
pub mod media;
pub mod monitoring;
mod mp3;
pub mod process;
pub mod prometheus;
pub mod random;
pub mod redis;
pub mod replay;
mod server;
pub mod timers;
pub mod tone;
pub mod wait;

pub use self::{
    audience::{Audience, Outcome},
    listener::{RawListener, Recorder, Recording},
    server::{Options, Server, binary, command, facts},
};

/// Whether the long campaigns were asked for: `tests/run --long`.
#[must_use]
pub fn long() -> bool {
    std::env::var_os("STREAMCORE_LONG").is_some()
}

/// The README's example compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
