//! `GET /api/v1/queue/{stream}/state`: what the stream behind a queue does.

use crate::{
    edge::{Answer, Call, respond},
    wire::QueueState,
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    respond::json(&QueueState::new(stream, super::view(&call, stream).await?, call.app.runtime.now()))
}
