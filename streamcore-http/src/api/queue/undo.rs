//! `POST .../undo` takes the last edit back, `POST .../restore` brings back what was cleared last. Both answer the page that `GET` would
//! give; an undo tells in `undone` what it took back.

use streamcore::queue::Op;

use super::list;
use crate::edge::{Answer, Call};

pub(crate) async fn undo(call: Call) -> Answer {
    let stream = call.stream().await?;
    let limits = list::limits(&call)?;
    let applied = super::apply(&call, stream, Op::Undo).await?;
    let page = list::page_with(&call, stream, limits, |page| page.undone = Some(applied.undone)).await?;
    Ok(list::led_to(page, &applied))
}

pub(crate) async fn restore(call: Call) -> Answer {
    let stream = call.stream().await?;
    let limits = list::limits(&call)?;
    let restore = Op::Restore { max_items: call.app.settings.rules.max_items };
    let applied = super::apply(&call, stream, restore).await?;
    Ok(list::led_to(list::page(&call, stream, limits).await?, &applied))
}
