//! `doctor`: what it finds, what it advises, and its exit code.

use std::{net::TcpListener, path::Path};

use serde_json::Value;
use streamcore_tests::{Server, command, redis::RedisServer};

struct Report {
    code: Option<i32>,
    findings: Vec<Value>,
}

impl Report {
    /// By a server with its data below this directory.
    fn of(directory: &Path, arguments: &[&str]) -> Self {
        let output = command(directory).args(["doctor", "--json"]).args(arguments).output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let told = command(directory).arg("doctor").args(arguments).output().expect("it runs");
        let lines = String::from_utf8_lossy(&told.stdout).into_owned();
        println!("{arguments:?}: {}\n{lines}", output.status);
        assert_eq!(output.status.code(), told.status.code(), "the same, however it is told");
        assert!(!format!("{text}{lines}").contains("hunter2"), "{lines}");
        let report: Value = serde_json::from_str(&text).expect("JSON");
        let findings = report["findings"].as_array().expect("a list").clone();
        assert_eq!(lines.lines().count(), findings.len() + 1, "one line each, and the sum");
        let failed = findings.iter().any(|finding| finding["level"] == "fail");
        assert_eq!((output.status.code(), report["status"] == "fail"), (Some(failed.into()), failed));
        for finding in &findings {
            assert_eq!(finding["level"] != "ok", finding["advice"].is_string(), "advice where it is needed: {finding}");
        }
        Self { code: output.status.code(), findings }
    }

    fn on(redis: &RedisServer) -> Self {
        Self::at(&redis.url())
    }

    fn at(url: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        Self::of(directory.path(), &["--listen", "127.0.0.1:0", "--redis-url", url])
    }

    /// The level of this check, and what was found.
    #[track_caller]
    fn says(&self, check: &str, level: &str, found: &str) {
        let of_check: Vec<_> = self.findings.iter().filter(|finding| finding["check"] == check).collect();
        let is_so = |finding: &&Value| {
            finding["level"] == level && finding["found"].as_str().is_some_and(|text| text.contains(found))
        };
        assert!(of_check.iter().any(is_so), "{check} is not {level} with {found:?}: {of_check:?}");
    }
}

#[test]
fn before_the_first_start_all_is_well_and_nothing_is_made() {
    let directory = tempfile::tempdir().expect("a directory");
    let report = Report::of(directory.path(), &["--listen", "127.0.0.1:0"]);
    assert_eq!(report.code, Some(0));
    report.says("store", "ok", "will be made");
    report.says("data directory", "ok", "will be made");
    assert_eq!(std::fs::read_dir(directory.path()).expect("read").count(), 0);
}

#[test]
fn beside_a_server_that_runs_it_says_so() {
    let server = Server::start();
    let directory = server.data_dir();
    let address = server.address().to_string();
    let report = Report::of(directory.parent().expect("it has one"), &["--listen", &address]);
    assert_eq!(report.code, Some(0));
    report.says("port", "ok", "a Streamcore server that runs");
    report.says("store", "ok", "in use by a running server");
}

#[test]
fn what_is_broken_fails_and_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    // Who accepts and says nothing is no server of ours.
    let report = Report::of(directory.path(), &["--listen", &address]);
    assert_eq!(report.code, Some(1));
    report.says("port", "fail", &address);

    let report = Report::of(directory.path(), &["--listen", "nowhere"]);
    assert_eq!((report.code, report.findings.len()), (Some(1), 1));
    report.says("settings", "fail", "--listen");

    std::fs::create_dir(directory.path().join("data")).expect("made");
    std::fs::write(directory.path().join("data/streamcore.sqlite3"), "this is not a database").expect("written");
    let report = Report::of(directory.path(), &["--listen", "127.0.0.1:0"]);
    assert_eq!(report.code, Some(1));
    report.says("store", "fail", "not a Streamcore database");
}

#[test]
fn a_redis_that_keeps_everything_is_well() {
    let redis = RedisServer::start();
    let report = Report::on(&redis);
    assert_eq!(report.code, Some(0));
    report.says("redis", "ok", "version ");
    report.says("redis access", "ok", "allowed");
    report.says("redis persistence", "ok", "appendfsync always");
    report.says("redis memory", "ok", "noeviction");
    report.says("redis clock", "ok", "this machine");
    // Nothing but the mark that a server would leave.
    assert_eq!(redis.ask(&["KEYS", "*"]).as_deref(), Some("*1\r\n$28\r\nstreamcore:{registry}:format\r\n"));
}

#[test]
fn a_redis_that_forgets_or_deletes_fails() {
    let report = Report::on(&RedisServer::with(&["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"]));
    assert_eq!(report.code, Some(1));
    report.says("redis persistence", "fail", "appendonly no");
    report.says("redis memory", "fail", "allkeys-lru");

    let report = Report::on(&RedisServer::with(&["--appendonly", "yes", "--appendfsync", "no"]));
    assert_eq!(report.code, Some(0));
    report.says("redis persistence", "warn", "appendfsync no");
}

#[test]
fn a_redis_that_cannot_be_reached_or_entered_fails_and_an_acl_is_told_what_it_lacks() {
    let mut redis = RedisServer::start();
    let rights = "on >hunter2 ~streamcore:* &streamcore:* +@all -config -info -zrem";
    let low: Vec<_> = ["ACL", "SETUSER", "low"].into_iter().chain(rights.split(' ')).collect();
    let _ = redis.tell(&low);
    let _ = redis.tell(&["CONFIG", "SET", "requirepass", "hunter2"]);
    let at = format!("127.0.0.1:{}", redis.port());
    let report = Report::at(&format!("redis://:hunter2-wrong@{at}"));
    assert_eq!(report.code, Some(1));
    report.says("redis", "fail", "refuses user and password");

    let report = Report::at(&format!("redis://low:hunter2@{at}"));
    assert_eq!(report.code, Some(1));
    report.says("redis access", "fail", "ZREM");
    report.says("redis persistence", "warn", "does not say");
    report.says("redis memory", "warn", "does not say");

    redis.kill();
    let report = Report::at(&format!("redis://:hunter2@{at}"));
    assert_eq!(report.code, Some(1));
    report.says("redis", "fail", "no Redis answers");
}
