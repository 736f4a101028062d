//! What the store last said, for readers while it is away, and since when it is.
//!
//! [`LastKnown`] stands around the stores of a node and passes everything through. The ports that it offers answer as the stores do, outages
//! included: nothing is ever decided on what was true a while ago. Only a [`Reading`] falls back, for people who look: it says since when.
//!
//! **What is remembered.** Answers that a reading got, at most [`MAX_ANSWERS`] and [`MAX_BYTES`]; the least recently read one makes way, and
//! who asks for it while the store is away hears that it is away. **What is not served.** An answer behind which this process
//! acknowledged a change: it is read anew in the background, shortly after, if somebody read it within [`READ_LATELY`]; until then, and if
//! that fails, it is not known. One behind which a change was only hinted at is read anew, too; if that fails, it is what was known last.

mod error;
mod memory;
mod ports;
mod query;
mod reading;
mod refresh;
mod status;
#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

pub use self::{
    error::Error, memory::MAX_ANSWERS, memory::MAX_BYTES, reading::Reading, refresh::READ_LATELY, status::Outage,
    status::StoreStatus,
};
use self::{
    memory::{Age, Memory},
    query::Scope,
};
use crate::{library::Library, queue::Queue, registry::Registry, runtime::Runtime};

/// How long a reading waits for the store before it answers from memory, ...
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);
/// ... and how long once the store is known to be away.
pub(crate) const PATIENCE_WHILE_AWAY: Duration = Duration::from_secs(1);

/// The stores of a node, with what they last said. It is a [`Queue`], a [`Registry`] and a [`Library`].
///
/// ```
/// # use std::sync::Arc;
/// use streamcore::{StreamId, last_known::LastKnown, library::MemoryLibrary, queue::{MemoryQueue, Page}, registry::MemoryRegistry};
/// # async fn example(runtime: Arc<dyn streamcore::runtime::Runtime>) -> Result<(), streamcore::last_known::Error> {
/// let stores =
///     LastKnown::over(Arc::new(MemoryQueue::new()), Arc::new(MemoryRegistry::new()), Arc::new(MemoryLibrary::new()), runtime);
/// let reading = stores.reading();
/// let page = reading.view(StreamId::new(1), Page::ALL).await?;
/// println!("{} items, as of {:?} (none: now)", page.total, reading.stale_since());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct LastKnown {
    queue: Arc<dyn Queue>,
    registry: Arc<dyn Registry>,
    library: Arc<dyn Library>,
    runtime: Arc<dyn Runtime>,
    state: Mutex<State>,
    me: Weak<Self>,
}

#[derive(Debug, Default)]
struct State {
    status: StoreStatus,
    memory: Memory,
    refreshing: bool,
}

impl LastKnown {
    /// Stands around these stores, and listens to the queue's hints for as long as it lives.
    #[must_use]
    pub fn over(
        queue: Arc<dyn Queue>,
        registry: Arc<dyn Registry>,
        library: Arc<dyn Library>,
        runtime: Arc<dyn Runtime>,
    ) -> Arc<Self> {
        let state = Mutex::default();
        let it = Arc::new_cyclic(|me| Self { queue, registry, library, runtime, state, me: me.clone() });
        it.listen_to_hints();
        it
    }

    /// A reading that answers with the last known state where the store does not answer.
    #[must_use]
    pub fn reading(self: &Arc<Self>) -> Reading {
        Reading::new(self.clone(), true)
    }

    /// A reading that answers with nothing but what the store says now: for whoever is about to change something.
    #[must_use]
    pub fn fresh_reading(self: &Arc<Self>) -> Reading {
        Reading::new(self.clone(), false)
    }

    /// How the store is, as far as the calls so far have shown.
    #[must_use]
    pub fn status(&self) -> StoreStatus {
        self.lock().status.clone()
    }

    /// Something that was acknowledged, or hinted at, may have changed these answers.
    fn changed(&self, scope: Scope, age: Age) {
        let spawns = {
            let mut state = self.lock();
            let any = state.memory.outdate(scope, age);
            any && !std::mem::replace(&mut state.refreshing, true)
        };
        if spawns {
            self.refresh();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
