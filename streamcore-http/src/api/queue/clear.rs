//! `DELETE /api/v1/queue/{stream}`: takes all waiting items out. What plays goes on.

use streamcore::queue::{Change, Op};

use crate::{
    edge::{Answer, Call, respond},
    error::Notice,
    wire::Done,
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let queue = &*call.app.queue;
    let expected = call.if_match().expected(queue, stream).await?;
    let applied = queue.apply(stream, Change { op: Op::Clear, expected }).await?;
    let message = Notice::Cleared.message(call.language);
    let body = Done { success: true, message, revision: Some(applied.revision) };
    Ok(respond::tagged(respond::json(&body)?, applied.revision))
}
