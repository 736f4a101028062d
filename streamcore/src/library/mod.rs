//! The library: tracks that people keep, find again and queue as often as they like.
//!
//! The port is [`Library`]; [`MemoryLibrary`] says what correct is; [`search`] holds the pure functions that decide what a search finds and
//! in which order, which every adapter uses as they are. An adapter author starts at [`traits`](Library) and finishes with
//! `streamcore::library_conformance!` (feature `testing`).
//!
//! A queue item made from a track keeps its own copy of title and location: changing or deleting a track changes no queue.

mod error;
mod memory;
pub mod search;
mod track;
mod traits;

pub use self::{
    error::{Error, Result},
    memory::MemoryLibrary,
    search::{Cursor, Search, SearchPage},
    track::{MAX_ADDED_BY_BYTES, Track, TrackChange},
    traits::{Added, Library, LibraryExt},
};

/// How many tracks the library holds unless the settings say otherwise.
pub const DEFAULT_MAX_TRACKS: usize = 100_000;

/// How many tracks one call adds or gets at most; more are refused.
pub const MAX_BATCH: usize = 1_000;

/// How many tracks one page of a search holds at most; who asks for more gets this many, and where to go on.
pub const MAX_PAGE: usize = 500;
