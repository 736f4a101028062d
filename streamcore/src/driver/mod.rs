//! Runtime-free glue between the stream machines and the ports: it performs what they decide, and decides nothing.
//!
//! [`Host`] is what an embedder holds: all streams of a node. For each stream that runs there is one task, its loop on one page in
//! `stream_loop.rs`; `perform.rs` has one function per effect; `mailbox.rs` is the bounded place where inputs wait.

mod error;
mod host;
mod mailbox;
mod perform;
mod stream_loop;

use std::sync::Arc;

pub use self::{
    error::CommandError,
    host::{Host, Skipped},
};
use crate::{
    auto_end::{self, AutoEndPolicy},
    metrics::MetricsSink,
    player::Player,
    queue::Queue,
    registry::Registry,
    runtime::Runtime,
};

/// What a node's streams are connected to.
#[derive(Debug, Clone)]
pub struct Ports {
    /// The truth about the queues.
    pub queue: Arc<dyn Queue>,
    /// Which streams exist, and their snapshots.
    pub registry: Arc<dyn Registry>,
    /// What makes them audible.
    pub player: Arc<dyn Player>,
    /// Who is told what happened.
    pub sink: Arc<dyn MetricsSink>,
    /// When they end by themselves.
    pub policy: Arc<dyn AutoEndPolicy>,
    /// What the policy is told for streams that have no settings of their own.
    pub auto_end: auto_end::Settings,
    /// Time and tasks.
    pub runtime: Arc<dyn Runtime>,
}
