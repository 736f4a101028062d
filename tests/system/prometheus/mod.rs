//! A real Prometheus with the files of `examples/monitoring`, and the real server.
//!
//! - `questions`: it gets an answer to everything that dashboard and rules ask.
//! - `described`: the server exports what docs/metrics.md lists, no more and no less.
//! - `hostile`: whatever a scraper does, streams play and the API answers.

mod described;
mod hostile;
mod questions;
mod scene;

use std::time::Duration;

use serde_json::json;
use streamcore_tests::{Options, Server, monitoring, prometheus::Prometheus, redis::RedisServer, wait};

use super::{deploy::accepted, redis_start::on};

const SOON: Duration = Duration::from_secs(5);
/// Within that Prometheus has scraped and evaluated again, on a busy machine, too.
const SCRAPED: Duration = Duration::from_secs(15);

/// The state of an alert, such as `pending`.
fn await_alert(prometheus: &Prometheus, name: &str, state: &str) {
    let expr = format!(r#"ALERTS{{alertname="{name}", alertstate="{state}"}}"#);
    let seen = || (!prometheus.query(&expr).is_empty()).then_some(());
    wait::until(&format!("{name} to be {state}"), SCRAPED, seen);
}

/// What is exported is what happens, and only the alert that is about it takes notice.
#[test]
fn a_redis_that_is_away_is_told_and_so_is_its_return() {
    let mut redis = RedisServer::start();
    let server = on(&redis);
    server.start_stream();
    let prometheus = Prometheus::scraping(server.address());
    prometheus.await_up(true, SCRAPED);
    let reads = r#"streamcore_store_up{capability="read"}"#;
    assert_eq!(prometheus.value(reads), Some(1.0));
    redis.kill();
    let away = || {
        // Whoever asks finds out.
        let _ = server.call("GET", "/api/v1/queue/1", None);
        (prometheus.value(reads) == Some(0.0)).then_some(())
    };
    println!("away after {:?}", wait::until("the store to be away", SCRAPED, away).1);
    await_alert(&prometheus, "StreamcoreStoreAway", "pending");
    let failed = || {
        let refused = server.call("POST", "/api/v1/queue/1/items", Some(&json!({"url": "a.wav", "title": "A"})));
        assert!(refused.status >= 400, "{}", refused.status);
        let errors = prometheus.value(r#"sum(streamcore_store_errors_total{kind="unavailable"})"#);
        errors.filter(|errors| *errors > 0.0)
    };
    println!("{} calls failed", wait::until("failed calls", SCRAPED, failed).0);
    let alerts = prometheus.query(r#"count by (alertname) (ALERTS{alertname!="StreamcoreStoreAway"})"#);
    assert!(alerts.is_empty(), "one thing is wrong, one alert says so: {alerts:?}");

    redis.restart();
    let back = || (prometheus.value(reads) == Some(1.0)).then_some(());
    println!("back after {:?}", wait::until("the store to be back", SCRAPED, back).1);
    let over = || prometheus.query(r#"ALERTS{alertname="StreamcoreStoreAway"}"#).is_empty().then_some(());
    wait::until("the alert to be over", SCRAPED, over);
    let reconnects = prometheus.value("streamcore_store_reconnects_total");
    assert!(reconnects.is_some_and(|reconnects| reconnects >= 1.0), "{reconnects:?}");
}

/// With the lines that are comments in prometheus.yml.
#[test]
fn a_token_for_metrics_is_shown_by_the_lines_that_are_prepared_for_it() {
    const TOKEN: &str = "token-of-whoever-reads-metrics";
    let wrapper = ["env".to_owned(), format!("STREAMCORE_METRICS_TOKEN={TOKEN}")].into();
    let server = Server::start_with(Options { wrapper, ..Options::default() });
    let prometheus = Prometheus::with(server.address(), |config| {
        let (commented, prepared) =
            (["    # authorization:", "    #   credentials_file:"], ["    authorization:", "      credentials_file:"]);
        commented.iter().zip(prepared).fold(config.to_owned(), |config, (comment, line)| {
            assert!(config.contains(comment), "{comment} is not in it");
            config.replace(comment, line)
        })
    });
    prometheus.write("streamcore-metrics-token", "another-token-of-the-same-length");
    prometheus.await_up(false, SCRAPED);
    prometheus.write("streamcore-metrics-token", TOKEN);
    prometheus.await_up(true, SCRAPED);
    let log = server.log();
    assert!(!log.contains(TOKEN), "{log}");
}

#[test]
fn the_container_of_the_server_is_set_up_as_it_takes_it() {
    let compose = monitoring::yaml("compose.yaml");
    let environment = compose["services"]["server"]["environment"].as_object().expect("variables");
    let variables: Vec<_> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str().expect("a text"))).collect();
    let report = accepted(&[], &variables);
    assert!(variables.iter().all(|(name, _)| report.contains(name)) && variables.len() > 1, "{report}");
}
