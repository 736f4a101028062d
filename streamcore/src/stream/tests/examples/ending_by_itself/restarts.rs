//! What a restart makes of a timer and of a session, and what the history keeps.

use super::*;

/// Promise S26: found by a review.
#[test]
fn a_source_is_acknowledged_when_a_restart_would_miss_it() {
    let mut world = World::empty(300);
    let first = world.observe("agent", Observation::Count { now: 0, ever: None });
    assert!(!world.is_replied(first));
    world.answer_all(Store::Works);
    assert!(world.is_replied(first) && world.stored.sources.len() == 1);
    let second = world.observe("agent", Observation::Count { now: 0, ever: None });
    assert!(world.is_replied(second), "a known one need not wait");
}

/// A stream that is stopped forgets who told about it: found by a review.
#[test]
fn sources_of_a_stopped_stream_do_not_delay_the_ends_to_come() {
    let mut world = World::empty(10);
    world.observe("agent", Observation::Count { now: 0, ever: None });
    world.command(Command::Stop(manual()));
    world.answer_all(Store::Works);
    world.crash();
    world.command(Command::Start);
    world.answer_all(Store::Works);
    world.live_on(Duration::from_secs(10));
    assert!(!world.is_on_air());
}

/// Promise S29: found by a review. What a crash left unnoted goes on, so its end must not have been told.
#[test]
fn an_end_is_told_when_it_is_noted_and_once() {
    let mut world = World::empty(300);
    world.live_on(Duration::from_secs(299));
    world.pass(Duration::from_secs(1));
    assert_eq!((world.is_on_air(), world.ends()), (false, vec![]), "off the air, and not noted yet");
    let ended = world.now;
    world.crash();
    world.answer_all(Store::Works);
    assert!(world.is_on_air(), "nobody was told that it ended");
    world.live_on(Duration::from_secs(2));
    assert_eq!((world.ends(), world.sessions.len()), (vec![EndReason::AutoEnd], 1));
    assert!(world.sessions[0].ended.at > ended);
}

/// Promise S29, at an orderly end of the process.
#[test]
fn an_end_that_is_noted_while_the_process_ends_is_told() {
    let mut world = World::empty(300);
    world.command(Command::Stop(manual()));
    world.command(Command::Suspend);
    world.answer_all(Store::Works);
    assert_eq!((world.ends(), world.sessions.len()), (vec![EndReason::Manual], 1));
}

/// A session that began before sessions were numbered is the first.
#[test]
fn a_session_without_a_number_is_the_first() {
    let mut world = World::empty(300);
    world.stored.session = 0;
    world.crash();
    world.command(Command::Stop(manual()));
    world.answer_all(Store::Works);
    assert_eq!(world.sessions[0].number, 1);
}

/// Promise S26.
#[test]
fn a_restart_ends_at_the_stored_deadline() {
    let mut world = World::empty(300);
    let deadline = world.deadline().expect("armed");
    world.live_millis(100_000);
    world.now = world.now + Duration::from_secs(100);
    world.crash();
    world.answer_all(Store::Works);
    assert_eq!(world.armed().len(), 1, "it is the same timer");
    world.live_on(deadline.since(world.now).saturating_sub(Duration::from_millis(1)));
    assert!(world.is_on_air());
    world.live_millis(1);
    assert_eq!(world.ends(), [EndReason::AutoEnd]);
}

/// Promise S26.
#[test]
fn a_deadline_that_passed_while_nothing_ran_is_met_two_seconds_after_the_restart() {
    let mut world = World::empty(300);
    let deadline = world.deadline().expect("armed");
    world.now = world.now + Duration::from_secs(86_400);
    world.crash();
    world.answer_all(Store::Works);
    world.live_millis(1_999);
    assert!(world.is_on_air());
    world.live_millis(1);
    assert_eq!(world.ends(), [EndReason::AutoEnd]);
    let EndCause::AutoEnd { deadline: told, .. } = world.sessions[0].ended.cause.clone() else { panic!() };
    assert_eq!(told, deadline, "how late it is can be seen");
}

/// Promise S26.
#[test]
fn a_listener_who_comes_back_after_a_restart_keeps_the_stream() {
    let mut world = World::empty(300);
    world.now = world.now + Duration::from_secs(86_400);
    world.crash();
    world.answer_all(Store::Works);
    world.live_millis(1_500);
    world.listeners(1);
    world.live_on(Duration::from_secs(600));
    assert!(world.is_on_air());
}

