//! `Idempotency-Key`: a POST that is repeated is answered, and not done again.
//!
//! The answer of a request that succeeded is kept and given again. One that was refused did nothing, and its key is free again. A process
//! that ends in between leaves nobody to tell what became of the request: whatever it makes therefore bears ids that are made from the key
//! and its first claim ([`Key::uuid`]), and the queue recognises those.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures::channel::oneshot;
use http_body_util::BodyExt;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use streamcore::{
    Revision,
    idempotency::{self, Answer as Kept, Claim, Fingerprint, Limits, Origin, ScopedKey, Ticket},
};
use uuid::Uuid;
use warp::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::CONTENT_LENGTH},
    reply::Response,
};

use super::{Answer, CurrentRequest, body, respond};
use crate::{
    error::{ApiError, FieldError, Part, Problem},
    state::App,
};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// What a file is told by from another one of its length (RFC 9530).
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// Tells that the answer is one that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Who calls. Whoever shows the service token is one caller.
const CALLER: &str = "service";

/// The namespace of names of ours that are made from what callers say.
const NAMESPACE: Uuid = Uuid::from_u128(0x5d3c_1f0e_9a77_4b6e_8f21_6a0d_2c4b_e913);

/// How long an answer is kept.
const KEEP_FOR: Duration = Duration::from_secs(24 * 3_600);

/// After what time beyond the longest answer a request counts as given up by a process that is gone.
const OVERDUE: Duration = Duration::from_secs(15);

/// How long ending a claim may take. What was done is told then, whether or not the store could keep it.
const END_LIMIT: Duration = Duration::from_secs(2);

/// One key, and the request that came with it.
#[derive(Debug)]
pub(crate) struct Key {
    scoped: ScopedKey,
    request: Fingerprint,
    name: [u8; 32],
    /// Known from the claim on, and with it the ids.
    origin: OnceLock<Uuid>,
}

impl Key {
    /// The key of a request, if it has one.
    pub(super) fn of(headers: &HeaderMap, path: &str, query: &str, body: &[u8]) -> Result<Option<Self>, ApiError> {
        let mut values = headers.get_all(HEADER).iter();
        let (given, more) = (values.next(), values.next());
        let Some(given) = given else { return Ok(None) };
        let refused = || FieldError::new(Part::Header, "Idempotency-Key", Problem::Key);
        let key = given.to_str().ok().filter(|_| more.is_none()).ok_or_else(refused)?.trim();
        if !(1..=idempotency::MAX_KEY_BYTES).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(refused().into());
        }
        Ok(Some(Self::new(key, path, query, body)))
    }

    /// The key of a request whose body is not known before it came: its length, and the digest that its sender may give, must do.
    pub(super) fn of_upload(headers: &HeaderMap, path: &str, query: &str) -> Result<Option<Self>, ApiError> {
        let mut told = body::announced(headers).to_be_bytes().to_vec();
        for value in headers.get_all(CONTENT_DIGEST) {
            told.extend_from_slice(value.as_bytes());
        }
        match Self::of(headers, path, query, &told)? {
            Some(_) if !headers.contains_key(CONTENT_LENGTH) => {
                Err(FieldError::new(Part::Header, "Content-Length", Problem::LengthOfKeyed).into())
            }
            key => Ok(key),
        }
    }

    fn new(key: &str, path: &str, query: &str, body: &[u8]) -> Self {
        let mut route = format!("POST {}", path.strip_suffix('/').unwrap_or(path));
        if route.len() > idempotency::MAX_KEY_BYTES {
            route = format!("POST {}", Uuid::new_v5(&NAMESPACE, &digest(&[route.as_bytes()])));
        }
        let request = digest(&[query.as_bytes(), body]);
        let name = digest(&[CALLER.as_bytes(), route.as_bytes(), key.as_bytes(), &request]);
        Self {
            scoped: ScopedKey { caller: CALLER.to_owned(), route, key: key.to_owned() },
            request: Fingerprint(request),
            name,
            origin: OnceLock::new(),
        }
    }

    /// An id for something that this request makes: the same each time that it comes, for as long as its key is remembered.
    pub(crate) fn uuid(&self, what: &str) -> Uuid {
        let origin = self.origin.get().unwrap_or(&NAMESPACE);
        Uuid::new_v5(origin, &digest(&[&self.name, what.as_bytes()]))
    }

    /// What the ids are made of, as the claim says.
    fn begins_with(&self, origin: Origin) {
        self.origin.get_or_init(|| Uuid::from_bytes(origin.0));
    }
}

