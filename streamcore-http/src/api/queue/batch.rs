//! `POST /api/v1/queue/{stream}/items/batch`: adds several items in their order, all or none.

use streamcore::{StreamId, queue::Placement};
use warp::http::StatusCode;

use super::adding;
use crate::{
    edge::{Answer, Call, respond},
    wire::{AddItem, AddedBatch, Item},
};

/// How many items one batch may hold.
pub(crate) const MAX_ITEMS: usize = 1_000;

/// The longest body: room for that many items with titles and some metadata.
pub(crate) const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let mut fields = call.fields()?;
    let priority = fields.flag("priority").unwrap_or_default() || call.flag("priority")?;
    let wanted: Vec<AddItem> =
        fields.objects("items", MAX_ITEMS)?.into_iter().map(AddItem::read).collect::<Result<_, _>>()?;
    add(&call, stream, wanted, priority).await
}

/// Adds them and answers 201 with the items and where they are.
pub(super) async fn add(call: &Call, stream: StreamId, wanted: Vec<AddItem>, priority: bool) -> Answer {
    let placement = if priority { Placement::Front } else { Placement::Back };
    let items = adding::items(call, wanted).await?;
    let applied = adding::add(call, stream, items, placement, call.app.settings.rules).await?;
    let items = applied.placed.into_iter().map(|placed| Item::new(stream, placed.item, Some(placed.position)));
    let body = AddedBatch { items: items.collect(), revision: applied.revision };
    Ok(respond::tagged(respond::json_with(StatusCode::CREATED, &body)?, applied.revision))
}
