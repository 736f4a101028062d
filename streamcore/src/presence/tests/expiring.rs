//! How long words hold. All moments are exact: a millisecond before nothing has happened.

use super::*;

fn just_before(seconds: u64) -> Timestamp {
    at(seconds).before(Duration::from_millis(1))
}

/// Promise P3. Somebody whose leave was lost is a ghost, and leaves when nothing was heard of them for the time that words hold.
#[test]
fn a_ghost_leaves_by_itself() {
    let mut room = Room::default();
    room.told(0, joined(&["ann", "ghost"]));
    room.told(60, joined(&["ann"]));
    assert_eq!(room.0.next_change(), Some(at(90)));
    room.0.expire(just_before(90));
    assert_eq!(room.0.audience(), known(2));
    assert_eq!(room.later(90), known(1));
    assert_eq!(room.later(149), known(1), "ann was named again");
    assert_eq!(room.told(149, joined(&["ghost"])), known(2), "who comes again is no ghost");
}

/// Promise P4. Quiet is unknown; promise P5: and after a time of its own gone.
#[test]
fn a_quiet_source_is_unknown_and_then_gone() {
    let mut room = Room::default();
    room.told(0, all(&["ann"]));
    room.told_by("other", 0, Observation::Gone);
    room.0.expire(just_before(90));
    assert_eq!(room.0.audience(), known(1));
    assert_eq!(room.later(90), Audience::UNKNOWN);
    let (_, view) = &room.sources()[0];
    assert_eq!((view.heard_at, view.fresh_until, view.gone_at), (at(0), None, Some(at(390))));
    assert_eq!(room.0.next_change(), Some(at(390)));
    room.0.expire(just_before(390));
    assert_eq!(room.0.audience(), Audience::UNKNOWN);
    assert_eq!(room.later(390), Audience::NOBODY);
    assert_eq!((room.sources().len(), room.0.next_change()), (0, None));
}

/// Promise P5. Whoever says again and again that it cannot tell is still there.
#[test]
fn every_word_begins_the_time_until_gone_anew() {
    let mut room = Room::default();
    for minute in 0..100 {
        assert_eq!(room.told(minute * 60, Observation::Unknown), Audience::UNKNOWN);
    }
    assert_eq!(room.0.next_change(), Some(at(99 * 60 + 300)));
    assert_eq!(room.told(99 * 60 + 299, left(&["ann"])), Audience::UNKNOWN);
    assert_eq!(room.later(99 * 60 + 299 + 389), Audience::UNKNOWN, "a word about somebody holds as long as any");
    assert_eq!(room.later(99 * 60 + 299 + 390), Audience::NOBODY);
}

/// Promise P5. The player in the same process need not say anything.
#[test]
fn a_local_word_holds_until_the_next_one() {
    let mut presence = Presence::default();
    presence.observe(at(0), &SourceId::player(), Terms::LOCAL, count(0)).unwrap();
    assert_eq!(presence.next_change(), None);
    presence.expire(at(1_000_000));
    assert_eq!(presence.audience(), known(0));
    presence.observe(at(1_000_000), &SourceId::player(), Terms::LOCAL, Observation::Unknown).unwrap();
    assert_eq!((presence.audience(), presence.next_change()), (Audience::UNKNOWN, Some(at(1_000_300))));
}

/// Promise P5. The latest word's terms count for the source, and for each listener those of the word that named them.
#[test]
fn terms_may_change() {
    let short = Terms { fresh_for: Some(Duration::from_secs(10)), ..REMOTE };
    let mut room = Room::default();
    room.told(0, joined(&["ann"]));
    room.0.observe(at(1), &source("agent"), short, joined(&["bob"])).unwrap();
    assert_eq!(room.later(10), known(2));
    assert_eq!(room.later(11), Audience::UNKNOWN);

    room.told(20, all(&["ann"]));
    room.0.observe(at(21), &source("agent"), Terms::LOCAL, joined(&["bob"])).unwrap();
    assert_eq!(room.0.next_change(), Some(at(110)), "ann was named on other terms");
    assert_eq!((room.later(110), room.0.next_change()), (known(1), None));
}

/// Promise P8. A clock that is set back makes nothing come back, and nothing hold longer.
#[test]
fn time_does_not_run_backwards() {
    let mut room = Room::default();
    room.told(1_000, all(&["ann"]));
    assert_eq!(room.told(10, joined(&["bob"])), known(2));
    assert_eq!(room.later(0), known(2));
    assert_eq!(room.0.next_change(), Some(at(1_090)));
    assert_eq!(room.later(1_090), Audience::UNKNOWN);
}

/// Promise P8. Terms that leave no time, and the end of time.
#[test]
fn no_change_is_due_in_the_past() {
    let none = Terms { fresh_for: Some(Duration::ZERO), gone_after: Duration::ZERO };
    let mut presence = Presence::default();
    presence.observe(at(5), &source("agent"), none, all(&["ann"])).unwrap();
    assert_eq!((presence.audience(), presence.next_change()), (Audience::NOBODY, None));

    let end = Timestamp::from_millis(u64::MAX);
    presence.observe(end, &source("agent"), REMOTE, all(&["ann"])).unwrap();
    assert_eq!((presence.audience(), presence.next_change()), (Audience::NOBODY, None));
    presence.observe(end, &SourceId::player(), Terms::LOCAL, count(1)).unwrap();
    assert_eq!(presence.audience(), known(1));
}

/// Promise P10.
#[test]
fn after_a_restart_nothing_is_known_until_it_is_told() {
    let mut presence = Presence::restored([source("a"), source("b")], REMOTE, at(1_000));
    assert_eq!((presence.audience(), presence.next_change()), (Audience::UNKNOWN, Some(at(1_300))));
    presence.observe(at(1_001), &source("a"), REMOTE, all(&["ann"])).unwrap();
    assert_eq!(presence.audience(), incomplete(1));
    presence.observe(at(1_080), &source("a"), REMOTE, all(&["ann"])).unwrap();
    presence.observe(at(1_160), &source("a"), REMOTE, all(&["ann"])).unwrap();
    presence.observe(at(1_240), &source("a"), REMOTE, all(&["ann"])).unwrap();
    presence.expire(at(1_300));
    assert_eq!(presence.audience(), known(1), "b did not come back");
    assert_eq!(Presence::restored([], REMOTE, at(0)).audience(), Audience::NOBODY);
}
