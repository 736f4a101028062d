//! `POST /api/v1/queue/{stream}/previous`: plays again what played before. What plays now waits again right behind it.
//!
//! Of a track that is itself such a repetition, *before* means before the original: pressed again and again it walks back through the history.

use streamcore::{
    ItemId, Revision, Status, StreamId,
    driver::Skipped,
    queue::{Change, HistoryEntry, Op, Page, Placement, Rules},
};

use super::{adding, jump, replay};
use crate::{
    edge::{Answer, Call},
    error::ApiError,
};

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let app = &call.app;
    let id = ItemId::new(call.new_uuid("item 0")?);
    // Before anything is asked of what is there now: it may be what this request made of it when it came before.
    if let Some(done) = done_before(&call, stream, id).await? {
        return jump::respond_with(&call, stream, done).await;
    }
    if super::view(&call, stream).await?.is_none_or(|view| view.status == Status::Stopped) {
        return Err(ApiError::StreamNotRunning { stream });
    }
    let meant = jump::current_if_meant(&call, stream).await?;
    let current = app.queue.view(stream, Page { offset: 0, limit: 0 }).await?.current;
    let before = current.and_then(|current| current.replays);
    let Some(entry) = heard_before(&call, stream, before).await? else {
        return Err(ApiError::NothingPrevious { stream });
    };
    let copy = replay::copy(entry, id, app.runtime.now());
    // An operator's control, not a request: only the queue's length counts.
    let rules = Rules::at_most(app.settings.rules.max_items);
    let added = adding::add(&call, stream, vec![copy], Placement::Front, rules).await?;
    match app.host.jump(stream, meant, id, true).await {
        Ok(done) => jump::respond_with(&call, stream, done).await,
        Err(error) => {
            // It cannot be played now, and nobody asked for it to wait; unless the request comes again under its key, which goes on from here.
            if call.request().is_none() {
                take_back(&call, stream, id, added.revision).await;
            }
            Err(error.into())
        }
    }
}

/// What this request did when it came before: the item that it makes plays, or did.
async fn done_before(call: &Call, stream: StreamId, id: ItemId) -> Result<Option<Skipped>, ApiError> {
    if call.request().is_none() {
        return Ok(None);
    }
    let current = call.app.queue.view(stream, Page { offset: 0, limit: 0 }).await?.current;
    let plays = current.as_ref().is_some_and(|current| current.id == id);
    let is_done = plays || replay::find(&call.app, stream, None, |entry| entry.item.id == id).await?.is_some();
    Ok(is_done.then_some(Skipped { skipped: true, current, revision: None }))
}

/// Takes the item out again: as if it had never been added, or, if somebody edited meanwhile, by an edit that can itself be undone.
async fn take_back(call: &Call, stream: StreamId, id: ItemId, added: Revision) {
    let queue = &call.app.queue;
    let undone = queue.apply(stream, Change { expected: Some(added), ..Op::Undo.into() }).await;
    if undone.is_err() {
        let _ = queue.apply(stream, Op::Remove { id }.into()).await;
    }
}

/// The newest entry, of those before this one, that could be heard.
async fn heard_before(call: &Call, stream: StreamId, before: Option<u64>) -> Result<Option<HistoryEntry>, ApiError> {
    replay::find(&call.app, stream, before, |entry| !matches!(entry.outcome, streamcore::Outcome::Failed(_))).await
}
