//! Generators of items, operations, views and policies for property tests.
//!
//! An [`EditOp`] names items by their place, and the place wraps into what exists when it is carried out: an operation that lost its
//! predecessors to shrinking still means something.

use std::time::Duration;

use proptest::{collection::vec, option, prelude::*};
use serde_json::Value;

pub use self::{
    policies::{policy, schedule, settings},
    views::{stream_view, view_and_now},
};
use super::item_id;
use crate::{
    FailureKind, FailureReason, ItemId, Outcome, QueueItem, RequestId, Revision, Source, Timestamp, TrackId,
    queue::{Advance, Change, Duplicates, Finished, Mode, Op, Page, Placement, QueueModel, Repeat, Rules, Tier},
};

mod policies;
mod views;

/// An operation on a queue, by places instead of ids.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum EditOp {
    /// An edit.
    Edit {
        /// Of what kind.
        edit: Edit,
        /// The revision it names.
        expected: Expect,
        /// The number of the request, if it has one.
        request: Option<u8>,
    },
    /// Hands over.
    Advance {
        /// From what.
        finished: Finishing,
        /// How that went.
        outcome: Outcome,
        /// To which item of the list, if to one in particular.
        next: Option<usize>,
        /// When.
        at: Timestamp,
    },
    /// Releases the current item, or one that is not.
    Release {
        /// Whether the right one.
        right: bool,
    },
    /// Purges the queue.
    Purge,
}

/// The kinds of edits; see [`Op`] for what each does, and [`EditOp::resolve`] for `nth`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of `Op`")]
pub enum Edit {
    /// Adds items; their ids may be known already.
    Add { items: Vec<QueueItem>, placement: Placement, rules: Rules },
    /// Removes an item.
    Remove { nth: usize },
    /// Moves an item; `to` wraps into the list and two places behind it.
    Move { nth: usize, to: usize },
    /// Clears the queue.
    Clear,
    /// Shuffles.
    Shuffle { seed: u64 },
    /// Switches the mode.
    SetMode { mode: Mode },
    /// Switches the mode and the order.
    Migrate { from: Option<Mode>, to: Mode },
    /// Switches what is repeated.
    SetRepeat { repeat: Repeat },
    /// Undoes.
    Undo,
    /// Restores.
    Restore { max_items: usize },
}

/// The revision that an edit names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// None.
    Any,
    /// The present one.
    Present,
    /// One that is past, or if there is none, one to come.
    Stale,
}

/// What a hand-off takes for current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finishing {
    /// The current item, or nothing if nothing is.
    Right,
    /// Another item: this one of the list, or an unknown one.
    Wrong(usize),
    /// Nothing.
    Nothing,
}

/// A call of the port.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Call {
    /// [`Queue::apply`](crate::queue::Queue::apply).
    Apply(Change),
    /// [`Queue::advance`](crate::queue::Queue::advance).
    Advance(Advance),
    /// [`Queue::release`](crate::queue::Queue::release).
    Release(ItemId),
    /// [`Queue::purge`](crate::queue::Queue::purge).
    Purge,
}

/// No generated item has this id.
const UNKNOWN: ItemId = item_id(u64::MAX);

