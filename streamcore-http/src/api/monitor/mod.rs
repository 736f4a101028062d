//! `/api/v1/metrics` and `/api/system`: figures and what happened lately, as JSON, for who has no Prometheus.

pub(crate) mod activity;
pub(crate) mod history;
pub(crate) mod streams;
pub(crate) mod system;

use crate::{edge::Call, error::ApiError, monitor::Monitor};

/// What watches; without it there are no such routes.
fn monitor(call: &Call) -> Result<&Monitor, ApiError> {
    call.app.monitor.as_deref().ok_or(ApiError::RouteNotFound)
}
