//! `POST /api/v1/queue/{stream}/previous`: plays again what played before. What plays now waits again right behind it.
//!
//! Of a track that is itself such a repetition, *before* means before the original: pressed again and again it walks back through the history.

use streamcore::{
    ItemId, QueueItem, Status, StreamId,
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
    if super::view(app, stream).await?.is_none_or(|view| view.status == Status::Stopped) {
        return Err(ApiError::StreamNotRunning { stream });
    }
    let meant = jump::current_if_meant(&call, stream).await?;
    let current = app.queue.view(stream, Page { offset: 0, limit: 0 }).await?.current;
    let before = current.and_then(|current| current.replays);
    let Some(entry) = heard_before(&call, stream, before).await? else {
        return Err(ApiError::NothingPrevious { stream });
    };
    let id = ItemId::new(call.new_uuid("item 0")?);
    let copy = replay::copy(entry, id, app.runtime.now());
    // An operator's control, not a request: only the queue's length counts.
    let rules = Rules::at_most(app.settings.rules.max_items);
    adding::add(&call, stream, vec![QueueItem { ..copy }], Placement::Front, rules).await?;
    match app.host.jump(stream, meant, id, true).await {
        Ok(done) => jump::respond_with(&call, stream, done).await,
        Err(error) => {
            // It cannot be played now, and nobody asked for it to wait.
            let _ = app.queue.apply(stream, Change::from(Op::Remove { id })).await;
            Err(error.into())
        }
    }
}

/// The newest entry, of those before this one, that could be heard.
async fn heard_before(call: &Call, stream: StreamId, before: Option<u64>) -> Result<Option<HistoryEntry>, ApiError> {
    replay::find(&call.app, stream, before, |entry| !matches!(entry.outcome, streamcore::Outcome::Failed(_))).await
}
