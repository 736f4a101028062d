//! `POST /api/v1/tracks/upload?filename=`: stores the file that is the body, as it comes, and puts it into the library.

use streamcore::{
    FailureKind, MAX_TITLE_CHARS, TrackId, library,
    library::Search,
    media::{MediaInfo, StoreError, Upload},
};

use super::create;
use crate::{
    api::queue::adding,
    edge::{Answer, Call, announced},
    error::{ApiError, FieldError, Part, Problem},
    wire::readable,
};

/// The longest name of a file, in characters.
const MAX_NAME_CHARS: usize = 255;

pub(crate) async fn answer(call: Call) -> Answer {
    let app = &call.app;
    let name = line(&call, "filename", MAX_NAME_CHARS)?;
    let name = name.ok_or_else(|| FieldError::new(Part::Query, "filename", Problem::Required))?;
    let (title, artist) = (line(&call, "title", MAX_TITLE_CHARS)?, line(&call, "artist", MAX_TITLE_CHARS)?);
    let Some(bytes) = call.upload() else { return Err(ApiError::Internal) };
    // What can be refused before the file comes is.
    let limit = app.settings.max_upload_bytes;
    if announced(&call.headers) > limit {
        return Err(ApiError::FileTooLong { limit });
    }
    let found = app.library.search(Search { limit: 0, ..Search::default() }).await?;
    if found.total >= app.settings.max_tracks {
        return Err(ApiError::LibraryFull { limit: app.settings.max_tracks });
    }
    let media = store(&call, &name, bytes).await?;
    let track = library::Track {
        id: TrackId::new(call.new_uuid("track")?),
        title: title.unwrap_or_else(|| adding::presentable(&media)),
        artist: artist.or_else(|| media.artist.as_deref().and_then(|artist| readable(artist, MAX_TITLE_CHARS))),
        url: media.url,
        source: media.source,
        duration: media.duration,
        metadata: serde_json::Map::new(),
        added_by: None,
        added_at: app.runtime.now(),
    };
    create::add(&call, track).await
}

/// Stores the file, if not too many others are on their way: each takes room on the disk until it is whole.
async fn store(call: &Call, name: &str, bytes: Upload) -> Result<MediaInfo, ApiError> {
    let app = &call.app;
    let limit = app.settings.max_uploads;
    let Ok(_permit) = app.uploads.try_acquire() else { return Err(ApiError::TooManyUploads { limit }) };
    app.media.store(name, bytes, app.settings.max_upload_bytes).await.map_err(|error| match error {
        StoreError::TooLarge { limit } => ApiError::FileTooLong { limit },
        StoreError::Refused(reason) if reason.kind == FailureKind::Forbidden => {
            FieldError::new(Part::Query, "filename", Problem::Media(reason)).into()
        }
        StoreError::Refused(reason) => FieldError::new(Part::Body, "file", Problem::Media(reason)).into(),
        StoreError::Interrupted => ApiError::BodyBroken,
        StoreError::Unavailable { detail } => ApiError::NotStored { detail },
        _ => ApiError::Internal,
    })
}

/// A line of the query that people can read.
fn line(call: &Call, name: &'static str, max: usize) -> Result<Option<String>, ApiError> {
    let Some(text) = call.query(name).map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    match crate::wire::check_line(text, max) {
        Ok(()) => Ok(Some(text.to_owned())),
        Err(problem) => Err(FieldError::new(Part::Query, name, problem).into()),
    }
}
