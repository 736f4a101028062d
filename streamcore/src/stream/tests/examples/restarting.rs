//! What a crash and an orderly end of the process leave behind.

use super::*;

/// Promise S6.
#[test]
fn pause_keeps_the_position_and_the_item_and_survives_a_crash() {
    let mut world = World::playing(1);
    world.start_heard();
    world.pass(Duration::from_secs(7));
    let pause = world.command(Command::Pause);
    assert!(!world.is_replied(pause), "a pause that was not stored is not acknowledged");
    world.answer_all(Store::Works);
    assert!(world.is_replied(pause));
    world.pass(Duration::from_secs(60));
    assert_eq!((world.view().status, world.view().position), (Status::Paused, Duration::from_secs(7)));
    world.crash();
    world.answer_all(Store::Works);
    assert_eq!((world.view().status, world.view().position), (Status::Paused, Duration::from_secs(7)));
    assert_eq!(world.hears, Hears::Silence);
    world.command(Command::Resume);
    let Hears::Item(play) = &world.hears else { panic!("{:?}", world.hears) };
    assert_eq!((play.item.id, play.from), (id(1), Duration::from_secs(7)));
}

/// Promise S11.
#[test]
fn a_crash_in_the_middle_of_a_track_resumes_it_where_it_was() {
    let mut world = World::playing(2);
    world.start_heard();
    for _ in 0..9 {
        world.pass(Duration::from_secs(1));
        world.answer_all(Store::Works);
    }
    world.crash();
    world.answer_all(Store::Works);
    let Hears::Item(play) = &world.hears else { panic!("{:?}", world.hears) };
    assert_eq!(play.item.id, id(1));
    assert!(play.from <= Duration::from_secs(9) && play.from >= Duration::from_secs(5), "{:?}", play.from);
}

/// Promise S11.
#[test]
fn a_position_of_another_item_is_not_used() {
    let mut world = World::playing(2);
    world.start_heard();
    world.pass(Duration::from_secs(8));
    world.answer_all(Store::Works);
    // The store advances, and the process dies before it hears of it.
    world.skip(None);
    let (_, ask) = world.asked.pop_back().expect("it asks");
    world.do_ask(ask);
    world.crash();
    world.answer_all(Store::Works);
    let Hears::Item(play) = &world.hears else { panic!("{:?}", world.hears) };
    assert_eq!((play.item.id, play.from), (id(2), Duration::ZERO));
}

/// Promise S18.
#[test]
fn a_suspended_stream_is_stored_as_running_and_says_no_more() {
    let mut world = World::playing(1);
    world.start_heard();
    let suspend = world.command(Command::Suspend);
    world.answer_all(Store::Works);
    assert!(world.is_replied(suspend) && world.stored.is_running());
    assert_eq!(world.hears, Hears::Nothing);
    world.pass(Duration::from_secs(3_600));
    assert!(world.asked.is_empty());
    let start = world.command(Command::Start);
    assert_eq!(*world.reply(start), Err(Refusal::Suspended));
}

/// Promise S12.
#[test]
fn a_track_that_goes_on_after_a_restart_is_told_as_resumed_and_counted_once() {
    let mut world = World::playing(1);
    world.start_heard();
    for _ in 0..3 {
        world.pass(Duration::from_secs(3));
        world.answer_all(Store::Works);
        world.crash();
        world.answer_all(Store::Works);
        world.start_heard();
    }
    assert_eq!(world.view().tracks_played, 1);
    let told = |kind: fn(&EventKind) -> bool| world.events.iter().filter(|event| kind(event)).count();
    assert_eq!(told(|event| matches!(event, EventKind::TrackStarted { .. })), 1);
    assert_eq!(told(|event| matches!(event, EventKind::TrackResumed { .. })), 3);
}

/// Promise S14.
#[test]
fn a_suspend_answers_everybody_who_waits() {
    let mut world = World::playing(2);
    let waiting = [world.skip(None), world.skip(None), world.command(Command::Suspend)];
    world.answer_all(Store::Works);
    assert!(waiting.into_iter().all(|command| world.is_replied(command)));
    let mut world = World::new();
    let waiting = [world.command(Command::Start), world.command(Command::Suspend)];
    world.answer_all(Store::Works);
    assert!(waiting.into_iter().all(|command| world.is_replied(command)));
}

/// Promise S7.
#[test]
fn a_suspend_in_the_middle_of_an_end_strands_no_item() {
    let mut world = World::playing(1);
    world.answer_all(Store::Works);
    let stop = world.command(Command::Stop(manual()));
    world.answer_nth(0, Store::Refuses); // the release
    assert!(matches!(world.reply(stop), Err(Refusal::Store(_))));
    let suspend = world.command(Command::Suspend);
    world.answer_all(Store::Works);
    assert!(world.is_replied(suspend));
    world.crash();
    world.answer_all(Store::Works);
    assert_eq!((world.view().status, world.heard()), (Status::Playing, Some(id(1))), "nobody was told that it ended");
}
