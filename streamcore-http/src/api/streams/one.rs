//! `GET`, `PATCH` and `DELETE /api/v1/streams/{stream}`.

use streamcore::{StreamId, registry};

use crate::{
    edge::{Answer, Call, respond},
    error::{ApiError, Notice},
    wire::{Done, StreamEdit, StreamRecord},
};

pub(crate) async fn get(call: Call) -> Answer {
    let stream = call.stream().await?;
    respond_with(&call, stream).await
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
    respond_with(&call, stream).await
}

pub(crate) async fn delete(call: Call) -> Answer {
    let stream = call.stream().await?;
    call.app.host.delete(stream).await?;
    let message = Notice::StreamDeleted.message(call.language);
    respond::json(&Done { success: true, message, revision: None })
}

async fn respond_with(call: &Call, stream: StreamId) -> Answer {
    let record = record(call, stream).await?;
    let view = super::view_of(call, &record).await?;
    let mut body = StreamRecord::new(record, Some(&view));
    body.stale_since = call.reading.stale_since().map(|since| since.to_string());
    respond::json(&body)
}

/// The record of a stream that must exist.
pub(in crate::api) async fn record(call: &Call, stream: StreamId) -> Result<registry::StreamRecord, ApiError> {
    let found = call.reading.record(stream).await?;
    found.ok_or_else(|| ApiError::StreamNotFound { stream: stream.to_string() })
}
