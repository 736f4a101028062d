//! `GET /api/v1/streams/{stream}/warnings`: which warnings of the coming end were given.

use crate::{
    edge::{Answer, Call, respond},
    wire::Warning,
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let view = super::view(&call, stream).await?;
    respond::json(&Warning::all(&view, call.app.runtime.now()))
}
