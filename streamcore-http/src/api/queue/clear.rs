//! `DELETE /api/v1/queue/{stream}`: takes all waiting items out. What plays goes on; `restore` brings them back.

use streamcore::queue::Op;

use crate::{
    edge::{Answer, Call, respond},
    error::Notice,
    wire::Done,
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let applied = super::apply(&call, stream, Op::Clear).await?;
    let message = Notice::Cleared.message(call.language);
    let body = Done { success: true, message, revision: Some(applied.revision) };
    Ok(respond::tagged(respond::json(&body)?, applied.revision))
}
