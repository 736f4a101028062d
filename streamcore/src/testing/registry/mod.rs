//! The promises of the registry port, one check each. [`registry_conformance!`](crate::registry_conformance) runs them all.

pub mod compare;
mod durability;
mod records;
mod sessions;
mod settings;
mod snapshots;
pub mod strategies;

pub use self::{durability::*, records::*, sessions::*, settings::*, snapshots::*};

/// Calls another macro with the names of all checks: the one list of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __registry_checks {
    ([$($then:tt)*] $($context:tt)*) => {
        $($then)*! {
            $($context)*
            r01_a_created_stream_is_returned_unchanged
            r02_an_id_is_given_once
            r03_of_concurrent_creations_one_counts
            r04_what_does_not_exist_is_not_found
            r05_lists_are_in_the_order_of_ids_and_pages_join
            r06_renaming_changes_the_name_alone
            r07_deleting_forgets_the_stream_and_all_of_it
            r08_a_snapshot_is_returned_unchanged_and_replaced_whole
            r09_running_names_the_streams_to_resume
            r10_streams_snapshots_and_sessions_survive_a_restart
            r11_a_second_handle_sees_what_the_first_acknowledged
            r12_a_stream_is_found_by_its_uuid
            r13_setting_the_auto_end_replaces_it_and_nothing_else
            r14_a_late_snapshot_does_not_undo_the_next_session
            r15_closing_a_session_stores_the_end_and_the_history
            r16_a_session_is_closed_once
            r17_sessions_are_listed_newest_first_and_pages_join
            r18_the_oldest_session_makes_way
        }
    };
}

/// Makes one `#[test]` per promise of the registry port, in the module `registry_conformance`.
///
/// The arguments are those of [`queue_conformance!`](crate::queue_conformance), with a
/// [`RegistryFixture`](crate::testing::RegistryFixture).
#[macro_export]
macro_rules! registry_conformance {
    (fixture = $fixture:expr, block_on = $block_on:path $(,)?) => {
        mod registry_conformance {
            use super::*;
            $crate::__registry_checks! { [$crate::__conformance_tests] [registry] [$fixture] [$block_on] }
        }
    };
}
