//! `POST /api/v1/queue/{stream}/items`: adds an item, at the end or (`?priority=true`) right behind the current one.

use std::time::Duration;

use streamcore::{
    FailureKind, FailureReason, ItemId, MAX_TITLE_CHARS, QueueItem, StreamId,
    media::MediaInfo,
    queue::{Change, Op, Placement},
    registry,
};
use warp::http::StatusCode;

use crate::{
    edge::{Answer, Call, respond},
    error::{ApiError, FieldError, Part, Problem},
    state::App,
    wire::{AddItem, Added, Item, is_control, is_visible},
};

/// How long the media may take to show what it is.
const CHECK_LIMIT: Duration = Duration::from_secs(8);

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let placement = if call.flag("priority")? { Placement::Front } else { Placement::Back };
    let wanted = AddItem::read(call.fields()?)?;
    let app = &call.app;
    let media = check(app, &wanted.url).await?;
    // A stream is created for what is added, not for what is refused.
    let expected = call.if_match().confirmed(&*app.queue, stream).await?;
    let item = QueueItem {
        id: ItemId::new(crate::api::random_uuid()?),
        track_id: None,
        title: wanted.title.unwrap_or_else(|| presentable(&media)),
        url: media.url,
        source: media.source,
        duration: wanted.duration.or(media.duration),
        added_by: wanted.added_by,
        requested_by: wanted.requested_by,
        added_at: app.runtime.now(),
        metadata: wanted.metadata,
    };
    create_if_missing(app, stream).await?;
    let op = Op::Add { item: Box::new(item.clone()), placement, max_items: app.settings.max_items };
    let applied = app.queue.apply(stream, Change { op, expected }).await?;
    let (item, position) = match applied.placed {
        Some(placed) => (placed.item, Some(placed.position)),
        None => (item, None),
    };
    let body = Added { item: Item::new(stream, item, position), revision: applied.revision };
    Ok(respond::tagged(respond::json_with(StatusCode::CREATED, &body)?, applied.revision))
}

async fn check(app: &App, url: &str) -> Result<MediaInfo, ApiError> {
    let late = || FailureReason::new(FailureKind::Stalled, "it did not answer in time; try again or choose another");
    let checked = tokio::time::timeout(CHECK_LIMIT, app.media.check(url)).await;
    let refused = |reason| ApiError::from(FieldError::new(Part::Body, "url", Problem::Media(reason)));
    checked.unwrap_or_else(|_| Err(late())).map_err(refused)
}

/// The media's own title as a line that people can read: tags hold what they like.
fn presentable(media: &MediaInfo) -> String {
    let line: String = media.title.chars().map(|c| if is_control(c) { ' ' } else { c }).collect();
    let title = line.trim();
    let title = if is_visible(title) { title } else { media.url.as_str() };
    title.chars().take(MAX_TITLE_CHARS).collect()
}

/// Adding to a stream that nobody created creates it, stopped.
async fn create_if_missing(app: &App, stream: StreamId) -> Result<(), ApiError> {
    if app.registry.get(stream).await?.is_some() {
        return Ok(());
    }
    let record = registry::StreamRecord {
        id: stream,
        uuid: crate::api::random_uuid()?,
        name: format!("Stream {stream}"),
        created_at: app.runtime.now(),
    };
    match app.registry.create(record).await {
        // Somebody else was quicker: it exists, which is all we want.
        Ok(()) | Err(registry::Error::Exists { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
