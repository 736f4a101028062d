//! `POST /api/v1/queue/{stream}/jump`: on to a waiting item, past those before it, which keep waiting. What plays counts as skipped, or
//! with `keep` waits again right behind it.

use streamcore::{ItemId, StreamId, driver::Skipped, queue::Page};

use super::skip;
use crate::{
    edge::{Answer, Call, Condition, respond},
    error::{ApiError, Notice},
    state::App,
    wire::{Item, SkipAnswer},
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let mut fields = call.fields()?;
    let item = fields.uuid("item_id").map(ItemId::new);
    let item = fields.require("item_id", item);
    let keep = fields.flag("keep").unwrap_or_default();
    let to = fields.finish(item)?;
    let app = &call.app;
    let meant = current_if_meant(&call, stream).await?;
    let done = app.host.jump(stream, meant, to, keep).await?;
    let plays = done.current.as_ref().is_some_and(|current| current.id == to);
    if !done.skipped && !plays && !is_listed(app, stream, to).await? {
        return Err(ApiError::ItemNotFound { item: to.to_string() });
    }
    respond_with(&call, stream, done).await
}

/// Who names a revision means what was current in it.
pub(super) async fn current_if_meant(call: &Call, stream: StreamId) -> Result<Option<ItemId>, ApiError> {
    let condition = call.if_match();
    if condition == Condition::None {
        return Ok(None);
    }
    let seen = call.app.queue.view(stream, Page { offset: 0, limit: 0 }).await?;
    condition.check(seen.revision)?;
    Ok(seen.current.map(|current| current.id))
}

/// What a jump answers: as a skip does.
pub(super) async fn respond_with(call: &Call, stream: StreamId, done: Skipped) -> Answer {
    let revision = skip::revision(&call.app, stream, &done).await?;
    let notice = if done.skipped { Notice::Jumped } else { Notice::NotJumped };
    let body = SkipAnswer {
        success: true,
        skipped: done.skipped,
        next_item: done.current.map(|item| Item::new(stream, item, Some(0))),
        message: notice.message(call.language),
        revision,
    };
    Ok(respond::tagged(respond::json(&body)?, revision))
}

/// Whether an item is in the list, which is read in pages.
async fn is_listed(app: &App, stream: StreamId, id: ItemId) -> Result<bool, ApiError> {
    let mut offset = 0;
    while offset <= app.settings.rules.max_items {
        let page = app.queue.view(stream, Page { offset, limit: 500 }).await?;
        if page.items.iter().any(|item| item.id == id) {
            return Ok(true);
        }
        offset += page.items.len();
        if page.items.is_empty() || offset >= page.total {
            break;
        }
    }
    Ok(false)
}
