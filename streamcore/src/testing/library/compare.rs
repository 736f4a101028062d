//! Compares a library with the memory one, call by call.

use super::{super::items::Expected, strategies::LibraryOp, track_id};
use crate::library::{Library, MemoryLibrary, Search};

/// Makes each call on an empty library and on a memory one, and compares the answers, errors included, and what can be read, after every step.
///
/// # Panics
/// At the first difference, naming the step.
///
/// ```
/// use proptest::prelude::*;
/// use streamcore::{library::MemoryLibrary, testing::library::{compare::assert_matches_memory, strategies::library_ops}};
/// proptest!(ProptestConfig::with_cases(1), |(ops in library_ops(20))| {
///     futures::executor::block_on(assert_matches_memory(&MemoryLibrary::new(), &ops));
/// });
/// ```
pub async fn assert_matches_memory(library: &dyn Library, ops: &[LibraryOp]) {
    let mut comparison = Comparison::default();
    for op in ops {
        comparison.step(library, op).await;
    }
}

/// A comparison in steps, for tests that do something of their own in between, such as closing and reopening the store.
#[derive(Debug, Default)]
pub struct Comparison {
    memory: MemoryLibrary,
    steps: usize,
}

impl Comparison {
    /// Makes one call on both and compares.
    ///
    /// # Panics
    /// On a difference.
    pub async fn step(&mut self, library: &dyn Library, op: &LibraryOp) {
        self.steps += 1;
        let (actual, expected) = (carried_out(library, op).await, carried_out(&self.memory, op).await);
        assert_eq!(actual, expected, "step {}: the answer to {op:?}", self.steps);
        self.check(library).await;
    }

    /// Compares all tracks, as a list, by their ids and by their locations.
    ///
    /// # Panics
    /// On a difference.
    pub async fn check(&self, library: &dyn Library) {
        let all = || LibraryOp::first_page("", usize::MAX);
        let (actual, expected) = (library.search(all()).await.answered(), self.memory.search(all()).await.answered());
        assert_eq!(actual, expected, "step {}: all tracks", self.steps);
        let ids = || (0..20).rev().map(track_id).collect();
        let (by_id, expected_by_id) = (library.get(ids()).await.answered(), self.memory.get(ids()).await.answered());
        assert_eq!(by_id, expected_by_id, "step {}: by id", self.steps);
        for track in expected.tracks.iter().take(3) {
            let actual = library.find_by_url(&track.url).await.answered();
            assert_eq!(actual, self.memory.find_by_url(&track.url).await.answered(), "step {}: {track:?}", self.steps);
        }
    }
}

/// What is answered, as text: port errors hold boxed sources and cannot be compared as values.
async fn carried_out(library: &dyn Library, op: &LibraryOp) -> Vec<String> {
    match op.clone() {
        LibraryOp::Add { tracks, max_tracks } => vec![format!("{:?}", library.add(tracks, max_tracks).await)],
        LibraryOp::Update { id, change } => vec![format!("{:?}", library.update(id, change).await)],
        LibraryOp::Delete { id } => vec![format!("{:?}", library.delete(id).await)],
        LibraryOp::Search { text, limit } => {
            let mut search = LibraryOp::first_page(&text, limit);
            let mut pages = Vec::new();
            loop {
                let page = library.search(search).await.answered();
                assert!(pages.len() < 10_000, "pages that never end: {page:?}");
                pages.push(format!("{page:?}"));
                match page.next {
                    Some(next) => search = Search { text: text.clone(), after: Some(next), limit },
                    None => return pages,
                }
            }
        }
    }
}
