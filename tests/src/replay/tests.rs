use super::*;

const ROOM: usize = 5;

fn call(edit: Edit, after: u64, until: u64, fate: Fate) -> Call {
    Call { edit, expected: None, after, until, again: None, fate }
}

fn add(item: u32, revision: u64) -> Call {
    call(Edit::Add { item, front: false }, revision - 1, revision, Fate::Done)
}

fn seen(revision: u64, current: Option<u32>, waiting: &[u32]) -> Sighting {
    Sighting { revision, list: List { current, waiting: waiting.to_vec() } }
}

fn story(calls: Vec<Call>, sightings: Vec<Sighting>, last: u64) -> Story {
    Story { calls, sightings, max_items: ROOM, last, ..Story::default() }
}

/// Three adds, and a move of which is only known that it happened among them.
fn three_and_a_move(sightings: Vec<Sighting>) -> Story {
    let moved = call(Edit::Move { item: 1, to: 1 }, 1, 4, Fate::Done);
    story(vec![add(1, 1), add(2, 2), moved, add(3, 4)], sightings, 4)
}

#[test]
fn a_move_finds_its_place_among_what_is_known() {
    let order = three_and_a_move(vec![seen(4, None, &[2, 1, 3])]).explain().expect("explained");
    assert_eq!(order.steps, [Step::Call(0), Step::Call(1), Step::Call(2), Step::Call(3)]);
}

#[test]
fn a_list_that_no_order_leads_to_is_found() {
    for wrong in
        [seen(4, None, &[1, 2, 3]), seen(4, None, &[2, 1]), seen(4, None, &[2, 1, 3, 3]), seen(4, Some(2), &[1, 3])]
    {
        let error = three_and_a_move(vec![wrong]).explain().expect_err("not explained");
        assert!(error.contains("no order explains revision"), "{error}");
    }
}

#[test]
fn a_revision_that_nobody_made_or_that_two_made_is_found() {
    let gap = story(vec![add(1, 1), add(2, 3)], vec![], 3);
    assert!(gap.explain().expect_err("not explained").contains("revision 2"));
    let played = Story { plays: true, ..gap };
    assert!(played.explain().is_ok(), "a stream that plays may have handed over");
    let double = story(vec![add(1, 1), add(2, 1)], vec![], 1);
    assert!(double.explain().is_err());
}

#[test]
fn what_was_acknowledged_must_be_there_and_what_was_not_may_be() {
    let unknown = call(Edit::Add { item: 2, front: false }, 1, 2, Fate::Unknown);
    let with = |calls: Vec<Call>, last, list: &[u32]| story(calls, vec![seen(last, None, list)], last).explain();
    let order = with(vec![add(1, 1), unknown.clone()], 2, &[1, 2]).expect("it happened");
    assert_eq!((order.unknown_done, order.unknown_lost), (1, 0));
    let order = with(vec![add(1, 1), unknown], 1, &[1]).expect("it did not");
    assert_eq!((order.unknown_done, order.unknown_lost), (0, 1));
    let done = call(Edit::Add { item: 2, front: false }, 0, 1, Fate::Done);
    assert!(with(vec![add(1, 1), done], 1, &[1]).is_err(), "acknowledged and lost");
}

#[test]
fn hand_offs_follow_the_history() {
    let calls = || vec![add(1, 1), add(2, 3)];
    let told = |finished: &[u32], list| {
        Story { plays: true, finished: finished.to_vec(), ..story(calls(), vec![list], 4) }
            .explain()
            .map(|order| order.steps)
    };
    let steps = told(&[1], seen(4, Some(2), &[])).expect("explained");
    assert_eq!(steps, [Step::Call(0), Step::Advance, Step::Call(1), Step::Advance]);
    assert!(told(&[2], seen(4, Some(2), &[])).is_err(), "another item is in the history");
    assert!(told(&[1, 2], seen(4, Some(2), &[])).is_err(), "one too many is in the history");
}

