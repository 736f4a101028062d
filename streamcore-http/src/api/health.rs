//! `/health` and its relatives. The store is really asked, within a time limit.

use std::time::{Duration, Instant};

use serde_json::json;
use streamcore::{StreamId, queue::Page};
use warp::http::{StatusCode, header};

use crate::{
    edge::{Answer, Call, respond},
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
    let (code, status) = match store.status {
        "up" => (StatusCode::OK, "healthy"),
        "degraded" => (StatusCode::OK, "degraded"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "unhealthy"),
    };
    let body = Health {
        status,
        version: app.settings.version,
        uptime_seconds: now.since(app.started_at).as_secs(),
        timestamp: now.to_string(),
        dependencies: vec![store],
    };
    let mut response = respond::json_with(code, &body)?;
    if code == StatusCode::SERVICE_UNAVAILABLE {
        respond::set(&mut response, header::RETRY_AFTER, "2");
    }
    Ok(response)
}

/// Whether this process answers at all.
pub(crate) async fn live(_call: Call) -> Answer {
    respond::json(&json!({ "status": "alive" }))
}

/// Whether it can do its work.
pub(crate) async fn ready(call: Call) -> Answer {
    let store = ask_store(&call.app).await;
    if store.status == "down" {
        let body = json!({ "status": "not_ready", "reason": store.message });
        let mut response = respond::json_with(StatusCode::SERVICE_UNAVAILABLE, &body)?;
        respond::set(&mut response, header::RETRY_AFTER, "2");
        return Ok(response);
    }
    respond::json(&json!({ "status": "ready", "reason": null }))
}

async fn ask_store(app: &App) -> Dependency {
    let began = Instant::now();
    let asked = tokio::time::timeout(DOWN_AFTER, async {
        let queue = app.queue.view(StreamId::new(0), Page { offset: 0, limit: 1 });
        let registry = app.registry.list(None, 1);
        let (queue, registry) = futures::future::join(queue, registry).await;
        queue.is_ok() && registry.is_ok()
    });
    let (status, message) = match asked.await {
        Ok(true) if began.elapsed() < DEGRADED_AFTER => ("up", None),
        Ok(true) => ("degraded", Some("the store answers slowly")),
        Ok(false) => ("down", Some("the store does not answer as it should; see the log")),
        Err(_) => ("down", Some("the store did not answer in time")),
    };
    Dependency {
        name: "store",
        status,
        latency_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        message,
        last_check: app.runtime.now().to_string(),
    }
}
