//! `GET /api/v1/media`: the files that can be queued.

use serde_json::json;

use crate::{
    edge::{Answer, Call, respond},
    error::ApiError,
};

pub(crate) async fn answer(call: Call) -> Answer {
    let limit = call.limit(100, 1_000)?;
    let filter = call.query("q").unwrap_or_default();
    let list = call.app.media.list(filter, limit).await.map_err(|reason| ApiError::MediaUnavailable { reason })?;
    let items: Vec<_> = list.files.iter().map(|file| json!({ "url": file.url, "bytes": file.bytes })).collect();
    respond::json(&json!({ "items": items, "more": list.more }))
}
