//! `/api/v1/streams`: which streams there are, and what they do.

pub(crate) mod auto_end;
pub(crate) mod command;
pub(crate) mod create;
pub(crate) mod keep_alive;
pub(crate) mod list;
pub(crate) mod listeners;
pub(crate) mod one;
pub(crate) mod seek;
pub(crate) mod sessions;
pub(crate) mod status;
pub(crate) mod warnings;

use streamcore::{StreamId, StreamView, registry};

use crate::{edge::Call, error::ApiError};

/// What can be seen of a stream. One that this process drives can be seen whatever becomes of the store.
pub(crate) async fn view(call: &Call, stream: StreamId) -> Result<StreamView, ApiError> {
    if let Some(view) = call.app.host.driven_view(stream) {
        return Ok(view);
    }
    let record = one::record(call, stream).await?;
    view_of(call, &record).await
}

/// What can be seen of the stream with this record.
pub(super) async fn view_of(call: &Call, record: &registry::StreamRecord) -> Result<StreamView, ApiError> {
    let host = &call.app.host;
    if let Some(view) = host.driven_view(record.id) {
        return Ok(view);
    }
    let snapshot = call.reading.snapshot(record.id).await?;
    // It may have been started meanwhile.
    Ok(host.driven_view(record.id).unwrap_or_else(|| host.view_at_rest(record, snapshot)))
}
