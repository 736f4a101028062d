//! `POST /api/v1/streams/{stream}/start|stop|pause|resume|skip`: the first four are idempotent and answer the status.

use streamcore::ItemId;

use super::status;
use crate::{
    api::queue::skip as queue_skip,
    edge::{Answer, Call},
};

pub(crate) async fn start(call: Call) -> Answer {
    let stream = call.stream().await?;
    let view = call.app.host.start(stream).await?;
    status::respond_with(&call, stream, view).await
}

pub(crate) async fn stop(call: Call) -> Answer {
    let stream = call.stream().await?;
    let view = call.app.host.stop(stream).await?;
    status::respond_with(&call, stream, view).await
}

pub(crate) async fn pause(call: Call) -> Answer {
    let stream = call.stream().await?;
    let view = call.app.host.pause(stream).await?;
    status::respond_with(&call, stream, view).await
}

pub(crate) async fn resume(call: Call) -> Answer {
    let stream = call.stream().await?;
    let view = call.app.host.resume(stream).await?;
    status::respond_with(&call, stream, view).await
}

/// Unlike the queue's skip, this one is about what can be heard: a stopped stream refuses it.
pub(crate) async fn skip(call: Call) -> Answer {
    let stream = call.stream().await?;
    let mut fields = call.optional_fields()?;
    let item = fields.uuid("item_id").map(ItemId::new);
    fields.finish(Some(()))?;
    let skipped = call.app.host.skip(stream, item).await?;
    let revision = queue_skip::revision(&call.app, stream).await?;
    queue_skip::respond_with(&call, stream, skipped, revision)
}
