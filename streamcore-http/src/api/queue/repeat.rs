//! `GET` and `PUT /api/v1/queue/{stream}/repeat`: what is played again.

use streamcore::{
    StreamId,
    queue::{Op, Page, QueueView, Repeat},
};

use crate::{
    edge::{Answer, Call, respond},
    error::Problem,
    wire::RepeatAnswer,
};

pub(crate) async fn get(call: Call) -> Answer {
    let stream = call.stream().await?;
    let view = call.reading.view(stream, Page { offset: 0, limit: 0 }).await?;
    respond_with(stream, &view)
}

pub(crate) async fn put(call: Call) -> Answer {
    let stream = call.stream().await?;
    let mut fields = call.fields()?;
    let repeat = fields.word("repeat", Problem::Repeat, Repeat::named);
    let repeat = fields.require("repeat", repeat);
    let repeat = fields.finish(repeat)?;
    let applied = super::apply(&call, stream, Op::SetRepeat { repeat }).await?;
    let body = RepeatAnswer { channel_id: stream, repeat, revision: applied.revision };
    Ok(respond::tagged(respond::json(&body)?, applied.revision))
}

fn respond_with(stream: StreamId, view: &QueueView) -> Answer {
    let body = RepeatAnswer { channel_id: stream, repeat: view.repeat, revision: view.revision };
    Ok(respond::tagged(respond::json(&body)?, view.revision))
}
