//! Places: no gap left anywhere, the ends of the numbers, crowds, and what that costs; sums of long queues; scripts that the server forgot.

use std::time::Duration;

use proptest::{collection::vec, prelude::*};
use streamcore::{
    QueueItem, StreamId, Timestamp,
    queue::{Advance, Mode, Op, Page, Placement, Queue, QueueModel, Rules, Tier},
    testing::{
        compare::Comparison,
        item, item_id,
        strategies::{Edit, EditOp, Expect, edits},
    },
};

use crate::support::{OnRedis, block_on, config};

const STREAM: StreamId = StreamId::new(-7);
/// The farthest place from zero.
const FARTHEST: i64 = 1 << 51;

fn add(items: Vec<QueueItem>, placement: Placement) -> Op {
    Op::Add { items, placement, rules: Rules::at_most(1_000_000) }
}

/// A queue on Redis and the model of it.
struct Both {
    redis: OnRedis,
    model: QueueModel,
}

impl Both {
    async fn new(count: u64) -> Self {
        let mut both = Self { redis: OnRedis::new().await, model: QueueModel::default() };
        let tier = |n: u64| Tier::ALL[n as usize % 3];
        let chat = |n: u64| Some(n as i64 % 4);
        let items = (1..=count).map(|n| QueueItem { tier: tier(n), requested_by: chat(n), ..item(n) });
        both.edit(add(items.collect(), Placement::Back)).await;
        both
    }

    async fn edit(&mut self, op: Op) {
        let expected = self.model.apply(op.clone().into()).expect("the model takes it");
        let actual = self.redis.store().apply(STREAM, op.into()).await.expect("so does Redis");
        assert_eq!(actual, expected);
    }

    async fn check(&self) {
        let total = self.model.view(Page::ALL).total;
        for page in [Page::ALL, Page { offset: total / 2, limit: 3 }, Page { offset: total, limit: 1 }] {
            let shown = self.redis.store().view(STREAM, page).await.expect("a page");
            assert!(shown == self.model.view(page), "{page:?}");
        }
    }

    /// How many places were written for one edit: members that the order has now and had not before.
    async fn places_written(&mut self, op: Op) -> usize {
        let before = self.places();
        self.edit(op).await;
        self.places().into_iter().filter(|place| !before.contains(place)).count()
    }

    fn places(&self) -> std::collections::BTreeSet<String> {
        let answer = self.redis.ask(&[
            "EVAL",
            "return table.concat(redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES'), ' ')",
            "1",
            &format!("{}order", self.redis.keys_of(STREAM)),
        ]);
        let words: Vec<&str> = answer.split_ascii_whitespace().skip(1).collect();
        words.chunks(2).map(|pair| pair.join(" ")).collect()
    }
}

/// Places with hardly any room between them, somewhere among all numbers.
fn tight(count: usize) -> impl Strategy<Value = Vec<i64>> {
    let first = prop_oneof![Just(-FARTHEST), Just(FARTHEST - 400), Just(0), -FARTHEST..FARTHEST - 400];
    let gap = prop_oneof![6 => Just(1_i64), 2 => 2..4_i64, 1 => Just(1 << 16)];
    (first, vec(gap, count)).prop_map(|(first, gaps)| {
        let mut places: Vec<i64> = gaps
            .iter()
            .scan(first, |place, gap| {
                *place += gap;
                Some(*place - gap)
            })
            .collect();
        // Whatever would be too far is put right before the end.
        for (left, place) in places.iter_mut().rev().enumerate() {
            *place = (*place).min(FARTHEST - left as i64);
        }
        places
    })
}

proptest! {
    #![proptest_config(config())]

    /// Whatever places items have: what is done to them is what the model does.
    #[test]
    fn no_room_between_places_makes_no_difference(
        places in tight(12), mode in proptest::sample::select(Mode::ALL), ops in edits(20), again in tight(60), then in edits(20),
    ) {
        block_on(async {
            let redis = OnRedis::new().await;
            let mut comparison = Comparison::new(STREAM);
            let edit = |edit| EditOp::Edit { edit, expected: Expect::Any, request: None };
            let tier = |n: u64| Tier::ALL[n as usize % 3];
            let items = (1..=12).map(|n| QueueItem { tier: tier(n), requested_by: Some(n as i64 % 3), ..item(n) }).collect();
            comparison.step(redis.store(), &edit(Edit::SetMode { mode })).await;
            let rules = Rules::at_most(100);
            comparison.step(redis.store(), &edit(Edit::Add { items, placement: Placement::Front, rules })).await;
            redis.place(STREAM, &places);
            comparison.check(redis.store()).await;
            for op in &ops {
                comparison.step(redis.store(), op).await;
            }
            let view = redis.store().view(STREAM, Page::ALL).await.expect("a view");
            let waiting = view.total - usize::from(view.current.is_some());
            redis.place(STREAM, &again[..waiting.min(again.len())]);
            comparison.check(redis.store()).await;
            for op in &then {
                comparison.step(redis.store(), op).await;
            }
        });
    }

    /// Scripts that the server forgot, at any moment, are sent again.
    #[test]
    fn forgotten_scripts_are_sent_again(ops in edits(12)) {
        block_on(async {
            let redis = OnRedis::new().await;
            let mut comparison = Comparison::new(STREAM);
            for op in &ops {
                assert_eq!(redis.ask(&["SCRIPT", "FLUSH", "SYNC"]), "+OK\r\n");
                comparison.step(redis.store(), op).await;
            }
        });
    }
}

