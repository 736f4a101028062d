//! `DELETE /api/v1/queue/{stream}/items/{item}`: takes a waiting item out.

use streamcore::queue::{Change, Op};

use crate::{
    edge::{Answer, Call, respond},
    error::Notice,
    wire::Done,
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let id = call.item()?;
    let queue = &*call.app.queue;
    let expected = call.if_match().expected(queue, stream).await?;
    let applied = queue.apply(stream, Change { op: Op::Remove { id }, expected }).await?;
    let message = Notice::Removed.message(call.language);
    let body = Done { success: true, message, revision: Some(applied.revision) };
    Ok(respond::tagged(respond::json(&body)?, applied.revision))
}
