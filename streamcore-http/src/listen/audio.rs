//! `GET /listen/{stream}`: one endless response with the encoded audio. It ends when the stream is closed, when this listener has fallen too
//! far behind, or when the connection's write timeout finds that nobody reads.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::Stream;
use streamcore::{
    StreamId,
    player::{ListenError, Listener},
};
use warp::{
    Reply,
    http::{HeaderName, HeaderValue, header},
    reply::Response,
};

use crate::{
    edge::{Answer, Call, respond},
    error::ApiError,
    state::App,
};

/// How long the store may take to tell the stream's name. Listeners do not depend on the store.
const NAME_LIMIT: Duration = Duration::from_millis(500);

pub(crate) async fn answer(call: Call) -> Answer {
    let stream = call.stream().await?;
    let app = &call.app;
    let mut response = if call.is_head() {
        if !app.broadcast.is_on_air(stream) {
            return Err(ApiError::NotOnAir { stream });
        }
        endless(Box::pin(futures::stream::empty()))
    } else {
        endless(app.broadcast.listen(stream).map_err(|error| refused(error, stream))?)
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
    respond::set(&mut response, HeaderName::from_static("icy-name"), &name(app, stream).await);
    let bitrate = app.broadcast.bitrate_kbps().to_string();
    respond::set(&mut response, HeaderName::from_static("icy-br"), &bitrate);
    Ok(response)
}

fn refused(error: ListenError, stream: StreamId) -> ApiError {
    match error {
        ListenError::NotRunning => ApiError::NotOnAir { stream },
        ListenError::Full { limit } => ApiError::ListenersFull { limit },
        _ => ApiError::Internal,
    }
}

async fn name(app: &App, stream: StreamId) -> String {
    let record = tokio::time::timeout(NAME_LIMIT, app.registry.get(stream)).await;
    match record {
        Ok(Ok(Some(record))) => record.name,
        _ => format!("Stream {stream}"),
    }
}

fn endless(listener: Listener) -> Response {
    warp::reply::stream(Shared(Mutex::new(listener))).into_response()
}

/// A listener that can be shared between threads, as warp's bodies must be. It never is, so the lock is never taken.
struct Shared(Mutex<Listener>);

impl Stream for Shared {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let listener = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        listener.as_mut().poll_next(cx).map(|piece| piece.map(Ok))
    }
}
