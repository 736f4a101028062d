//! A primary, two replicas, and three Sentinels that choose another primary when it dies.

use std::time::Duration;

use super::RedisServer;
use crate::wait;

const NAME: &str = "streams";
const PATIENCE: Duration = Duration::from_secs(60);

/// Three servers and who watches over them.
#[derive(Debug)]
pub struct Sentinels {
    servers: Vec<RedisServer>,
    sentinels: Vec<RedisServer>,
}

impl Sentinels {
    /// Starts them, and waits until each Sentinel knows of all.
    ///
    /// # Panics
    /// If they do not get there.
    #[must_use]
    pub fn start() -> Self {
        let settings = [
            "--appendonly",
            "yes",
            "--repl-diskless-sync-delay",
            "0",
            "--min-replicas-to-write",
            "1",
            "--min-replicas-max-lag",
            "2",
            "--repl-ping-replica-period",
            "1",
        ];
        let primary = RedisServer::with(&settings);
        let of = format!("127.0.0.1 {}", primary.port());
        let mut servers = vec![primary];
        for _ in 0..2 {
            let mut settings = settings.to_vec();
            settings.extend(["--replicaof", of.as_str()]);
            servers.push(RedisServer::with(&settings));
        }
        let sentinels = (0..3).map(|_| RedisServer::sentinel(NAME, &of)).collect();
        let all = Self { servers, sentinels };
        wait::until("the replicas follow", PATIENCE, || {
            all.servers[0].tell(&["INFO", "replication"]).matches("state=online").count().eq(&2).then_some(())
        });
        wait::until("the Sentinels know of all", PATIENCE, || {
            let all_known = |sentinel: &RedisServer| {
                let known = sentinel.tell(&["INFO", "sentinel"]);
                known.contains("status=ok") && known.contains("slaves=2,sentinels=3")
            };
            all.sentinels.iter().all(all_known).then_some(())
        });
        all
    }

    /// The URL that a store connects to.
    #[must_use]
    pub fn url(&self) -> String {
        let [first, others @ ..] = self.sentinels.as_slice() else { return String::new() };
        let others: Vec<String> = others.iter().map(|node| format!("&node=127.0.0.1:{}", node.port())).collect();
        format!("redis-sentinel://127.0.0.1:{}?sentinelServiceName={NAME}{}", first.port(), others.concat())
    }

    /// The port of the primary, as the Sentinels have it.
    ///
    /// # Panics
    /// If no Sentinel answers.
    #[must_use]
    pub fn primary(&self) -> u16 {
        let answer = self.sentinels[0].tell(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME]);
        answer.trim_end().lines().last().and_then(|port| port.parse().ok()).expect("a port")
    }

    /// Kills the primary. Sentinel notices after a second.
    ///
    /// # Panics
    /// If it is not among the servers.
    pub fn kill_primary(&mut self) {
        let port = self.primary();
        self.servers.iter_mut().find(|server| server.port() == port).expect("one of the servers").kill();
    }

    /// Starts whoever was killed again.
    pub fn restart(&mut self) {
        for server in &mut self.servers {
            if server.ask(&["PING"]).is_none() {
                server.restart();
            }
        }
    }
}
