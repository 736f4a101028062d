//! The files of `examples/monitoring` as the tests read them: every query in them, with where it is.
//!
//! - [`promql`] tells which series an expression asks for.
//! - [`names`] knows which there are: docs/metrics.md lists them.

pub mod names;
pub mod promql;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// An expression and where it was found.
#[derive(Debug, Clone)]
pub struct Query {
    /// Such as `alert StreamcoreDown` or `panel Dead air`.
    pub place: String,
    /// The expression, as it is written.
    pub expr: String,
    /// Labels that its legend names.
    pub legend: Vec<String>,
}

/// The folder of the files.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/monitoring")
}

/// The text of one of the files.
///
/// # Panics
/// If it is not there.
#[must_use]
pub fn text(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// One of the files that are YAML.
///
/// # Panics
/// If it is not YAML.
#[must_use]
pub fn yaml(name: &str) -> Value {
    let read = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
    let output = Command::new("python3").args(["-c", read]).arg(folder().join(name)).output().expect("python3 runs");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The rules of a file, in order.
///
/// # Panics
/// If it holds none.
#[must_use]
pub fn rules(name: &str) -> Vec<Value> {
    let groups = yaml(name);
    let groups = groups["groups"].as_array().expect("groups");
    groups.iter().flat_map(|group| group["rules"].as_array().expect("rules").clone()).collect()
}

/// The recording rules, as name and expression.
#[must_use]
pub fn recording() -> Vec<Query> {
    rules("rules/recording.yml").iter().map(|rule| query(string(rule, "record").to_owned(), rule)).collect()
}

/// The alerts, as name and expression.
#[must_use]
pub fn alerts() -> Vec<Query> {
    rules("rules/alerts.yml").iter().map(|rule| query(format!("alert {}", string(rule, "alert")), rule)).collect()
}

/// The dashboard.
///
/// # Panics
/// If it is not JSON.
#[must_use]
pub fn dashboard() -> Value {
    serde_json::from_str(&text("grafana/dashboard.json")).expect("JSON")
}

/// Its panels, without the titles of rows.
#[must_use]
pub fn panels(dashboard: &Value) -> Vec<&Value> {
    let panels = dashboard["panels"].as_array().expect("panels");
    panels.iter().filter(|panel| panel["type"] != "row").collect()
}

/// Every query of the dashboard: those of panels, of its variables and of its annotations, with the variables in them.
#[must_use]
pub fn dashboard_queries(dashboard: &Value) -> Vec<Query> {
    let mut queries = Vec::new();
    for panel in panels(dashboard) {
        for target in panel["targets"].as_array().expect("queries") {
            queries.push(query(format!("panel {}", string(panel, "title")), target));
        }
    }
    for variable in dashboard["templating"]["list"].as_array().expect("variables") {
        let Some(asked) = variable["query"]["query"].as_str() else { continue };
        let (series, label) = asked
            .strip_prefix("label_values(")
            .and_then(|rest| rest.strip_suffix(')'))
            .and_then(|inside| inside.rsplit_once(','))
            .expect("label_values of a series and a label");
        let expr = format!("count by ({}) ({series})", label.trim());
        queries.push(Query { place: format!("variable {}", string(variable, "name")), expr, legend: Vec::new() });
    }
    for annotation in dashboard["annotations"]["list"].as_array().expect("annotations") {
        if annotation["expr"].is_string() {
            queries.push(query(format!("annotation {}", string(annotation, "name")), annotation));
        }
    }
    queries
}

/// An expression of the dashboard as Grafana sends it: for everything, over these windows.
///
/// # Panics
/// If it holds a variable that is not known.
#[must_use]
pub fn filled(expr: &str, interval: &str, range: &str) -> String {
    let filled = expr.replace("$__rate_interval", interval).replace("$__range", range);
    let filled = filled.replace("$instance", ".+").replace("$stream", ".+");
    assert!(!filled.contains('$'), "a variable that is not known: {expr}");
    filled
}

fn query(place: String, of: &Value) -> Query {
    let legend = of["legendFormat"].as_str().unwrap_or_default();
    let labels = legend.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()).map(str::to_owned);
    Query { place, expr: string(of, "expr").to_owned(), legend: labels.collect() }
}

fn string<'a>(of: &'a Value, key: &str) -> &'a str {
    of[key].as_str().unwrap_or_else(|| panic!("no {key} in {of}"))
}
