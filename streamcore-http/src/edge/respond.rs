//! Small makers of responses.

use bytes::Bytes;
use serde::Serialize;
use streamcore::Revision;
use warp::{
    Reply,
    http::{HeaderName, HeaderValue, StatusCode, header},
    reply::Response,
};

use super::{Answer, Language};
use crate::error::ApiError;

/// A response with this body.
pub(crate) fn bytes(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = warp::http::Response::new(body.into()).into_response();
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// 200 with a JSON body.
pub(crate) fn json(body: &impl Serialize) -> Answer {
    json_with(StatusCode::OK, body)
}

/// A JSON body with another status.
pub(crate) fn json_with(status: StatusCode, body: &impl Serialize) -> Answer {
    match serde_json::to_vec(body) {
        Ok(body) => Ok(bytes(status, "application/json", body)),
        Err(error) => {
            tracing::error!(%error, "a response could not be written as JSON");
            Err(ApiError::Internal)
        }
    }
}

/// 204 with these headers.
pub(crate) fn no_content(headers: &[(HeaderName, String)]) -> Response {
    empty(StatusCode::NO_CONTENT, headers)
}

/// A status without a body.
pub(crate) fn empty(status: StatusCode, headers: &[(HeaderName, String)]) -> Response {
    let mut response = warp::http::Response::new(Bytes::new()).into_response();
    *response.status_mut() = status;
    for (name, value) in headers {
        set(&mut response, name.clone(), value);
    }
    response
}

/// Says in which language a response is, and that it depends on the reader.
pub(crate) fn in_language(response: &mut Response, language: Language) {
    set(response, header::CONTENT_LANGUAGE, language.tag());
    set(response, header::VARY, "Accept-Language");
}

/// Sets a header. A value that no header can carry is left out.
pub(crate) fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        response.headers_mut().insert(name, value);
    }
}

/// Adds the entity tag of a queue at this revision.
pub(crate) fn tagged(response: Response, revision: Revision) -> Response {
    let mut response = response;
    set(&mut response, header::ETAG, &tag(revision));
    response
}

/// The entity tag of a queue at this revision.
pub(crate) fn tag(revision: Revision) -> String {
    format!("\"{revision}\"")
}
