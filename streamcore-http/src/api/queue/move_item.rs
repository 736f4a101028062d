//! `PATCH .../items/{item}/move` and its alias `PUT .../items/{item}/position`: gives a waiting item another 0-based place.
//! The answer is the page that `GET` would give.

use streamcore::queue::Op;

use super::list;
use crate::edge::{Answer, Call};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let id = call.item()?;
    let mut fields = call.fields()?;
    let position = fields.place("position");
    let position = fields.require("position", position);
    let to = fields.finish(position)?;
    let limits = list::limits(&call)?;
    let applied = super::apply(&call, stream, Op::Move { id, to }).await?;
    Ok(list::led_to(list::page(&call, stream, limits).await?, &applied))
}
