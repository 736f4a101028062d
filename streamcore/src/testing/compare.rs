//! Compares a queue with the model, operation by operation.

use super::{
    items::text,
    strategies::{Call, EditOp},
};
use crate::{
    StreamId,
    queue::{Page, Queue, QueueModel},
};

/// Applies each operation to an empty queue and to the model, and compares the answers, errors included, and everything that can be read,
/// after every step.
///
/// # Panics
/// At the first difference, naming the step.
///
/// ```
/// # use proptest::prelude::*;
/// use streamcore::{queue::MemoryQueue, testing::{compare::assert_matches_model, strategies::edits}};
/// # fn block_on(future: impl Future<Output = ()>) {}
/// proptest! {
///     # #![proptest_config(ProptestConfig::with_cases(1))]
///     # fn my_queue_matches_the_model(ops in edits(1)) {}
/// }
/// proptest!(ProptestConfig::with_cases(1), |(ops in edits(40))| {
///     block_on(assert_matches_model(&MemoryQueue::new(), &ops));
/// });
/// ```
pub async fn assert_matches_model(queue: &dyn Queue, ops: &[EditOp]) {
    let mut comparison = Comparison::new(StreamId::new(-7));
    comparison.check(queue).await;
    for op in ops {
        comparison.step(queue, op).await;
    }
}

/// A comparison in steps, for tests that do something of their own in between, such as closing and reopening the store; or that use one
/// store and another stream for every case.
#[derive(Debug)]
pub struct Comparison {
    stream: StreamId,
    model: QueueModel,
    steps: usize,
}

impl Comparison {
    /// Begins with this stream's queue, which nobody touched yet.
    #[must_use]
    pub fn new(stream: StreamId) -> Self {
        Self { stream, model: QueueModel::default(), steps: 0 }
    }

    /// Does one operation on both and compares.
    ///
    /// # Panics
    /// On a difference.
    pub async fn step(&mut self, queue: &dyn Queue, op: &EditOp) {
        self.steps += 1;
        let call = op.resolve(&self.model);
        let (actual, expected) = match call.clone() {
            Call::Apply(change) => {
                (text(&queue.apply(self.stream, change.clone()).await), text(&self.model.apply(change)))
            }
            Call::Advance(advance) => {
                let expected = self.model.advance(advance.clone());
                (text(&queue.advance(self.stream, advance).await), text(&Ok(expected)))
            }
            Call::Release(item) => (text(&queue.release(self.stream, item).await), text(&Ok(self.model.release(item)))),
            Call::Purge => {
                self.model.purge();
                (text(&queue.purge(self.stream).await), text(&Ok(())))
            }
        };
        assert_eq!(actual, expected, "step {}: the answer to {call:?}", self.steps);
        self.check(queue).await;
    }

    /// Compares everything that can be read: the whole list and the whole history, and some pages of each.
    ///
    /// # Panics
    /// On a difference.
    pub async fn check(&self, queue: &dyn Queue) {
        let total = self.model.view(Page::ALL).total;
        let pages = [(0, usize::MAX), (0, 0), (1, 2), (total / 2, 1), (total, 1), (usize::MAX, 3)];
        for page in pages.map(|(offset, limit)| Page { offset, limit }) {
            let actual = text(&queue.view(self.stream, page).await);
            assert_eq!(actual, text(&Ok(self.model.view(page))), "step {}: {page:?}", self.steps);
        }
        let kept = self.model.history(None, usize::MAX);
        let middle = kept.entries.get(kept.total / 2).map(|entry| entry.seq);
        for (before, limit) in [(None, usize::MAX), (None, 1), (None, 0), (middle, 2), (middle, kept.total)] {
            let actual = text(&queue.history(self.stream, before, limit).await);
            let expected = text(&Ok(self.model.history(before, limit)));
            assert_eq!(actual, expected, "step {}: history before {before:?}, limit {limit}", self.steps);
        }
    }
}
