//! `GET /api/v1/streams/{stream}/status`: what it does, and how its session went so far.

use streamcore::{StreamId, StreamView};

use super::one;
use crate::{
    edge::{Answer, Call, respond},
    wire::StreamStatus,
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let view = call.app.host.view(stream).await?;
    respond_with(&call, stream, view).await
}

/// The answer that the commands give as well.
pub(super) async fn respond_with(call: &Call, stream: StreamId, view: StreamView) -> Answer {
    let app = &call.app;
    let record = one::record(app, stream).await?;
    respond::json(&StreamStatus::new(record, view, &app.settings.node, app.runtime.now(), call.caller))
}
