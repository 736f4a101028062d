//! `GET /api/v1/metrics/streams`, of all and of one.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use streamcore::{StreamId, queue::Page, registry};

use super::monitor;
use crate::{
    api::streams::{one, view_of},
    edge::{Answer, Call, respond},
    error::ApiError,
    wire::{StreamFigures, StreamsMetrics},
};

/// How many streams are looked at at once.
const AT_ONCE: usize = 8;

pub(crate) async fn list(call: Call) -> Answer {
    let monitor = monitor(&call)?;
    let limit = call.limit(50, 100)?;
    let after = call.cursor::<StreamId>()?;
    let page = call.reading.streams(after, limit).await?;
    let next = if page.more { page.streams.last().map(|record| record.id.to_string()) } else { None };
    let figures = stream::iter(page.streams).map(|record| figures(&call, record)).buffered(AT_ONCE);
    // What was deleted since the page was read is left out.
    let streams = figures.filter_map(|figures| async { figures.transpose() }).try_collect().await?;
    let counts = monitor.counts().await;
    let stale_since = call.reading.stale_since().map(|since| since.to_string());
    respond::json(&StreamsMetrics::new(&counts, streams, next, page.total, call.app.runtime.now(), stale_since))
}

pub(crate) async fn one(call: Call) -> Answer {
    monitor(&call)?;
    let stream = call.stream().await?;
    let gone = || ApiError::StreamNotFound { stream: stream.to_string() };
    let record = one::record(&call, stream).await?;
    let mut body = figures(&call, record).await?.ok_or_else(gone)?;
    body.timestamp = Some(call.app.runtime.now().to_string());
    body.stale_since = call.reading.stale_since().map(|since| since.to_string());
    respond::json(&body)
}

/// The figures of the stream with this record; none if it is gone.
async fn figures(call: &Call, record: registry::StreamRecord) -> Result<Option<StreamFigures>, ApiError> {
    let view = match view_of(call, &record).await {
        Ok(view) => view,
        Err(ApiError::StreamNotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let queue = call.reading.view(record.id, Page { offset: 0, limit: 1 }).await?;
    Ok(Some(StreamFigures::new(record, view, queue.total, call.app.runtime.now())))
}
