//! Items for tests, and short words for what the checks do most.

use std::time::Duration;

use uuid::Uuid;

use crate::{
    ItemId, Outcome, QueueItem, Revision, Source, StreamId, Timestamp, TrackId,
    queue::{Advance, Advanced, Applied, Change, Finished, Op, Page, Placement, Queue, QueueView, Result, Rules, Tier},
};

/// The id of the `n`th test item.
#[must_use]
pub const fn item_id(n: u64) -> ItemId {
    ItemId::new(Uuid::from_u128(n as u128))
}

/// The `n`th test item, with every field set to something that a sloppy store would lose.
#[must_use]
pub fn item(n: u64) -> QueueItem {
    let mut metadata = serde_json::Map::new();
    metadata.insert("n".into(), n.into());
    metadata.insert("nested".into(), serde_json::json!({ "π": [0.1, -0.0, 1.0e300, null, true, "\u{0}\u{1F3B5}"] }));
    QueueItem {
        track_id: Some(TrackId::new(Uuid::from_u128(u128::MAX - u128::from(n)))),
        source: Source::Stream,
        // Whole milliseconds would hide a store that rounds.
        duration: Some(Duration::new(180 + n, 999_999_999)),
        added_by: Some("o'hara; DROP TABLE".into()),
        requested_by: Some(i64::MIN + 1),
        tier: Tier::Admin,
        metadata,
        ..QueueItem::file(item_id(n), format!("трек {n} \"🎵\"\n"), format!("http://example.com/{n}?a=1&b=%20"), at(n))
    }
}

/// The one stream most checks use.
pub(super) const STREAM: StreamId = StreamId::new(-1_001_234_567_890);

/// More than any check adds.
pub(super) const ROOM: usize = 10_000;

pub(super) const fn at(n: u64) -> Timestamp {
    Timestamp::from_millis(1_795_355_340_123 + n)
}

pub(super) fn add(n: u64) -> Change {
    add_all([n], Placement::Back)
}

pub(super) fn add_front(n: u64) -> Change {
    add_all([n], Placement::Front)
}

pub(super) fn add_all(numbers: impl IntoIterator<Item = u64>, placement: Placement) -> Change {
    let items = numbers.into_iter().map(item).collect();
    Op::Add { items, placement, rules: Rules::at_most(ROOM) }.into()
}

/// The `n`th test item, for this person of the chat platform.
pub(super) fn of(n: u64, chat: i64) -> QueueItem {
    QueueItem { requested_by: Some(chat), ..item(n) }
}

/// The `n`th test item, in this tier.
pub(super) fn in_tier(n: u64, tier: Tier) -> QueueItem {
    QueueItem { tier, ..item(n) }
}

/// Adds these where the mode puts them, one call each.
pub(super) async fn add_each(queue: &dyn Queue, items: impl IntoIterator<Item = QueueItem>) {
    for item in items {
        edit(queue, Op::add(item)).await;
    }
}

pub(super) fn add_by(items: Vec<QueueItem>, rules: Rules) -> Change {
    Op::Add { items, placement: Placement::Back, rules }.into()
}

pub(super) fn remove(n: u64) -> Change {
    Op::Remove { id: item_id(n) }.into()
}

pub(super) fn move_to(n: u64, to: usize) -> Change {
    Op::Move { id: item_id(n), to }.into()
}

pub(super) fn at_revision(change: Change, expected: Revision) -> Change {
    Change { expected: Some(expected), ..change }
}

/// A hand-off from nothing.
pub(super) const fn begin() -> Advance {
    Advance { finished: None, next: None, at: at(1_000) }
}

/// A hand-off from an item that played to its end.
pub(super) const fn played(n: u64) -> Advance {
    Advance { finished: Some(Finished { item: item_id(n), outcome: Outcome::Played }), next: None, at: at(2_000 + n) }
}

/// A hand-off from an item that ended like this.
pub(super) const fn ended(n: u64, outcome: Outcome) -> Advance {
    Advance { finished: Some(Finished { item: item_id(n), outcome }), next: None, at: at(2_000 + n) }
}

/// Panics with what the adapter said: the checks expect answers.
pub(super) trait Expected<T> {
    fn answered(self) -> T;
}

impl<T, E: std::fmt::Debug> Expected<T> for std::result::Result<T, E> {
    #[track_caller]
    fn answered(self) -> T {
        match self {
            Ok(answer) => answer,
            Err(error) => panic!("expected an answer, not {error:?}"),
        }
    }
}

pub(super) async fn apply(queue: &dyn Queue, change: Change) -> Applied {
    queue.apply(STREAM, change).await.answered()
}

pub(super) async fn edit(queue: &dyn Queue, op: Op) -> Applied {
    apply(queue, op.into()).await
}

pub(super) async fn advance(queue: &dyn Queue, advance: Advance) -> Advanced {
    queue.advance(STREAM, advance).await.answered()
}

/// Adds the items `1..=count` in this order.
pub(super) async fn fill(queue: &dyn Queue, count: u64) {
    for n in 1..=count {
        apply(queue, add(n)).await;
    }
}

pub(super) async fn view(queue: &dyn Queue) -> QueueView {
    queue.view(STREAM, Page::ALL).await.answered()
}

/// The ids in the list, as the numbers that made them.
pub(super) fn numbers(view: &QueueView) -> Vec<u64> {
    view.items.iter().map(|item| number(item.id)).collect()
}

pub(super) async fn listed(queue: &dyn Queue) -> Vec<u64> {
    numbers(&view(queue).await)
}

pub(super) fn number(id: ItemId) -> u64 {
    u64::try_from(id.get().as_u128()).unwrap_or(u64::MAX)
}

pub(super) fn current(view: &QueueView) -> Option<u64> {
    view.current.as_ref().map(|item| number(item.id))
}

/// The debug text of an answer: port errors hold boxed sources and cannot be compared as values.
pub(super) fn text<T: std::fmt::Debug>(result: &Result<T>) -> String {
    format!("{result:?}")
}
