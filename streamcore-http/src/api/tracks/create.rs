//! `POST /api/v1/tracks`: puts media into the library. A location is there once.

use streamcore::{MAX_TITLE_CHARS, TrackId, library};
use warp::http::{StatusCode, header};

use crate::{
    api::queue::adding,
    edge::{Answer, Call, respond},
    error::ApiError,
    wire::{NewTrack, Track, readable},
};

pub(crate) async fn answer(call: Call) -> Answer {
    let wanted = NewTrack::read(call.fields()?)?;
    let app = &call.app;
    let media = adding::check(app, &wanted.url, adding::check_deadline(app)).await;
    let media = media.map_err(|reason| adding::refused("url", reason))?;
    let artist = media.artist.as_deref().and_then(|artist| readable(artist, MAX_TITLE_CHARS));
    let track = library::Track {
        id: TrackId::new(call.new_uuid("track")?),
        title: wanted.title.unwrap_or_else(|| adding::presentable(&media)),
        artist: wanted.artist.or(artist),
        url: media.url,
        source: media.source,
        duration: wanted.duration.or(media.duration),
        metadata: wanted.metadata,
        added_by: wanted.added_by,
        added_at: app.runtime.now(),
    };
    add(&call, track).await
}

/// Refuses a location that another track has. Of two at the same moment both may get it; nothing depends on it.
pub(super) async fn refuse_second(call: &Call, id: TrackId, url: &str) -> Result<(), ApiError> {
    match call.app.library.find_by_url(url).await? {
        Some(other) if other.id != id => Err(ApiError::TrackExists { track: other.id }),
        _ => Ok(()),
    }
}

/// Adds a track, unless another one has its location, and answers with it.
pub(super) async fn add(call: &Call, track: library::Track) -> Answer {
    refuse_second(call, track.id, &track.url).await?;
    let mut added = call.app.library.add(vec![track], call.app.settings.max_tracks).await?;
    let track = added.pop().ok_or(ApiError::Internal)?.track;
    let location = format!("/api/v1/tracks/{}", track.id);
    let mut response = respond::json_with(StatusCode::CREATED, &Track::from(track))?;
    respond::set(&mut response, header::LOCATION, &location);
    Ok(response)
}
