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
mod mode;
mod model;
mod op;
mod rules;
mod sequence;
mod shuffle;
mod traits;
mod turns;

pub use self::{
    error::{Error, Result},
    hints::Hints,
    memory::MemoryQueue,
    mode::{Mode, Repeat, Tier},
    model::{Anchor, QueueModel, Undo},
    op::{
        Advance, Advanced, Applied, Change, EditKind, Finished, HistoryEntry, HistoryPage, Op, Page, Placed, Placement,
        Playtime, QueueView, Released,
    },
    rules::{Duplicates, Rules},
    shuffle::shuffle,
    traits::Queue,
    turns::Turns,
};

/// How many finished items a queue remembers; the oldest is forgotten first.
pub const HISTORY_LIMIT: usize = 1_000;

/// How many items one queue holds unless the settings say otherwise, the current one included.
pub const DEFAULT_MAX_ITEMS: usize = 1_000;

/// How many edits can be taken back, the last one first.
pub const UNDO_LIMIT: usize = 20;

/// How many items and ids the memory of these edits holds together; the last edit is remembered whatever it holds.
pub const UNDO_ITEMS: usize = 10_000;

/// How many requests a queue recognises when they come again: as many as others may make while one that a crash cut off waits to be repeated.
pub const REQUESTS_REMEMBERED: usize = 1_024;
