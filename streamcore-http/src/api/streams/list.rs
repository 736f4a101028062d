//! `GET /api/v1/streams`: all streams, in the order of their numbers.

use streamcore::{StreamId, driver::CommandError};

use crate::{
    edge::{Answer, Call, respond},
    wire::{StreamPage, StreamRecord},
};

pub(crate) async fn answer(call: Call) -> Answer {
    let limit = call.limit(50, 100)?;
    let after = call.cursor::<StreamId>()?;
    let page = call.app.registry.list(after, limit).await?;
    let next = if page.more { page.streams.last().map(|record| record.id.to_string()) } else { None };
    let mut items = Vec::with_capacity(page.streams.len());
    for record in page.streams {
        let view = match call.app.host.view(record.id).await {
            Ok(view) => Some(view),
            // Deleted since the page was read: it was there, so it is shown once more.
            Err(CommandError::NotFound { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        items.push(StreamRecord::new(record, view.as_ref()));
    }
    respond::json(&StreamPage { items, next, total: page.total })
}
