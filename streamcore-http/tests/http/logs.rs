//! What is logged while a request is handled is known to be about it, and what failed is one line.

use std::{
    fmt,
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

use serde_json::json;
use streamcore_http::CurrentRequest;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::common::Server;

const ITEMS: &str = "/api/v1/queue/7/items";
const TEMPLATE: &str = "/api/v1/queue/{stream}/items";

/// A line: its level, its fields, and the request around it.
#[derive(Debug, Clone, Default)]
struct Line {
    level: String,
    fields: Vec<(String, String)>,
    request: Option<(String, &'static str, &'static str)>,
}

impl Line {
    fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.push((field.name().to_owned(), value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.push((field.name().to_owned(), format!("{value:?}")));
    }
}

/// Keeps the lines of the thread that it is set on.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Line>>>);

impl Log {
    fn of_http(&self, message: &str) -> Vec<Line> {
        self.0.lock().expect("not poisoned").iter().filter(|line| line.get("message") == message).cloned().collect()
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("streamcore_http")
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line { level: event.metadata().level().to_string(), ..Line::default() };
        event.record(&mut line);
        line.request = CurrentRequest::with(|request| (request.id().to_owned(), request.method(), request.path()));
        self.0.lock().expect("not poisoned").push(line);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn each_line_of_a_request_is_known_to_be_of_it_also_in_another_task() {
    let server = Server::start().await;
    let log = Log::default();
    let _kept = tracing::subscriber::set_default(log.clone());
    let named = server.api.with("X-Request-Id", "of-me");
    named.post(ITEMS, json!({"url": "panic.mp3"})).await.refused(500, "internal");
    named.with("Idempotency-Key", "k").post(ITEMS, json!({"url": "panic.mp3"})).await.refused(500, "internal");

    let panicked = log.of_http("a handler panicked");
    assert_eq!(panicked.len(), 2);
    for line in panicked.iter().chain(&log.of_http("a request failed")).chain(&log.of_http("request")) {
        assert_eq!(line.request, Some(("of-me".to_owned(), "POST", TEMPLATE)), "{line:?}");
        assert_eq!(line.get("request_id"), "of-me", "for those who do not ask for the current request");
    }
    assert_eq!(CurrentRequest::with(|_| ()), None, "it is over");
}

#[tokio::test]
async fn a_failure_is_one_line_with_its_code_and_what_was_refused_is_none() {
    let server = Server::start().await;
    let log = Log::default();
    let _kept = tracing::subscriber::set_default(log.clone());
    server.api.post(ITEMS, json!({"url": "missing.mp3"})).await.refused(422, "validation_error");
    assert!(log.of_http("a request failed").is_empty());

    server.queue.away.store(true, Ordering::SeqCst);
    let refused = server.api.post(&format!("{ITEMS}?secret=hunter2"), json!({"url": "a.mp3"})).await;
    let id = refused.header("x-request-id").expect("an id").to_owned();
    refused.refused(503, "unavailable");
    let [line] = &log.of_http("a request failed")[..] else { panic!("not once: {log:?}", log = log.0) };
    assert_eq!((line.level.as_str(), line.get("reason"), line.get("status")), ("WARN", "unavailable", "503"));
    assert_eq!(line.get("request_id"), id);
    assert!(!line.get("detail").is_empty());

    server.queue.away.store(false, Ordering::SeqCst);
    server.api.post(ITEMS, json!({"url": "panic.mp3"})).await.refused(500, "internal");
    let failed = log.of_http("a request failed");
    assert_eq!((failed.len(), failed[1].level.as_str(), failed[1].get("reason")), (2, "ERROR", "internal"));
    let all = format!("{:?}", log.0);
    assert!(!all.contains("hunter2") && !all.contains("Bearer"), "a query or a token is in the log: {all}");
}

#[tokio::test]
async fn only_a_slow_request_is_told_to_be_slow() {
    let limit = Duration::from_secs(2);
    let server = Server::with(|settings, _| settings.answer_timeout = limit).await;
    let log = Log::default();
    let _kept = tracing::subscriber::set_default(log.clone());
    server.anonymous.get("/api/v1/queue/7").await.expect(200);
    assert!(log.of_http("a request was slow").is_empty());

    server.queue.silent.store(true, Ordering::SeqCst);
    server.anonymous.get("/api/v1/queue/7").await.refused(503, "unavailable");
    let [line] = &log.of_http("a request was slow")[..] else { panic!("not once") };
    assert_eq!(
        (line.level.as_str(), line.get("path"), line.get("limit_ms")),
        ("WARN", "/api/v1/queue/{stream}", "2000")
    );
    assert!(line.get("duration_ms").parse::<u64>().is_ok_and(|ms| ms >= 2_000), "{line:?}");
}
