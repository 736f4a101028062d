use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::{Error, MAX_BODY_BYTES, MAX_CONTENT_TYPE_BYTES, MAX_KEY_BYTES, Result};
use crate::Timestamp;

/// A key, and for whom it holds: the same key of another caller, or of the same one on another route, is another key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScopedKey {
    /// Who asks: an authenticated identity, so that there are only so many of them.
    pub caller: String,
    /// What is asked: the route, with what it names (`POST /api/v1/queue/7/items`).
    pub route: String,
    /// The key that the caller chose.
    pub key: String,
}

impl ScopedKey {
    /// Whether each part is at most [`MAX_KEY_BYTES`] long. Every adapter asks this first.
    ///
    /// # Errors
    /// [`Error::TooLong`] names the first that is not.
    pub fn check(&self) -> Result<()> {
        within("caller", self.caller.len(), MAX_KEY_BYTES)?;
        within("route", self.route.len(), MAX_KEY_BYTES)?;
        within("key", self.key.len(), MAX_KEY_BYTES)
    }
}

/// What tells a request from another one under the same key: a digest of its body. The caller chooses which; it is only compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

/// What the ids are made of that a request makes: chosen at random by who claims, and the one of the first claim for as long as the key is
/// remembered. So a request that comes again makes the same ids, and one that comes after its key was forgotten makes others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin(pub [u8; 16]);

/// How long keys are kept, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long a key is remembered after it was claimed or finished.
    pub keep_for: Duration,
    /// When a claim that nobody finished may be taken over.
    pub overdue_after: Duration,
    /// How many keys of one caller are remembered.
    pub keys_per_caller: usize,
}

impl Default for Limits {
    /// A day, a minute, and a thousand keys.
    fn default() -> Self {
        Self {
            keep_for: Duration::from_secs(24 * 3_600),
            overdue_after: Duration::from_secs(60),
            keys_per_caller: 1_000,
        }
    }
}

/// An answer as it was given, and is given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The type of the body: at most [`MAX_CONTENT_TYPE_BYTES`] bytes.
    pub content_type: String,
    /// The body: at most [`MAX_BODY_BYTES`] bytes.
    pub body: Bytes,
}

impl Answer {
    /// Whether it is small enough to be kept. Every adapter asks this first.
    ///
    /// # Errors
    /// [`Error::TooLong`] says what is not.
    pub fn check(&self) -> Result<()> {
        within("content type", self.content_type.len(), MAX_CONTENT_TYPE_BYTES)?;
        within("body", self.body.len(), MAX_BODY_BYTES)
    }
}

const fn within(field: &'static str, got: usize, max: usize) -> Result<()> {
    if got > max { Err(Error::TooLong { field, max, got }) } else { Ok(()) }
}

/// Names one claim, so that who comes too late cannot end another's. Never given twice by a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What a claim is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The request is new, or its last claim is overdue or abandoned: carry it out with ids made of this origin, then finish or abandon it
    /// with this ticket.
    Fresh(Ticket, Origin),
    /// The same request is being carried out now. Try again later.
    InProgress,
    /// The same request was carried out, with ids made of this origin: give this answer.
    Done(Answer, Origin),
    /// Another request was made under this key. Refuse.
    Mismatch,
}

/// The idempotency keys of a deployment and the answers under them.
///
/// **Contract.** An implementation behaves as [`MemoryIdempotency`](super::MemoryIdempotency) does; each method is one atomic step. A key is
/// remembered for [`keep_for`](Limits::keep_for) after it was last claimed or finished; the first claim of whatever key after that forgets it,
/// and it is as one that never was. The time is
/// told; if it runs backwards, keys are kept longer. `streamcore::idempotency_conformance!` checks all of it.
///
/// **Durability.** What changes something is durable before its future resolves, as far as the backend's documentation promises.
/// **Cancellation.** If a future is dropped, the change may or may not have happened: a claim whose ticket nobody has is in progress until
/// it is overdue. **Errors** of every method: [`Unavailable`](Error::Unavailable) (try again), [`Corrupt`](Error::Corrupt) (do not).
#[async_trait]
pub trait Idempotency: std::fmt::Debug + Send + Sync {
    /// Claims a key for a request.
    ///
    /// **Effect.** A key that is not remembered, or whose claim is overdue while the request is the same, or was abandoned, is claimed from
    /// now on; one that is remembered keeps its origin, another one gets this. Otherwise nothing changes. **Returns** see [`Claim`]: another
    /// request is a mismatch whether or not the first is in progress or overdue.
    /// **Bounds.** If the caller has [`keys_per_caller`](Limits::keys_per_caller) keys already, the one of them is forgotten that was
    /// finished, or claimed and is overdue or abandoned, the longest ago.
    /// **Idempotence.** None: of two calls one is fresh. **Errors.** [`TooLong`](Error::TooLong); [`LimitReached`](Error::LimitReached) if
    /// all of the caller's keys are in progress. A claim that is refused changes nothing. **Atomicity, durability, cancellation.** See the trait.
    async fn claim(
        &self,
        key: ScopedKey,
        request: Fingerprint,
        origin: Origin,
        limits: Limits,
        now: Timestamp,
    ) -> Result<Claim>;

    /// Keeps the answer to a request that was claimed.
    ///
    /// **Effect.** If the ticket's claim still stands, overdue or not, its key is done, with this answer, from now on. Otherwise nothing
    /// changes: it was taken over, finished, abandoned or forgotten. **Returns** whether an answer is kept under this ticket.
    /// **Idempotence.** The answer of the first call is the one that is kept; repeating answers true. **Errors.**
    /// [`TooLong`](Error::TooLong), and the claim stands. **Atomicity, durability, cancellation.** See the trait.
    async fn finish(&self, ticket: Ticket, answer: Answer, now: Timestamp) -> Result<bool>;

    /// Gives a claim up, so that the same request, or another one, is fresh under its key.
    ///
    /// **Effect.** If the ticket's claim stands, all that is remembered of its key from then on is its origin: the request may have done
    /// something. Otherwise nothing changes. **Idempotence.** Repeating changes nothing.
    /// **Atomicity, durability, errors, cancellation.** See the trait.
    async fn abandon(&self, ticket: Ticket) -> Result<()>;
}
