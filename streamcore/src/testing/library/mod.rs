//! The promises of the library port, one check each. [`library_conformance!`](crate::library_conformance) runs them all, and
//! [`compare`] compares an adapter with the memory one over generated operations.

mod add;
pub mod compare;
mod concurrency;
mod durability;
mod edit;
mod fixture;
mod flaky;
mod search;
pub mod strategies;
mod tracks;

pub use self::{
    add::*,
    concurrency::*,
    durability::*,
    edit::*,
    fixture::LibraryFixture,
    search::*,
    tracks::{track, track_id},
};

/// Calls another macro with the names of all checks: the one list of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __library_checks {
    ([$($then:tt)*] $($context:tt)*) => {
        $($then)*! {
            $($context)*
            l01_an_added_track_is_returned_unchanged
            l02_a_known_track_is_recognised
            l03_tracks_are_added_all_or_none
            l04_a_full_library_refuses_and_keeps_what_it_has
            l05_what_is_too_large_is_refused_and_changes_nothing
            l06_tracks_are_read_in_the_order_of_the_ids
            l07_a_change_changes_what_it_names_alone
            l08_deleting_forgets_the_track_once
            l09_a_location_finds_the_track_added_first
            l10_a_search_finds_what_holds_every_word
            l11_tracks_are_in_the_order_of_their_titles
            l12_pages_join_whatever_changes_in_between
            l13_the_total_counts_all_matches
            l14_a_track_is_found_by_what_it_is_now
            l15_concurrent_adds_lose_nothing
            l16_a_dropped_call_can_be_repeated
            l17_tracks_survive_a_restart
            l18_a_second_handle_sees_what_the_first_acknowledged
        }
    };
}

/// Makes one `#[test]` per promise of the library port, in the module `library_conformance`.
///
/// The arguments are those of [`queue_conformance!`](crate::queue_conformance), with a
/// [`LibraryFixture`](crate::testing::library::LibraryFixture).
///
/// ```
/// use std::sync::Arc;
/// use streamcore::{library::{Library, MemoryLibrary}, testing::{Capabilities, library::LibraryFixture}};
///
/// struct Memory(Arc<MemoryLibrary>);
///
/// impl LibraryFixture for Memory {
///     fn library(&self) -> Arc<dyn Library> {
///         self.0.clone()
///     }
///     fn capabilities(&self) -> Capabilities {
///         Capabilities::default()
///     }
/// }
///
/// streamcore::library_conformance!(fixture = async || Memory(Arc::default()), block_on = futures::executor::block_on);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! library_conformance {
    (fixture = $fixture:expr, block_on = $block_on:path $(,)?) => {
        mod library_conformance {
            use super::*;
            $crate::__library_checks! { [$crate::__conformance_tests] [library] [$fixture] [$block_on] }
        }
    };
}
