//! How a store is, judged by what became of the calls to it.

use std::{error::Error, io, sync::Arc};

use crate::Timestamp;

/// Since when a store refuses something, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// When it first did.
    pub since: Timestamp,
    /// What the backend said last, causes included. For logs: it may name hosts and files.
    pub detail: String,
    /// How its disk fails, if it is that.
    pub disk: Option<io::ErrorKind>,
}

impl Outage {
    /// An outage that begins now, by what the backend said.
    #[must_use]
    pub fn new(since: Timestamp, source: &(dyn Error + 'static)) -> Self {
        let (mut detail, mut disk) = (source.to_string(), None);
        let mut cause = Some(source);
        while let Some(error) = cause {
            // Adapters share an error among the callers of one commit, so it may lie behind an `Arc`.
            let shared = || error.downcast_ref::<Arc<io::Error>>().map(|error| error.kind());
            disk = disk.or_else(|| error.downcast_ref::<io::Error>().map(io::Error::kind)).or_else(shared);
            cause = error.source();
            detail.extend(cause.map(|cause| format!(": {cause}")));
        }
        Self { since, detail, disk }
    }
}

/// Whether a store can be read and written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreStatus {
    /// Since when it cannot be read, if it cannot.
    pub reads: Option<Outage>,
    /// Since when it takes no change, if it takes none.
    pub writes: Option<Outage>,
}

impl StoreStatus {
    /// The outage to tell people of: that of reads, which is the worse one, else that of writes.
    #[must_use]
    pub fn outage(&self) -> Option<&Outage> {
        self.reads.as_ref().or(self.writes.as_ref())
    }

    /// A read was answered. A store that was away as a whole is back as a whole, as far as anybody knows; one that could be read all along
    /// and took no change takes changes again when it takes one.
    pub(super) fn read(&mut self) {
        if self.reads.take().is_some() {
            self.writes = None;
        }
    }

    /// A change was made. That it can be read again is for a read to show.
    pub(super) fn written(&mut self) {
        self.writes = None;
    }

    pub(super) fn not_read(&mut self, outage: Outage) {
        since_the_first(&mut self.reads, outage);
    }

    pub(super) fn not_written(&mut self, outage: Outage) {
        since_the_first(&mut self.writes, outage);
    }
}

fn since_the_first(known: &mut Option<Outage>, mut outage: Outage) {
    if let Some(known) = known {
        outage.since = outage.since.min(known.since);
    }
    *known = Some(outage);
}
