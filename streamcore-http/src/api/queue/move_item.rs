//! `PATCH .../items/{item}/move` and its alias `PUT .../items/{item}/position`: gives a waiting item another 0-based place.
//! The answer is the page that `GET` would give, with the revision that this very move led to in a header: by the time the page is read
//! others may have gone on.

use streamcore::queue::Op;
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
    let limits = list::limits(&call)?;
    let applied = super::apply(&call, stream, Op::Move { id, to }).await?;
    let mut response = list::page(&call, stream, limits).await?;
    respond::set(&mut response, REVISION, &applied.revision.to_string());
    Ok(response)
}
