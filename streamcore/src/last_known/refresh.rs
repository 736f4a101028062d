//! Keeping up: what was read lately is read anew behind a change, so that the last known state holds what was acknowledged a moment ago.

use std::{sync::Arc, time::Duration};

use futures::StreamExt as _;

use super::{LastKnown, memory::Age, query::Scope};

/// Of what changed only what somebody read within this time is read anew.
pub const READ_LATELY: Duration = Duration::from_secs(60);

/// Changes that come together are read once: this long behind the first of them.
const TOGETHER: Duration = Duration::from_millis(200);

/// So many answers are read anew at a time.
const AT_ONCE: usize = 64;

impl LastKnown {
    pub(super) fn listen_to_hints(&self) {
        let (me, mut changes) = (self.me.clone(), self.queue.changes());
        self.runtime.spawn(Box::pin(async move {
            while let Some(stream) = changes.next().await {
                let Some(it) = me.upgrade() else { return };
                it.changed(Scope::Queue(stream), Age::Old);
            }
        }));
    }

    /// Reads anew until nothing is outdated.
    pub(super) fn refresh(&self) {
        let (me, runtime) = (self.me.clone(), self.runtime.clone());
        self.runtime.spawn(Box::pin(async move {
            loop {
                runtime.sleep_until(runtime.now() + TOGETHER).await;
                let Some(it) = me.upgrade() else { return };
                let outdated = {
                    let mut state = it.lock();
                    let outdated = state.memory.outdated(it.runtime.now().before(READ_LATELY), AT_ONCE);
                    state.refreshing = !outdated.is_empty();
                    outdated
                };
                if outdated.is_empty() {
                    return;
                }
                for query in outdated {
                    if Arc::clone(&it).ask(&query, false).await.is_err() {
                        it.lock().memory.not_read(&query);
                    }
                }
            }
        }));
    }
}
