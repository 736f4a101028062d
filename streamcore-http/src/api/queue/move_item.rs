//! `PATCH .../items/{item}/move` and its alias `PUT .../items/{item}/position`: gives a waiting item another 0-based place.
//! The answer is the page that `GET` would give.

use streamcore::queue::{Change, Op};

use super::list;
use crate::edge::{Answer, Call};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let id = call.item()?;
    let mut fields = call.fields()?;
    let position = fields.place("position");
    let position = fields.require("position", position);
    let to = fields.finish(position)?;
    let queue = &*call.app.queue;
    let expected = call.if_match().expected(queue, stream).await?;
    queue.apply(stream, Change { op: Op::Move { id, to }, expected }).await?;
    list::page(&call, stream).await
}
