use std::collections::BTreeMap;

use super::super::{QueueFixture, items::*};
use crate::{
    FailureKind, FailureReason, Outcome,
    queue::{Error, Mode, Op, Queue, Tier, shuffle},
};

const ANN: i64 = 1;
const BOB: i64 = 2;
const CID: i64 = 3;

async fn set_mode(queue: &dyn Queue, mode: Mode) {
    assert!(edit(queue, Op::SetMode { mode }).await.changed, "{mode:?}");
    assert_eq!(view(queue).await.mode, mode);
}

/// **Q43.** In priority mode an added item goes behind the last one of its own or a higher tier, wherever that was moved; nothing else moves.
/// In front is in front.
pub async fn q43_an_added_item_goes_behind_the_last_of_its_tier(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    set_mode(&*queue, Mode::Priority).await;
    for (n, tier) in [(1, Tier::Normal), (2, Tier::Admin), (3, Tier::Vip), (4, Tier::Normal), (5, Tier::Admin)] {
        add_each(&*queue, [in_tier(n, tier)]).await;
    }
    assert_eq!(listed(&*queue).await, [3, 2, 5, 1, 4]);
    let answer = edit(&*queue, Op::add(in_tier(6, Tier::Vip))).await;
    assert_eq!(answer.placed[0].position, 1);
    apply(&*queue, add_front(7)).await;
    apply(&*queue, move_to(3, 6)).await;
    assert_eq!(listed(&*queue).await, [7, 6, 2, 5, 1, 4, 3]);
    add_each(&*queue, [in_tier(8, Tier::Vip), in_tier(9, Tier::Admin), in_tier(10, Tier::Normal)]).await;
    assert_eq!(listed(&*queue).await, [7, 6, 2, 5, 1, 4, 3, 8, 9, 10], "a high one that waits low holds the others up");
}

/// **Q44.** In fair mode a late-comer waits for at most one item of each other requester, the current one included, however many they have
/// queued; their further items take turns with those of the others.
pub async fn q44_a_late_comer_waits_for_one_item_of_each_other_requester(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    set_mode(&*queue, Mode::Fair).await;
    add_each(&*queue, (1..=5).map(|n| of(n, ANN))).await;
    advance(&*queue, begin()).await;
    add_each(&*queue, [of(11, BOB), of(12, BOB), of(21, CID)]).await;
    assert_eq!(listed(&*queue).await, [1, 11, 21, 2, 12, 3, 4, 5], "the item that plays is a turn of Ann's");
    let crowd = (0..6).flat_map(|chat| (0..8).map(move |n| of(100 + n * 10 + chat as u64, 100 + chat)));
    apply(&*queue, add_by(crowd.collect(), crate::queue::Rules::default())).await;
    edit(&*queue, Op::add(of(9, 9))).await;
    let mut ahead = BTreeMap::new();
    for item in view(&*queue).await.items.iter().take_while(|item| item.requested_by != Some(9)) {
        *ahead.entry(item.requested_by).or_insert(0) += 1;
    }
    assert!(ahead.values().all(|n| *n == 1) && ahead.len() == 9, "ahead of the late-comer: {ahead:?}");
}

/// **Q45.** In fair mode an item that was skipped or failed was no turn: its requester's next item moves up to where that turn is. One that
/// played was.
pub async fn q45_a_skipped_item_was_no_turn(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let failed = Outcome::Failed(FailureReason::new(FailureKind::Broken, "here"));
    for (outcome, mode, expected) in [
        (Outcome::Played, Mode::Fair, [11, 12, 2]),
        (Outcome::Skipped, Mode::Fair, [11, 2, 12]),
        (failed, Mode::Fair, [11, 2, 12]),
        (Outcome::Skipped, Mode::Fifo, [11, 12, 2]),
    ] {
        queue.purge(STREAM).await.answered();
        set_mode(&*queue, Mode::Fair).await;
        add_each(&*queue, [of(1, ANN), of(11, BOB), of(12, BOB)]).await;
        advance(&*queue, begin()).await;
        add_each(&*queue, [of(2, ANN)]).await;
        assert_eq!(listed(&*queue).await, [1, 11, 12, 2]);
        edit(&*queue, Op::SetMode { mode }).await;
        advance(&*queue, ended(1, outcome.clone())).await;
        assert_eq!(listed(&*queue).await, expected, "after {outcome:?} in {mode:?}");
    }
}

