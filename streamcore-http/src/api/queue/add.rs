//! `POST /api/v1/queue/{stream}/items`: adds an item, where the queue's mode puts it or (`?priority=true`) right behind the current one.

use streamcore::queue::Placement;
use warp::http::StatusCode;

use super::adding;
use crate::{
    edge::{Answer, Call, respond},
    error::ApiError,
    wire::{AddItem, Added, Item},
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let placement = if call.flag("priority")? { Placement::Front } else { Placement::Back };
    let wanted = AddItem::read(call.fields()?)?;
    let items = adding::items(&call, vec![wanted]).await?;
    let item = items.first().cloned().ok_or(ApiError::Internal)?;
    let applied = adding::add(&call, stream, items, placement, call.app.settings.rules).await?;
    // A repeated add of what was played since tells of the item as it was added, and of no place.
    let (item, position) = match applied.placed.into_iter().next() {
        Some(placed) => (placed.item, Some(placed.position)),
        None => (item, None),
    };
    let body = Added { item: Item::new(stream, item, position), revision: applied.revision };
    Ok(respond::tagged(respond::json_with(StatusCode::CREATED, &body)?, applied.revision))
}
