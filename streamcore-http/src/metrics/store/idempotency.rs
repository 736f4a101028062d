//! The answers to requests that may come again, measured.

use async_trait::async_trait;
use streamcore::{
    Timestamp,
    idempotency::{Answer, Claim, Error, Fingerprint, Idempotency, Limits, Origin, Result, ScopedKey, Ticket},
};

use super::{Failure, Measured};

const PORT: &str = "idempotency";

const fn failure(error: &Error) -> Option<Failure> {
    match error {
        Error::Unavailable { .. } => Some(Failure::Unavailable),
        Error::Corrupt { .. } => Some(Failure::Corrupt),
        _ => None,
    }
}

#[async_trait]
impl Idempotency for Measured<dyn Idempotency> {
    async fn claim(
        &self,
        key: ScopedKey,
        request: Fingerprint,
        origin: Origin,
        limits: Limits,
        now: Timestamp,
    ) -> Result<Claim> {
        self.measure(PORT, "claim", self.inner.claim(key, request, origin, limits, now), failure).await
    }

    async fn finish(&self, ticket: Ticket, answer: Answer, now: Timestamp) -> Result<bool> {
        self.measure(PORT, "finish", self.inner.finish(ticket, answer, now), failure).await
    }

    async fn abandon(&self, ticket: Ticket) -> Result<()> {
        self.measure(PORT, "abandon", self.inner.abandon(ticket), failure).await
    }
}