impl EditOp {
    /// The call that this is for a queue in the state of `model`. The `nth` item is counted through the list that people see, the current one
    /// first, plus one that does not exist, and around again.
    #[must_use]
    pub fn resolve(&self, model: &QueueModel) -> Call {
        let view = model.view(Page::ALL);
        let nth = |n: usize| view.items.get(n % (view.total + 1)).map_or(UNKNOWN, |item| item.id);
        let current = view.current.as_ref().map(|item| item.id);
        let op = |edit: &Edit| match edit.clone() {
            Edit::Add { items, placement, rules } => Op::Add { items, placement, rules },
            Edit::Remove { nth: n } => Op::Remove { id: nth(n) },
            Edit::Move { nth: n, to } => Op::Move { id: nth(n), to: to % (view.total + 2) },
            Edit::Clear => Op::Clear,
            Edit::Shuffle { seed } => Op::Shuffle { seed },
            Edit::SetMode { mode } => Op::SetMode { mode },
            Edit::Migrate { from, to } => Op::Migrate { from, to },
            Edit::SetRepeat { repeat } => Op::SetRepeat { repeat },
            Edit::Undo => Op::Undo,
            Edit::Restore { max_items } => Op::Restore { max_items },
        };
        match self {
            Self::Edit { edit, expected, request } => Call::Apply(Change {
                op: op(edit),
                expected: revision(*expected, view.revision),
                request: request.map(|n| RequestId::new(uuid::Uuid::from_u128(n.into()))),
            }),
            Self::Advance { finished, outcome, next, at } => {
                let item = match finished {
                    Finishing::Right => current,
                    Finishing::Wrong(n) => Some(nth(*n)),
                    Finishing::Nothing => None,
                };
                let finished = item.map(|item| Finished { item, outcome: outcome.clone() });
                Call::Advance(Advance { finished, next: next.map(nth), at: *at })
            }
            Self::Release { right } => Call::Release(current.filter(|_| *right).unwrap_or(UNKNOWN)),
            Self::Purge => Call::Purge,
        }
    }
}

fn revision(expected: Expect, present: Revision) -> Option<Revision> {
    match expected {
        Expect::Any => None,
        Expect::Present => Some(present),
        Expect::Stale => Some(present.get().checked_sub(1).map_or(present.next(), Revision::new)),
    }
}

/// Up to `max` operations, so mixed that queues grow to a few items and are played, now and then refused or emptied.
pub fn edits(max: usize) -> impl Strategy<Value = Vec<EditOp>> {
    vec(edit(), 0..=max)
}

/// One operation.
pub fn edit() -> impl Strategy<Value = EditOp> {
    let request = option::weighted(0.2, 0..6_u8);
    let edit =
        (kind(), expect(), request).prop_map(|(edit, expected, request)| EditOp::Edit { edit, expected, request });
    let next = option::weighted(0.2, 0..8_usize);
    prop_oneof![
        24 => edit,
        6 => (finished(), outcome(), next, moment())
            .prop_map(|(finished, outcome, next, at)| EditOp::Advance { finished, outcome, next, at }),
        1 => any::<bool>().prop_map(|right| EditOp::Release { right }),
        1 => Just(EditOp::Purge),
    ]
}

fn kind() -> impl Strategy<Value = Edit> {
    let placement = || prop_oneof![3 => Just(Placement::Back), 1 => Just(Placement::Front)];
    let add = |items, placement, rules| Edit::Add { items, placement, rules };
    prop_oneof![
        12 => (vec(item(), 1..2), placement(), rules()).prop_map(move |(items, placement, rules)| add(items, placement, rules)),
        2 => (vec(item(), 0..5), placement(), rules()).prop_map(move |(items, placement, rules)| add(items, placement, rules)),
        2 => (0..8_usize).prop_map(|nth| Edit::Remove { nth }),
        4 => (0..8_usize, 0..8_usize).prop_map(|(nth, to)| Edit::Move { nth, to }),
        1 => Just(Edit::Clear),
        1 => any::<u64>().prop_map(|seed| Edit::Shuffle { seed }),
        2 => mode().prop_map(|mode| Edit::SetMode { mode }),
        1 => (option::of(mode()), mode()).prop_map(|(from, to)| Edit::Migrate { from, to }),
        1 => repeat().prop_map(|repeat| Edit::SetRepeat { repeat }),
        4 => Just(Edit::Undo),
        1 => limit().prop_map(|max_items| Edit::Restore { max_items }),
    ]
}

/// Any mode.
pub fn mode() -> impl Strategy<Value = Mode> {
    proptest::sample::select(Mode::ALL)
}

/// Any repeat mode.
pub fn repeat() -> impl Strategy<Value = Repeat> {
    proptest::sample::select(Repeat::ALL)
}

fn limit() -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(100), 1 => 0..6_usize]
}

