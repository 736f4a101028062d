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

/// Found by the laws: the placeholder was on the air, and nobody had told the player.
///
/// Promise S6.
#[test]
fn a_skip_that_ends_a_pause_in_which_the_player_failed_is_followed_by_what_can_be_heard() {
    let mut world = World::playing(1);
    let playback = world.playback();
    world.command(Command::Pause);
    world.skip(None);
    let reason = FailureReason::new(FailureKind::Unavailable, "too many open files");
    world.report(Report::Failed { playback, reason });
    world.answer_all(Store::Works);
    assert_eq!(world.view().status, Status::Placeholder);
    assert!(matches!(world.hears, Hears::Placeholder(_)) && !world.paused, "{:?}", world.orders);
}
