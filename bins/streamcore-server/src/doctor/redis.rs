//! Redis: whether it answers, keeps what it is told, deletes nothing, and lets us do what we need.

use std::time::Duration;

use streamcore_redis::{ConnectError, Inspection, Node, RedisStore};

use super::Finding;
use crate::config::Config;

const CHECK: &str = "redis";
const PERSISTENCE: &str = "redis persistence";
const MEMORY: &str = "redis memory";
const CLOCK: &str = "redis clock";

/// So far apart, what one machine says of a moment puzzles who reads it on the other.
const APART_MS: i64 = 1_000;

/// Every change of a queue takes at least one round trip.
const SLOW: Duration = Duration::from_millis(20);

pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let origin = config.redis.url.origin;
    let connection = match config.redis.connection() {
        Ok(Some(connection)) => connection,
        Ok(None) => return Vec::new(),
        Err(error) => return vec![Finding::fail(CHECK, error.to_string(), "see redis.url in streamcore.example.toml")],
    };
    let is_cluster = connection.is_cluster();
    let refused = |error: ConnectError| {
        let found = format!("redis.url from {origin}: {error}");
        vec![Finding::fail(CHECK, found, "the server does not start without it")]
    };
    let store = match RedisStore::connect(connection).await {
        Ok(store) => store,
        Err(error) => return refused(error),
    };
    let inspection = store.inspect().await;
    store.close().await;
    match inspection {
        Ok(inspection) => judge(&inspection, is_cluster),
        Err(error) => refused(error),
    }
}

/// What an operator is told of it.
fn judge(inspection: &Inspection, is_cluster: bool) -> Vec<Finding> {
    let mut findings = vec![whole(inspection, is_cluster), allowed(inspection)];
    for node in &inspection.nodes {
        findings.extend([persistence(node), eviction(node), clock(node)]);
    }
    findings
}

fn whole(inspection: &Inspection, is_cluster: bool) -> Finding {
    let server = &inspection.server;
    if inspection.nodes.is_empty() {
        return Finding::fail(
            CHECK,
            format!("{server} names no server that takes writes"),
            "see `redis-cli cluster nodes`",
        );
    }
    let mut versions: Vec<_> = inspection.nodes.iter().filter_map(|node| node.version.as_deref()).collect();
    versions.sort_unstable();
    versions.dedup();
    let slowest = inspection.nodes.iter().filter_map(|node| node.round_trip).max();
    let replicas = inspection.nodes.iter().filter_map(|node| node.replicas).min();
    let mut found = format!(
        "{server} answers, version {}",
        if versions.is_empty() { "unknown".to_owned() } else { versions.join(" and ") }
    );
    if let Some(slowest) = slowest {
        found += &format!(", round trip {:.1} ms", slowest.as_secs_f64() * 1e3);
    }
    if let Some(replicas) = replicas {
        found += &format!(", {replicas} replica{}", if replicas == 1 { "" } else { "s" });
    }
    if is_cluster {
        found += &format!(", {} primaries", inspection.nodes.len());
    }
    if let Some(node) = inspection.nodes.iter().find(|node| node.role.as_deref() == Some("slave")) {
        let advice = "name the primary, or its Sentinels (redis-sentinel://)";
        return Finding::fail(CHECK, format!("{} is a replica, which takes no writes", node.address), advice);
    }
    match inspection.cluster_state.as_deref() {
        Some("ok") | None => {}
        Some(state) => {
            let advice = "see `redis-cli cluster nodes`: streams whose slots are away take no changes";
            return Finding::fail(CHECK, format!("{found}; the Cluster's state is {state}"), advice);
        }
    }
    match slowest {
        Some(slowest) if slowest > SLOW => Finding::warn(
            CHECK,
            found,
            "it is far away or busy: every change waits for it; keep it in the same network",
        ),
        _ => Finding::ok(CHECK, found),
    }
}

fn allowed(inspection: &Inspection) -> Finding {
    const CHECK: &str = "redis access";
    let out_of_memory = |told: &str| told.contains("OOM") || told.contains("used memory > 'maxmemory'");
    match inspection.forbidden.first() {
        None => Finding::ok(CHECK, "every command that is needed is allowed"),
        Some((_, told)) if out_of_memory(told) => {
            Finding::fail(CHECK, format!("nothing can be written: {told}"), "raise maxmemory, or free some")
        }
        Some((_, told)) => {
            let names: Vec<_> = inspection.forbidden.iter().map(|(name, _)| name.as_str()).collect();
            let advice = "allow this user the keys and the channel of redis.prefix and these commands (ACL SETUSER; docs/redis.md)";
            Finding::fail(CHECK, format!("refused: {} ({told})", names.join(", ")), advice)
        }
    }
}