#[test]
fn what_changes_nothing_needs_no_revision() {
    let clear = call(Edit::Clear, 0, 1, Fate::Done);
    let to_its_own_place = call(Edit::Move { item: 1, to: 0 }, 1, 1, Fate::Done);
    let order = story(vec![add(1, 1), to_its_own_place], vec![], 1).explain().expect("explained");
    assert_eq!(order.steps, [Step::Call(0)]);
    let removed = call(Edit::Remove { item: 1 }, 1, 2, Fate::Done);
    let late_clear = Call { after: 1, until: 2, ..clear.clone() };
    assert!(story(vec![add(1, 1), removed, late_clear], vec![], 2).explain().is_ok(), "the queue was empty then");
    assert!(story(vec![add(1, 1), Call { after: 1, until: 1, ..clear }], vec![], 1).explain().is_err(), "it was not");
}

#[test]
fn a_batch_is_one_change_and_taking_it_back_takes_all_of_it() {
    let batch = call(Edit::Batch { first: 1, count: 3, front: false }, 0, 1, Fate::Done);
    let undo = call(Edit::Undo, 1, 2, Fate::Done);
    let told = |list: &[u32]| story(vec![batch.clone(), undo.clone()], vec![seen(2, None, list)], 2).explain();
    assert!(told(&[]).is_ok());
    assert!(told(&[1, 2]).is_err(), "a part of it");
    let full = call(Edit::Batch { first: 4, count: 3, front: false }, 1, 1, Fate::Refused(Refusal::Full));
    assert!(story(vec![batch.clone(), full], vec![seen(1, None, &[1, 2, 3])], 1).explain().is_ok());
    let nothing = call(Edit::Undo, 1, 1, Fate::Refused(Refusal::Nothing));
    assert!(story(vec![batch, nothing], vec![], 1).explain().is_err(), "there was something to take back");
}

#[test]
fn the_mode_says_where_an_item_goes() {
    // 3 is more important than 1 and 2.
    let mode = call(Edit::SetMode { mode: streamcore::queue::Mode::Priority }, 2, 3, Fate::Done);
    let calls = || vec![add(1, 1), add(2, 2), mode.clone(), add(3, 4)];
    assert!(story(calls(), vec![seen(4, None, &[3, 1, 2])], 4).explain().is_ok());
    assert!(story(calls(), vec![seen(4, None, &[1, 2, 3])], 4).explain().is_err());
}

#[test]
fn what_is_asked_again_counts_once() {
    let batch = call(Edit::Batch { first: 5, count: 2, front: false }, 1, 4, Fate::Done);
    // The first one counted by revision 2, or the second one did behind revision 3.
    let again = Call { again: Some((2, 3)), ..batch };
    let told = |second: u64, list: &[u32]| {
        let calls = vec![add(1, 1), add(2, second), add(3, 3), again.clone()];
        story(calls, vec![seen(4, None, list)], 4).explain()
    };
    assert!(told(4, &[1, 5, 6, 3, 2]).is_ok(), "the first");
    assert!(told(2, &[1, 2, 3, 5, 6]).is_ok(), "the second");
    assert!(told(2, &[1, 2, 3]).is_err(), "none");
    let late = Call { again: Some((1, 3)), ..again.clone() };
    let calls = vec![add(1, 1), add(2, 4), add(3, 3), late];
    assert!(story(calls, vec![], 4).explain().is_err(), "between the two");
}

#[test]
fn a_refusal_must_have_been_right_at_some_moment() {
    let removed = call(Edit::Remove { item: 1 }, 1, 2, Fate::Done);
    let again = |after, until| call(Edit::Remove { item: 1 }, after, until, Fate::Refused(Refusal::NotFound));
    assert!(story(vec![add(1, 1), removed.clone(), again(1, 2)], vec![], 2).explain().is_ok());
    assert!(story(vec![add(1, 1), removed, again(1, 1)], vec![], 2).explain().is_err(), "it was there then");
    let full = call(Edit::Add { item: 9, front: false }, 1, 1, Fate::Refused(Refusal::Full));
    assert!(story(vec![add(1, 1), full], vec![], 1).explain().is_err(), "there was room");
}
