//! From one track to the next, and to the placeholder.

use super::*;

/// Promise S2.
#[test]
fn the_end_of_a_track_joins_the_next_without_a_gap() {
    let mut world = World::playing(2);
    world.start_heard();
    let playback = world.playback();
    world.report(Report::Ended { playback });
    world.answer_all(Store::Works);
    let Hears::Item(play) = &world.hears else { panic!("{:?}", world.hears) };
    assert_eq!((play.item.id, play.join), (id(2), Join::AtEnd));
}

/// Promise S3.
#[test]
fn a_dry_queue_falls_to_the_placeholder_and_an_added_item_cuts_it_short() {
    let mut world = World::playing(1);
    let playback = world.playback();
    world.report(Report::Ended { playback });
    world.answer_all(Store::Works);
    world.pass(Duration::from_secs(1));
    assert!(matches!(world.hears, Hears::Placeholder(_)));
    let added = world.add_and_tell();
    world.answer_all(Store::Works);
    let Hears::Item(play) = &world.hears else { panic!("{:?}", world.hears) };
    // Not `Now`: if it has not begun to be heard, the tail of the track before is still on the air.
    assert_eq!((play.item.id, play.join), (added, Join::AtEnd));
}

/// Promise S3.
#[test]
fn an_item_whose_hint_was_lost_is_found_by_the_slow_poll() {
    let mut world = World::playing(0);
    world.add(Placement::Back);
    world.pass(Duration::from_secs(6));
    world.answer_all(Store::Works);
    assert_eq!(world.heard(), Some(id(1)));
}

/// Promise S3.
#[test]
fn a_queue_that_stays_dry_is_looked_at_less_and_less_often() {
    let mut world = World::playing(0);
    world.answer_all(Store::Works);
    let begin = world.now;
    let mut looks = Vec::new();
    while looks.len() < 7 {
        world.pass(Duration::from_secs(1));
        if !world.asked.is_empty() {
            looks.push(world.now.since(begin).as_secs());
            world.answer_all(Store::Works);
        }
    }
    assert_eq!(looks, [5, 10, 20, 40, 80, 140, 200]);
    // It counts anew when something has played meanwhile.
    world.add_and_tell();
    world.answer_all(Store::Works);
    world.start_heard();
    let playback = world.playback();
    world.report(Report::Ended { playback });
    world.answer_all(Store::Works);
    world.pass(Duration::from_secs(1));
    assert!(matches!(world.hears, Hears::Placeholder(_)));
    world.add(Placement::Back);
    world.pass(Duration::from_secs(6));
    world.answer_all(Store::Works);
    assert_eq!(world.heard(), Some(id(2)));
}

/// Promise S3.
#[test]
fn an_item_added_while_the_dry_queue_is_being_asked_is_not_overlooked() {
    let mut world = World::playing(0);
    world.input(Input::QueueChanged);
    // The store answers "nothing"; before the answer arrives an item is added and hinted at.
    let (question, ask) = world.asked.pop_front().expect("it asks");
    let answer = world.do_ask(ask);
    world.add_and_tell();
    world.input(Input::Answer { question, answer: Ok(answer) });
    world.answer_all(Store::Works);
    assert_eq!(world.heard(), Some(id(1)));
}

/// Promise S2. Found by a listener: an item that came just in time cut off the tail of the track before.
#[test]
fn an_item_added_while_the_last_track_is_still_heard_joins_behind_it() {
    let mut world = World::playing(1);
    world.start_heard();
    let playback = world.playback();
    world.report(Report::Ended { playback });
    world.answer_all(Store::Works);
    assert_eq!((world.heard(), world.view().status), (Some(id(1)), Status::Playing), "its tail is on the air");
    world.pass(Duration::from_millis(200));
    world.add_and_tell();
    world.answer_all(Store::Works);
    let play = world.hears.played().expect("it plays");
    assert_eq!((play.item.id, play.join), (id(2), Join::AtEnd));
}

/// Promise S10.
#[test]
fn the_placeholder_takes_over_when_the_queue_does_not_answer_in_time() {
    let mut world = World::playing(2);
    world.start_heard();
    let playback = world.playback();
    world.report(Report::Ended { playback });
    world.pass(Duration::from_millis(500));
    assert!(matches!(world.hears, Hears::Placeholder(_)));
    world.answer_all(Store::Works);
    assert_eq!(world.heard(), Some(id(2)));
}

/// Promise S15.
#[test]
fn time_does_not_run_backwards() {
    let mut world = World::playing(1);
    world.start_heard();
    world.pass(Duration::from_secs(3));
    let position = world.view().position;
    world.now = Timestamp::from_millis(5);
    world.input(Input::Tick);
    assert_eq!(world.stream.view(world.now).position, position);
}
