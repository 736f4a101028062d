//! `POST /api/v1/queue/{stream}/skip`, and the same under `/api/v1/streams`: ends the current item, or on a stream that is not running
//! removes the head.

use streamcore::{
    ItemId, QueueItem, Revision, Status, StreamId,
    driver::{CommandError, Skipped},
    queue::{self, Change, Op, Page},
};

use crate::{
    edge::{Answer, Call, respond},
    error::{ApiError, Notice},
    state::App,
    wire::{Item, SkipAnswer},
};

/// How often to look again when the queue changes under our hands.
const ATTEMPTS: usize = 5;

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let mut fields = call.optional_fields()?;
    let named = fields.uuid("item_id").map(ItemId::new);
    fields.finish(Some(()))?;
    let app = &call.app;
    let seen = app.queue.view(stream, Page { offset: 0, limit: 1 }).await?;
    let condition = call.if_match();
    condition.check(seen.revision)?;
    // Who names a revision means what was current in it, also if that ends while we are at it.
    let meant = if condition == crate::edge::Condition::None { None } else { seen.items.first().map(|head| head.id) };
    let done = match skip(&call, stream, named.or(meant)).await {
        // Nothing is there any more, so neither is the item that was named.
        Err(ApiError::NothingToSkip { .. }) if named.is_some() => {
            Skipped { skipped: false, current: None, revision: None }
        }
        done => done?,
    };
    let revision = revision(app, stream, &done).await?;
    let notice = if done.skipped { Notice::Skipped } else { Notice::NotSkipped };
    let body = SkipAnswer {
        success: true,
        skipped: done.skipped,
        next_item: done.current.map(|item| Item::new(stream, item, Some(0))),
        message: notice.message(call.language),
        revision,
    };
    Ok(respond::tagged(respond::json(&body)?, revision))
}

/// The revision that it led to. Read from the queue only where nothing was done: what was done is told, also if the store is away by now, and
/// with no later revision than its own.
pub(super) async fn revision(app: &App, stream: StreamId, done: &Skipped) -> Result<Revision, ApiError> {
    match done.revision {
        Some(revision) => Ok(revision),
        None => Ok(app.queue.view(stream, Page { offset: 0, limit: 0 }).await?.revision),
    }
}

async fn skip(call: &Call, stream: StreamId, item: Option<ItemId>) -> Result<Skipped, ApiError> {
    let app = &call.app;
    let status = super::view(call, stream).await?.map_or(Status::Stopped, |view| view.status);
    if status == Status::Stopped {
        return remove_head(call, stream, item).await;
    }
    match app.host.skip(stream, item).await {
        // It stopped just now.
        Err(CommandError::NotRunning { .. }) => remove_head(call, stream, item).await,
        done => Ok(done?),
    }
}

/// Removes the head by its id, so that nobody's other change is undone; looks again if it was gone meanwhile.
async fn remove_head(call: &Call, stream: StreamId, meant: Option<ItemId>) -> Result<Skipped, ApiError> {
    let app = &call.app;
    let mut last = ApiError::NothingToSkip { stream };
    for _ in 0..ATTEMPTS {
        let Some(head) = head(app, stream).await? else { return Err(ApiError::NothingToSkip { stream }) };
        if meant.is_some_and(|meant| meant != head.id) {
            return Ok(Skipped { skipped: false, current: Some(head), revision: None });
        }
        let change = Change { request: call.request(), ..Op::Remove { id: head.id }.into() };
        match app.queue.apply(stream, change).await {
            Ok(applied) => {
                // If the store is away by now the new head is not told; that the old one went is.
                let current = self::head(app, stream).await.unwrap_or_default();
                return Ok(Skipped { skipped: true, current, revision: Some(applied.revision) });
            }
            Err(error @ (queue::Error::NotFound { .. } | queue::Error::CurrentItem { .. })) => last = error.into(),
            Err(error) => return Err(error.into()),
        }
    }
    Err(last)
}

async fn head(app: &App, stream: StreamId) -> Result<Option<QueueItem>, ApiError> {
    Ok(app.queue.view(stream, Page { offset: 0, limit: 1 }).await?.items.into_iter().next())
}
