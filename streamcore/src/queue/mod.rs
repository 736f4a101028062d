//! The queue: what waits, what is current, what was played.
//!
//! The port is [`Queue`]; [`QueueModel`] says what correct is; [`MemoryQueue`] is a lock around the model. An adapter author starts at
//! [`traits`](Queue) and finishes with `streamcore::queue_conformance!` (feature `testing`).
//!
//! The store, not the stream machine, is the truth about the queue: an admin, another node or another program may change it at any moment.
//! Inside, the *current* item is kept apart from the *waiting* ones; people and the wire see one list, the current item first.

mod error;
mod hints;
mod memory;
mod model;
mod op;
mod traits;

pub use self::{
    error::{Error, Result},
    hints::Hints,
    memory::MemoryQueue,
    model::QueueModel,
    op::{
        Advance, Advanced, Applied, Change, Finished, HistoryEntry, HistoryPage, Op, Page, Placed, Placement,
        QueueView, Released,
    },
    traits::Queue,
};

/// How many finished items a queue remembers; the oldest is forgotten first.
pub const HISTORY_LIMIT: usize = 1_000;

/// How many items one queue holds unless the settings say otherwise, the current one included.
pub const DEFAULT_MAX_ITEMS: usize = 1_000;
