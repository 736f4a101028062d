//! `POST /api/playlist/`: adds an item behind all others.

use streamcore::queue::Placement;

use crate::{
    api::queue::adding,
    edge::{Answer, Call, respond},
    error::{ApiError, Part},
    wire::{PlaylistEntry, PlaylistItem},
};

pub(crate) async fn answer(call: Call) -> Answer {
    let wanted = PlaylistEntry::read(call.fields()?)?;
    let stream = match &wanted.channel {
        Some(text) => call.stream_named(Part::Body, "channel_id", text).await?,
        None => super::stream(&call).await?,
    };
    let items = adding::items(&call, vec![wanted.item]).await?;
    let item = items.first().cloned().ok_or(ApiError::Internal)?;
    let applied = adding::add(&call, stream, items, Placement::Back, call.app.settings.rules).await?;
    let (item, position) = match applied.placed.into_iter().next() {
        Some(placed) => (placed.item, placed.position),
        None => (item, applied.total),
    };
    Ok(respond::tagged(respond::json(&PlaylistItem::new(item, position, false))?, applied.revision))
}
