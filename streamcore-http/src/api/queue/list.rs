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
    let mut response = if reads && call.has_already(&revision.to_string()) {
        respond::empty(StatusCode::NOT_MODIFIED, &[])
    } else {
        let status = super::view(&call.app, stream).await?.map(|view| view.status);
        respond::json(&QueuePage::new(stream, view, offset, status == Some(Status::Placeholder)))?
    };
    respond::set(&mut response, header::CACHE_CONTROL, "no-cache");
    Ok(respond::tagged(response, revision))
}