/// Rules, most of them lax.
pub fn rules() -> impl Strategy<Value = Rules> {
    let duplicates = prop_oneof![3 => Just(Duplicates::Allow), 1 => Just(Duplicates::Refuse)];
    let cooldown = prop_oneof![0..20_u64, Just(u64::MAX / 1_000)].prop_map(Duration::from_secs);
    let cooldown = option::weighted(0.2, cooldown);
    (limit(), option::weighted(0.2, 0..4_usize), duplicates, cooldown).prop_map(
        |(max_items, max_per_requester, duplicates, cooldown)| Rules {
            max_items,
            max_per_requester,
            duplicates,
            cooldown,
        },
    )
}

/// A moment of a short while, as of added and finished items that a cooldown is about, or any.
fn moment() -> impl Strategy<Value = Timestamp> {
    prop_oneof![3 => (0..40_000_u64).prop_map(Timestamp::from_millis), 1 => timestamp()]
}

fn expect() -> impl Strategy<Value = Expect> {
    prop_oneof![6 => Just(Expect::Any), 2 => Just(Expect::Present), 1 => Just(Expect::Stale)]
}

fn finished() -> impl Strategy<Value = Finishing> {
    prop_oneof![4 => Just(Finishing::Right), 1 => (0..8_usize).prop_map(Finishing::Wrong), 1 => Just(Finishing::Nothing)]
}

/// Any item, with one of few ids, so that ids are met again.
pub fn item() -> impl Strategy<Value = QueueItem> {
    let source = prop_oneof![Just(Source::File), Just(Source::Stream), Just(Source::Youtube)];
    let track = option::of(any::<u128>().prop_map(|id| TrackId::new(uuid::Uuid::from_u128(id))));
    let duration =
        option::of((any::<u64>(), 0..1_000_000_000_u32).prop_map(|(secs, nanos)| Duration::new(secs, nanos)));
    // Few of each, so that they are met again; and now and then any.
    let text = || prop_oneof![4 => (0..4_u8).prop_map(|n| format!("{n}.mp3")), 1 => any::<String>()];
    let chat = prop_oneof![4 => 0..3_i64, 1 => any::<i64>()];
    let people = (option::weighted(0.3, text()), option::of(chat));
    let replays = option::weighted(0.1, 0..u64::MAX >> 1);
    let place = (proptest::sample::select(Tier::ALL), replays);
    (0..24_u64, track, (any::<String>(), text()), source, duration, people, moment(), place, metadata()).prop_map(
        |(
            id,
            track_id,
            (title, url),
            source,
            duration,
            (added_by, requested_by),
            added_at,
            (tier, replays),
            metadata,
        )| {
            QueueItem {
                track_id,
                source,
                duration,
                added_by,
                requested_by,
                tier,
                replays,
                metadata,
                ..QueueItem::file(item_id(id), title, url, added_at)
            }
        },
    )
}

/// Any moment, the end of time included.
pub fn timestamp() -> impl Strategy<Value = Timestamp> {
    prop_oneof![8 => 0..4_000_000_000_000_u64, 1 => any::<u64>(), 1 => Just(u64::MAX)].prop_map(Timestamp::from_millis)
}

/// Any outcome.
pub fn outcome() -> impl Strategy<Value = Outcome> {
    let kind = prop_oneof![Just(FailureKind::NotFound), Just(FailureKind::Broken), Just(FailureKind::Other)];
    let failed = (kind, any::<String>()).prop_map(|(kind, detail)| Outcome::Failed(FailureReason::new(kind, detail)));
    prop_oneof![6 => Just(Outcome::Played), 2 => Just(Outcome::Skipped), 1 => Just(Outcome::Interrupted), 2 => failed]
}

fn metadata() -> impl Strategy<Value = serde_json::Map<String, Value>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        proptest::num::f64::NORMAL.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(2, 6, 3, |inner| vec(inner, 0..3).prop_map(Value::from));
    vec((any::<String>(), value), 0..3).prop_map(|fields| fields.into_iter().collect())
}
