//! Which streams exist, and what a running one needs to go on after a restart.

mod error;
mod memory;
mod traits;

pub use self::{
    error::{Error, Result},
    memory::MemoryRegistry,
    traits::{MAX_SESSIONS, Registry, Session, SessionList, StreamList, StreamRecord},
};
