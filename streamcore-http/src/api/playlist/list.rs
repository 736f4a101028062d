//! `GET /api/playlist/`: the list, the current item first.

use streamcore::queue::Page;

use crate::{
    edge::{Answer, Call, respond},
    wire::PlaylistItem,
};

/// How many items are listed at the most: this API knows no pages.
const MAX_ITEMS: usize = 1_000;

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = super::stream(&call).await?;
    let view = call.reading.view(stream, Page { offset: 0, limit: MAX_ITEMS }).await?;
    let current = view.current.map(|current| current.id);
    let items = view.items.into_iter().enumerate();
    let items: Vec<_> = items
        .map(|(position, item)| {
            let is_current = current == Some(item.id);
            PlaylistItem::new(item, position, is_current)
        })
        .collect();
    Ok(respond::tagged(respond::json(&items)?, view.revision))
}
