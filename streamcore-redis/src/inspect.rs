//! What kind of Redis it is, for an operator: facts, without a judgement.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use fred::{
    error::Error,
    interfaces::{ClientLike, LuaInterface},
    types::{ClusterHash, CustomCommand, Value},
};

use crate::{
    ConnectError, RedisStore,
    script::{Lazy, Script},
};

static MAY: Lazy = Lazy::new(|| Script::reading("may", &[include_str!("scripts/may.lua")]));

/// What a Redis says of itself. What it does not tell (its ACL may forbid to ask) is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// Where it is, for people.
    pub server: String,
    /// Each server that takes writes: one, or the primaries of a Cluster.
    pub nodes: Vec<Node>,
    /// Of a Cluster: `ok`, or `fail` while part of it is away.
    pub cluster_state: Option<String>,
    /// Commands that the store needs and this user may not use; each with what the server said.
    pub forbidden: Vec<(String, String)>,
}

/// What one server says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Node {
    /// Its host and port; of one behind Sentinels, where the Sentinels are.
    pub address: String,
    /// Its version, such as `7.2.4`.
    pub version: Option<String>,
    /// `master` or `slave`.
    pub role: Option<String>,
    /// Whether every change is appended to a file (`appendonly`).
    pub append_only: Option<bool>,
    /// When that file is synced: `always`, `everysec` or `no` (`appendfsync`).
    pub append_fsync: Option<String>,
    /// Whether the last write to that file, and the last snapshot, went well.
    pub persistence_works: Option<bool>,
    /// What is deleted when the memory is full (`maxmemory-policy`): `noeviction` for nothing.
    pub eviction: Option<String>,
    /// Bytes that it may use (`maxmemory`); 0 for no limit.
    pub max_memory: Option<u64>,
    /// Bytes that it uses.
    pub used_memory: Option<u64>,
    /// How many replicas are connected.
    pub replicas: Option<u32>,
    /// How far its clock is ahead of this machine's, in milliseconds, to within half of `round_trip`; negative if it is behind.
    pub clock_ahead_ms: Option<i64>,
    /// How long a question and its answer took: the shortest of three.
    pub round_trip: Option<Duration>,
}

impl RedisStore {
    /// Asks Redis what kind of server it is and what it allows, within twice the limit of a call.
    ///
    /// Writes nothing that stays; a key that expires is made and deleted to see whether that is allowed.
    ///
    /// # Errors
    /// [`ConnectError::Unreachable`] if it does not answer in time. **Cancellation.** Nothing is left behind for longer than a second.
    ///
    /// ```no_run
    /// # async fn example(store: streamcore_redis::RedisStore) -> Result<(), streamcore_redis::ConnectError> {
    /// for node in store.inspect().await?.nodes {
    ///     println!("{} appends: {:?}, deletes when full: {:?}", node.address, node.append_only, node.eviction);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn inspect(&self) -> Result<Inspection, ConnectError> {
        let config = &self.connection.config;
        let limit = config.call_timeout * 2;
        tokio::time::timeout(limit, self.look()).await.map_err(|_| ConnectError::Unreachable {
            server: config.server(),
            reason: format!("no answer for {} s", limit.as_secs_f32()),
        })
    }

    async fn look(&self) -> Inspection {
        let connection = &self.connection;
        let (client, config) = (connection.client(), &connection.config);
        let mut nodes = Vec::new();
        let mut cluster_state = None;
        if config.is_cluster() {
            for server in client.active_connections() {
                let node = node(&client.with_cluster_node(&server), format!("{}:{}", server.host, server.port)).await;
                // A replica that is connected to, too, is none that takes writes.
                if node.role.as_deref() != Some("slave") {
                    nodes.push(node);
                }
            }
            nodes.sort_by(|a, b| a.address.cmp(&b.address));
            let info = ask(client, "CLUSTER", &["INFO"]).await.ok().and_then(Value::into_string).unwrap_or_default();
            cluster_state = field(&info, "cluster_state").map(str::to_owned);
        } else {
            nodes.push(node(client, config.server()).await);
        }
        Inspection { server: config.server(), nodes, cluster_state, forbidden: self.forbidden().await }
    }

    /// Tries each command on a key that is made for that.
    async fn forbidden(&self) -> Vec<(String, String)> {
        let connection = &self.connection;
        let keys = vec![connection.keys.registry().key("doctor")];
        let args = vec![connection.keys.changes()];
        match connection.client().eval::<Vec<String>, _, _, _>(MAY.source.as_str(), keys, args).await {
            Ok(answers) => answers.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect(),
            Err(error) => vec![("EVAL".to_owned(), error.details().to_owned())],
        }
    }
}

