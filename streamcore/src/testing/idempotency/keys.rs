//! Keys, requests and answers for tests, and short words for what the checks do most.

use std::time::Duration;

use super::super::items::{Expected, at};
use crate::{
    Timestamp,
    idempotency::{Answer, Claim, Fingerprint, Idempotency, Limits, Origin, ScopedKey, Ticket},
};

pub(super) const LIMITS: Limits =
    Limits { keep_for: Duration::from_secs(3_600), overdue_after: Duration::from_secs(60), keys_per_caller: 4 };

pub(super) fn key(n: u64) -> ScopedKey {
    ScopedKey { caller: "o'hara".into(), route: "POST /ключ \"%\"".into(), key: format!("{n}\u{0}'; DROP TABLE") }
}

pub(super) const fn request(n: u8) -> Fingerprint {
    Fingerprint([n; 32])
}

/// The claim of a request that was finished with this.
pub(super) fn done(answer: Answer) -> Claim {
    Claim::Done(answer, ORIGIN)
}

/// An answer that a sloppy store would spoil: bytes that are no text.
pub(super) fn answer(n: u16) -> Answer {
    Answer { status: n, content_type: "text/plain; charset=\"я\"".into(), body: vec![0, 0xff, 0xfe, b'\''].into() }
}

/// What the claims bring along, where nothing depends on it.
pub(super) const ORIGIN: Origin = Origin([0xa5; 16]);

/// So many milliseconds after the beginning.
pub(super) const fn ms(n: u64) -> Timestamp {
    at(n)
}

/// Claims for the request 1.
pub(super) async fn claim(store: &dyn Idempotency, n: u64, now: Timestamp) -> Claim {
    store.claim(key(n), request(1), ORIGIN, LIMITS, now).await.answered()
}

pub(super) async fn fresh(store: &dyn Idempotency, n: u64, now: Timestamp) -> Ticket {
    match claim(store, n, now).await {
        Claim::Fresh(ticket, _) => ticket,
        other => panic!("key {n} is fresh, not {other:?}"),
    }
}

pub(super) async fn finish(store: &dyn Idempotency, ticket: Ticket, n: u16, now: Timestamp) -> bool {
    store.finish(ticket, answer(n), now).await.answered()
}
