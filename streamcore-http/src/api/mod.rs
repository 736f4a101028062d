//! The REST API: one file per action, or per small group of alike ones.

pub(crate) mod health;
pub(crate) mod media;
pub(crate) mod metrics;
pub(crate) mod monitor;
pub(crate) mod playlist;
pub(crate) mod queue;
pub(crate) mod streams;
pub(crate) mod tracks;

use uuid::{Builder, Uuid};

use crate::error::ApiError;

/// A new random (version 4) UUID.
pub(crate) fn random_uuid() -> Result<Uuid, ApiError> {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(Builder::from_random_bytes(bytes).into_uuid()),
        Err(error) => {
            tracing::error!(%error, "the system gives no random bytes");
            Err(ApiError::Internal)
        }
    }
}
