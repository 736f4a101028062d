//! Skips.

use super::*;

/// Promise S4.
#[test]
fn two_skips_of_the_same_item_skip_one() {
    let mut world = World::playing(3);
    let (first, second) = (world.skip(Some(id(1))), world.skip(Some(id(1))));
    world.answer_all(Store::Works);
    let third = world.skip(Some(id(1)));
    for (command, skipped) in [(first, true), (second, false), (third, false)] {
        assert_eq!(super::skipped(&world, command), (skipped, Some(id(2))));
    }
    assert_eq!(world.heard(), Some(id(2)));
}

/// Promise S4.
#[test]
fn a_late_end_of_a_skipped_track_does_not_skip_the_next() {
    let mut world = World::playing(3);
    let old = world.playback();
    world.skip(None);
    world.report(Report::Ended { playback: old });
    world.answer_all(Store::Works);
    world.report(Report::Ended { playback: old });
    world.answer_all(Store::Works);
    assert_eq!(world.heard(), Some(id(2)));
}

#[test]
fn a_skip_of_the_placeholder_is_refused_unless_it_names_an_item() {
    let mut world = World::playing(0);
    let (any, named) = (world.skip(None), world.skip(Some(id(9))));
    assert_eq!(*world.reply(any), Err(Refusal::NothingToSkip));
    assert_eq!(super::skipped(&world, named), (false, None));
}

/// Promise S5.
#[test]
fn a_skip_that_the_store_cannot_note_is_refused_and_the_track_goes_on() {
    let mut world = World::playing(2);
    let before = world.hears.clone();
    let skip = world.skip(None);
    world.answer_nth(0, Store::LosesTheAnswer);
    assert!(matches!(world.reply(skip), Err(Refusal::Store(_))));
    assert_eq!(world.hears, before, "what plays goes on playing");
    world.pass(Duration::from_secs(1));
    world.answer_all(Store::Works);
    assert_eq!(world.heard(), Some(id(2)), "until the store is back and tells that it did note the skip");
}

/// Promise S5.
#[test]
fn a_track_that_ends_while_its_skip_is_refused_is_followed_all_the_same() {
    let mut world = World::playing(2);
    let playback = world.playback();
    world.skip(None);
    world.report(Report::Ended { playback });
    world.answer_all(Store::Refuses);
    world.pass(Duration::from_secs(1));
    world.answer_all(Store::Works);
    assert_eq!(world.heard(), Some(id(2)));
}

#[test]
fn a_skip_ends_a_pause() {
    let mut world = World::playing(2);
    world.command(Command::Pause);
    world.answer_all(Store::Works);
    world.skip(None);
    world.answer_all(Store::Works);
    assert_eq!((world.heard(), world.paused, world.view().status), (Some(id(2)), false, Status::Playing));
}

/// Promise S5. The store is only asked what is current: a doubt must not advance anything.
#[test]
fn a_skip_of_unknown_outcome_is_not_repeated() {
    let mut world = World::playing(3);
    world.skip(None);
    world.answer_nth(0, Store::Refuses);
    for _ in 0..5 {
        world.play_on(Duration::from_secs(10));
        world.answer_all(Store::Works);
    }
    assert_eq!((world.heard(), world.queue.view(Page::ALL).total), (Some(id(1)), 3));
}

/// Promise S12. Found by a generated story: a stop while a skip was in doubt told the track as skipped, and it was not.
#[test]
fn a_skip_in_doubt_that_did_not_happen_is_not_told_when_the_stream_stops() {
    let mut world = World::playing(1);
    world.skip(None);
    world.answer_nth(0, Store::Refuses);
    world.command(Command::Stop(manual()));
    world.answer_all(Store::Works);
    assert!(!world.events.iter().any(|event| matches!(event, EventKind::TrackFinished { .. })));
    assert_eq!(world.queue.view(Page::ALL).total, 1);
}

/// Promise S4. Found by a listener: one skip near the end of a track skipped the next one too, unheard.
#[test]
fn a_skip_of_the_tail_of_a_track_starts_the_next_one_and_skips_nothing() {
    for named in [None, Some(id(1))] {
        let mut world = World::playing(3);
        world.start_heard();
        let playback = world.playback();
        world.report(Report::Ended { playback });
        world.answer_all(Store::Works);
        let skip = world.skip(named);
        assert_eq!(super::skipped(&world, skip), (true, Some(id(2))));
        let play = world.hears.played().expect("it plays");
        assert_eq!((play.item.id, play.join), (id(2), Join::Now));
        world.start_heard();
        let again = world.skip(named);
        world.answer_all(Store::Works);
        let skipped = matches!(world.reply(again), Ok(Done::Skipped { skipped: true, .. }));
        assert_eq!(skipped, named.is_none(), "the first track is over now");
    }
}

/// Promise S4.
#[test]
fn a_skip_that_names_the_next_track_does_not_cut_off_what_is_heard() {
    let mut world = World::playing(3);
    world.start_heard();
    let playback = world.playback();
    world.report(Report::Ended { playback });
    world.answer_all(Store::Works);
    world.skip(Some(id(2)));
    world.answer_all(Store::Works);
    let play = world.hears.played().expect("it plays");
    assert_eq!((play.item.id, play.join), (id(3), Join::AtEnd));
}

/// Promise S4.
#[test]
fn a_skip_of_the_tail_of_the_last_track_brings_the_placeholder() {
    let mut world = World::playing(1);
    world.start_heard();
    let playback = world.playback();
    world.report(Report::Ended { playback });
    world.answer_all(Store::Works);
    let skip = world.skip(Some(id(1)));
    assert_eq!(super::skipped(&world, skip), (true, None));
    assert!(matches!(world.hears, Hears::Placeholder(_)));
}

/// Promise S5.
#[test]
fn a_skip_that_was_refused_while_the_stream_stopped_is_not_done_later() {
    let mut world = World::playing(2);
    let skip = world.skip(None);
    world.command(Command::Stop(manual()));
    world.answer_nth(0, Store::Refuses);
    assert!(matches!(world.reply(skip), Err(Refusal::Store(_) | Refusal::NotRunning)));
    world.pass(Duration::from_secs(1));
    world.answer_all(Store::Works);
    assert_eq!(world.queue.view(Page::ALL).total, 2);
    assert_eq!(world.queue.view(Page::ALL).current, None);
}

/// Promise S6.
#[test]
fn a_skip_of_a_paused_placeholder_plays_what_came_meanwhile() {
    let mut world = World::playing(0);
    world.command(Command::Pause);
    world.answer_all(Store::Works);
    let nothing = world.skip(None);
    world.answer_all(Store::Works);
    assert_eq!((world.reply(nothing), world.view().status), (&Err(Refusal::NothingToSkip), Status::Paused));
    world.add_and_tell();
    let skip = world.skip(None);
    world.answer_all(Store::Works);
    assert!(matches!(world.reply(skip), Ok(Done::Skipped { current: Some(_), .. })));
    assert_eq!((world.heard(), world.view().status), (Some(id(1)), Status::Playing));
}
