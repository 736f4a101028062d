//! The port: free, or ours already.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use super::Finding;
use crate::config::Config;

const CHECK: &str = "port";
const PATIENCE: Duration = Duration::from_secs(2);

/// More than our own answer has.
const LONGEST_ANSWER: u64 = 16 * 1_024;

pub(super) fn look(config: &Config) -> Vec<Finding> {
    let address = config.listen.value;
    vec![match TcpListener::bind(address) {
        Ok(_) => Finding::ok(CHECK, format!("{address} is free")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => taken(address),
        Err(error) => {
            let advice = "choose an address of this machine, and a port above 1023, with --listen";
            Finding::fail(CHECK, format!("{address} cannot be listened on: {error}"), advice)
        }
    }]
}

fn taken(address: SocketAddr) -> Finding {
    match version_there(address) {
        Some(version) => {
            Finding::ok(CHECK, format!("{address} is in use by a Streamcore server that runs (version {version})"))
        }
        None => Finding::fail(
            CHECK,
            format!("{address} is in use by another program"),
            "stop that program, or choose another port with --listen (port 0 takes a free one)",
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
