//! How many have come.

use super::*;

fn ever(now: u64, ever: u64) -> Observation {
    Observation::Count { now, ever: Some(ever) }
}

/// Promise P9.
#[test]
fn who_is_there_and_was_not_there_has_arrived() {
    let mut room = Room::default();
    room.told(0, all(&["ann", "bob"]));
    room.told(1, all(&["bob", "cid"]));
    assert_eq!(room.0.arrivals(), 3);
    room.told(2, changed(&["bob", "ann"], &["cid"]));
    assert_eq!(room.0.arrivals(), 4, "ann came again");
    room.told(60, joined(&["bob"]));
    room.later(92);
    room.told(93, joined(&["ann", "bob"]));
    assert_eq!(room.0.arrivals(), 5, "ann was a ghost");
}

/// Promise P9. A total that a source tells is believed: people may have come and gone between two words of it.
#[test]
fn a_total_tells_of_those_who_came_and_went() {
    let mut room = Room::default();
    room.told(0, ever(1, 3));
    room.told(1, ever(1, 3));
    assert_eq!(room.0.arrivals(), 3);
    room.told(2, ever(0, 10));
    assert_eq!(room.0.arrivals(), 10);
    room.told(3, Observation::Unknown);
    room.told(4, ever(4, 14));
    assert_eq!(room.0.arrivals(), 14, "it went on counting meanwhile");
    room.told(5, ever(2, 2));
    assert_eq!(room.0.arrivals(), 16, "a smaller total is that of a source that began anew");
    room.told(6, joined(&["ann", "bob", "cid"]));
    room.told(7, ever(3, 3));
    assert_eq!(room.0.arrivals(), 17, "of three two were counted, and the third is by now");
}

/// Promise P9.
#[test]
fn a_bare_count_tells_of_as_many_as_it_grows_by() {
    let mut room = Room::default();
    for (second, listeners) in [4, 2, 5, 5, 0, 1].into_iter().enumerate() {
        room.told(second as u64, count(listeners));
    }
    assert_eq!(room.0.arrivals(), 4 + 3 + 1);
    room.told(10, all(&["ann", "bob"]));
    assert_eq!(room.0.arrivals(), 9, "one of the two was counted");
    room.told(11, count(3));
    assert_eq!(room.0.arrivals(), 10);
    room.told(12, ever(3, 1_000));
    assert_eq!(room.0.arrivals(), 10, "a total that begins in the middle is none of this stream's");
    room.told(13, ever(3, 1_001));
    assert_eq!(room.0.arrivals(), 11);
}

/// Promise P9. Who is there when a source is known again did not arrive again.
#[test]
fn a_failed_poll_lets_nobody_arrive() {
    let mut room = Room::default();
    room.told(0, all(&["ann", "bob"]));
    room.told(1, Observation::Unknown);
    room.told(2, joined(&["bob"]));
    room.told(3, Observation::Unknown);
    room.told(4, all(&["ann", "bob", "cid"]));
    assert_eq!(room.0.arrivals(), 3);
    room.told(5, count(3));
    room.told(6, Observation::Unknown);
    room.told(7, count(4));
    assert_eq!(room.0.arrivals(), 4);
    room.told(8, joined(&["dan"]));
    room.told(9, all(&["ann", "bob", "cid", "dan"]));
    assert_eq!(room.0.arrivals(), 4, "of four one has a name now");
    room.told(10, Observation::Unknown);
    room.told(11, count(2));
    room.told(12, count(4));
    assert_eq!(room.0.arrivals(), 6, "once it is known again, arrivals are arrivals");
}

/// Promise P10. Whoever is told first after a restart was counted before it; who comes later was not.
#[test]
fn a_restart_lets_nobody_arrive() {
    let mut room = Room(Presence::restored([source("agent"), source("icecast")], REMOTE, at(0)));
    room.told(1, joined(&["ann"]));
    room.told(2, all(&["ann", "bob"]));
    room.told_by("icecast", 2, ever(7, 1_000));
    assert_eq!(room.0.arrivals(), 0);
    room.told(3, joined(&["cid"]));
    room.told_by("icecast", 3, ever(7, 1_002));
    assert_eq!(room.0.arrivals(), 3);
    room.told_by("new", 4, all(&["ann"]));
    assert_eq!(room.0.arrivals(), 4, "this one was not known before");
}

/// Promise P9. A player that could not tell for longer than it is believed in has gone on counting; one that ended has not.
#[test]
fn a_player_that_is_heard_of_again_has_gone_on_counting() {
    let mut presence = Presence::default();
    let mut told = |seconds, observation| {
        presence.observe(at(seconds), &SourceId::player(), Terms::LOCAL, observation).unwrap();
        presence.arrivals()
    };
    assert_eq!(told(0, ever(2, 5)), 5);
    told(1, Observation::Unknown);
    assert_eq!(told(1_000, ever(0, 6)), 6);
    told(1_001, Observation::Gone);
    assert_eq!(told(1_002, ever(1, 7)), 13, "those seven are of another broadcast");
}
