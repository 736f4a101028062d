//! `/api/v1/queue/{stream}`: what plays and what waits.

pub(crate) mod add;
pub(crate) mod adding;
pub(crate) mod batch;
pub(crate) mod clear;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod jump;
pub(crate) mod list;
pub(crate) mod mode;
pub(crate) mod move_item;
pub(crate) mod previous;
pub(crate) mod remove;
pub(crate) mod repeat;
pub(crate) mod replay;
pub(crate) mod shuffle;
pub(crate) mod skip;
pub(crate) mod state;
pub(crate) mod stats;
pub(crate) mod undo;

use streamcore::{
    StreamId, StreamView,
    queue::{self, Applied, Change, Op},
};

use crate::{api::streams, edge::Call, error::ApiError, state::App};

/// Applies an edit, if the queue is as the caller saw it (`If-Match`); one that the queue has seen before it recognises.
pub(crate) async fn apply(call: &Call, stream: StreamId, op: Op) -> Result<Applied, ApiError> {
    let expected = call.if_match().expected(&*call.app.queue, stream).await?;
    edit(&call.app, stream, Change { op, expected, request: call.request() }).await
}

/// Applies an edit. A refusal that ends by itself knows when.
async fn edit(app: &App, stream: StreamId, change: Change) -> Result<Applied, ApiError> {
    let now = app.runtime.now();
    app.queue.apply(stream, change).await.map_err(|error| match error {
        queue::Error::Cooldown { index, until } => ApiError::Cooldown { index, until, now },
        other => other.into(),
    })
}

/// What can be seen of a stream; none if nobody created it, which is no error for those who read its queue.
async fn view(call: &Call, stream: StreamId) -> Result<Option<StreamView>, ApiError> {
    match streams::view(call, stream).await {
        Ok(view) => Ok(Some(view)),
        Err(ApiError::StreamNotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
