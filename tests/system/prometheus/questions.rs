//! Every expression of dashboard and rules finds data on a server on which a bit of everything has happened.

use std::time::Instant;

use serde_json::json;
use streamcore_tests::{
    monitoring::{Query, alerts, dashboard, dashboard_queries, filled, promql, recording},
    prometheus::{Prometheus, value},
    wait,
};

use super::{
    SCRAPED, await_alert,
    described::{assert_described, assert_linted},
    scene::Scene,
};

/// What is measured of things that a test cannot make happen on a machine that is fast enough: their quantiles are of nothing.
const OF_NOTHING: [&str; 2] = ["streamcore_encoder_lag_seconds", "streamcore_broadcast_drop_lag_seconds"];

/// What one query must give.
struct Asked {
    place: String,
    expr: String,
    legend: Vec<String>,
}

/// Every expression: of panels as Grafana sends it, of rules without their comparisons.
fn everything() -> Vec<Asked> {
    let mut all = [recording(), alerts()].concat();
    all.extend(dashboard_queries(&dashboard()));
    let mut asked = Vec::new();
    for Query { place, expr, legend } in all {
        let expr = filled(&expr, "1m", "1h");
        let compared = promql::compared(&expr).expect("it can be read");
        let parts = if place.starts_with("panel") { vec![expr.as_str()] } else { compared };
        let part = |part: &str| Asked { place: place.clone(), expr: part.to_owned(), legend: legend.clone() };
        asked.extend(parts.into_iter().map(part));
    }
    asked
}

/// What is missing in the answer, if anything.
fn missing(prometheus: &Prometheus, asked: &Asked) -> Option<String> {
    let found = prometheus.query(&asked.expr);
    let about = |what: &str| Some(format!("{}: {what}: {}", asked.place, asked.expr));
    if found.is_empty() {
        return about("no data");
    }
    let of_nothing = OF_NOTHING.iter().any(|name| asked.expr.contains(name));
    if !of_nothing && found.iter().all(|series| value(series).is_nan()) {
        return about("a quantile of nothing");
    }
    let unlabelled =
        asked.legend.iter().find(|label| found.iter().any(|series| series["metric"][label.as_str()].is_null()));
    unlabelled.and_then(|label| about(&format!("no label {label}")))
}

#[test]
fn every_expression_of_dashboard_and_rules_finds_data() {
    let scene = Scene::played();
    let Scene { server, prometheus, .. } = &scene;
    let asked = everything();
    let mut left: Vec<_> = asked.iter().collect();
    let mut words = Vec::new();
    let (begin, mut rounds) = (Instant::now(), 0);
    while !left.is_empty() {
        words.clear();
        left.retain(|asked| missing(prometheus, asked).map(|missing| words.push(missing)).is_some());
        rounds += 1;
        assert!(begin.elapsed() < SCRAPED || left.is_empty(), "{} of {}: {words:#?}", left.len(), asked.len());
    }
    println!("{} expressions after {:?}, in {rounds} rounds", asked.len(), begin.elapsed());

    assert_described(prometheus);
    assert_linted(server);
    for group in prometheus.get("/api/v1/rules")["groups"].as_array().expect("groups") {
        for rule in group["rules"].as_array().expect("rules") {
            assert_eq!((&rule["health"], rule.get("lastError")), (&json!("ok"), None), "{rule}");
        }
    }
    let count = |expr: &str| prometheus.value(expr).unwrap_or_default();
    let firing = prometheus.query(r#"ALERTS{alertstate="firing", severity="page"}"#);
    assert!(firing.is_empty(), "nobody is to be woken: {firing:?}");
    assert!(count("sum(increase(streamcore_tracks_failed_total[5m]))") > 0.0);

    // What belonged to a stream is gone with it.
    let of_first = r#"count({job="streamcore", stream="1"})"#;
    assert!(count(of_first) >= 10.0, "{}", count(of_first));
    let _ = server.call("POST", "/api/v1/streams/1/stop", None).expect(200);
    let gone = wait::until("its series to be gone", SCRAPED, || prometheus.query(of_first).is_empty().then_some(())).1;
    println!("the series of a stream are gone after {gone:?}");
    assert_eq!(prometheus.value("sum(streamcore_active_streams)"), Some(1.0));

    // A server that is gone is told.
    let Scene { mut server, prometheus, .. } = scene;
    server.kill_9();
    println!("down after {:?}", prometheus.await_up(false, SCRAPED));
    await_alert(&prometheus, "StreamcoreDown", "pending");
}
