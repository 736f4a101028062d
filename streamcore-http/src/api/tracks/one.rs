//! `GET`, `PATCH` and `DELETE /api/v1/tracks/{track}`.

use streamcore::{TrackId, library::TrackChange};

use crate::{
    api::queue::adding,
    edge::{Answer, Call, respond},
    error::{ApiError, Notice},
    wire::{Done, EditTrack, Track},
};

pub(crate) async fn get(call: Call) -> Answer {
    let id = track(&call)?;
    let found = call.reading.track(id).await?;
    respond::json(&Track::from(found.ok_or_else(|| not_found(&call))?))
}

pub(crate) async fn edit(call: Call) -> Answer {
    let id = track(&call)?;
    let wanted = EditTrack::read(call.fields()?)?;
    let app = &call.app;
    let mut change = TrackChange {
        title: wanted.title,
        artist: wanted.artist,
        duration: wanted.duration,
        metadata: wanted.metadata,
        ..TrackChange::default()
    };
    if let Some(url) = wanted.url {
        let media = adding::check(app, &url, adding::check_deadline(app)).await;
        let media = media.map_err(|reason| adding::refused("url", reason))?;
        super::create::refuse_second(&call, id, &media.url).await?;
        // Other media has another length, unless its author says which.
        change.duration = change.duration.or(Some(media.duration));
        (change.url, change.source) = (Some(media.url), Some(media.source));
    }
    respond::json(&Track::from(app.library.update(id, change).await?))
}

pub(crate) async fn delete(call: Call) -> Answer {
    call.app.library.delete(track(&call)?).await?;
    let message = Notice::TrackDeleted.message(call.language);
    respond::json(&Done { success: true, message, revision: None })
}

/// The track that the path names. What is no UUID names no track.
fn track(call: &Call) -> Result<TrackId, ApiError> {
    call.param("track").parse().map(TrackId::new).map_err(|_| not_found(call))
}

fn not_found(call: &Call) -> ApiError {
    ApiError::TrackNotFound { track: call.param("track").chars().take(100).collect() }
}
