//! Edits of queues.

use prometheus_client::{metrics::counter::Counter, registry::Registry};
use streamcore::{
    Source,
    queue::{Op, Placement},
};

use super::labels::{OneLabel, by_one};

const OPERATIONS: [&str; 12] = [
    "add",
    "priority_add",
    "remove",
    "move",
    "clear",
    "shuffle",
    "mode",
    "migrate",
    "repeat",
    "undo",
    "restore",
    "advance",
];

/// The label of an edit.
pub(super) const fn operation(op: &Op) -> &'static str {
    match op {
        Op::Add { placement: Placement::Front, .. } => "priority_add",
        Op::Add { .. } => "add",
        Op::Remove { .. } => "remove",
        Op::Move { .. } => "move",
        Op::Clear => "clear",
        Op::Shuffle { .. } => "shuffle",
        Op::SetMode { .. } => "mode",
        Op::Migrate { .. } => "migrate",
        Op::SetRepeat { .. } => "repeat",
        Op::Undo => "undo",
        Op::Restore { .. } => "restore",
        _ => "other",
    }
}

/// The label of where an item comes from.
pub(super) const fn source(source: Source) -> &'static str {
    match source {
        Source::File => "file",
        Source::Stream => "stream",
        Source::Youtube => "youtube",
        _ => "other",
    }
}

#[derive(Debug)]
pub(super) struct Operations {
    operations: OneLabel<Counter>,
    added: OneLabel<Counter>,
    /// All of `operations`.
    pub(super) all: Counter,
}

impl Operations {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let operations = ("streamcore_queue_operations", "Edits that changed a queue, and hand-overs, by operation");
        let added = ("streamcore_queue_items_added", "Items that were added to queues, by source");
        let sources = [Source::File, Source::Stream, Source::Youtube].map(source);
        Self {
            operations: by_one(registry, operations, "operation", OPERATIONS),
            added: by_one(registry, added, "source", sources),
            all: Counter::default(),
        }
    }

    /// An operation changed a queue.
    pub(super) fn changed(&self, operation: &'static str) {
        self.operations.of(operation).inc();
        self.all.inc();
    }

    pub(super) fn added(&self, source: &'static str) {
        self.added.of(source).inc();
    }
}
