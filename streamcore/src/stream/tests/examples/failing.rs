//! Tracks, players and stores that fail.

use super::*;

/// Promise S8.
#[test]
fn a_broken_track_is_counted_reported_and_skipped() {
    let mut world = World::playing(2);
    let playback = world.playback();
    world.report(Report::Failed { playback, reason: broken() });
    world.answer_all(Store::Works);
    assert_eq!((world.heard(), world.view().errors), (Some(id(2)), 1));
    assert_eq!(world.queue.history(None, 9).entries[0].outcome, Outcome::Failed(broken()));
    let told = EventKind::TrackFinished { item: item(1), outcome: Outcome::Failed(broken()) };
    assert_eq!(world.events.iter().filter(|event| **event == told).count(), 1);
}

/// Promise S9.
#[test]
fn a_stream_whose_every_track_is_broken_never_spins_and_ends_on_the_placeholder() {
    let mut world = World::playing(20);
    let (mut attempts, mut tried) = (0, std::collections::BTreeSet::new());
    let begin = world.now;
    while world.queue.view(Page::ALL).total > 0 {
        if let Some(play) = world.hears.played().filter(|play| tried.insert(play.playback)) {
            attempts += 1;
            world.report(Report::Failed { playback: play.playback, reason: broken() });
        }
        world.answer_all(Store::Works);
        world.pass(Duration::from_millis(100));
        world.answer_all(Store::Works);
    }
    assert_eq!((attempts, world.view().errors), (20, 20));
    assert!(matches!(world.hears, Hears::Placeholder(_)));
    assert!(world.now.since(begin) > Duration::from_secs(30), "the pauses between the attempts grow");
}

/// Promise S10.
#[test]
fn with_the_queue_away_for_ever_the_placeholder_plays() {
    let mut world = World::playing(1);
    let playback = world.playback();
    world.report(Report::Ended { playback });
    let mut asked = 0;
    for _ in 0..600 {
        asked += world.asked.len();
        world.answer_all(Store::Refuses);
        world.pass(Duration::from_secs(1));
        assert!(matches!(world.hears, Hears::Placeholder(_)));
    }
    assert!(asked < 400, "{asked} questions in ten minutes are too many");
    world.answer_all(Store::Works);
    world.add_and_tell();
    world.pass(Duration::from_secs(6));
    world.answer_all(Store::Works);
    assert_eq!(world.heard(), Some(id(2)), "and all is well when it is back");
}

/// Promise S8. Found by a reviewer: when the process ran out of file descriptors it took every track of the queue for broken.
#[test]
fn a_player_that_can_play_nothing_costs_no_item() {
    let mut world = World::playing(2);
    world.start_heard();
    world.pass(Duration::from_secs(9));
    for _ in 0..10 {
        if let Some(play) = world.hears.played() {
            let reason = FailureReason::new(FailureKind::Unavailable, "too many open files");
            world.report(Report::Failed { playback: play.playback, reason });
        }
        world.answer_all(Store::Works);
        assert!(matches!(world.hears, Hears::Placeholder(_)));
        world.pass(Duration::from_secs(6));
        world.answer_all(Store::Works);
    }
    assert_eq!((world.queue.view(Page::ALL).total, world.view().errors), (2, 0));
    let play = world.hears.played().expect("it is tried again");
    assert_eq!(play.item.id, id(1));
    assert!(play.from >= Duration::from_secs(9), "where it was");
}
