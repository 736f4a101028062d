use super::*;
use crate::stream::watchdog::STALL_AFTER;

fn failures(world: &World) -> Vec<(ItemId, FailureKind)> {
    let failed = world.events.iter().filter_map(|event| match event {
        EventKind::TrackFinished { item, outcome: Outcome::Failed(reason) } => Some((item.id, reason.kind)),
        _ => None,
    });
    failed.collect()
}

/// Promise S21.
#[test]
fn a_track_that_makes_no_progress_is_given_up_and_the_next_one_follows_at_once() {
    let mut world = World::playing(2);
    world.start_heard();
    world.play_on(Duration::from_secs(60));
    world.pass(STALL_AFTER - Duration::from_secs(6));
    assert_eq!(world.heard(), Some(id(1)));
    world.pass(Duration::from_secs(7));
    world.answer_all(Store::Works);
    assert_eq!(world.hears.played().map(|play| play.item.id), Some(id(2)));
    assert_eq!(failures(&world), [(id(1), FailureKind::Stalled)]);
    assert_eq!(world.queue.history(None, 1).entries[0].item.id, id(1));
}

/// Promise S21. The same place told again and again is no progress.
#[test]
fn a_player_that_repeats_itself_does_not_keep_a_track_alive() {
    let mut world = World::playing(1);
    world.start_heard();
    for _ in 0..20 {
        world.report_live(|playback| Report::Progress { playback, position: Duration::from_secs(3) });
        world.pass(Duration::from_secs(1));
    }
    world.answer_all(Store::Works);
    assert_eq!(failures(&world), [(id(1), FailureKind::Stalled)]);
    assert!(matches!(world.hears, Hears::Placeholder(_)));
}

/// Promise S21.
#[test]
fn a_pause_is_no_lack_of_progress() {
    let mut world = World::playing(1);
    world.start_heard();
    world.command(Command::Pause);
    world.answer_all(Store::Works);
    world.pass(Duration::from_secs(3_600));
    world.command(Command::Resume);
    world.pass(STALL_AFTER - Duration::from_secs(1));
    assert_eq!((world.heard(), failures(&world)), (Some(id(1)), Vec::new()));
}

/// Promise S22.
#[test]
fn media_that_keeps_failing_is_passed_over_for_a_while_and_then_tried_again() {
    let mut world = World::playing(0);
    for _ in 0..3 {
        world.add_media("broken.mp3");
    }
    let good = world.add_media("good.mp3");
    world.input(Input::QueueChanged);
    world.answer_all(Store::Works);
    for _ in 0..2 {
        world.report_live(|playback| Report::Failed { playback, reason: broken() });
        world.answer_all(Store::Works);
    }
    assert_eq!(world.heard(), Some(good), "the third is not even tried");
    let kinds: Vec<_> = failures(&world).into_iter().map(|(_, kind)| kind).collect();
    assert_eq!(kinds, [FailureKind::Broken, FailureKind::Broken, FailureKind::Quarantined]);
    world.play_on(Duration::from_secs(40));
    let again = world.add_media("broken.mp3");
    world.skip(None);
    world.answer_all(Store::Works);
    assert_eq!(world.heard(), Some(again), "its time is over");
}

/// Promise S22.
#[test]
fn a_skip_onto_media_in_quarantine_is_answered_with_what_plays_in_the_end() {
    let mut world = World::playing(0);
    let urls = ["broken.mp3", "broken.mp3", "one.mp3", "broken.mp3", "two.mp3"];
    let ids = urls.map(|url| world.add_media(url));
    world.input(Input::QueueChanged);
    world.answer_all(Store::Works);
    for _ in 0..2 {
        world.report_live(|playback| Report::Failed { playback, reason: broken() });
        world.answer_all(Store::Works);
    }
    world.start_heard();
    let command = world.skip(Some(ids[2]));
    world.answer_all(Store::Works);
    assert_eq!(world.heard(), Some(ids[4]));
    assert!(skipped(&world, command) == (true, Some(ids[4])));
}

/// Found by a reviewer: a jump to what is in quarantine was carried out on the store, passed over, and told as not found.
#[test]
fn who_jumps_to_media_in_quarantine_has_it_tried() {
    let mut world = World::playing(0);
    let urls = ["broken.mp3", "broken.mp3", "one.mp3", "broken.mp3"];
    let ids = urls.map(|url| world.add_media(url));
    world.input(Input::QueueChanged);
    world.answer_all(Store::Works);
    for _ in 0..2 {
        world.report_live(|playback| Report::Failed { playback, reason: broken() });
        world.answer_all(Store::Works);
    }
    world.start_heard();
    let command = world.jump(None, ids[3], false);
    world.answer_all(Store::Works);
    assert_eq!((skipped(&world, command), world.heard()), ((true, Some(ids[3])), Some(ids[3])));
}

/// Found by a reviewer: a machine that stood still blamed whatever played when it went on.
#[test]
fn a_machine_that_stood_still_does_not_blame_the_track() {
    let mut world = World::playing(2);
    world.start_heard();
    world.play_on(Duration::from_secs(10));
    world.now = world.now + Duration::from_secs(3_600);
    world.input(Input::Tick);
    assert_eq!((world.heard(), failures(&world)), (Some(id(1)), Vec::new()));
    world.pass(STALL_AFTER + Duration::from_millis(1));
    world.answer_all(Store::Works);
    assert_eq!(failures(&world), [(id(1), FailureKind::Stalled)], "it has as long again, and no longer");
}

/// Found by a reviewer: a track that stalled while a skip of it was refused played again from its beginning.
#[test]
fn a_track_that_stalls_while_its_jump_comes_to_nothing_is_done_with_all_the_same() {
    let mut world = World::playing(3);
    world.start_heard();
    drop(world.queue.apply(Op::Remove { id: id(3) }.into()));
    world.jump(None, id(3), false);
    world.pass(STALL_AFTER + Duration::from_secs(1));
    world.answer_all(Store::Works);
    assert_eq!((world.heard(), failures(&world)), (Some(id(2)), vec![(id(1), FailureKind::Stalled)]));
}
