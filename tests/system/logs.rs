//! Lines for programs: whatever happens, each line on standard error is one flat object, and one request can be followed through them.

use std::{net::TcpListener, time::Duration};

use serde_json::{Value, json};
use streamcore_tests::{Options, Server, command, http, http::Response, media::ToneFile, redis::RedisServer, wait};

const SOON: Duration = Duration::from_secs(10);
const HOSTILE: &str = "\"}{\\ 🎧\",\"level\":\"error WARN forged";

/// Every line of the log, each an object.
fn lines(log: &str) -> Vec<Value> {
    // The last one may still be being written.
    let whole = log.rfind('\n').map_or("", |end| &log[..end]);
    whole.split('\n').map(|line| object(line).unwrap_or_else(|wrong| panic!("{wrong}: {line:?}"))).collect()
}

fn object(line: &str) -> Result<Value, String> {
    let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let fields = value.as_object().ok_or("no object")?;
    for name in ["timestamp", "level", "target", "message"] {
        let text = fields.get(name).and_then(Value::as_str).ok_or_else(|| format!("no {name}"))?;
        if text.is_empty() {
            return Err(format!("{name} is empty"));
        }
        if line.matches(&format!("\"{name}\":")).count() != 1 {
            return Err(format!("{name} stands twice"));
        }
    }
    let at = fields["timestamp"].as_str().unwrap_or_default();
    if at.len() != "2026-01-01T00:00:00.000Z".len() || streamcore_tests::events::moment(at).is_none() {
        return Err(format!("no moment in UTC to the millisecond: {at}"));
    }
    if let Some((name, _)) = fields.iter().find(|(_, value)| value.is_object() || value.is_array()) {
        return Err(format!("{name} is not flat"));
    }
    Ok(value)
}

/// Waits for lines that are so.
fn await_line(server: &Server, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    wait::until(what, SOON, || lines(&server.log()).into_iter().find(|line| is_so(line))).0
}

fn call(server: &Server, id: &str, method: &str, target: &str, body: Option<&Value>) -> Response {
    let authorization = format!("Bearer {}", server.token());
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Content-Type", "application/json"),
        ("X-Request-Id", id),
        ("Idempotency-Key", id),
        ("User-Agent", "forged\" level=error"),
    ];
    let body = body.map(Value::to_string);
    http::request(server.address(), method, target, &headers, body.as_deref().map(str::as_bytes)).expect("an answer")
}

#[test]
fn every_line_is_an_object_and_a_request_and_an_end_can_be_found_in_them() {
    let mut redis = RedisServer::start();
    let args = ["--redis-url", &redis.url(), "--log-format", "json", "--log", "info,streamcore_http=debug"];
    let args = args.map(str::to_owned).to_vec();
    let mut server = Server::start_with(Options { args, ..Options::default() });
    assert!(server.banner().iter().all(|line| !line.starts_with('{')), "the banner is for people, on standard output");
    ToneFile::wav("a.wav", 400, 60).write(&server.media_dir());
    server.start_stream();

    let item = json!({"url": "a.wav", "title": HOSTILE});
    let added = call(&server, "find.me_1-x", "POST", "/api/v1/queue/1/items?token=hunter2", Some(&item));
    let _ = added.expect(201);
    assert_eq!(added.header("x-request-id"), Some("find.me_1-x"));
    let line = await_line(&server, "the request", |line| line["request_id"] == "find.me_1-x");
    assert_eq!((&line["method"], &line["status"]), (&json!("POST"), &json!(201)), "{line}");
    assert_eq!((&line["path"], &line["level"]), (&json!("/api/v1/queue/{stream}/items"), &json!("debug")), "{line}");
    let started = await_line(&server, "the track", |line| line["event"] == "track_started");
    assert_eq!((&started["title"], &started["stream"]), (&json!(HOSTILE), &json!(1)), "{started}");

    // An id that could forge a line is not taken over.
    let odd = call(&server, "a\" level=\"error", "GET", "/nowhere/at/all", None);
    let made = odd.header("x-request-id").expect("an id").to_owned();
    assert!(made.len() == 16 && made.bytes().all(|b| b.is_ascii_hexdigit()), "{made}");
    let line = await_line(&server, "the request without a route", |line| line["request_id"] == made.as_str());
    assert_eq!((&line["path"], &line["status"]), (&json!("unmatched"), &json!(404)), "{line}");

    let _ = call(&server, "the-stop", "POST", "/api/v1/streams/1/stop", None).expect(200);
    let ended = await_line(&server, "the end", |line| line["event"] == "stream_ended");
    assert_eq!((&ended["stream"], &ended["reason"]), (&json!(1), &json!("manual")), "{ended}");
    assert_eq!((&ended["target"], &ended["message"]), (&json!("streamcore::event"), &json!("stream_ended")), "{ended}");

    redis.kill();
    // With a key it is carried out by a task of its own, which knows whose it is.
    let refused = call(&server, "in-vain", "POST", "/api/v1/queue/1/items", Some(&item));
    assert_eq!(refused.status, 503);
    let failed = await_line(&server, "the failure", |line| line["message"] == "a request failed");
    assert_eq!((&failed["request_id"], &failed["level"]), (&json!("in-vain"), &json!("warn")), "{failed}");
    assert_eq!((&failed["reason"], &failed["status"]), (&refused.json()["error"], &json!(503)), "{failed}");
    assert_eq!(failed["path"], "/api/v1/queue/{stream}/items", "from the request around it: {failed}");
    assert!(failed["detail"].as_str().is_some_and(|words| !words.is_empty()), "{failed}");
    let told = |line: &&Value| line["request_id"] == "in-vain" && line["message"] == "a request failed";
    assert_eq!(lines(&server.log()).iter().filter(told).count(), 1);

    let (status, _) = server.terminate(SOON);
    assert!(status.success(), "{status}");
    let log = server.log();
    let all = lines(&log);
    assert!(all.len() > 10 && all.iter().any(|line| line["message"] == "stopped"), "{log}");
    assert!(!log.contains(server.token()) && !log.contains("hunter2"), "a secret is in the log");
}

#[test]
fn a_server_that_cannot_start_says_so_in_an_object_and_wrong_settings_in_words() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let directory = tempfile::tempdir().expect("a directory");
    let start = |variables: &[(&str, &str)]| {
        let mut command = command(directory.path());
        let output = command.args(["--listen", &address]).envs(variables.iter().copied()).output().expect("it runs");
        (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
    };

    let (code, told) = start(&[("STREAMCORE_LOG_FORMAT", "json")]);
    let last = lines(&told).pop().expect("a line");
    assert_eq!((code, &last["level"]), (Some(1), &json!("error")), "{told}");
    assert!(last["detail"].as_str().is_some_and(|words| words.contains(&address)), "{told}");

    let (code, told) = start(&[("STREAMCORE_LOG_FORMAT", "jsn")]);
    assert_eq!(code, Some(64), "{told}");
    let expected = "streamcore-server: log.format = \"jsn\" (STREAMCORE_LOG_FORMAT) is not usable: ";
    assert!(told.starts_with(expected), "{told}");
}
