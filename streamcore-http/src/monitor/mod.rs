//! What operators look at without a Prometheus: the machine, the figures of the last month for plots, and what happened lately.
//!
//! ```text
//!  sysinfo -> machine/ (a thread, every 5 s) ──┐
//!                                              ├─> sampler (a task, every 10 s) -> history/ ──┐
//!  Figures (what the server counts) ───────────┘                                              ├─> api/metrics, api/system
//!  events of streams, edits of queues ───────────────────────────────────────> activity/ ─────┘
//! ```
//!
//! All of it is memory of this process and bounded: it begins anew with each start. What must outlast one is in the stores and in Prometheus.

mod activity;
mod counts;
mod edits;
mod history;
mod machine;
mod sampler;

pub(crate) use self::activity::{Entry, What};
pub use self::{
    activity::{Activity, ActivityKind},
    counts::{Counts, Figures, ServerFigures},
    history::{Bucket, Counter, Gauge, History, Point, Range, Resolution, Slice},
    machine::{DiskFigures, MachineSample, MemoryFigures, NetworkFigures, ProcessFigures},
    sampler::Monitor,
};
