//! The in-memory library keeps the port's promises, and is the obvious list; so does one behind a wrapper that never fails.

#[path = "queue_support/mod.rs"]
mod support;

use std::sync::Arc;

use futures::executor::block_on;
use proptest::prelude::*;
use streamcore::{
    Source,
    library::{Error, Library, LibraryExt, MemoryLibrary, Search, Track},
    testing::{
        Capabilities, Flaky,
        flaky::Fault,
        library::{
            LibraryFixture,
            compare::assert_matches_memory,
            strategies::{self, LibraryOp, library_ops},
            track, track_id,
        },
    },
};
use support::config;

struct Memory(Arc<dyn Library>);

impl LibraryFixture for Memory {
    fn library(&self) -> Arc<dyn Library> {
        self.0.clone()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }
}

async fn memory() -> Memory {
    Memory(Arc::new(MemoryLibrary::new()))
}

async fn wrapped() -> Memory {
    Memory(Arc::new(Flaky::by(MemoryLibrary::new(), |_| Fault::None)))
}

streamcore::library_conformance!(fixture = memory, block_on = block_on);

mod behind_a_wrapper {
    use super::*;

    streamcore::library_conformance!(fixture = wrapped, block_on = block_on);
}

#[test]
fn a_flaky_library_fails_as_its_script_says() {
    let library = Flaky::listed(MemoryLibrary::new(), [Fault::Refuse, Fault::LoseAnswer]);
    let refused = block_on(library.add(vec![track(1)], 9));
    assert!(refused.is_err_and(|error| error.is_retryable()));
    assert_eq!(block_on(library.inner().track(track_id(1))).unwrap(), None);
    let lost = block_on(library.add(vec![track(1)], 9));
    assert!(matches!(lost, Err(Error::Unavailable(_))), "{lost:?}");
    let again = block_on(library.add(vec![track(1)], 9)).unwrap();
    assert!(!again[0].is_new, "it was done, and is recognised when repeated");
}

/// How one would write it down without thinking of speed: the words, looked for in each field in turn.
fn is_found(track: &Track, text: &str) -> bool {
    let plain = |text: &str| {
        let mut plain = String::new();
        for c in text.chars() {
            for c in c.to_lowercase() {
                plain.push(if c.is_control() {
                    ' '
                } else if c == 'ё' {
                    'е'
                } else if c == 'ς' {
                    'σ'
                } else {
                    c
                });
            }
        }
        plain
    };
    let album = track.metadata.get("album").and_then(|album| album.as_str().map(str::to_owned));
    let mut path = track.url.clone();
    if track.source != Source::File {
        path.truncate(path.find(['?', '#']).unwrap_or(path.len()));
    }
    let mut name = path.rsplit_once('/').map_or(path.clone(), |(_, name)| name.to_owned());
    if track.source != Source::File {
        // The only escape that the generator makes.
        name = name.replace("%20", " ");
    }
    let fields = [Some(track.title.clone()), track.artist.clone(), album, Some(name)];
    plain(text).split_whitespace().all(|word| fields.iter().flatten().any(|field| plain(field).contains(word)))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_wrapper_that_does_not_fail_changes_nothing(ops in library_ops(20)) {
        block_on(assert_matches_memory(&Flaky::by(MemoryLibrary::new(), |_| Fault::None), &ops));
    }

    #[test]
    fn memory_is_the_obvious_list(ops in library_ops(30)) {
        let library = MemoryLibrary::new();
        let mut list: Vec<Track> = Vec::new();
        for op in ops {
            match op.clone() {
                LibraryOp::Add { tracks, max_tracks } => {
                    let mut longer = list.clone();
                    for track in &tracks {
                        if longer.iter().all(|known| known.id != track.id) {
                            longer.push(track.clone());
                        }
                    }
                    let fits = longer.len() == list.len() || longer.len() <= max_tracks;
                    let answer = block_on(library.add(tracks, max_tracks));
                    prop_assert_eq!(answer.is_ok(), fits, "{:?}: {:?}", op, answer);
                    if fits {
                        list = longer;
                    }
                }
                LibraryOp::Update { id, change } => {
                    let known = list.iter_mut().find(|track| track.id == id);
                    prop_assert_eq!(block_on(library.update(id, change.clone())).is_ok(), known.is_some());
                    if let Some(track) = known {
                        *track = change.applied_to(track.clone());
                    }
                }
                LibraryOp::Delete { id } => {
                    let before = list.len();
                    list.retain(|track| track.id != id);
                    prop_assert_eq!(block_on(library.delete(id)).is_ok(), list.len() < before);
                }
                LibraryOp::Search { text, .. } => {
                    let page = block_on(library.search(Search { text: text.clone(), after: None, limit: 100 })).unwrap();
                    let mut expected: Vec<_> = list.iter().filter(|track| is_found(track, &text)).map(|t| t.id).collect();
                    let mut found: Vec<_> = page.tracks.iter().map(|track| track.id).collect();
                    prop_assert_eq!(page.total, expected.len());
                    expected.sort_unstable();
                    found.sort_unstable();
                    prop_assert_eq!(found, expected, "{:?} in {:?}", text, list);
                }
                _ => unreachable!("the list knows all calls"),
            }
        }
    }

    #[test]
    fn every_track_is_found_by_any_part_of_any_of_its_words(track in strategies::track(), skip in 0..9_usize, take in 1..9_usize) {
        let word = track.title.split_whitespace().next().unwrap_or_default();
        let part: String = word.chars().skip(skip).take(take).collect();
        let library = MemoryLibrary::new();
        block_on(library.add(vec![track], 1)).unwrap();
        let page = block_on(library.search(Search { text: part, after: None, limit: 1 })).unwrap();
        prop_assert_eq!(page.total, 1);
    }
}
