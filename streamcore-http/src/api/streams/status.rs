//! `GET /api/v1/streams/{stream}/status`: what it does, and how its session went so far.

use streamcore::{StreamId, StreamView};

use super::one;
use crate::{
    edge::{Answer, Call, respond},
    wire::StreamStatus,
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let view = super::view(&call, stream).await?;
    respond_with(&call, stream, view).await
}

/// The answer that the commands give as well.
pub(super) async fn respond_with(call: &Call, stream: StreamId, view: StreamView) -> Answer {
    let app = &call.app;
    let record = one::record(call, stream).await?;
    let mut status = StreamStatus::new(record, view, &app.settings.node, app.runtime.now(), call.caller);
    status.stale_since = call.reading.stale_since().map(|since| since.to_string());
    respond::json(&status)
}
