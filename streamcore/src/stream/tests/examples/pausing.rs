//! Pauses.

use super::*;

/// Promise S6.
#[test]
fn a_track_that_ends_at_the_moment_of_a_pause_is_followed_only_when_resumed() {
    let mut world = World::playing(2);
    let playback = world.playback();
    world.report(Report::Ended { playback });
    world.command(Command::Pause);
    world.answer_all(Store::Works);
    assert!(world.paused, "an order to play would have ended the pause");
    assert_eq!((world.view().status, world.view().current.map(|item| item.id)), (Status::Paused, Some(id(2))));
    world.orders.clear();
    world.command(Command::Resume);
    assert!(
        matches!(world.orders.as_slice(), [Order::Resume, Order::Play(Play { join: Join::AtEnd, .. })]),
        "the tail comes first"
    );
    assert_eq!((world.heard(), world.paused), (Some(id(2)), false));
}

/// Promise S6.
#[test]
fn a_pause_after_a_skip_is_not_undone_by_the_skip() {
    let mut world = World::playing(2);
    world.skip(None);
    let pause = world.command(Command::Pause);
    // The pause is stored and acknowledged before the queue answers.
    let save = world.asked.iter().position(|(_, ask)| matches!(ask, Question::Save(_))).expect("it is being stored");
    world.answer_nth(save, Store::Works);
    assert!(world.is_replied(pause));
    world.answer_all(Store::Works);
    assert_eq!((world.view().status, world.view().current.map(|item| item.id)), (Status::Paused, Some(id(2))));
}
