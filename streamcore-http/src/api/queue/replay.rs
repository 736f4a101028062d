//! `POST /api/v1/queue/{stream}/history/{item}/replay`: queues again what was played, as a new item; an add like any other.

use streamcore::{
    ItemId, QueueItem, StreamId, Timestamp,
    queue::{HistoryEntry, Placement},
};
use warp::http::StatusCode;

use super::adding;
use crate::{
    edge::{Answer, Call, respond},
    error::ApiError,
    state::App,
    wire::{Added, Item},
};

/// How many entries of the history are read at once.
const PAGE: usize = 100;

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let mut fields = call.optional_fields()?;
    let priority = fields.flag("priority").unwrap_or_default();
    fields.finish(Some(()))?;
    let placement = if priority || call.flag("priority")? { Placement::Front } else { Placement::Back };
    let named = call.param("item");
    let not_found = || ApiError::NotInHistory { item: named.chars().take(100).collect() };
    let id: ItemId = named.parse().map_err(|_| not_found())?;
    let entry = find(&call.app, stream, None, |entry| entry.item.id == id).await?.ok_or_else(not_found)?;
    let copy = copy(entry, ItemId::new(call.new_uuid("item 0")?), call.app.runtime.now());
    let applied = adding::add(&call, stream, vec![copy.clone()], placement, call.app.settings.rules).await?;
    let (item, position) = match applied.placed.into_iter().next() {
        Some(placed) => (placed.item, Some(placed.position)),
        None => (copy, None),
    };
    let body = Added { item: Item::new(stream, item, position), revision: applied.revision };
    Ok(respond::tagged(respond::json_with(StatusCode::CREATED, &body)?, applied.revision))
}

/// The same media as a new item, which knows what it repeats.
pub(super) fn copy(entry: HistoryEntry, id: ItemId, now: Timestamp) -> QueueItem {
    QueueItem { id, replays: Some(entry.seq), added_at: now, ..entry.item }
}

/// The newest entry before number `before` that is wanted. The history is short: it forgets.
pub(super) async fn find(
    app: &App,
    stream: StreamId,
    mut before: Option<u64>,
    wanted: impl Fn(&HistoryEntry) -> bool,
) -> Result<Option<HistoryEntry>, ApiError> {
    loop {
        let page = app.queue.history(stream, before, PAGE).await?;
        if let Some(found) = page.entries.into_iter().find(&wanted) {
            return Ok(Some(found));
        }
        before = page.next;
        if before.is_none() {
            return Ok(None);
        }
    }
}
