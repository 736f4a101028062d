//! `GET /api/v1/queue/{stream}/history`: what was played, and what became of it, newest first.

use crate::{
    edge::{Answer, Call, respond},
    wire::HistoryPage,
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let limit = call.limit(50, 100)?;
    let page = call.reading.history(stream, call.cursor()?, limit).await?;
    respond::json(&HistoryPage::new(stream, page))
}
