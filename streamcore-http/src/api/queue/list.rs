//! `GET /api/v1/queue/{stream}`: a page of the list.

use streamcore::{Status, StreamId, queue::Page};
use warp::http::{StatusCode, header};

use crate::{
    edge::{Answer, Call, respond},
    wire::{MAX_SAFE_INTEGER, QueuePage},
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    page(&call, stream).await
}

/// The page that the query asks for. A caller who has this revision already gets 304.
pub(super) async fn page(call: &Call, stream: StreamId) -> Answer {
    let limit = call.limit(50, 100)?;
    let offset = call.number("offset", 0, 0, usize::try_from(MAX_SAFE_INTEGER).unwrap_or(usize::MAX))?;
    let view = call.app.queue.view(stream, Page { offset, limit }).await?;
    let revision = view.revision;
    let reads = call.method == warp::http::Method::GET || call.is_head();
    // Of an empty list the body also tells whether the placeholder plays, which no revision knows: that body is small, and always sent.
    let is_told_by_revision = view.total > 0;
    let mut response = if reads && is_told_by_revision && call.has_already(&revision.to_string()) {
        respond::empty(StatusCode::NOT_MODIFIED, &[])
    } else {
        let is_placeholder = !is_told_by_revision
            && super::view(&call.app, stream).await?.is_some_and(|view| view.status == Status::Placeholder);
        respond::json(&QueuePage::new(stream, view, offset, is_placeholder))?
    };
    respond::set(&mut response, header::CACHE_CONTROL, "no-cache");
    Ok(respond::tagged(response, revision))
}
