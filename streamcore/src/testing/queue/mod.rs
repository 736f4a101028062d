//! The promises of the queue port, one check each. [`queue_conformance!`](crate::queue_conformance) runs them all.
//!
//! The number of a promise is for ever: documentation and bug reports name it. A new promise gets a new number.

mod add;
mod advance;
mod concurrency;
mod durability;
mod edit;
mod hints;
mod history;
mod mode;
mod release;
mod repeat;
mod request;
mod revision;
mod rules;
mod undo;
mod view;

pub use self::{
    add::*, advance::*, concurrency::*, durability::*, edit::*, hints::*, history::*, mode::*, release::*, repeat::*,
    request::*, revision::*, rules::*, undo::*, view::*,
};

/// Calls another macro with the names of all checks: the one list of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __queue_checks {
    ([$($then:tt)*] $($context:tt)*) => {
        $($then)*! {
            $($context)*
            q01_an_added_item_waits_behind_all_others_and_is_returned_unchanged
            q02_an_item_added_in_front_waits_right_behind_the_current_one
            q03_a_repeated_add_is_recognised
            q04_a_full_queue_refuses_and_keeps_what_it_has
            q05_removing_takes_one_waiting_item_once
            q06_moving_puts_an_item_at_the_place_people_see
            q07_a_move_out_of_the_list_names_the_places_there_are
            q08_no_edit_touches_the_current_item
            q09_clearing_removes_what_waits
            q10_advance_makes_the_head_current_and_the_current_item_history
            q11_advance_is_idempotent
            q12_advance_from_another_item_changes_nothing
            q13_advance_ends_with_nothing_current
            q14_of_concurrent_advances_one_counts
            q15_release_puts_the_current_item_back_at_the_head
            q16_release_of_another_item_changes_nothing
            q17_history_is_newest_first_and_complete
            q18_history_pages_join_without_gap_or_overlap
            q19_history_is_bounded_and_forgets_the_oldest
            q20_an_untouched_queue_is_empty_at_revision_zero
            q21_pages_show_the_current_item_first
            q22_streams_are_apart
            q23_purge_forgets_all_but_the_revision
            q24_every_change_raises_the_revision_and_nothing_else_does
            q25_an_edit_of_an_older_revision_is_refused_first
            q26_a_refused_edit_changes_nothing
            q27_every_change_is_hinted_after_it_can_be_seen
            q28_a_reader_that_falls_behind_misses_no_stream
            q29_every_reader_is_told
            q30_concurrent_adds_lose_nothing
            q31_of_concurrent_edits_of_one_revision_one_counts
            q32_every_view_is_one_consistent_state
            q33_a_dropped_call_can_be_repeated
            q34_a_second_handle_sees_what_the_first_acknowledged
            q35_what_waits_survives_a_restart
            q36_history_survives_a_restart
            q37_repeated_calls_are_recognised_after_a_restart
            q38_a_batch_is_added_wholly_or_not_at_all
            q39_a_quota_bounds_what_one_requester_has_listed
            q40_media_that_is_listed_is_not_added_again
            q41_a_cooldown_names_when_media_may_come_again
            q42_concurrent_adds_never_go_beyond_a_limit
            q43_an_added_item_goes_behind_the_last_of_its_tier
            q44_a_late_comer_waits_for_one_item_of_each_other_requester
            q45_a_skipped_item_was_no_turn
            q46_nobody_gains_by_being_away
            q47_switching_the_mode_moves_nothing
            q48_migrating_reorders_once_and_loses_nothing
            q49_a_shuffle_is_the_same_for_the_same_seed
            q50_repeat_one_plays_the_item_again_until_it_is_skipped
            q51_repeat_all_puts_the_item_behind_all_others
            q52_a_repeated_hand_off_makes_one_copy
            q53_advance_takes_the_item_it_names_or_does_nothing
            q54_an_interrupted_item_waits_again
            q55_undo_takes_back_an_edit_of_any_kind
            q56_undo_leaves_what_was_played_since
            q57_the_memory_of_edits_is_bounded
            q58_restore_brings_back_what_was_cleared
            q59_a_request_that_comes_again_changes_nothing
            q60_the_last_requests_are_recognised
            q61_a_page_says_how_long_what_is_ahead_takes
            q62_purge_forgets_the_settings
            q63_requests_are_recognised_after_a_restart
            q64_settings_turns_and_undo_survive_a_restart
        }
    };
}

/// Makes one `#[test]` per promise of the queue port, in the module `queue_conformance`.
///
/// `fixture` is an expression that can be called without arguments and answers with a future of a
/// [`QueueFixture`](crate::testing::QueueFixture): fresh and empty each time, as tests run side by side. `block_on` is the path of a
/// function that runs a future to its end, for example that of your executor. See [`testing`](crate::testing).
#[macro_export]
macro_rules! queue_conformance {
    (fixture = $fixture:expr, block_on = $block_on:path $(,)?) => {
        mod queue_conformance {
            use super::*;
            $crate::__queue_checks! { [$crate::__conformance_tests] [queue] [$fixture] [$block_on] }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    ([$port:ident] [$fixture:expr] [$block_on:path] $($check:ident)*) => {
        $crate::__conformance_tests! { @each [$port] [$fixture] [$block_on] [$($check)*] }
    };
    (@each [$port:ident] $fixture:tt $block_on:tt [$($check:ident)*]) => {
        $( $crate::__conformance_tests! { @one [$port] $fixture $block_on $check } )*
    };
    (@one [$port:ident] [$fixture:expr] [$block_on:path] $check:ident) => {
        #[test]
        fn $check() {
            $block_on(async {
                let mut fixture = ($fixture)().await;
                $crate::testing::$port::$check(&mut fixture).await;
            });
        }
    };
}
