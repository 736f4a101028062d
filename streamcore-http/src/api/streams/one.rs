//! `GET`, `PATCH` and `DELETE /api/v1/streams/{stream}`.

use streamcore::{StreamId, registry};

use crate::{
    edge::{Answer, Call, respond},
    error::{ApiError, Notice},
    state::App,
    wire::{Done, StreamEdit, StreamRecord},
};

pub(crate) async fn get(call: Call) -> Answer {
    let stream = call.stream().await?;
    let record = record(&call.app, stream).await?;
    let view = call.app.host.view(stream).await?;
    respond::json(&StreamRecord::new(record, Some(&view)))
}

/// Two changes that each can be made again: if the second one fails the whole request may be repeated.
pub(crate) async fn edit(call: Call) -> Answer {
    let stream = call.stream().await?;
    let edit = StreamEdit::read(call.fields()?)?;
    if let Some(name) = edit.name {
        call.app.registry.rename(stream, name).await?;
    }
    if let Some(auto_end) = edit.auto_end {
        super::auto_end::configure(&call, stream, auto_end).await?;
    }
    let record = record(&call.app, stream).await?;
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
