//! `GET` and `PUT /api/v1/streams/{stream}/auto-end`: how it ends by itself, and the end that it is heading for.

use streamcore::{StreamId, StreamView};

use super::one;
use crate::{
    edge::{Answer, Call, respond},
    error::ApiError,
    wire::{AutoEnd, AutoEndChange},
};

pub(crate) async fn get(call: Call) -> Answer {
    let stream = call.stream().await?;
    let view = super::view(&call, stream).await?;
    respond_with(&call, stream, &view).await
}

pub(crate) async fn put(call: Call) -> Answer {
    let stream = call.stream().await?;
    let mut fields = call.fields()?;
    let change = AutoEndChange::read(&mut fields);
    let change = fields.finish(Some(change))?;
    let view = configure(&call, stream, change).await?;
    respond_with(&call, stream, &view).await
}

/// Stores what is to be different; a timer that runs obeys at once.
pub(super) async fn configure(call: &Call, stream: StreamId, change: AutoEndChange) -> Result<StreamView, ApiError> {
    let host = &call.app.host;
    Ok(host.configure(stream, |own, defaults| change.apply(own, defaults)).await?)
}

/// The answer that a keep-alive gives as well.
pub(super) async fn respond_with(call: &Call, stream: StreamId, view: &StreamView) -> Answer {
    let app = &call.app;
    let record = one::record(call, stream).await?;
    respond::json(&AutoEnd::new(&record, view, app.host.auto_end(), app.runtime.now()))
}
