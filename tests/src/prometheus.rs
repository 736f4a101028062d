//! A real Prometheus: Debian's, with the configuration and the rules of `examples/monitoring`, in a hurry.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{http, monitoring, process, wait};

/// How long it may take to be ready after its start.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it scrapes and evaluates, in place of every 15 s.
const EVERY: &str = "500ms";

/// A `prometheus` of its own; dropping it kills it, and shows its log if the test failed.
#[derive(Debug)]
pub struct Prometheus {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
}

impl Prometheus {
    /// Starts one that scrapes this server, and waits until it is ready.
    ///
    /// # Panics
    /// If there is none, or it does not get ready.
    #[must_use]
    pub fn scraping(server: SocketAddr) -> Self {
        Self::with(server, str::to_owned)
    }

    /// The same with these changes to its configuration.
    ///
    /// # Panics
    /// If there is none, or it does not get ready.
    #[must_use]
    pub fn with(server: SocketAddr, change: fn(&str) -> String) -> Self {
        process::require("prometheus");
        let folder = tempfile::tempdir().expect("a directory");
        lay_out(folder.path(), server, change);
        // Somebody else may take the port before it does.
        for _ in 0..5 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr());
            let address = port.expect("a free port");
            let mut child = spawn(folder.path(), address);
            let ready = || match child.try_wait().expect("its own child") {
                Some(_) => Some(false),
                None => {
                    http::request(address, "GET", "/-/ready", &[], None).is_ok_and(|r| r.status == 200).then_some(true)
                }
            };
            if wait::until("Prometheus to be ready", PATIENCE, ready).0 {
                return Self { child, address, folder };
            }
        }
        panic!("prometheus does not start: {}", log(folder.path()));
    }

    /// Writes a file beside its configuration.
    ///
    /// # Panics
    /// If that fails.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).expect("written");
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What its API answers: the `data` of it.
    ///
    /// # Panics
    /// If it refuses, or does not answer.
    #[must_use]
    pub fn get(&self, target: &str) -> Value {
        let answer = http::request(self.address, "GET", target, &[], None).unwrap_or_else(|e| panic!("{target}: {e}"));
        let mut answer = answer.json();
        assert_eq!(answer["status"], "success", "{target}: {answer}");
        answer["data"].take()
    }

    /// What an expression gives now: series, each with `metric` and `value`.
    ///
    /// # Panics
    /// If it is no expression.
    #[must_use]
    pub fn query(&self, expr: &str) -> Vec<Value> {
        let answer = self.get(&format!("/api/v1/query?query={}", encoded(expr)));
        match answer["resultType"].as_str() {
            Some("vector") => answer["result"].as_array().expect("a list").clone(),
            other => panic!("{expr} gives {other:?}"),
        }
    }

    /// The value of an expression that gives one series, or none.
    ///
    /// # Panics
    /// If it gives more.
    #[must_use]
    pub fn value(&self, expr: &str) -> Option<f64> {
        let found = self.query(expr);
        assert!(found.len() < 2, "{expr}: {found:?}");
        found.first().map(value)
    }

    /// Waits until the server is up, or down, as Prometheus sees it.
    ///
    /// # Panics
    /// If it does not get there.
    pub fn await_up(&self, up: bool, deadline: Duration) -> Duration {
        let wanted = if up { 1.0 } else { 0.0 };
        let seen = || (self.value(r#"up{job="streamcore"}"#) == Some(wanted)).then_some(());
        wait::until(&format!("up == {wanted}"), deadline, seen).1
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- log of Prometheus:\n{}---", log(self.folder.path()));
        }
    }
}

/// The number in a series that a query gave.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn value(series: &Value) -> f64 {
    series["value"][1].as_str().and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no value: {series}"))
}

/// The files as somebody copies them, with another interval and target.
fn lay_out(folder: &Path, server: SocketAddr, change: fn(&str) -> String) {
    let mut config = monitoring::text("prometheus.yml");
    for (from, to) in [
        ("scrape_interval: 15s", format!("scrape_interval: {EVERY}")),
        ("scrape_timeout: 10s", format!("scrape_timeout: {EVERY}")),
        ("evaluation_interval: 15s", format!("evaluation_interval: {EVERY}")),
    ] {
        assert!(config.contains(from), "{from} is not in it");
        config = config.replace(from, &to);
    }
    fs::write(folder.join("prometheus.yml"), change(&config)).expect("written");
    for sub in ["rules", "targets", "data"] {
        fs::create_dir(folder.join(sub)).expect("made");
    }
    for rules in ["rules/recording.yml", "rules/alerts.yml"] {
        fs::write(folder.join(rules), monitoring::text(rules)).expect("written");
    }
    let targets = monitoring::text("targets/streamcore.yml");
    assert!(targets.contains("localhost:8000"), "{targets}");
    let targets = targets.replace("localhost:8000", &server.to_string());
    fs::write(folder.join("targets/streamcore.yml"), targets).expect("written");
}

fn spawn(folder: &Path, address: SocketAddr) -> Child {
    let log = fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).expect("a log");
    // Started somewhere else: the configuration finds its files by itself.
    Command::new("prometheus")
        .arg(format!("--config.file={}", folder.join("prometheus.yml").display()))
        .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
        .arg(format!("--web.listen-address={address}"))
        .arg("--log.level=warn")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("prometheus starts")
}

fn log(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap_or_default()
}

fn encoded(text: &str) -> String {
    let one = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(one).collect()
}
