//! `GET .../state`, `.../mode` and `.../stats`: small facts about a queue and its stream.

use streamcore::queue::Page;

use crate::{
    edge::{Answer, Call, respond},
    error::Notice,
    wire::{Mode, QueueState, QueueStats},
};

/// The one mode there is so far.
const FIFO: &str = "fifo";

pub(crate) async fn state(call: Call) -> Answer {
    let stream = call.stream().await?;
    respond::json(&QueueState::new(stream, super::view(&call.app, stream).await?))
}

pub(crate) async fn mode(call: Call) -> Answer {
    let channel_id = call.stream().await?;
    respond::json(&Mode { channel_id, mode: FIFO, message: Notice::Fifo.message(call.language) })
}

pub(crate) async fn stats(call: Call) -> Answer {
    let channel_id = call.stream().await?;
    let total = call.app.queue.view(channel_id, Page { offset: 0, limit: 0 }).await?.total;
    respond::json(&QueueStats { channel_id, mode: FIFO, total, vip: 0, admin: 0, normal: total })
}
