use super::*;

fn waiting(world: &World) -> Vec<ItemId> {
    world.queue.view(Page::ALL).items.iter().map(|item| item.id).collect()
}

/// Promise S19.
#[test]
fn a_jump_plays_the_named_item_at_once_and_leaves_the_others_where_they_were() {
    let mut world = World::playing(4);
    world.start_heard();
    let command = world.jump(None, id(3), false);
    world.answer_all(Store::Works);
    assert_eq!(skipped(&world, command), (true, Some(id(3))));
    assert_eq!((world.heard(), waiting(&world)), (Some(id(3)), vec![id(3), id(2), id(4)]));
    assert_eq!(world.hears.played().map(|play| play.join), Some(Join::Now));
    let finished = EventKind::TrackFinished { item: item(1), outcome: Outcome::Skipped };
    assert!(world.events.contains(&finished));
}

/// Promise S19.
#[test]
fn what_a_jump_keeps_waits_again_right_behind_and_is_no_history() {
    let mut world = World::playing(3);
    world.start_heard();
    world.jump(Some(id(1)), id(3), true);
    world.answer_all(Store::Works);
    assert_eq!((world.heard(), waiting(&world)), (Some(id(3)), vec![id(3), id(1), id(2)]));
    assert_eq!(world.queue.history(None, 10).total, 0);
    let finished = EventKind::TrackFinished { item: item(1), outcome: Outcome::Interrupted };
    assert_eq!(world.events.iter().filter(|event| **event == finished).count(), 1);
}

/// Promise S19.
#[test]
fn a_jump_to_what_does_not_wait_any_more_changes_nothing() {
    let mut world = World::playing(3);
    world.start_heard();
    drop(world.queue.apply(Op::Remove { id: id(3) }.into()));
    let command = world.jump(None, id(3), false);
    world.answer_all(Store::Works);
    assert_eq!(skipped(&world, command), (false, Some(id(1))));
    assert_eq!((world.heard(), waiting(&world)), (Some(id(1)), vec![id(1), id(2)]));
    assert!(!world.events.iter().any(|event| matches!(event, EventKind::TrackFinished { .. })));
}

#[test]
fn a_jump_that_names_another_item_than_the_current_one_is_answered_and_not_done() {
    let mut world = World::playing(3);
    let command = world.jump(Some(id(2)), id(3), false);
    assert_eq!(skipped(&world, command), (false, Some(id(1))));
    let command = world.jump(None, id(1), false);
    assert_eq!(skipped(&world, command), (false, Some(id(1))), "it is there already");
    assert!(world.asked.iter().all(|(_, ask)| !matches!(ask, Question::Advance(_))));
}

#[test]
fn a_jump_during_a_hand_off_begins_anew_behind_it() {
    let mut world = World::playing(4);
    world.start_heard();
    let skip = world.skip(None);
    let jump = world.jump(None, id(4), false);
    world.answer_all(Store::Works);
    assert_eq!((skipped(&world, skip), skipped(&world, jump)), ((true, Some(id(2))), (true, Some(id(4)))));
    // Nobody has heard anything of the second one: it waits again.
    assert_eq!((world.heard(), waiting(&world)), (Some(id(4)), vec![id(4), id(2), id(3)]));
}

#[test]
fn a_jump_that_the_store_cannot_note_is_refused_and_never_done_later() {
    let mut world = World::playing(3);
    world.start_heard();
    let command = world.jump(None, id(3), false);
    world.answer_all(Store::Refuses);
    assert!(matches!(world.reply(command), Err(Refusal::Store(_))));
    world.play_on(Duration::from_secs(10));
    world.answer_all(Store::Works);
    world.play_on(Duration::from_secs(10));
    assert_eq!((world.heard(), waiting(&world)), (Some(id(1)), vec![id(1), id(2), id(3)]));
}

#[test]
fn a_jump_ends_a_pause_and_the_placeholder() {
    let mut world = World::playing(2);
    world.command(Command::Pause);
    world.answer_all(Store::Works);
    world.jump(None, id(2), true);
    world.answer_all(Store::Works);
    assert_eq!((world.heard(), world.paused), (Some(id(2)), false));

    let mut dry = World::playing(0);
    let (_, wanted) = (dry.add(Placement::Back), dry.add(Placement::Back));
    dry.jump(None, wanted, false);
    dry.answer_all(Store::Works);
    assert_eq!(dry.heard(), Some(wanted));
}

/// Promise S12. The store keeps what made way for a jump; its end in the meantime, of which the store never hears, is no second one.
#[test]
fn an_item_that_ends_while_the_answer_to_a_jump_is_lost_finishes_as_the_store_has_it() {
    let mut world = World::playing(2);
    world.start_heard();
    world.jump(None, id(2), true);
    world.report_live(|playback| Report::Ended { playback });
    world.answer_all(Store::LosesTheAnswer);
    world.pass(Duration::from_secs(1));
    world.answer_all(Store::Works);
    let ends = |world: &World| -> Vec<Outcome> {
        let outcome = |event: &EventKind| match event {
            EventKind::TrackFinished { item, outcome } if item.id == id(1) => Some(outcome.clone()),
            _ => None,
        };
        world.events.iter().filter_map(outcome).collect()
    };
    assert_eq!((world.heard(), ends(&world)), (Some(id(2)), vec![Outcome::Interrupted]));
    for _ in 0..2 {
        world.report_live(|playback| Report::Ended { playback });
        world.answer_all(Store::Works);
    }
    assert_eq!(ends(&world), [Outcome::Interrupted, Outcome::Played], "it waited again, and was played once");
}
