//! How the server is.

use serde::Serialize;

/// The answer of `/health`.
#[derive(Debug, Serialize)]
pub(crate) struct Health {
    pub(crate) status: &'static str,
    pub(crate) version: &'static str,
    pub(crate) uptime_seconds: u64,
    pub(crate) timestamp: String,
    pub(crate) dependencies: [Dependency; 1],
}

/// Something that the server cannot work without.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Dependency {
    pub(crate) name: &'static str,
    pub(crate) status: &'static str,
    pub(crate) latency_ms: u64,
    pub(crate) message: Option<String>,
    /// Since when it is not as it should be; null if it is.
    pub(crate) since: Option<String>,
    pub(crate) last_check: String,
}