#[test]
fn a_place_that_is_used_over_and_over_costs_few_others() {
    block_on(async {
        let mut both = Both::new(600).await;
        let mut written = 0;
        for n in 1..=300 {
            let wanted = Op::Move { id: item_id(600 - n % 2), to: 300 };
            written += both.places_written(wanted).await;
            written += both.places_written(add(vec![item(1_000 + n)], Placement::Back)).await;
            both.edit(Op::Move { id: item_id(1_000 + n), to: 300 }).await;
        }
        both.check().await;
        println!("600 edits wrote {written} places");
        assert!(written < 600 * 20, "{written} places for 600 edits of a queue of 900 items");
    });
}

#[test]
fn a_queue_with_no_room_at_all_is_spread_where_it_is_edited_and_not_everywhere() {
    block_on(async {
        let mut both = Both::new(2_000).await;
        // A thousand items with the usual distance on either side of twenty without any.
        let places: Vec<i64> = (0..2_000_i64)
            .map(|n| match n {
                0..990 => n << 20,
                990..1_010 => (990 << 20) + n - 990,
                _ => (n - 18) << 20,
            })
            .collect();
        both.redis.place(STREAM, &places);
        let written = both.places_written(Op::Move { id: item_id(1), to: 1_000 }).await;
        both.check().await;
        assert!((2..=65).contains(&written), "{written} places were written");
    });
}

#[test]
fn the_ends_of_the_numbers_are_no_end() {
    block_on(async {
        for places in
            [[FARTHEST - 2, FARTHEST - 1, FARTHEST], [-FARTHEST, 1 - FARTHEST, 2 - FARTHEST], [-FARTHEST, 0, FARTHEST]]
        {
            let mut both = Both::new(3).await;
            both.redis.place(STREAM, &places);
            for n in 0..3 {
                both.edit(add(vec![item(10 + n)], Placement::Back)).await;
                both.edit(add(vec![item(20 + n)], Placement::Front)).await;
                both.check().await;
            }
        }
    });
}

#[test]
fn a_crowd_is_spread_before_a_page_has_to_read_it() {
    block_on(async {
        let mut both = Both::new(4_000).await;
        // All within one smallest block, with room for two between any neighbours.
        both.redis.place(STREAM, &(0..4_000).map(|n| n * 3).collect::<Vec<_>>());
        both.check().await;
        both.edit(Op::Move { id: item_id(4_000), to: 2_000 }).await;
        both.check().await;
        let block = both.redis.ask(&["ZCOUNT", &format!("{}order", both.redis.keys_of(STREAM)), "6000", "6100"]);
        assert!(block.trim_end().trim_start_matches(':').parse::<usize>().expect("a count") < 10, "{block}");
    });
}

#[test]
fn sums_are_exact_in_a_long_queue_whatever_is_moved() {
    block_on(async {
        let durations = [
            None,
            Some(Duration::ZERO),
            Some(Duration::new(u64::MAX, 999_999_999)),
            Some(Duration::new((1 << 32) - 1, 1)),
        ];
        let mut both = Both::new(0).await;
        let long = |n: u64| QueueItem {
            duration: if n.is_multiple_of(97) {
                durations[n as usize % 4]
            } else {
                Some(Duration::new(n, (n * 7_919 % 1_000_000_000) as u32))
            },
            requested_by: Some(n as i64 % 7),
            ..item(n)
        };
        both.edit(add((1..=1_500).map(long).collect(), Placement::Back)).await;
        for n in 0..60_u64 {
            let view = both.model.view(Page { offset: (n * 787 % 1_500) as usize, limit: 1 });
            let id = view.items[0].id;
            both.edit(Op::Move { id, to: (n * 541 % 1_499 + 1) as usize }).await;
            match n % 20 {
                5 => {
                    let begin = Advance { finished: None, next: None, at: Timestamp::default() };
                    let expected = both.model.advance(begin.clone());
                    assert_eq!(both.redis.store().advance(STREAM, begin).await.expect("an answer"), expected);
                }
                10 => both.edit(Op::Shuffle { seed: n }).await,
                15 => both.edit(Op::Undo).await,
                18 => both.edit(Op::Migrate { from: None, to: Mode::Fair }).await,
                _ => {}
            }
            for offset in [n * 23 % 1_500, 1_499, n] {
                let page = Page { offset: offset as usize, limit: 1 };
                assert_eq!(
                    both.redis.store().view(STREAM, page).await.expect("a page"),
                    both.model.view(page),
                    "{page:?}"
                );
            }
        }
        both.check().await;
    });
}