/// A digest of parts that no other cut of the same bytes has.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// Answers a request that has a key: with the answer that was kept, or by carrying it out, which ends within the limit.
pub(super) async fn answer(
    app: &Arc<App>,
    key: Arc<Key>,
    limit: Duration,
    handled: impl Future<Output = Answer> + Send + 'static,
) -> Answer {
    let limits = Limits {
        keep_for: KEEP_FOR,
        overdue_after: overdue_after(limit, app.runtime.now().since(app.started_at)),
        keys_per_caller: app.settings.max_idempotency_keys,
    };
    let origin = Origin(crate::api::random_uuid()?.into_bytes());
    let claim = app.idempotency.claim(key.scoped.clone(), key.request, origin, limits, app.runtime.now());
    // One that is made after all is nobody's, and overdue like that of a process that is gone.
    let claim = tokio::time::timeout(app.settings.answer_timeout, claim).await.map_err(|_| ApiError::Late)?;
    match claim? {
        Claim::Fresh(ticket, origin) => {
            key.begins_with(origin);
            // Carried out to its end, also if who asked for it goes away: an answer is what the key is for.
            let (told, answer) = oneshot::channel();
            let app_of_task = Arc::clone(app);
            let request = CurrentRequest::carry();
            app.runtime.spawn(Box::pin(async move {
                let done = CurrentRequest::carried_by(request, carry_out(&app_of_task, ticket, handled));
                let _ = told.send(done.await);
            }));
            answer.await.unwrap_or(Err(ApiError::Internal))
        }
        Claim::InProgress => Err(ApiError::KeyInProgress),
        Claim::Mismatch => Err(ApiError::KeyReused),
        Claim::Done(kept, origin) => {
            key.begins_with(origin);
            // What was too long to keep is done again: all that it made is recognised by its ids.
            let mut response = if is_whole(&kept) { again(kept) } else { handled.await? };
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
            Ok(response)
        }
    }
}

/// After what time a claim that nobody finished may be taken over. One that is older than this process is nobody's any more, as only one
/// process at a time has the store; its sender need not wait.
fn overdue_after(limit: Duration, serving_for: Duration) -> Duration {
    (limit + OVERDUE).min(serving_for + Duration::from_millis(1))
}

async fn carry_out(app: &App, ticket: Ticket, handled: impl Future<Output = Answer>) -> Answer {
    let response = match handled.await {
        Ok(response) if response.status().is_success() => response,
        // It did nothing, or nobody knows what it did: whoever tries again under this key does the same request again.
        refused => {
            if let Err(error) = ended(app.idempotency.abandon(ticket)).await {
                tracing::warn!(error, "an idempotency key is blocked until it is overdue");
            }
            return refused;
        }
    };
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(|_| ApiError::Internal)?.to_bytes();
    let content_type = parts.headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kept = Kept { status: parts.status.as_u16(), content_type: content_type.to_owned(), body: body.clone() };
    let kept = if kept.check().is_ok() { kept } else { too_long(parts.status) };
    // What was done is done and is told, whether or not the answer can be kept.
    if let Err(error) = ended(app.idempotency.finish(ticket, kept, app.runtime.now())).await {
        tracing::warn!(error, "an answer could not be kept under its idempotency key");
    }
    let mut response = respond::empty(parts.status, &[]);
    *response.headers_mut() = parts.headers;
    *response.body_mut() = body.into();
    Ok(response)
}

