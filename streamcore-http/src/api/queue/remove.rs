//! `DELETE /api/v1/queue/{stream}/items/{item}`: takes a waiting item out.

use streamcore::queue::Op;

use crate::{
    edge::{Answer, Call, respond},
    error::Notice,
    wire::Done,
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let applied = super::apply(&call, stream, Op::Remove { id: call.item()? }).await?;
    let message = Notice::Removed.message(call.language);
    let body = Done { success: true, message, revision: Some(applied.revision) };
    Ok(respond::tagged(respond::json(&body)?, applied.revision))
}
