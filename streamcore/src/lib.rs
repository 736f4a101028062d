//! Continuous audio streams that run themselves: the core.
//!
//! A stream has a queue of tracks that several people edit at once, advances by itself without a gap, loops a placeholder when the queue
//! runs dry, and ends when its policy says so. This crate decides all of that and touches nothing: no runtime, no IO, no clock, no
//! randomness, under any feature. What it needs of the world are ports (traits); adapter crates implement them.
//!
//! ```text
//!  command (HTTP, CLI, code)    player report (started, ended, failed)    queue changed    a deadline passed
//!               └──────────────────────────┬─────────────────────────────────┴───────────────────┘
//!                                          ▼ one Input at a time
//!            driver (performs, decides nothing) ── now ──► Stream::handle(now, input) -> Effects   (pure, total)
//!                                          ▲                              │
//!                       answers come back  │                              ▼ performed in order
//!                       as Inputs, with id └── Queue · Registry · Player ports ◄── effects ──► Event (a fact, emitted once)
//!                                                                                                 │
//!                                                                     MetricsSink ◄───────────────┘
//! ```
//!
//! | module | is |
//! |---|---|
//! | [`stream`] | the machine: what a stream does, decided in one place |
//! | [`driver`] | runtime-free glue: [`driver::Host`] runs all streams of a node on the ports |
//! | [`queue`] | port: what waits, what is current, what was played; the model that says what correct is |
//! | [`registry`] | port: which streams exist, and what a running one needs to go on after a restart |
//! | [`library`] | port: tracks that people keep and find again; what a search finds |
//! | [`idempotency`] | port: what was asked for under a key, and the answer to it |
//! | [`player`] | port: what makes a stream audible, and what listeners subscribe to |
//! | [`media`] | port: what can be queued |
//! | [`playlist`] | pure: lists that people paste (M3U, PLS, plain), read and written |
//! | [`presence`] | pure: who listens, per source, known or unknown |
//! | [`auto_end`] | port: when a stream ends by itself; pure policies |
//! | [`last_known`] | what the store last said, for readers while it is away |
//! | [`metrics`] | port: where events go |
//! | [`runtime`] | port: time and tasks |
//! | `testing` | feature `testing`, for adapter authors: conformance suites, generators, stores that fail on purpose, virtual time |
//!
//! Who embeds it holds a [`driver::Host`]; who writes an adapter starts at the port's trait and finishes with its conformance suite; who
//! wants to know what is promised reads `docs/semantics.md`, in which every promise has a number and a test that bears it.

pub mod auto_end;
pub mod driver;
mod event;
pub mod idempotency;
mod ids;
pub mod last_known;
pub mod library;
pub mod media;
pub mod metrics;
pub mod player;
pub mod playlist;
pub mod presence;
pub mod queue;
pub mod registry;
pub mod runtime;
pub mod stream;
#[cfg(feature = "testing")]
pub mod testing;
mod time;
mod track;

pub use self::{
    event::{CancelCause, EndCause, EndReason, Event, EventKind, Port},
    ids::{ItemId, PlaybackId, RequestId, Revision, StreamId, TrackId},
    stream::{Ended, Status, StreamMetrics, StreamView},
    time::Timestamp,
    track::{
        FailureKind, FailureReason, MAX_METADATA_BYTES, MAX_TITLE_CHARS, MAX_URL_BYTES, Outcome, QueueItem, Requester,
        Source,
    },
};