/// Ends a claim, in a time in which the caller still waits; an error is for the log.
async fn ended<T>(end: impl Future<Output = idempotency::Result<T>>) -> Result<(), String> {
    match tokio::time::timeout(END_LIMIT, end).await {
        Ok(ended) => ended.map(drop).map_err(|error| error.to_string()),
        Err(_) => Err("the store did not answer in time".to_owned()),
    }
}

/// Kept in place of an answer that is too long.
fn too_long(status: StatusCode) -> Kept {
    Kept { status: status.as_u16(), content_type: String::new(), body: bytes::Bytes::new() }
}

fn is_whole(kept: &Kept) -> bool {
    !kept.content_type.is_empty()
}

/// The part of a body that is repeated in a header.
#[derive(Deserialize)]
struct Tagged {
    revision: Option<Revision>,
}

fn again(kept: Kept) -> Response {
    let revision = serde_json::from_slice(&kept.body).ok().and_then(|tagged: Tagged| tagged.revision);
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let mut response = respond::bytes(status, "application/json", kept.body);
    respond::set(&mut response, warp::http::header::CONTENT_TYPE, &kept.content_type);
    match revision {
        Some(revision) => respond::tagged(response, revision),
        None => response,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(values: &[&str]) -> Result<Option<Key>, ApiError> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HEADER, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        Key::of(&headers, "/api/v1/queue/7/items/", "", b"{}")
    }

    #[test]
    fn a_key_is_one_line_of_visible_ascii() {
        assert!(key(&[]).unwrap().is_none());
        let taken = key(&[&"x".repeat(255)]).unwrap().unwrap();
        assert_eq!(taken.scoped.route, "POST /api/v1/queue/7/items", "a trailing slash makes no difference");
        for bad in [&[""][..], &[" "], &["a b"], &["ключ"], &["a", "b"], &[&"x".repeat(256)]] {
            assert!(matches!(key(bad), Err(ApiError::Invalid(_))), "{bad:?}");
        }
    }

    #[test]
    fn ids_are_those_of_the_caller_the_route_the_key_and_the_request() {
        let uuid = |key, path, query, body: &str| Key::new(key, path, query, body.as_bytes()).uuid("0");
        let one = uuid("k", "/a/7", "", "{}");
        assert_eq!(uuid("k", "/a/7/", "", "{}"), one);
        for other in [
            uuid("l", "/a/7", "", "{}"),
            uuid("k", "/a/8", "", "{}"),
            uuid("k", "/a/7", "p=1", "{}"),
            uuid("k", "/a/7", "", "{ }"),
            uuid("k", "/a/7", "{", "}"),
            Key::new("k", "/a/7", "", b"{}").uuid("1"),
        ] {
            assert_ne!(other, one);
        }
        let later = Key::new("k", "/a/7", "", b"{}");
        later.begins_with(Origin([1; 16]));
        assert_ne!(later.uuid("0"), one, "claimed anew it is another request");
    }

    #[test]
    fn a_claim_that_is_older_than_the_process_is_nobodys() {
        let seconds = Duration::from_secs;
        assert_eq!(
            overdue_after(seconds(15), seconds(3_600)),
            seconds(15) + OVERDUE,
            "of this process: when it must be over"
        );
        let just_begun = overdue_after(seconds(15), seconds(2));
        assert!(just_begun > seconds(2), "a claim of this process is at most 2 s old");
        assert!(just_begun < Duration::from_millis(2_002), "one of the process before is older");
    }

    #[test]
    fn a_long_route_is_kept_short() {
        let key = Key::new("k", &format!("/{}", "x".repeat(2_000)), "", b"");
        assert!(key.scoped.check().is_ok());
    }
}
