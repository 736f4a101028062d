//! Fair queues: the bound on waiting, and an example to read.
//!
//! `cargo test -p streamcore --all-features --test fairness -- --nocapture` prints the order in which three requesters are served.

mod queue_support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*};
use queue_support::config;
use streamcore::{
    ItemId, Outcome, QueueItem, Requester, Timestamp,
    queue::{Advance, Finished, Mode, Op, Page, QueueModel},
};

/// A fair queue and the order in which it serves.
#[derive(Default)]
struct Desk {
    queue: QueueModel,
    added: u128,
    /// Who was served, and with which of their items, from 0.
    served: Vec<(i64, u128)>,
}

impl Desk {
    fn fair() -> Self {
        let mut desk = Self::default();
        desk.queue.apply(Op::SetMode { mode: Mode::Fair }.into()).expect("always legal");
        desk
    }

    fn add(&mut self, requester: i64) -> ItemId {
        self.added += 1;
        let id = ItemId::new(uuid::Uuid::from_u128(self.added));
        let item =
            QueueItem { requested_by: Some(requester), ..QueueItem::file(id, "a", "a.mp3", Timestamp::default()) };
        self.queue.apply(Op::add(item).into()).expect("there is room");
        id
    }

    fn next(&mut self, outcome: Outcome) -> Option<i64> {
        let finished = self.queue.view(Page::ALL).current.map(|item| Finished { item: item.id, outcome });
        let current = self.queue.advance(Advance { finished, next: None, at: Timestamp::default() }).current?;
        let requester = current.requested_by.expect("every item has a requester");
        self.served.push((requester, current.id.get().as_u128()));
        Some(requester)
    }

    fn waiting(&self) -> Vec<i64> {
        let view = self.queue.view(Page::ALL);
        view.items.iter().skip(usize::from(view.current.is_some())).filter_map(|item| item.requested_by).collect()
    }

    fn listed(&self) -> Vec<i64> {
        self.queue.view(Page::ALL).items.iter().filter_map(|item| item.requested_by).collect()
    }
}

/// Promise F1. The example: one adds 50 tracks, two others join late.
#[test]
fn three_requesters_take_turns_although_one_added_fifty_tracks() {
    const NAMES: [&str; 3] = ["ann", "bob", "cem"];
    let mut desk = Desk::fair();
    for _ in 0..50 {
        desk.add(0);
    }
    for _ in 0..3 {
        desk.next(Outcome::Played);
    }
    let (bob, cem) = (desk.served.len(), desk.served.len() + 2);
    for _ in 0..4 {
        desk.add(1);
    }
    desk.next(Outcome::Played);
    desk.next(Outcome::Played);
    for _ in 0..4 {
        desk.add(2);
    }
    while desk.next(Outcome::Played).is_some() {}
    let order: Vec<_> = desk.served.iter().filter_map(|(who, _)| NAMES.get(usize::try_from(*who).ok()?)).collect();
    println!("ann adds 50 tracks; bob joins when {bob} have begun, cem when {cem} have. Served:");
    for (n, line) in order.chunks(10).enumerate() {
        println!("{:3}  {}", n * 10 + 1, line.iter().map(|name| **name).collect::<Vec<_>>().join(" "));
    }
    println!("bound: who has nothing queued waits for at most one track of each other requester, here 2");
    let begun = "ann ann ann bob ann bob cem ann bob cem ann bob cem ann cem ann ann";
    let words: Vec<_> = begun.split(' ').collect();
    assert_eq!(order.iter().map(|name| **name).take(words.len()).collect::<Vec<_>>(), words);
    assert_eq!(desk.served.len(), 58, "nothing is lost");
}

/// Promise F3.
#[test]
fn a_skipped_track_is_no_turn() {
    let mut desk = Desk::fair();
    for requester in [1, 2, 3, 1, 2, 3] {
        desk.add(requester);
    }
    desk.next(Outcome::Played);
    desk.next(Outcome::Played);
    assert_eq!((desk.served.last().map(|(who, _)| *who), desk.waiting()), (Some(2), vec![3, 1, 2, 3]));
    desk.next(Outcome::Skipped);
    assert_eq!(
        (desk.served.last().map(|(who, _)| *who), desk.waiting()),
        (Some(3), vec![2, 1, 3]),
        "two has its turn still"
    );
}

