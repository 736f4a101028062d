//! `GET /api/v1/queue/{stream}`: a page of the list.

use std::time::Duration;

use streamcore::{
    Status, StreamId, StreamView,
    queue::{Applied, Page},
};
use warp::{
    http::{HeaderName, StatusCode, header},
    reply::Response,
};

use crate::{
    edge::{Answer, Call, respond},
    error::ApiError,
    wire::{MAX_SAFE_INTEGER, QueuePage},
};

/// The revision that an edit led to, which answers with a page: by the time the page is read others may have gone on.
const LED_TO: HeaderName = HeaderName::from_static("x-queue-revision");

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    page(&call, stream, limits(&call)?).await
}

/// The page that the query asks for; whoever changes something reads this first, so that a mistake in it changes nothing.
pub(super) fn limits(call: &Call) -> Result<Page, ApiError> {
    let limit = call.limit(50, 100)?;
    let offset = call.number("offset", 0, 0, usize::try_from(MAX_SAFE_INTEGER).unwrap_or(usize::MAX))?;
    Ok(Page { offset, limit })
}

/// That page. A caller who has this revision already gets 304.
pub(super) async fn page(call: &Call, stream: StreamId, limits: Page) -> Answer {
    page_with(call, stream, limits, |_| ()).await
}

/// That page, with something more to tell.
pub(super) async fn page_with(
    call: &Call,
    stream: StreamId,
    limits: Page,
    tell: impl FnOnce(&mut QueuePage) + Send,
) -> Answer {
    let app = &call.app;
    let view = call.reading.view(stream, limits).await?;
    let revision = view.revision;
    let reads = call.method == warp::http::Method::GET || call.is_head();
    // Of an empty list the body also tells whether the placeholder plays, which no revision knows: that body is small, and always sent.
    let is_told_by_revision = view.total > 0;
    let mut response = if reads && is_told_by_revision && call.has_already(&revision.to_string()) {
        respond::empty(StatusCode::NOT_MODIFIED, &[])
    } else {
        // Of a stream that plays nothing only its placeholder is of interest, and with items waiting there is none for long.
        let on_air =
            if view.current.is_some() || !is_told_by_revision { super::view(call, stream).await? } else { None };
        let is_placeholder = on_air.as_ref().is_some_and(|on_air| on_air.status == Status::Placeholder);
        let current = view.current.as_ref().map(|current| current.id);
        let played = on_air.filter(|on_air| on_air.status == Status::Playing && current_of(on_air) == current);
        let mut page = QueuePage::new(stream, view, limits.offset, is_placeholder);
        if let Some(on_air) = played {
            page.expect(remaining(&on_air), app.runtime.now());
        }
        page.stale_since = call.reading.stale_since().map(|since| since.to_string());
        tell(&mut page);
        respond::json(&page)?
    };
    respond::set(&mut response, header::CACHE_CONTROL, "no-cache");
    Ok(respond::tagged(response, revision))
}

/// A page in answer to an edit.
pub(super) fn led_to(mut page: Response, applied: &Applied) -> Response {
    respond::set(&mut page, LED_TO, &applied.revision.to_string());
    page
}

fn current_of(view: &StreamView) -> Option<streamcore::ItemId> {
    view.current.as_ref().map(|current| current.id)
}

/// What is left of the current item, if its end is known.
fn remaining(view: &StreamView) -> Option<Duration> {
    view.current.as_ref()?.duration.map(|duration| duration.saturating_sub(view.position))
}
