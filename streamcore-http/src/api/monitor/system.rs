//! `GET /api/v1/metrics/system` and `GET /api/system/metrics`: the machine and the server, all together and in short.

use super::monitor;
use crate::{
    edge::{Answer, Call, respond},
    wire::{SystemInShort, SystemMetrics},
};

pub(crate) async fn full(call: Call) -> Answer {
    let monitor = monitor(&call)?;
    let (counts, machine) = tokio::join!(monitor.counts(), monitor.machine());
    let now = call.app.runtime.now();
    let uptime = now.since(call.app.started_at);
    respond::json(&SystemMetrics::new(&counts, machine.as_deref(), uptime, now, call.language))
}

pub(crate) async fn short(call: Call) -> Answer {
    let machine = monitor(&call)?.machine().await;
    let now = call.app.runtime.now();
    respond::json(&SystemInShort::new(machine.as_deref(), now.since(call.app.started_at), now))
}
