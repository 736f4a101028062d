//! A store of idempotency keys that fails on purpose.

use async_trait::async_trait;

use super::super::{Flaky, flaky::Injected};
use crate::{
    Timestamp,
    idempotency::{Answer, Claim, Error, Fingerprint, Idempotency, Limits, Origin, Result, ScopedKey, Ticket},
};

fn down(why: Injected) -> Error {
    Error::unavailable(why)
}

#[async_trait]
impl<I: Idempotency> Idempotency for Flaky<I> {
    async fn claim(
        &self,
        key: ScopedKey,
        request: Fingerprint,
        origin: Origin,
        limits: Limits,
        now: Timestamp,
    ) -> Result<Claim> {
        self.call(("claim", None), self.inner().claim(key, request, origin, limits, now), down).await
    }

    async fn finish(&self, ticket: Ticket, answer: Answer, now: Timestamp) -> Result<bool> {
        self.call(("finish", None), self.inner().finish(ticket, answer, now), down).await
    }

    async fn abandon(&self, ticket: Ticket) -> Result<()> {
        self.call(("abandon", None), self.inner().abandon(ticket), down).await
    }
}