/// Promise F4.
#[test]
fn who_was_away_has_nothing_to_catch_up() {
    let mut desk = Desk::fair();
    for _ in 0..40 {
        desk.add(1);
        desk.add(2);
    }
    for _ in 0..30 {
        desk.next(Outcome::Played);
    }
    for _ in 0..5 {
        desk.add(3);
    }
    let mut served = Vec::new();
    for _ in 0..12 {
        served.extend(desk.next(Outcome::Played));
    }
    for window in served.windows(3) {
        assert!(window.iter().filter(|who| **who == 3).count() <= 1, "never two in three: {served:?}");
    }
}

#[derive(Debug, Clone)]
enum Step {
    Add(i64),
    Played,
    Skipped,
    Remove(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => (0..5_i64).prop_map(Step::Add),
        4 => Just(Step::Played),
        1 => Just(Step::Skipped),
        1 => (0..8_usize).prop_map(Step::Remove),
    ];
    vec(step, 1..120)
}

proptest! {
    #![proptest_config(config())]

    /// Promise F1. Whoever has nothing listed and adds one waits for at most one item of each other requester, the current one included,
    /// whatever happens before and after.
    #[test]
    fn a_late_comer_waits_for_at_most_one_item_of_each_other(before in steps(), after in steps()) {
        let mut desk = Desk::fair();
        take(&mut desk, &before);
        prop_assume!(!desk.listed().contains(&9));
        let wanted = desk.add(9).get().as_u128();
        let current = desk.queue.view(Page::ALL).current.and_then(|item| item.requested_by).into_iter();
        let mut waited_for = BTreeMap::<i64, usize>::new();
        current.for_each(|who| *waited_for.entry(who).or_default() += 1);
        let mut later = after.iter().filter(|step| matches!(step, Step::Add(_)));
        while let Some(who) = desk.next(Outcome::Played) {
            if who == 9 && desk.served.last().is_some_and(|(_, id)| *id == wanted) {
                break;
            }
            *waited_for.entry(who).or_default() += 1;
            if let Some(Step::Add(more)) = later.next() {
                desk.add(*more);
            }
        }
        prop_assert!(waited_for.values().all(|n| *n <= 1), "{waited_for:?}");
    }

    /// Promise F2. While a requester has something waiting, no other is served more than twice between two turns of theirs, if nothing is
    /// removed, moved or skipped.
    #[test]
    fn between_two_turns_of_one_nobody_else_has_more_than_two(
        steps in vec(prop_oneof![1 => (0..5_i64).prop_map(Some), 1 => Just(None)], 1..200),
    ) {
        let mut desk = Desk::fair();
        let mut since: BTreeMap<i64, BTreeMap<i64, usize>> = BTreeMap::new();
        for step in steps {
            if let Some(requester) = step {
                desk.add(requester);
                continue;
            }
            let waiting: BTreeSet<_> = desk.waiting().into_iter().collect();
            let Some(who) = desk.next(Outcome::Played) else { continue };
            since.remove(&who);
            since.retain(|other, _| waiting.contains(other));
            for other in waiting.into_iter().filter(|other| *other != who) {
                let times = since.entry(other).or_default().entry(who).or_default();
                *times += 1;
                prop_assert!(*times <= 2, "{who} was served {times} times while {other} waited: {:?}", desk.served);
            }
        }
    }
}

fn take(desk: &mut Desk, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Add(requester) => drop(desk.add(*requester)),
            Step::Played => drop(desk.next(Outcome::Played)),
            Step::Skipped => drop(desk.next(Outcome::Skipped)),
            Step::Remove(n) => {
                let view = desk.queue.view(Page::ALL);
                if let Some(item) = view.items.get(*n) {
                    drop(desk.queue.apply(Op::Remove { id: item.id }.into()));
                }
            }
        }
    }
}

/// A requester's name in tests is a chat id.
#[test]
fn the_requester_of_an_item_is_who_asked_in_the_chat_else_the_user_who_added_it() {
    let item = QueueItem::file(ItemId::new(uuid::Uuid::nil()), "a", "a.mp3", Timestamp::default());
    assert_eq!(item.requester(), Requester::Nobody);
    let item = QueueItem { added_by: Some("ann".into()), ..item };
    assert_eq!(item.requester(), Requester::User("ann".into()));
    assert_eq!(QueueItem { requested_by: Some(7), ..item }.requester(), Requester::Chat(7));
}
