//! The promises of the registry port, one check each. [`registry_conformance!`](crate::registry_conformance) runs them all.

mod durability;
mod records;
mod snapshots;

pub use self::{durability::*, records::*, snapshots::*};

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
            r07_deleting_forgets_the_stream_and_its_snapshot
            r08_a_snapshot_is_returned_unchanged_and_replaced_whole
            r09_running_names_the_streams_to_resume
            r10_streams_and_snapshots_survive_a_restart
            r11_a_second_handle_sees_what_the_first_acknowledged
            r12_a_stream_is_found_by_its_uuid
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
