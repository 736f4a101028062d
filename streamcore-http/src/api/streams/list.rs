//! `GET /api/v1/streams`: all streams, in the order of their numbers.

use streamcore::StreamId;

use crate::{
    edge::{Answer, Call, respond},
    error::ApiError,
    wire::{StreamPage, StreamRecord},
};

pub(crate) async fn answer(call: Call) -> Answer {
    let limit = call.limit(50, 100)?;
    let after = call.cursor::<StreamId>()?;
    let page = call.reading.streams(after, limit).await?;
    let next = if page.more { page.streams.last().map(|record| record.id.to_string()) } else { None };
    let mut items = Vec::with_capacity(page.streams.len());
    for record in page.streams {
        let view = match super::view_of(&call, &record).await {
            Ok(view) => Some(view),
            // Deleted since the page was read: it was there, so it is shown once more.
            Err(ApiError::StreamNotFound { .. }) => None,
            Err(error) => return Err(error),
        };
        items.push(StreamRecord::new(record, view.as_ref()));
    }
    let stale_since = call.reading.stale_since().map(|since| since.to_string());
    respond::json(&StreamPage { items, next, total: page.total, stale_since })
}
