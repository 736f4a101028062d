//! What was played.

use serde::Serialize;
use streamcore::{Outcome, StreamId, queue};

use super::Item;

/// A page of finished items, newest first.
#[derive(Debug, Serialize)]
pub(crate) struct HistoryPage {
    items: Vec<HistoryEntry>,
    /// The `cursor` of the next page; null at the end.
    next: Option<String>,
    total: usize,
}

/// A finished item and how it went.
#[derive(Debug, Serialize)]
struct HistoryEntry {
    #[serde(flatten)]
    item: Item,
    seq: u64,
    outcome: &'static str,
    /// Why it failed; null unless it did.
    failure: Option<Failure>,
    finished_at: String,
}

#[derive(Debug, Serialize)]
struct Failure {
    reason: &'static str,
    detail: String,
}

impl HistoryPage {
    pub(crate) fn new(channel: StreamId, page: queue::HistoryPage) -> Self {
        Self {
            items: page.entries.into_iter().map(|entry| HistoryEntry::new(channel, entry)).collect(),
            next: page.next.map(|seq| seq.to_string()),
            total: page.total,
        }
    }
}

impl HistoryEntry {
    fn new(channel: StreamId, entry: queue::HistoryEntry) -> Self {
        let (outcome, failure) = match entry.outcome {
            Outcome::Played => ("played", None),
            Outcome::Skipped => ("skipped", None),
            Outcome::Failed(why) => ("failed", Some(Failure { reason: why.kind.as_str(), detail: why.detail })),
            _ => ("other", None),
        };
        Self {
            item: Item::new(channel, entry.item, None),
            seq: entry.seq,
            outcome,
            failure,
            finished_at: entry.finished_at.to_string(),
        }
    }
}