fn persistence(node: &Node) -> Finding {
    let at = &node.address;
    if node.persistence_works == Some(false) {
        let advice = "look at its log: a full disk, or a directory that it may not write";
        return Finding::fail(PERSISTENCE, format!("{at} could not write its file or its snapshot"), advice);
    }
    match (node.append_only, node.append_fsync.as_deref()) {
        (Some(false), _) => Finding::fail(
            PERSISTENCE,
            format!("{at} has appendonly no: what was acknowledged is lost when it ends"),
            "set `appendonly yes` in redis.conf, and `appendfsync always`, or everysec where a second may be lost",
        ),
        (None, _) => Finding::warn(
            PERSISTENCE,
            format!("{at} does not say whether it persists"),
            "make sure of `appendonly yes`, or allow this user +info and +config|get",
        ),
        (Some(true), Some("always")) => {
            Finding::ok(PERSISTENCE, format!("{at} syncs every change before it answers (appendfsync always)"))
        }
        (Some(true), Some("everysec")) => Finding::ok(
            PERSISTENCE,
            format!(
                "{at} appends every change; a power cut may take the last second (appendfsync everysec; always keeps that, too)"
            ),
        ),
        (Some(true), Some(other)) => Finding::warn(
            PERSISTENCE,
            format!("{at} appends, and leaves it to the system when that reaches the disk (appendfsync {other})"),
            "set `appendfsync always`, or everysec",
        ),
        (Some(true), None) => Finding::warn(
            PERSISTENCE,
            format!("{at} appends every change, and does not say when it syncs"),
            "make sure of `appendfsync always` or everysec, or allow this user +config|get",
        ),
    }
}

fn eviction(node: &Node) -> Finding {
    /// Of the memory that may be used, in percent.
    const MUCH: u64 = 80;
    let at = &node.address;
    let mebibytes = |bytes: u64| bytes.div_ceil(1 << 20);
    let memory = match (node.used_memory, node.max_memory) {
        (Some(used), Some(0)) => format!("{} MiB used, no maxmemory", mebibytes(used)),
        (Some(used), Some(most)) => format!("{} of {} MiB used", mebibytes(used), mebibytes(most)),
        _ => "memory not told".to_owned(),
    };
    match node.eviction.as_deref() {
        Some("noeviction") => {}
        Some(policy) => {
            let found = format!("{at} deletes keys when its memory is full (maxmemory-policy {policy}), {memory}");
            return Finding::fail(MEMORY, found, "set `maxmemory-policy noeviction`: a queue must not vanish");
        }
        None => {
            let found = format!("{at} does not say what it deletes when its memory is full, {memory}");
            return Finding::warn(
                MEMORY,
                found,
                "make sure of `maxmemory-policy noeviction`, or allow this user +info",
            );
        }
    }
    let found = format!("{at} deletes nothing (noeviction), {memory}");
    match (node.used_memory, node.max_memory) {
        (Some(used), Some(most)) if most > 0 && used >= most => {
            Finding::fail(MEMORY, found, "raise maxmemory: nothing more can be stored")
        }
        (Some(used), Some(most)) if most > 0 && used.saturating_mul(100) / most >= MUCH => {
            Finding::warn(MEMORY, found, "raise maxmemory before it is full")
        }
        _ => Finding::ok(MEMORY, found),
    }
}

fn clock(node: &Node) -> Finding {
    let at = &node.address;
    match node.clock_ahead_ms {
        None => Finding::warn(CLOCK, format!("{at} does not say what its clock shows"), "allow this user +time"),
        Some(ahead) if ahead.saturating_abs() > APART_MS => {
            let found = format!(
                "{at} is {} ms {} this machine",
                ahead.saturating_abs(),
                if ahead > 0 { "ahead of" } else { "behind" }
            );
            Finding::warn(CLOCK, found, "keep both by NTP")
        }
        Some(ahead) => Finding::ok(CLOCK, format!("{at} is {ahead} ms ahead of this machine")),
    }
}
