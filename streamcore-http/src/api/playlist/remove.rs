//! `DELETE /api/playlist/{item}`: takes a waiting item out.

use streamcore::queue::Op;

use crate::{
    api::queue,
    edge::{Answer, Call, respond},
    wire::Removed,
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = super::stream(&call).await?;
    let applied = queue::apply(&call, stream, Op::Remove { id: call.item()? }).await?;
    Ok(respond::tagged(respond::json(&Removed { ok: true })?, applied.revision))
}
