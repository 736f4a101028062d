//! A Redis Cluster of six processes.

use std::time::Duration;

use super::{RedisServer, server::free_port};
use crate::wait;

const PRIMARIES: usize = 3;
const PATIENCE: Duration = Duration::from_secs(60);

/// Three primaries and three replicas.
#[derive(Debug)]
pub struct Cluster {
    nodes: Vec<RedisServer>,
}

impl Cluster {
    /// Starts them, and waits until each of them says that all is well.
    ///
    /// # Panics
    /// If they do not get there.
    #[must_use]
    pub fn start() -> Self {
        let nodes: Vec<RedisServer> = (0..2 * PRIMARIES).map(|_| node()).collect();
        for (nth, node) in nodes.iter().enumerate() {
            node.tell(&["CLUSTER", "SET-CONFIG-EPOCH", &(nth + 1).to_string()]);
        }
        for (nth, (from, to)) in [(0, 5_461), (5_462, 10_922), (10_923, 16_383)].into_iter().enumerate() {
            nodes[nth].tell(&["CLUSTER", "ADDSLOTSRANGE", &from.to_string(), &to.to_string()]);
        }
        let first = &nodes[0];
        for node in &nodes[1..] {
            first.tell(&["CLUSTER", "MEET", "127.0.0.1", &node.port().to_string(), &bus(node)]);
        }
        let cluster = Self { nodes };
        cluster.wait("all nodes know each other", |node| {
            node.tell(&["CLUSTER", "INFO"]).contains("cluster_known_nodes:6")
        });
        let ids: Vec<String> = cluster.nodes.iter().map(|node| text(&node.tell(&["CLUSTER", "MYID"]))).collect();
        for (nth, node) in cluster.nodes[PRIMARIES..].iter().enumerate() {
            // A node may have heard of its primary and not yet shaken its hand.
            wait::until("a node becomes a replica", PATIENCE, || {
                node.ask(&["CLUSTER", "REPLICATE", &ids[nth]]).filter(|answer| answer.starts_with("+OK"))
            });
        }
        cluster.wait_until_well();
        cluster
    }

    /// Waits until each node says that all is well, and every replica follows its primary.
    ///
    /// # Panics
    /// If they do not get there.
    pub fn wait_until_well(&self) {
        self.wait("the Cluster is well", |node| {
            let replication = node.tell(&["INFO", "replication"]);
            let follows = !replication.contains("role:slave") || replication.contains("master_link_status:up");
            follows && node.tell(&["CLUSTER", "INFO"]).contains("cluster_state:ok")
        });
        let replicas = |nodes: &str| nodes.lines().filter(|line| line.contains("slave ")).count();
        self.wait("all know who follows whom", |node| replicas(&node.tell(&["CLUSTER", "NODES"])) == PRIMARIES);
    }

    fn wait(&self, what: &str, is_so: impl Fn(&RedisServer) -> bool) {
        wait::until(what, PATIENCE, || self.nodes.iter().all(&is_so).then_some(()));
    }

    /// The URL that a store connects to.
    #[must_use]
    pub fn url(&self) -> String {
        let others: Vec<String> =
            self.nodes[1..].iter().map(|node| format!("node=127.0.0.1:{}", node.port())).collect();
        format!("redis-cluster://127.0.0.1:{}?{}", self.nodes[0].port(), others.join("&"))
    }

    /// Its processes; the first three were the primaries at the start.
    pub fn nodes(&mut self) -> &mut [RedisServer] {
        &mut self.nodes
    }
}

fn node() -> RedisServer {
    RedisServer::with(&[
        "--cluster-enabled",
        "yes",
        "--cluster-node-timeout",
        "1500",
        "--cluster-port",
        &free_port().to_string(),
        "--appendonly",
        "no",
        "--repl-diskless-sync-delay",
        "0",
    ])
}

/// The port on which the nodes talk among themselves.
fn bus(node: &RedisServer) -> String {
    text(&node.tell(&["CONFIG", "GET", "cluster-port"]))
}

/// The last text of an answer.
fn text(answer: &str) -> String {
    answer.trim_end().lines().last().unwrap_or_default().to_owned()
}
