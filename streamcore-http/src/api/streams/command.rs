//! `POST /api/v1/streams/{stream}/start|stop|pause|resume`: all are idempotent and answer the status. (`skip` is the queue's.)

use super::status;
use crate::edge::{Answer, Call};

pub(crate) async fn start(call: Call) -> Answer {
    let stream = call.stream().await?;
    let view = call.app.host.start(stream).await?;
    status::respond_with(&call, stream, view).await
}

pub(crate) async fn stop(call: Call) -> Answer {
    let stream = call.stream().await?;
    let view = call.app.host.stop(stream, call.by()).await?;
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
