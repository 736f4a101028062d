//! `GET /api/v1/streams/{stream}/sessions`: those that ended, newest first.

use super::one;
use crate::{
    edge::{Answer, Call, respond},
    wire::SessionPage,
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let limit = call.limit(50, 100)?;
    let before = call.cursor()?;
    one::record(&call, stream).await?;
    let page = call.reading.sessions(stream, before, limit).await?;
    respond::json(&SessionPage::new(page, call.caller))
}
