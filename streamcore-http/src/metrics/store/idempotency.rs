//! The answers to requests that may come again, measured.

use std::sync::Arc;

use async_trait::async_trait;
use streamcore::{
    Timestamp,
    idempotency::{Answer, Claim, Error, Fingerprint, Idempotency, Limits, Origin, Result, ScopedKey, Ticket},
};

use super::{Failure, Measured};
use crate::metrics::Metrics;

const OPERATIONS: [&str; 3] = ["claim", "finish", "abandon"];

const fn place(operation: &str) -> usize {
    super::place(&OPERATIONS, operation)
}

pub(super) fn measured(inner: Arc<dyn Idempotency>, metrics: &Arc<Metrics>) -> Arc<dyn Idempotency> {
    Measured::new(inner, metrics, "idempotency", &OPERATIONS)
}

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
        self.measure(const { place("claim") }, self.inner.claim(key, request, origin, limits, now), failure).await
    }

    async fn finish(&self, ticket: Ticket, answer: Answer, now: Timestamp) -> Result<bool> {
        self.measure(const { place("finish") }, self.inner.finish(ticket, answer, now), failure).await
    }

    async fn abandon(&self, ticket: Ticket) -> Result<()> {
        self.measure(const { place("abandon") }, self.inner.abandon(ticket), failure).await
    }
}