/// **Q46.** In fair mode nobody gains by being away: whoever comes late has the turn that the others had in this round, and then one like them.
pub async fn q46_nobody_gains_by_being_away(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    set_mode(&*queue, Mode::Fair).await;
    add_each(&*queue, (1..=9).map(|n| of(n, ANN))).await;
    for step in [begin(), played(1), played(2), played(3), played(4), played(5)] {
        advance(&*queue, step).await;
    }
    add_each(&*queue, (11..=14).map(|n| of(n, BOB))).await;
    assert_eq!(listed(&*queue).await, [6, 11, 7, 12, 8, 13, 9, 14], "Ann's sixth began a round");
}

/// **Q47.** Switching the mode moves nothing; what is added from then on goes by the new one. Setting the same mode changes nothing.
pub async fn q47_switching_the_mode_moves_nothing(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    add_each(&*queue, [of(1, ANN), of(2, ANN), in_tier(3, Tier::Normal), in_tier(4, Tier::Vip)]).await;
    let mut expected = vec![1, 2, 3, 4];
    for (mode, item, place) in [
        (Mode::Priority, in_tier(5, Tier::Vip), 4),
        (Mode::Fair, of(6, BOB), 1),
        (Mode::Fifo, in_tier(7, Tier::Vip), 6),
    ] {
        set_mode(&*queue, mode).await;
        assert!(!edit(&*queue, Op::SetMode { mode }).await.changed, "{mode:?} again");
        assert_eq!(listed(&*queue).await, expected, "{mode:?}");
        expected.insert(place, number(item.id));
        edit(&*queue, Op::add(item)).await;
        assert_eq!(listed(&*queue).await, expected, "an add in {mode:?}");
    }
}

/// **Q48.** Migrating sets the mode and puts the waiting items, once, as if they had come in it: by the time they were added, by tier, or by
/// turns, otherwise as they were. None is lost and the current one stays. It is refused naming the mode if its author believes in another.
pub async fn q48_migrating_reorders_once_and_loses_nothing(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    let tier = |n: u64| Tier::ALL[n as usize % 3];
    let items = [9, 5, 4, 3, 8, 7, 1].map(|n| crate::QueueItem { tier: tier(n), ..of(n, n as i64 % 2) });
    add_each(&*queue, items).await;
    advance(&*queue, begin()).await;
    for (from, to, expected) in [
        (Some(Mode::Fifo), Mode::Priority, [9, 3, 4, 7, 1, 5, 8]),
        (None, Mode::Fair, [9, 4, 3, 8, 7, 1, 5]),
        (Some(Mode::Fair), Mode::Fifo, [9, 1, 3, 4, 5, 7, 8]),
    ] {
        let before = view(&*queue).await;
        let wrong = if before.mode == Mode::Fair { Mode::Fifo } else { Mode::Fair };
        let answer = queue.apply(STREAM, Op::Migrate { from: Some(wrong), to }.into()).await;
        assert!(matches!(answer, Err(Error::ModeMismatch { mode }) if mode == before.mode), "{answer:?}");
        assert_eq!(view(&*queue).await, before);
        assert!(edit(&*queue, Op::Migrate { from, to }).await.changed);
        let after = view(&*queue).await;
        assert_eq!((after.mode, numbers(&after), current(&after)), (to, expected.to_vec(), Some(9)));
        let again = edit(&*queue, Op::Migrate { from: None, to }).await;
        assert_eq!((again.changed, again.revision), (false, after.revision), "it is in this order already");
    }
    apply(&*queue, move_to(8, 1)).await;
    assert!(
        edit(&*queue, Op::Migrate { from: None, to: Mode::Fifo }).await.changed,
        "the mode stays, the order does not"
    );
}

/// **Q49.** A shuffle puts the waiting items in the order that its seed gives, the same on every queue; none is lost and the current one
/// stays.
pub async fn q49_a_shuffle_is_the_same_for_the_same_seed(fixture: &mut dyn QueueFixture) {
    let queue = fixture.queue();
    fill(&*queue, 20).await;
    advance(&*queue, begin()).await;
    for seed in [0, 7, u64::MAX] {
        let mut expected = listed(&*queue).await;
        shuffle(&mut expected[1..], seed);
        let shuffled = edit(&*queue, Op::Shuffle { seed }).await;
        assert_eq!((shuffled.changed, shuffled.total), (true, 20));
        assert_eq!(listed(&*queue).await, expected, "seed {seed}");
    }
    edit(&*queue, Op::Clear).await;
    apply(&*queue, add(30)).await;
    assert!(!edit(&*queue, Op::Shuffle { seed: 1 }).await.changed, "one item has one order");
}
