//! The one error body, a superset of what clients of both dialects read.

use serde_json::{Map, Value, json};
use streamcore::playlist;
use warp::{
    http::{StatusCode, header},
    reply::Response,
};

use super::{ApiError, FieldError, Problem};
use crate::edge::{CurrentRequest, Language, RequestId, respond};

/// After how many seconds to try again what failed for a while.
const RETRY_AFTER_SECONDS: u64 = 2;

/// The code of an error, as an extension of the response to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ErrorCode(pub(crate) &'static str);

impl ApiError {
    /// The response to an error, for a reader of this language.
    pub(crate) fn respond(&self, language: Language) -> Response {
        let (status, code) = self.status_and_code();
        if status.is_server_error() {
            self.log(status, code);
        }
        let message = self.message(language);
        let (detail, details) = match self {
            Self::Invalid(fields) => (legacy_detail(fields, language), field_details(fields, language)),
            _ => (Value::String(message.clone()), self.details()),
        };
        let body = json!({ "detail": detail, "error": code, "message": message, "details": details });
        let mut response = respond::bytes(status, "application/json", body.to_string());
        response.extensions_mut().insert(ErrorCode(code));
        respond::in_language(&mut response, language);
        match self {
            Self::MethodNotAllowed { allow } => respond::set(&mut response, header::ALLOW, allow),
            Self::BodyTimeout | Self::BodyTooLong { .. } | Self::FileTooLong { .. } => {
                respond::set(&mut response, header::CONNECTION, "close")
            }
            Self::RevisionMismatch { current } => response = respond::tagged(response, *current),
            _ => {}
        }
        if status == StatusCode::UNAUTHORIZED {
            respond::set(&mut response, header::WWW_AUTHENTICATE, "Bearer");
        }
        if let Some(seconds) = self.retry_after(status) {
            respond::set(&mut response, header::RETRY_AFTER, &seconds.to_string());
        }
        response
    }

    /// In how many seconds the same request may succeed, where it may.
    fn retry_after(&self, status: StatusCode) -> Option<u64> {
        match (self, status) {
            (Self::Cooldown { until, now, .. }, _) => Some(until.since(*now).as_millis().div_ceil(1_000).max(1) as u64),
            (Self::KeyInProgress, _) => Some(1),
            (_, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) => Some(RETRY_AFTER_SECONDS),
            _ => None,
        }
    }

    /// A line for what is nobody's fault but ours: the code that the caller is told, and the words that are not for it.
    fn log(&self, status: StatusCode, reason: &'static str) {
        let request = CurrentRequest::current_id();
        let (request_id, status, detail) = (request.as_ref().map(RequestId::as_str), status.as_u16(), self.cause());
        if status == StatusCode::INTERNAL_SERVER_ERROR.as_u16() {
            tracing::error!(request_id, status, reason, detail, "a request failed");
        } else {
            tracing::warn!(request_id, status, reason, detail, "a request failed");
        }
    }

    /// What the log needs and nobody outside: it may name hosts and files.
    fn cause(&self) -> &str {
        match self {
            Self::Unavailable { detail, .. } | Self::Corrupt { detail } | Self::NotStored { detail } => detail,
            Self::MediaUnavailable { reason } => &reason.detail,
            Self::Late => "no answer in time",
            _ => "",
        }
    }

    /// What a program may want to know beyond the code.
    fn details(&self) -> Value {
        match self {
            Self::StreamNotFound { stream } => json!({ "stream": stream }),
            Self::StreamExists { stream }
            | Self::StreamRunning { stream }
            | Self::StreamNotRunning { stream }
            | Self::NothingToSkip { stream }
            | Self::NothingPrevious { stream }
            | Self::NothingToSeek { stream }
            | Self::NotSeekable { stream }
            | Self::Busy { stream } => json!({ "stream": stream }),
            Self::NotOnAir { stream, ended: None } => json!({ "stream": stream }),
            Self::NotOnAir { stream, ended: Some(ended) } => json!({
                "stream": stream,
                "end_reason": ended.cause.reason(),
                "ended_at": ended.at.to_string()
            }),
            Self::FileTooLong { limit } => json!({ "limit": limit }),
            Self::TrackExists { track } => json!({ "track_id": track }),
            Self::List(error) => list_details(error),
            Self::TrackNotFound { track } => json!({ "track_id": track }),
            Self::QuotaReached { index, limit } => json!({ "index": index, "limit": limit }),
            Self::Duplicate { index, of } => json!({ "index": index, "item_id": of }),
            Self::Cooldown { index, until, .. } => json!({ "index": index, "until": until.to_string() }),
            Self::ModeMismatch { mode } => json!({ "mode": mode.as_str() }),
            Self::ItemNotFound { item } | Self::NotInHistory { item } => json!({ "item_id": item }),
            Self::CurrentItem { item } => json!({ "item_id": item }),
            Self::RevisionMismatch { current } => json!({ "current_revision": current }),
            Self::OutOfRange { min, max } => json!({ "min": min, "max": max }),
            Self::QueueFull { limit }
            | Self::LibraryFull { limit }
            | Self::BodyTooLong { limit }
            | Self::ListenersFull { limit }
            | Self::TooManySources { limit }
            | Self::TooManyIds { limit }
            | Self::TooManyUploads { limit }
            | Self::TooManyKeys { limit } => {
                json!({ "limit": limit })
            }
            Self::MediaUnavailable { reason } => json!({ "reason": reason.kind.as_str() }),
            _ => Value::Object(Map::new()),
        }
    }
}

/// Where a playlist is wrong, and what it should keep to.
fn list_details(error: &playlist::Error) -> Value {
    use playlist::Error as E;
    match error {
        E::TooLarge { max, .. } => json!({ "limit": max }),
        E::TooManyEntries { max, line } => json!({ "limit": max, "line": line }),
        E::HlsStream { line }
        | E::LocationTooLong { line, .. }
        | E::ControlCharacter { line }
        | E::NotAPair { line }
        | E::Repeated { line, .. } => json!({ "line": line }),
        _ => Value::Object(Map::new()),
    }
}

/// The list that clients of the older API read.
fn legacy_detail(fields: &[FieldError], language: Language) -> Value {
    let entries = fields.iter().map(|error| {
        json!({
            "type": if matches!(error.problem, Problem::Required) { "missing" } else { "value_error" },
            "loc": [error.part.as_str(), error.field],
            "msg": error.problem.message(language),
        })
    });
    Value::Array(entries.collect())
}

fn field_details(fields: &[FieldError], language: Language) -> Value {
    let listed = fields.iter().map(|e| json!({ "field": e.field, "message": e.problem.message(language) }));
    let mut details = json!({ "fields": listed.collect::<Vec<_>>() });
    // The bound that was passed, for programs.
    if let [FieldError { problem: Problem::Count { max, .. } | Problem::TooManyIds { max, .. }, .. }] = fields {
        details["limit"] = Value::from(*max);
    }
    // Why media was refused, for programs: the words are for people.
    if let Some(Problem::Media(reason)) = fields.iter().map(|e| &e.problem).find(|p| matches!(p, Problem::Media(_))) {
        details["reason"] = Value::String(reason.kind.as_str().to_owned());
    }
    details
}
