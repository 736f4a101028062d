//! What each word of a source means.

use super::*;

/// Promise P1. Repeated joins are one, in whatever order they come.
#[test]
fn a_join_that_comes_twice_counts_once() {
    let mut room = Room::default();
    assert_eq!(room.told(0, joined(&["ann", "bob"])), known(2));
    assert_eq!(room.told(1, joined(&["bob", "ann", "bob"])), known(2));
    assert_eq!(room.told(2, changed(&["ann"], &["ann", "bob"])), known(1), "who is named as both is here");
    assert_eq!(room.0.arrivals(), 2);
}

/// Promise P2. Lost joins and leaves are put right by the next list, and by the next count.
#[test]
fn a_full_list_and_a_count_put_everything_right() {
    let mut room = Room::default();
    room.told(0, joined(&["ann", "bob", "cid"]));
    assert_eq!(room.told(1, all(&["cid", "dan"])), known(2));
    assert_eq!(room.told(2, count(7)), known(7));
    assert_eq!(room.told(3, all(&["ann"])), known(1));
    assert_eq!(room.told(4, all(&[])), known(0));
    assert!(room.0.audience().is_empty());
}

/// Promise P2. Sources do not disturb each other: the same name in two of them is two listeners.
#[test]
fn sources_are_counted_side_by_side() {
    let mut room = Room::default();
    room.told_by("a", 0, all(&["ann"]));
    assert_eq!(room.told_by("b", 0, all(&["ann", "bob"])), known(3));
    assert_eq!(room.told_by("a", 1, all(&[])), known(2));
    assert_eq!(room.told_by("b", 1, Observation::Gone), known(0));
    assert_eq!(room.sources().len(), 1);
}

/// Promise P4. One poll that failed is not "nobody", and not "somebody" either; the others count as before.
#[test]
fn unknown_is_neither_zero_nor_somebody() {
    let mut room = Room::default();
    room.told_by("icecast", 0, count(0));
    assert!(room.told_by("icecast", 30, Observation::Unknown) == Audience::UNKNOWN);
    assert!(!room.0.audience().is_empty() && !room.0.audience().is_present());
    assert_eq!(room.told_by("telegram", 30, all(&["ann"])), incomplete(1));
    assert_eq!(room.told_by("icecast", 60, count(0)), known(1));

    room.told_by("icecast", 61, count(5));
    assert_eq!(room.told_by("icecast", 62, Observation::Unknown), incomplete(1), "five of a minute ago are not known");
}

/// Promise P4. Also from a source that was never heard of, and also once it is said again.
#[test]
fn a_first_word_may_be_that_nothing_is_known() {
    let mut room = Room::default();
    assert_eq!(room.told(0, Observation::Unknown), Audience::UNKNOWN);
    assert_eq!(room.told(1, Observation::Unknown), Audience::UNKNOWN);
    assert_eq!(room.told(2, all(&[])), known(0));
}

/// Promise P4. After it was unknown, those who are named listen; whether others do is known from the next list or count.
#[test]
fn a_join_after_the_unknown_is_somebody_and_not_everybody() {
    let mut room = Room::default();
    room.told(0, all(&["ann", "bob"]));
    room.told(1, Observation::Unknown);
    assert_eq!(room.told(2, joined(&["ann"])), incomplete(1));
    assert_eq!(room.told(3, left(&["ann"])), incomplete(0));
    assert_eq!(room.told(4, all(&["bob"])), known(1));
}

/// Promise P4. Who five uncounted people are nobody knows, so a leave among them leaves it open who is left.
#[test]
fn names_after_a_count_leave_the_others_unknown() {
    let mut room = Room::default();
    room.told(0, count(5));
    assert_eq!(room.told(1, left(&["ann"])), incomplete(0));
    assert_eq!(room.told(2, joined(&["bob"])), incomplete(1));
    assert_eq!(room.told(3, count(2)), known(2));
    room.told(4, count(0));
    assert_eq!(room.told(5, joined(&["ann"])), known(1), "after nobody she is everybody");
}

/// Promise P6.
#[test]
fn a_leave_before_its_join_is_nothing() {
    let mut room = Room::default();
    assert_eq!(room.told(0, left(&["ann"])), known(0));
    assert_eq!(
        room.told(1, joined(&["ann"])),
        known(1),
        "the late join is believed until the list, or until she is a ghost"
    );
    assert_eq!(room.told(2, left(&["bob"])), known(1));
    assert_eq!(room.told(3, all(&[])), known(0));
}

/// Promise P6.
#[test]
fn a_count_cannot_go_below_zero() {
    let mut room = Room::default();
    room.told(0, joined(&["ann"]));
    for second in 1..50 {
        assert_eq!(room.told(second, left(&["ann", "bob"])), known(0));
    }
    assert_eq!(room.told(50, joined(&["ann"])), known(1), "leaves are no debt");
}

/// Promise P6. Nor beyond the largest number.
#[test]
fn a_count_does_not_wrap() {
    let mut room = Room::default();
    room.told_by("a", 0, count(u64::MAX));
    assert_eq!(room.told_by("b", 0, count(u64::MAX)), known(u64::MAX));
    assert_eq!(room.told_by("a", 1, Observation::Unknown), incomplete(u64::MAX));
    assert_eq!(room.0.arrivals(), u64::MAX);
}
