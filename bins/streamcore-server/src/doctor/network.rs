//! The ports: free, or ours already.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use super::Finding;
use crate::config::Config;

const CHECK: &str = "port";
const METRICS: &str = "metrics port";
const PATIENCE: Duration = Duration::from_secs(2);

/// More than our own answer has.
const LONGEST_ANSWER: u64 = 16 * 1_024;

pub(super) fn look(config: &Config) -> Vec<Finding> {
    let main = config.listen.value;
    let own = config.metrics.listen.value.filter(|_| config.metrics.enabled.value);
    let mut findings = vec![look_at(CHECK, main, main, "--listen")];
    findings.extend(own.map(|metrics| look_at(METRICS, metrics, main, "metrics.listen")));
    findings
}

/// How it stands with this port of the server that has this main address.
fn look_at(check: &'static str, address: SocketAddr, main: SocketAddr, setting: &str) -> Finding {
    match TcpListener::bind(address) {
        Ok(_) => Finding::ok(check, format!("{address} is free")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => taken(check, address, main, setting),
        Err(error) => {
            let advice = format!("choose an address of this machine, and a port above 1023, with {setting}");
            Finding::fail(check, format!("{address} cannot be listened on: {error}"), advice)
        }
    }
}

/// Only the main address tells whose it is: where the metrics are nothing else is served.
fn taken(check: &'static str, address: SocketAddr, main: SocketAddr, setting: &str) -> Finding {
    match version_there(main) {
        Some(version) if address == main => {
            Finding::ok(check, format!("{address} is in use by a Streamcore server that runs (version {version})"))
        }
        Some(version) => Finding::ok(
            check,
            format!(
                "{address} is in use, and a Streamcore server (version {version}) runs at {main}: it should be its"
            ),
        ),
        None => Finding::fail(
            check,
            format!("{address} is in use by another program"),
            format!("stop that program, or choose another port with {setting} (port 0 takes a free one)"),
        ),
    }
}

/// The version of the server that answers there, if it is one of ours.
fn version_there(address: SocketAddr) -> Option<String> {
    let mut socket = TcpStream::connect_timeout(&crate::banner::reachable(address), PATIENCE).ok()?;
    socket.set_read_timeout(Some(PATIENCE)).ok()?;
    socket.set_write_timeout(Some(PATIENCE)).ok()?;
    write!(socket, "GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    socket.take(LONGEST_ANSWER).read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).ok()?;
    let body = answer.get(answer.find('{')?..=answer.rfind('}')?)?;
    let health: serde_json::Value = serde_json::from_str(body).ok()?;
    (health.get("dependencies")?.is_array() && health.get("uptime_seconds")?.is_u64()).then_some(())?;
    Some(health.get("version")?.as_str()?.chars().take(32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_of_the_metrics_that_is_taken_is_told_with_its_own_setting() {
        let free: SocketAddr = ([127, 0, 0, 1], 0).into();
        assert_eq!(look_at(METRICS, free, free, "metrics.listen").level, super::super::Level::Ok);
        let other = TcpListener::bind(free).expect("a free port");
        let taken = other.local_addr().expect("an address");
        let finding = look_at(METRICS, taken, free, "metrics.listen");
        assert_eq!((finding.check, finding.level), ("metrics port", super::super::Level::Fail));
        assert!(finding.found.contains("in use by another program"), "{}", finding.found);
        assert!(finding.advice.is_some_and(|advice| advice.contains("with metrics.listen")));
    }
}
