//! Generators of items, operations and views for property tests.
//!
//! An [`EditOp`] names items by their place, and the place wraps into what exists when it is carried out: an operation that lost its
//! predecessors to shrinking still means something.

use std::time::Duration;

use proptest::{collection::vec, option, prelude::*};
use serde_json::Value;

use super::item_id;
use crate::{
    EndReason, FailureKind, FailureReason, ItemId, Outcome, QueueItem, Revision, Source, Status, StreamId, StreamView,
    Timestamp, TrackId,
    queue::{Advance, Change, Finished, Op, Page, Placement, QueueModel},
};

/// An operation on a queue, by places instead of ids.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum EditOp {
    /// Adds an item; its id may be known already.
    Add {
        /// The item.
        item: Box<QueueItem>,
        /// Where.
        placement: Placement,
        /// The limit.
        max_items: usize,
        /// The revision it names.
        expected: Expect,
    },
    /// Removes an item.
    Remove {
        /// Which, see [`EditOp::resolve`].
        nth: usize,
        /// The revision it names.
        expected: Expect,
    },
    /// Moves an item.
    Move {
        /// Which.
        nth: usize,
        /// Where to: wraps into the list and two places behind it.
        to: usize,
        /// The revision it names.
        expected: Expect,
    },
    /// Clears the queue.
    Clear {
        /// The revision it names.
        expected: Expect,
    },
    /// Hands over.
    Advance {
        /// From what.
        finished: Finishing,
        /// How that went.
        outcome: Outcome,
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
        let change = |op, expected| Call::Apply(Change { op, expected: revision(expected, view.revision) });
        match self {
            Self::Add { item, placement, max_items, expected } => {
                change(Op::Add { item: item.clone(), placement: *placement, max_items: *max_items }, *expected)
            }
            Self::Remove { nth: n, expected } => change(Op::Remove { id: nth(*n) }, *expected),
            Self::Move { nth: n, to, expected } => {
                change(Op::Move { id: nth(*n), to: to % (view.total + 2) }, *expected)
            }
            Self::Clear { expected } => change(Op::Clear, *expected),
            Self::Advance { finished, outcome, at } => {
                let item = match finished {
                    Finishing::Right => current,
                    Finishing::Wrong(n) => Some(nth(*n)),
                    Finishing::Nothing => None,
                };
                let finished = item.map(|item| Finished { item, outcome: outcome.clone() });
                Call::Advance(Advance { finished, at: *at })
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
    let placement = prop_oneof![Just(Placement::Back), Just(Placement::Front)];
    prop_oneof![
        8 => (item(), placement, prop_oneof![4 => Just(100), 1 => 0..6_usize], expect()).prop_map(
            |(item, placement, max_items, expected)| EditOp::Add { item: Box::new(item), placement, max_items, expected }
        ),
        2 => (0..8_usize, expect()).prop_map(|(nth, expected)| EditOp::Remove { nth, expected }),
        5 => (0..8_usize, 0..8_usize, expect()).prop_map(|(nth, to, expected)| EditOp::Move { nth, to, expected }),
        1 => expect().prop_map(|expected| EditOp::Clear { expected }),
        5 => (finished(), outcome(), timestamp())
            .prop_map(|(finished, outcome, at)| EditOp::Advance { finished, outcome, at }),
        1 => any::<bool>().prop_map(|right| EditOp::Release { right }),
        1 => Just(EditOp::Purge),
    ]
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
    let people = (option::of(any::<String>()), option::of(any::<i64>()));
    (0..24_u64, track, any::<(String, String)>(), source, duration, people, timestamp(), metadata()).prop_map(
        |(id, track_id, (title, url), source, duration, (added_by, requested_by), added_at, metadata)| QueueItem {
            track_id,
            source,
            duration,
            added_by,
            requested_by,
            metadata,
            ..QueueItem::file(item_id(id), title, url, added_at)
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
    prop_oneof![3 => Just(Outcome::Played), 1 => Just(Outcome::Skipped), 1 => failed]
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

/// Any view of a stream that its machine could show: listeners and emptiness agree, and only a running stream has a beginning.
pub fn stream_view() -> impl Strategy<Value = StreamView> {
    let status =
        prop_oneof![Just(Status::Stopped), Just(Status::Playing), Just(Status::Paused), Just(Status::Placeholder)];
    let listeners = option::weighted(0.8, prop_oneof![3 => Just(0), 2 => 1..1_000_u64]);
    let reason = prop_oneof![Just(EndReason::AutoEnd), Just(EndReason::Manual), Just(EndReason::Error)];
    let moments = (0..4_000_000_000_000_u64, 0..90_000_000_u64, 0..90_000_000_u64);
    (any::<i64>(), status, option::of(item()), listeners, moments, reason, any::<(u32, u32)>()).prop_map(
        |(id, status, current, listeners, (start, ran, empty), reason, (played, errors))| {
            let started = Timestamp::from_millis(start);
            let running = status != Status::Stopped;
            StreamView {
                id: StreamId::new(id),
                status,
                current: current.filter(|_| matches!(status, Status::Playing | Status::Paused)),
                position: Duration::from_millis(ran / 2),
                listeners,
                empty_since: (running && listeners == Some(0))
                    .then_some(started + Duration::from_millis(ran.min(empty))),
                started_at: running.then_some(started),
                ended: (!running).then_some((started + Duration::from_millis(ran), reason)),
                tracks_played: played.into(),
                errors: errors.into(),
            }
        },
    )
}
