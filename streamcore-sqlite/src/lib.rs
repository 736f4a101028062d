//! Streamcore's embedded store: queues, streams, the library and idempotency keys in one SQLite file, with nothing to install.
//!
//! [`SqliteStore`] is a handle on it, cheap to clone, that implements [`Queue`](streamcore::queue::Queue),
//! [`Registry`](streamcore::registry::Registry), [`Library`](streamcore::library::Library) and
//! [`Idempotency`](streamcore::idempotency::Idempotency).
//!
//! ```
//! use streamcore::{StreamId, queue::{Page, Queue}};
//! use streamcore_sqlite::SqliteStore;
//! # let folder = tempfile::tempdir()?;
//! # let data_dir = folder.path();
//! let store = SqliteStore::open(data_dir.join("streamcore.db"))?;
//! # futures::executor::block_on(async {
//! let view = store.view(StreamId::new(1), Page::ALL).await?;
//! assert_eq!(view.total, 0);
//! store.close().await; // or drop the last handle, which waits for the writer
//! # Ok::<(), streamcore::queue::Error>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Durability.** What was acknowledged is committed and synced to the disk (write-ahead log, `synchronous=FULL`): it survives the end of
//! the process at any moment, and of the machine as far as its disk is honest about syncing.
//!
//! **How it works.** One thread writes and commits all requests that wait as one group, so that they share the cost of a sync; each is
//! isolated from its neighbours by a savepoint. Two threads read, each answer from one consistent snapshot. Nothing blocks the caller's
//! executor, and any executor will do.
//!
//! **Cost.** With n items waiting, an add at either end or by tier, a removal, a move, a hand-off and a page touch a few rows and read
//! n / 128 sums and about 128 entries of an index to find places. In fair mode an add, and a hand-off of what did not play, read whom each
//! item is for: n entries of an index. Clearing, shuffling, migrating, restoring, and undoing these touch all items. Now and then, when many
//! were put between the same two, the items of one queue are numbered anew.
//!
//! **Bounds.** At most [`MAX_WAITING`] requests wait for the writer, and as many for the readers; more are refused as unavailable.
//!
//! **One process.** The file is locked while it is open: a second server on the same file is refused. Reading it with SQLite's own tools is
//! fine, also while the server runs.

mod codec;
mod error;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod idempotency;
mod inspect;
mod library;
mod lock;
mod queue;
mod readers;
mod registry;
mod schema;
mod store;
mod writer;

pub use self::{
    error::OpenError,
    inspect::{Inspection, inspect},
    store::{MAX_WAITING, SqliteStore},
};
