//! `POST /api/v1/queue/{stream}/shuffle`: puts the waiting items in a random order, the same for the same `seed`.
//! The answer is the page that `GET` would give.

use streamcore::queue::Op;

use super::list;
use crate::edge::{Answer, Call};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let mut fields = call.optional_fields()?;
    let seed = fields.integer("seed");
    fields.finish(Some(()))?;
    let seed = match seed {
        Some(seed) => seed.cast_unsigned(),
        None => call.new_uuid("seed")?.as_u64_pair().0,
    };
    let limits = list::limits(&call)?;
    let applied = super::apply(&call, stream, Op::Shuffle { seed }).await?;
    Ok(list::led_to(list::page(&call, stream, limits).await?, &applied))
}
