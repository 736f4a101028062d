//! `/health` and its relatives. The store is really asked, within a time limit; whether it takes changes is known by those that were made.
//!
//! A node whose store is away is degraded and not unhealthy: listeners hear what plays and readers see what was last known, so nobody is
//! helped by a balancer that takes the node out.

use std::time::{Duration, Instant};

use serde_json::json;
use streamcore::last_known::Outage;

use crate::{
    edge::{Answer, Call, Language, respond},
    error::ApiError,
    state::App,
    wire::{Dependency, Health},
};

/// How long the store may take to answer before it counts as away.
const DOWN_AFTER: Duration = Duration::from_secs(2);

/// How long it may take before it counts as slow.
const DEGRADED_AFTER: Duration = Duration::from_millis(500);

pub(crate) async fn health(call: Call) -> Answer {
    let app = &call.app;
    let store = ask_store(app).await;
    let now = app.runtime.now();
    respond::json(&Health {
        status: if store.status == "up" { "healthy" } else { "degraded" },
        version: app.settings.version,
        uptime_seconds: now.since(app.started_at).as_secs(),
        timestamp: now.to_string(),
        dependencies: [store],
    })
}

/// Whether this process answers at all.
pub(crate) async fn live(_call: Call) -> Answer {
    respond::json(&json!({ "status": "alive" }))
}

/// Whether it can do its work, or as much of it as can be done without the store: either way it is to be asked.
pub(crate) async fn ready(call: Call) -> Answer {
    let store = ask_store(&call.app).await;
    let status = if store.since.is_some() { "degraded" } else { "ready" };
    respond::json(&json!({ "status": status, "reason": store.since.and(store.message) }))
}

async fn ask_store(app: &App) -> Dependency {
    let began = Instant::now();
    let known = app.last_known.probe(DOWN_AFTER).await;
    let slow = || "the store answers slowly".to_owned();
    let (status, message) = match known.outage() {
        Some(outage) if known.reads.is_none() => {
            ("degraded", Some(why(outage, "the store takes no changes; see the log")))
        }
        Some(outage) => ("down", Some(why(outage, "the store does not answer as it should; see the log"))),
        None if began.elapsed() < DEGRADED_AFTER => ("up", None),
        None => ("degraded", Some(slow())),
    };
    Dependency {
        name: "store",
        status,
        latency_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        message,
        since: known.outage().map(|outage| outage.since.to_string()),
        last_check: app.runtime.now().to_string(),
    }
}

/// In words for everybody: what the backend said may name hosts and files.
fn why(outage: &Outage, otherwise: &str) -> String {
    if outage.disk.is_some() { ApiError::from(outage).message(Language::English) } else { otherwise.to_owned() }
}
