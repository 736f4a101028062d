//! `Idempotency-Key`: a POST that is repeated is answered, and not done again.
//!
//! The answer of a request that succeeded is kept and given again. One that was refused did nothing, and its key is free again. A process
//! that ends in between leaves nobody to tell what became of the request: whatever it makes therefore bears ids that are made from the key
//! ([`Key::uuid`]), and the queue recognises those.

use std::{sync::Arc, time::Duration};

use futures::channel::oneshot;
use http_body_util::BodyExt;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use streamcore::{
    Revision,
    idempotency::{self, Answer as Kept, Claim, Fingerprint, Limits, ScopedKey, Ticket},
};
use uuid::Uuid;
use warp::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    reply::Response,
};

use super::{Answer, respond};
use crate::{
    error::{ApiError, FieldError, Part, Problem},
    state::App,
};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// Tells that the answer is one that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Who calls. Whoever shows the service token is one caller.
const CALLER: &str = "service";

/// The namespace of the ids that are made from keys.
const NAMESPACE: Uuid = Uuid::from_u128(0x5d3c_1f0e_9a77_4b6e_8f21_6a0d_2c4b_e913);

/// How long an answer is kept.
const KEEP_FOR: Duration = Duration::from_secs(24 * 3_600);

/// After what time beyond the longest answer a request counts as given up by a process that is gone.
const OVERDUE: Duration = Duration::from_secs(15);

/// One key, and the request that came with it.
#[derive(Debug)]
pub(crate) struct Key {
    scoped: ScopedKey,
    request: Fingerprint,
    namespace: Uuid,
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
            namespace: Uuid::new_v5(&NAMESPACE, &name),
        }
    }

    /// An id for something that this request makes: the same each time that it comes.
    pub(crate) fn uuid(&self, what: &str) -> Uuid {
        Uuid::new_v5(&self.namespace, what.as_bytes())
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
        overdue_after: limit + OVERDUE,
        keys_per_caller: app.settings.max_idempotency_keys,
    };
    match app.idempotency.claim(key.scoped.clone(), key.request, limits, app.runtime.now()).await? {
        Claim::Fresh(ticket) => {
            // Carried out to its end, also if who asked for it goes away: an answer is what the key is for.
            let (told, answer) = oneshot::channel();
            let app_of_task = Arc::clone(app);
            app.runtime.spawn(Box::pin(async move {
                let _ = told.send(carry_out(&app_of_task, ticket, handled).await);
            }));
            answer.await.unwrap_or(Err(ApiError::Internal))
        }
        Claim::InProgress => Err(ApiError::KeyInProgress),
        Claim::Mismatch => Err(ApiError::KeyReused),
        Claim::Done(kept) => {
            // What was too long to keep is done again: all that it made is recognised by its ids.
            let mut response = if is_whole(&kept) { again(kept) } else { handled.await? };
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
            Ok(response)
        }
    }
}

async fn carry_out(app: &App, ticket: Ticket, handled: impl Future<Output = Answer>) -> Answer {
    let response = match handled.await {
        Ok(response) if response.status().is_success() => response,
        // It did nothing, or nobody knows what it did: whoever tries again under this key does the same request again.
        refused => {
            if let Err(error) = app.idempotency.abandon(ticket).await {
                tracing::warn!(%error, "an idempotency key is blocked until it is overdue");
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
    if let Err(error) = app.idempotency.finish(ticket, kept, app.runtime.now()).await {
        tracing::warn!(%error, "an answer could not be kept under its idempotency key");
    }
    let mut response = respond::empty(parts.status, &[]);
    *response.headers_mut() = parts.headers;
    *response.body_mut() = body.into();
    Ok(response)
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
    }

    #[test]
    fn a_long_route_is_kept_short() {
        let key = Key::new("k", &format!("/{}", "x".repeat(2_000)), "", b"");
        assert!(key.scoped.check().is_ok());
    }
}
