//! What an added item must keep to. The queue checks it in the same atomic step in which it adds: two requests cannot both take the last place.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::DEFAULT_MAX_ITEMS;

/// The rules of an add, from its caller's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rules {
    /// How many items the queue may hold afterwards, the current one included.
    pub max_items: usize,
    /// How many of them may be one requester's. Items that nobody in particular asked for are not counted.
    pub max_per_requester: Option<usize>,
    /// Whether what is listed already may be listed once more.
    pub duplicates: Duplicates,
    /// How long after it was played or skipped the same media may be added again. Counted from [`QueueItem::added_at`](crate::QueueItem);
    /// looks as far back as the history reaches.
    pub cooldown: Option<Duration>,
}

impl Default for Rules {
    /// As the server's default settings: 1,000 items, and nothing else.
    fn default() -> Self {
        Self::at_most(DEFAULT_MAX_ITEMS)
    }
}

impl Rules {
    /// No rule but the length.
    #[must_use]
    pub const fn at_most(max_items: usize) -> Self {
        Self { max_items, max_per_requester: None, duplicates: Duplicates::Allow, cooldown: None }
    }
}

/// Whether one media location may be listed more than once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// As often as anybody likes.
    #[default]
    Allow,
    /// Once, the current item included.
    Refuse,
}
