//! Settings that change, keep-alives, and warnings.

use super::*;

/// Promise S28: found by a review.
#[test]
fn a_warning_that_is_set_when_its_moment_is_past_is_not_given() {
    let mut world = World::empty(300);
    world.live_on(Duration::from_secs(200));
    world.configure(Settings { warnings: vec![Duration::from_secs(120)], ..settings(300) });
    world.live_on(Duration::from_secs(99));
    assert_eq!(world.warnings(), [0_u64; 0]);
}

/// Promise S27.
#[test]
fn settings_that_change_move_a_running_timer() {
    let mut world = World::empty(300);
    let start = world.now;
    world.live_on(Duration::from_secs(100));
    world.configure(settings(600));
    assert_eq!(world.deadline(), Some(start + Duration::from_secs(600)));
    world.configure(settings(200));
    assert_eq!(world.deadline(), Some(start + Duration::from_secs(200)));
    world.configure(Settings { enabled: false, ..settings(200) });
    assert_eq!((world.deadline(), world.cancellations()), (None, vec![CancelCause::Settings]));
    world.live_on(Duration::from_secs(30 * 86_400));
    assert!(world.is_on_air());
    world.configure(settings(300));
    assert_eq!(world.ends(), [EndReason::AutoEnd], "it has been empty for longer than that");
}

/// Promise S27.
#[test]
fn keeping_alive_begins_the_timeout_anew_and_is_stored_before_it_is_acknowledged() {
    let mut world = World::empty(300);
    world.live_on(Duration::from_secs(299));
    let keep = world.command(Command::KeepAlive { by: "ann".to_owned() });
    assert!(!world.is_replied(keep));
    world.answer_all(Store::Works);
    assert!(world.is_replied(keep));
    assert_eq!(world.stored.empty_since, Some(world.now));
    assert_eq!(world.cancellations(), [CancelCause::KeepAlive { by: "ann".to_owned() }]);
    world.live_millis(299_999);
    assert!(world.is_on_air());
    world.live_millis(1);
    assert!(!world.is_on_air());
    let late = world.command(Command::KeepAlive { by: "ann".to_owned() });
    assert_eq!(*world.reply(late), Err(Refusal::NotRunning));
}

/// Promise S28.
#[test]
fn each_warning_is_given_once_at_its_moment() {
    let mut world = World::empty(300);
    world.live_on(Duration::from_secs(300));
    assert_eq!(world.warnings(), [60, 30, 10]);
    let mut world = World::empty(20);
    world.live_on(Duration::from_secs(19));
    assert_eq!(world.warnings(), [10], "those already past are skipped");
    let timer = world.view().timer.expect("armed");
    assert_eq!(timer.warned, [(10, timer.deadline.before(Duration::from_secs(10)))]);
}

/// Promise S28.
#[test]
fn after_a_restart_only_the_warnings_to_come_are_given() {
    let mut world = World::empty(300);
    world.live_on(Duration::from_secs(250));
    world.crash();
    world.answer_all(Store::Works);
    world.live_on(Duration::from_secs(60));
    assert_eq!(world.warnings(), [60, 30, 10]);
}

/// Promise S28.
#[test]
fn a_loop_that_was_held_up_gives_the_last_warning_alone() {
    let mut world = World::empty(300);
    world.now = world.now + Duration::from_secs(275);
    world.input(Input::Tick);
    assert_eq!(world.warnings(), [30]);
}

/// Promise S28 and S15. Found by fuzzing: a warning whose moment was slept through stayed due for ever.
#[test]
fn a_loop_that_was_held_up_past_the_end_has_no_warning_left_to_give() {
    let mut world = World::empty(300);
    world.now = world.now + Duration::from_secs(275);
    world.input(Input::Tick);
    world.now = world.now + Duration::from_secs(30);
    world.input(Input::Tick); // the store has not answered: the end is put off
    assert!(world.is_on_air());
    assert!(world.stream.next_deadline().is_none_or(|deadline| deadline > world.now), "a deadline in the past spins");
}
