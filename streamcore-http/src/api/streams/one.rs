//! `GET`, `PATCH` and `DELETE /api/v1/streams/{stream}`.

use streamcore::{StreamId, registry};

use crate::{
    edge::{Answer, Call, respond},
    error::{ApiError, Notice},
    state::App,
    wire::{Done, StreamRecord, read_name},
};

pub(crate) async fn get(call: Call) -> Answer {
    let stream = call.stream().await?;
    let record = record(&call.app, stream).await?;
    let view = call.app.host.view(stream).await?;
    respond::json(&StreamRecord::new(record, Some(&view)))
}

pub(crate) async fn rename(call: Call) -> Answer {
    let stream = call.stream().await?;
    let name = read_name(call.fields()?)?;
    let record = call.app.registry.rename(stream, name).await?;
    let view = call.app.host.view(stream).await?;
    respond::json(&StreamRecord::new(record, Some(&view)))
}

pub(crate) async fn delete(call: Call) -> Answer {
    let stream = call.stream().await?;
    call.app.host.delete(stream).await?;
    let message = Notice::StreamDeleted.message(call.language);
    respond::json(&Done { success: true, message, revision: None })
}

/// The record of a stream that must exist.
pub(super) async fn record(app: &App, stream: StreamId) -> Result<registry::StreamRecord, ApiError> {
    let found = app.registry.get(stream).await?;
    found.ok_or_else(|| ApiError::StreamNotFound { stream: stream.to_string() })
}