async fn ask<C: ClientLike>(client: &C, command: &'static str, args: &[&str]) -> Result<Value, Error> {
    let command = CustomCommand::new_static(command, ClusterHash::Random, false);
    client.custom(command, args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>()).await
}

async fn node<C: ClientLike>(client: &C, address: String) -> Node {
    let info = ask(client, "INFO", &["everything"]).await.ok().and_then(Value::into_string).unwrap_or_default();
    let settings = settings(client).await;
    let text = |name: &str| field(&info, name).map(str::to_owned);
    let number = |name: &str| field(&info, name).and_then(|text| text.parse().ok());
    let setting = |name: &str| settings.get(name).cloned();
    let is_ok = |name: &str| field(&info, name).map(|status| status == "ok");
    let (clock_ahead_ms, round_trip) = clock(client).await.unzip();
    Node {
        address,
        version: text("redis_version"),
        role: text("role"),
        append_only: field(&info, "aof_enabled")
            .map(|enabled| enabled == "1")
            .or_else(|| setting("appendonly").map(|value| value == "yes")),
        append_fsync: setting("appendfsync"),
        persistence_works: match (is_ok("aof_last_write_status"), is_ok("rdb_last_bgsave_status")) {
            (None, None) => None,
            (appended, saved) => Some(appended.unwrap_or(true) && saved.unwrap_or(true)),
        },
        eviction: text("maxmemory_policy").or_else(|| setting("maxmemory-policy")),
        max_memory: number("maxmemory").or_else(|| setting("maxmemory")?.parse().ok()),
        used_memory: number("used_memory"),
        replicas: field(&info, "connected_slaves").and_then(|text| text.parse().ok()),
        clock_ahead_ms,
        round_trip,
    }
}

/// What CONFIG GET tells, if it may be asked.
async fn settings<C: ClientLike>(client: &C) -> BTreeMap<String, String> {
    let mut settings = BTreeMap::new();
    for name in ["appendonly", "appendfsync", "maxmemory", "maxmemory-policy"] {
        let Ok(answer) = ask(client, "CONFIG", &["GET", name]).await else { continue };
        let value = match answer {
            Value::Map(map) => map.inner().into_iter().next().and_then(|(_, value)| value.into_string()),
            Value::Array(values) => values.into_iter().nth(1).and_then(Value::into_string),
            _ => None,
        };
        settings.extend(value.map(|value| (name.to_owned(), value)));
    }
    settings
}

/// How far the server's clock is ahead, and how long asking took: the shortest of three.
async fn clock<C: ClientLike>(client: &C) -> Option<(i64, Duration)> {
    let mut best: Option<(i64, Duration)> = None;
    for _ in 0..3 {
        let (begin, asked) = (SystemTime::now(), Instant::now());
        let Ok(Value::Array(answer)) = ask(client, "TIME", &[]).await else { continue };
        let took = asked.elapsed();
        let mut numbers = answer.into_iter().filter_map(|value| value.into_string()?.parse::<i64>().ok());
        let (Some(seconds), Some(micros)) = (numbers.next(), numbers.next()) else { continue };
        let here = begin.duration_since(UNIX_EPOCH).ok()? + took / 2;
        let there = seconds.saturating_mul(1_000).saturating_add(micros / 1_000);
        let ahead = there.saturating_sub(i64::try_from(here.as_millis()).ok()?);
        if best.is_none_or(|(_, shortest)| took < shortest) {
            best = Some((ahead, took));
        }
    }
    best
}

/// A line of INFO.
fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let info = "# Memory\r\nmaxmemory_policy:noeviction\r\nmaxmemory:100\r\n";
        assert_eq!(field(info, "maxmemory"), Some("100"));
        assert_eq!(field(info, "maxmemory_policy"), Some("noeviction"));
        assert_eq!(field(info, "max"), None);
    }
}
