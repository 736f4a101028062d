//! `POST /api/v1/streams`: creates a stream, stopped.

use streamcore::{StreamId, auto_end::Overrides, registry};
use warp::http::{StatusCode, header};

use crate::{
    api::random_uuid,
    edge::{Answer, Call, respond},
    error::ApiError,
    state::App,
    wire::{NewStream, StreamRecord},
};

/// How many numbers to try for a stream that names none.
const ATTEMPTS: u64 = 16;

pub(crate) async fn answer(call: Call) -> Answer {
    let wanted = NewStream::read(call.fields()?)?;
    let app = &call.app;
    let mut record = registry::StreamRecord {
        id: StreamId::new(0),
        uuid: call.new_uuid("stream")?,
        name: wanted.name,
        created_at: app.runtime.now(),
        auto_end: wanted.auto_end.apply(Overrides::default(), app.host.auto_end()),
    };
    match (made_before(&call, &record).await?, wanted.id) {
        (Some(made), _) => record = made,
        (None, Some(id)) => {
            record.id = id;
            app.registry.create(record.clone()).await?;
        }
        (None, None) => create_somewhere(app, &mut record).await?,
    }
    let location = format!("/api/v1/streams/{}", record.id);
    let mut response = respond::json_with(StatusCode::CREATED, &StreamRecord::new(record, None))?;
    respond::set(&mut response, header::LOCATION, &location);
    Ok(response)
}

/// The stream that this request made when it came before, if nobody could tell its caller.
async fn made_before(call: &Call, record: &registry::StreamRecord) -> Result<Option<registry::StreamRecord>, ApiError> {
    if call.request().is_none() { Ok(None) } else { Ok(call.app.registry.by_uuid(record.uuid).await?) }
}

/// Small numbers are easy to say, so the first one after the count of streams that is free; where many are taken, a random one.
async fn create_somewhere(app: &App, record: &mut registry::StreamRecord) -> Result<(), ApiError> {
    let count = app.registry.list(None, 1).await?.total as u64;
    for attempt in 1..=ATTEMPTS {
        let number = if attempt < ATTEMPTS { count + attempt } else { random_uuid()?.as_u64_pair().0 >> 12 };
        record.id = StreamId::new(i64::try_from(number).unwrap_or(1));
        match app.registry.create(record.clone()).await {
            Err(registry::Error::Exists { .. }) => {}
            done => return Ok(done?),
        }
    }
    Err(ApiError::StreamExists { stream: record.id })
}
