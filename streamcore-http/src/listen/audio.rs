//! `GET /listen/{stream}`: one endless response with the encoded audio. It ends when the stream is closed, when this listener has fallen too
//! far behind, or when nobody takes what it is sent. Behind [`serve`](crate::serve()) the body is not hyper's work: see `serve/hand_over.rs`.

use std::{sync::Arc, time::Duration};

use streamcore::{StreamId, player::ListenError};
use warp::{
    Reply,
    http::{HeaderName, HeaderValue, header},
    reply::Response,
};

use super::{
    Listening,
    icy::{INTERVAL, Icy},
};
use crate::{
    edge::{Answer, Call, respond},
    error::ApiError,
    serve::HandOver,
    state::App,
};

/// How long the store may take to tell the stream's name, or how its last session ended. Listeners do not depend on the store.
const NAME_LIMIT: Duration = Duration::from_millis(500);

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let app = &call.app;
    // 1: titles between the audio. Players that do not ask would play them.
    let titles = call.headers.get("icy-metadata").is_some_and(|value| value.as_bytes().trim_ascii() == b"1");
    let mut response = if call.is_head() {
        if !app.broadcast.is_on_air(stream) {
            return Err(not_on_air(&call, stream).await);
        }
        warp::reply::stream(futures::stream::empty::<Result<bytes::Bytes, std::convert::Infallible>>()).into_response()
    } else {
        match listen(app, stream, titles) {
            Ok(listening) => endless(listening),
            Err(ApiError::NotOnAir { .. }) => return Err(not_on_air(&call, stream).await),
            Err(error) => return Err(error),
        }
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, app.broadcast.content_type()),
        (header::CACHE_CONTROL, "no-store"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        // Proxies that hold back a response until it is whole would hold this one back for ever.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    respond::set(&mut response, HeaderName::from_static("icy-name"), &name(&call, stream).await);
    let bitrate = app.broadcast.bitrate_kbps().to_string();
    respond::set(&mut response, HeaderName::from_static("icy-br"), &bitrate);
    if titles {
        respond::set(&mut response, HeaderName::from_static("icy-metaint"), &INTERVAL.to_string());
    }
    Ok(response)
}

fn listen(app: &App, stream: StreamId, titles: bool) -> Result<Listening, ApiError> {
    let full = |_| ApiError::ListenersFull { limit: app.settings.max_listeners };
    let waves = app.broadcast.waves(stream).map_err(|error| refused(error, stream))?;
    Ok(Listening {
        stream,
        broadcast: Arc::clone(&app.broadcast),
        waves,
        icy: titles.then(Icy::default),
        cut: false,
        counted: app.metrics.as_ref().map(|metrics| metrics.listener()),
        _place: Arc::clone(&app.places).try_acquire_owned().map_err(full)?,
    })
}

fn refused(error: ListenError, stream: StreamId) -> ApiError {
    match error {
        ListenError::NotRunning => ApiError::NotOnAir { stream, ended: None },
        ListenError::Full { limit } => ApiError::ListenersFull { limit },
        _ => ApiError::Internal,
    }
}

/// There is nothing to listen to; and if that is known, when and why it ended.
async fn not_on_air(call: &Call, stream: StreamId) -> ApiError {
    let view = tokio::time::timeout(NAME_LIMIT, crate::api::streams::view(call, stream)).await;
    ApiError::NotOnAir { stream, ended: view.ok().and_then(Result::ok).and_then(|view| view.ended) }
}

async fn name(call: &Call, stream: StreamId) -> String {
    let record = tokio::time::timeout(NAME_LIMIT, call.reading.record(stream)).await;
    match record {
        Ok(Ok(Some(record))) => record.name,
        _ => format!("Stream {stream}"),
    }
}

/// A body that this or any other server can send, marked so that ours can do it better.
fn endless(listening: Listening) -> Response {
    let body = HandOver::new(listening);
    let mut response = warp::reply::stream(body.clone()).into_response();
    response.extensions_mut().insert(body);
    response
}
