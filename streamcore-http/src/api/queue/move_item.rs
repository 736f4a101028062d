//! `PATCH .../items/{item}/move` and its alias `PUT .../items/{item}/position`: gives a waiting item another 0-based place.
//! The answer is the page that `GET` would give, with the revision that this very move led to in a header: by the time the page is read
//! others may have gone on.

use streamcore::queue::{Change, Op};
use warp::http::HeaderName;

use super::list;
use crate::edge::{Answer, Call, respond};

const REVISION: HeaderName = HeaderName::from_static("x-queue-revision");

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let id = call.item()?;
    let mut fields = call.fields()?;
    let position = fields.place("position");
    let position = fields.require("position", position);
    let to = fields.finish(position)?;
    let queue = &*call.app.queue;
    let expected = call.if_match().expected(queue, stream).await?;
    let applied = queue.apply(stream, Change { op: Op::Move { id, to }, expected }).await?;
    let mut response = list::page(&call, stream).await?;
    respond::set(&mut response, REVISION, &applied.revision.to_string());
    Ok(response)
}
