//! One request as a handler sees it, with readers for its parts that answer precisely when a part is wrong.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use streamcore::{ItemId, RequestId, StreamId, last_known::Reading, media::Upload};
use uuid::Uuid;
use warp::http::{HeaderMap, Method, header};

use super::{Condition, Key, Language};
use crate::{
    error::{ApiError, FieldError, Part, Problem},
    state::App,
    token::Caller,
    wire::{self, Fields},
};

/// One request.
pub(crate) struct Call {
    pub(crate) app: Arc<App>,
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) language: Language,
    pub(crate) caller: Caller,
    /// What the stores say; of a request that only reads, what they last said, while they are away.
    pub(crate) reading: Arc<Reading>,
    pub(super) params: Vec<(String, String)>,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Bytes,
    /// Of a route that reads it as it comes; then the body above is empty.
    pub(super) upload: Mutex<Option<Upload>>,
    /// Of a request that may come again.
    pub(super) key: Option<Arc<Key>>,
}

impl Call {
    /// Names this request, if it may come again: the queue then recognises it.
    pub(crate) fn request(&self) -> Option<RequestId> {
        self.key.as_ref().map(|key| RequestId::new(key.uuid("request")))
    }

    /// A new UUID. Of a request that may come again it is the same each time, for the same `what`.
    pub(crate) fn new_uuid(&self, what: &str) -> Result<Uuid, ApiError> {
        match &self.key {
            Some(key) => Ok(key.uuid(what)),
            None => crate::api::random_uuid(),
        }
    }

    /// Who wants this, as histories tell it: what the token that was shown stands for.
    #[expect(clippy::unused_self, reason = "accounts are told by what the call shows")]
    pub(crate) fn by(&self) -> &'static str {
        "service token"
    }

    /// The body as it comes; the first time that it is asked for.
    pub(crate) fn upload(&self) -> Option<Upload> {
        self.upload.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The body as it came.
    pub(crate) fn body(&self) -> &Bytes {
        &self.body
    }

    pub(crate) fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }

    /// A parameter of the path, decoded.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// The first value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The stream that the path names, by number or by UUID.
    pub(crate) async fn stream(&self) -> Result<StreamId, ApiError> {
        self.stream_named(Part::Path, "stream", self.param("stream")).await
    }

    /// The stream with this number or UUID, which this part of the request names.
    pub(crate) async fn stream_named(&self, part: Part, field: &'static str, text: &str) -> Result<StreamId, ApiError> {
        let wrong = || ApiError::from(FieldError::new(part, field, Problem::StreamId));
        if let Ok(number) = text.parse::<i64>() {
            return wire::stream_id(number).ok_or_else(wrong);
        }
        match text.parse::<Uuid>() {
            Ok(uuid) => self.stream_by_uuid(uuid).await,
            Err(_) => Err(wrong()),
        }
    }

    async fn stream_by_uuid(&self, uuid: Uuid) -> Result<StreamId, ApiError> {
        let found = self.reading.by_uuid(uuid).await?;
        found.map(|record| record.id).ok_or_else(|| ApiError::StreamNotFound { stream: uuid.to_string() })
    }

    /// The item that the path names. What is no UUID names no item.
    pub(crate) fn item(&self) -> Result<ItemId, ApiError> {
        let text = self.param("item");
        text.parse().map_err(|_| ApiError::ItemNotFound { item: text.chars().take(100).collect() })
    }

    /// `?limit=`.
    pub(crate) fn limit(&self, default: usize, max: usize) -> Result<usize, ApiError> {
        self.number("limit", default, 1, max)
    }

    /// A whole number of the query.
    pub(crate) fn number(&self, name: &'static str, default: usize, min: usize, max: usize) -> Result<usize, ApiError> {
        let Some(text) = self.query(name) else { return Ok(default) };
        match text.parse() {
            Ok(n) if (min..=max).contains(&n) => Ok(n),
            _ => {
                let (min, max) = (min as u64, max as u64);
                Err(FieldError::new(Part::Query, name, Problem::WholeNumber { min, max }).into())
            }
        }
    }

    /// A switch of the query.
    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, ApiError> {
        match self.query(name).map(str::to_ascii_lowercase).as_deref() {
            None | Some("" | "false" | "0" | "no" | "off") => Ok(false),
            Some("true" | "1" | "yes" | "on") => Ok(true),
            Some(_) => Err(FieldError::new(Part::Query, name, Problem::Boolean).into()),
        }
    }

    /// `?cursor=`, as an earlier page gave it.
    pub(crate) fn cursor<T: std::str::FromStr>(&self) -> Result<Option<T>, ApiError> {
        match self.query("cursor") {
            None | Some("") => Ok(None),
            Some(text) => match text.parse() {
                Ok(cursor) => Ok(Some(cursor)),
                Err(_) => Err(FieldError::new(Part::Query, "cursor", Problem::Cursor).into()),
            },
        }
    }

    /// The body, which must be a JSON object.
    pub(crate) fn fields(&self) -> Result<Fields, ApiError> {
        Fields::parse(&self.body)
    }

    /// The body, which may be missing.
    pub(crate) fn optional_fields(&self) -> Result<Fields, ApiError> {
        if self.body.iter().all(u8::is_ascii_whitespace) { Ok(Fields::default()) } else { self.fields() }
    }

    /// `If-Match`.
    pub(crate) fn if_match(&self) -> Condition {
        Condition::parse(&self.headers, &header::IF_MATCH)
    }

    /// Whether `If-None-Match` names this entity tag, which is what the caller has already.
    pub(crate) fn has_already(&self, tag: &str) -> bool {
        let values = self.headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).map(str::trim).any(|candidate| {
            candidate == "*" || candidate.strip_prefix("W/").unwrap_or(candidate).trim_matches('"') == tag
        })
    }
}
