//! What all ways of adding share: from what a caller says about an item to an item of the queue, and into the queue.

use std::{borrow::Cow, collections::BTreeMap};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;
use streamcore::{
    FailureKind, FailureReason, ItemId, MAX_TITLE_CHARS, QueueItem, StreamId, TrackId,
    auto_end::Overrides,
    library::Track,
    media::MediaInfo,
    queue::{Applied, Change, Op, Placement, QueueModel, Rules},
    registry,
};

use crate::{
    edge::Call,
    error::{ApiError, FieldError, Part, Problem},
    state::App,
    wire::{AddItem, readable},
};

/// How much media of one batch is looked at at once.
const CHECKS_AT_ONCE: usize = 8;

/// Makes items of what a caller says, in their order. The first one that cannot be queued is the one that is named.
pub(crate) async fn items(call: &Call, wanted: Vec<AddItem>) -> Result<Vec<QueueItem>, ApiError> {
    let tracks = tracks(&call.app, &wanted).await?;
    // An item that waits for others of its batch is given what is left of their time, and no request waits for longer than for one item.
    let deadline = check_deadline(&call.app);
    let made = wanted.into_iter().enumerate().map(|(index, wanted)| {
        let track = wanted.track_id.and_then(|id| tracks.get(&id));
        async move { item(call, index, wanted, track, deadline).await }
    });
    stream::iter(made).buffered(CHECKS_AT_ONCE).try_collect().await
}

/// The tracks that these items name, all in one reading.
async fn tracks(app: &App, wanted: &[AddItem]) -> Result<BTreeMap<TrackId, Track>, ApiError> {
    let ids: Vec<TrackId> = wanted.iter().filter_map(|wanted| wanted.track_id).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let tracks = app.library.get(ids).await?;
    Ok(tracks.into_iter().map(|track| (track.id, track)).collect())
}

async fn item(
    call: &Call,
    index: usize,
    wanted: AddItem,
    track: Option<&Track>,
    deadline: tokio::time::Instant,
) -> Result<QueueItem, ApiError> {
    if let (Some(track), None) = (wanted.track_id, track) {
        return Err(FieldError::new(Part::Body, wanted.named("track_id"), Problem::NoTrack { track }).into());
    }
    let location = track.map_or(wanted.url.as_str(), |track| track.url.as_str());
    let field = if track.is_some() { "track_id" } else { "url" };
    let media = check(&call.app, location, deadline).await;
    let media = media.map_err(|reason| refused(wanted.named(field), reason))?;
    let mut metadata = wanted.metadata;
    if let Some(track) = track {
        let artist = track.artist.iter().map(|artist| ("artist".to_owned(), Value::String(artist.clone())));
        for (key, value) in artist.chain(track.metadata.clone()) {
            metadata.entry(key).or_insert(value);
        }
    }
    // The title that players show is "artist - title". Of a track the library knows better than its tags do.
    let of_tags = media.artist.as_deref().filter(|_| track.is_none());
    if let Some(artist) = of_tags.and_then(|artist| readable(artist, MAX_TITLE_CHARS)) {
        metadata.entry("artist").or_insert(Value::String(artist));
    }
    let title = wanted.title.or_else(|| track.map(|track| track.title.clone()));
    Ok(QueueItem {
        id: ItemId::new(call.new_uuid(&format!("item {index}"))?),
        track_id: wanted.track_id,
        title: title.unwrap_or_else(|| presentable(&media)),
        url: media.url,
        source: media.source,
        duration: wanted
            .duration
            .or_else(|| track.and_then(|track| track.duration))
            .or(media.duration)
            .or(wanted.nominal),
        added_by: wanted.added_by,
        requested_by: wanted.requested_by,
        added_at: call.app.runtime.now(),
        tier: wanted.tier,
        replays: None,
        metadata,
    })
}

/// Looks at the media, until this time at the latest.
pub(crate) async fn check(
    app: &App,
    location: &str,
    deadline: tokio::time::Instant,
) -> Result<MediaInfo, FailureReason> {
    let late = || FailureReason::new(FailureKind::Stalled, "it did not answer in time; try again or choose another");
    let checked = tokio::time::timeout_at(deadline, app.media.check(location)).await;
    checked.unwrap_or_else(|_| Err(late()))
}

/// The answer to who named media in this field of the body that cannot be had. What is away for now is no fault of the field.
pub(crate) fn refused(field: impl Into<Cow<'static, str>>, reason: FailureReason) -> ApiError {
    let problem = match reason.kind {
        FailureKind::Unavailable => return ApiError::MediaUnavailable { reason },
        FailureKind::ResolverMissing => Problem::ResolverMissing,
        _ => Problem::Media(reason),
    };
    FieldError::new(Part::Body, field, problem).into()
}

/// When a look that begins now is given up.
pub(crate) fn check_deadline(app: &App) -> tokio::time::Instant {
    tokio::time::Instant::now() + app.settings.check_limit()
}

/// The media's own title as a line that people can read: tags hold what they like.
pub(crate) fn presentable(media: &MediaInfo) -> String {
    readable(&media.title, MAX_TITLE_CHARS).unwrap_or_else(|| media.url.chars().take(MAX_TITLE_CHARS).collect())
}

/// Adds the items, all or none. A stream that nobody created is created, stopped: for what is added, not for what is refused.
pub(crate) async fn add(
    call: &Call,
    stream: StreamId,
    items: Vec<QueueItem>,
    placement: Placement,
    rules: Rules,
) -> Result<Applied, ApiError> {
    let app = &call.app;
    let expected = if app.registry.get(stream).await?.is_some() {
        call.if_match().expected(&*app.queue, stream).await?
    } else {
        let confirmed = call.if_match().confirmed(&*app.queue, stream).await?;
        // What an empty queue would refuse creates no stream.
        QueueModel::default().apply(Op::Add { items: items.clone(), placement, rules }.into())?;
        create(app, stream).await?;
        confirmed
    };
    let change = Change { op: Op::Add { items, placement, rules }, expected, request: call.request() };
    super::edit(app, stream, change).await
}

/// Creates a stream, stopped.
async fn create(app: &App, stream: StreamId) -> Result<(), ApiError> {
    let record = registry::StreamRecord {
        id: stream,
        uuid: crate::api::random_uuid()?,
        name: format!("Stream {stream}"),
        created_at: app.runtime.now(),
        auto_end: Overrides::default(),
    };
    match app.registry.create(record).await {
        // Somebody else was quicker: it exists, which is all we want.
        Ok(()) | Err(registry::Error::Exists { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