/// Promise S26.
#[test]
fn after_a_restart_sources_elsewhere_are_unknown_until_they_tell_or_are_gone() {
    let mut world = World::empty(10);
    world.observe("agent", Observation::Count { now: 3, ever: None });
    world.answer_all(Store::Works);
    world.live_on(Duration::from_secs(5));
    world.crash();
    world.answer_all(Store::Works);
    world.live_on(Duration::from_secs(60));
    assert_eq!((world.is_on_air(), world.view().audience.complete), (true, false));
    world.live_on(Duration::from_secs(371));
    assert_eq!(world.ends(), [EndReason::AutoEnd], "it never came back");
}

/// Promise S26.
#[test]
fn after_a_restart_a_source_that_told_of_nobody_is_waited_for_too() {
    let mut world = World::empty(300);
    world.observe("agent", Observation::Count { now: 0, ever: None });
    world.answer_all(Store::Works);
    world.crash();
    assert!(!world.view().audience.complete);
}

/// Promise S26.
#[test]
fn a_clock_that_was_set_back_begins_the_timer_anew() {
    let mut world = World::empty(300);
    world.live_on(Duration::from_secs(200));
    world.now = world.now.before(Duration::from_secs(3_600));
    world.crash();
    world.answer_all(Store::Works);
    assert_eq!(world.deadline(), Some(world.now + Duration::from_secs(300)));
}

/// Promise S26. Trap: a stale deadline ends the next session.
#[test]
fn a_timer_ends_no_session_but_its_own() {
    let mut world = World::empty(180);
    world.live_on(Duration::from_secs(179));
    world.command(Command::Stop(manual()));
    world.command(Command::Start);
    world.answer_all(Store::Works);
    let restarted = world.now;
    world.live_on(Duration::from_secs(179));
    assert!(world.is_on_air());
    world.live_on(Duration::from_secs(1));
    assert_eq!((world.is_on_air(), world.now), (false, restarted + Duration::from_secs(180)));
}

/// Promise S26: nor is what is stored of another session's timer taken for this one's.
#[test]
fn a_stored_timer_of_another_session_is_not_taken_up() {
    let mut world = World::empty(180);
    let stale = world.now + Duration::from_secs(1);
    world.stored.timer = Some(StoredTimer { session: 7, deadline: stale });
    world.now = world.now + Duration::from_secs(600);
    world.crash();
    world.answer_all(Store::Works);
    world.live_on(Duration::from_secs(2));
    let EndCause::AutoEnd { deadline, .. } = world.sessions[0].ended.cause.clone() else { panic!() };
    assert_ne!(deadline, stale);
}

/// What became of a session is not lost with the process: how many came is stored soon after they came.
#[test]
fn the_counts_of_a_session_survive_a_crash() {
    let mut world = World::empty(300);
    world.listeners(1);
    world.answer_all(Store::Works);
    world.listeners(3);
    world.live_on(Duration::from_secs(10));
    world.crash();
    world.answer_all(Store::Works);
    assert_eq!((world.view().peak_listeners, world.view().total_listeners), (3, 3));
    world.listeners(2);
    world.listeners(0);
    world.live_on(Duration::from_secs(300));
    assert_eq!((world.sessions[0].peak_listeners, world.sessions[0].total_listeners), (3, 5));
}

/// Promise S29.
#[test]
fn a_session_that_ended_is_in_the_history_once_whatever_becomes_of_the_store() {
    let mut world = World::empty(10);
    world.live_on(Duration::from_secs(9));
    world.command(Command::Stop(manual()));
    world.answer_nth(0, Store::LosesTheAnswer);
    world.live_on(Duration::from_secs(10));
    assert_eq!((world.sessions.len(), world.ends().len()), (1, 1));
    assert_eq!(world.sessions[0].ended.cause, manual());
    world.command(Command::Start);
    world.answer_all(Store::Works);
    world.live_on(Duration::from_secs(10));
    let numbers: Vec<_> = world.sessions.iter().map(|session| session.number).collect();
    assert_eq!(numbers, [1, 2]);
}

/// Promise S29.
#[test]
fn a_session_that_ends_while_something_else_is_being_stored_is_in_the_history_once() {
    let mut world = World::empty(300);
    world.command(Command::Pause);
    world.command(Command::Stop(manual()));
    world.answer_all(Store::Works);
    assert_eq!(world.sessions.len(), 1);
    world.command(Command::Start);
    let closes = world.asked.iter().filter(|(_, ask)| matches!(ask, Question::Close { .. })).count();
    assert_eq!((world.asked.len(), closes), (1, 0), "and is not closed again");
}
