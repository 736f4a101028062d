//! What is exported is what docs/metrics.md lists, as Prometheus and its linter read it.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
    process::{Command, Stdio},
};

use streamcore_tests::{
    Server, http,
    monitoring::{
        names::{described, level},
        recording,
    },
    process,
    prometheus::Prometheus,
};

/// Every series by name, each with the label names that it has, without those of the scrape.
fn series(prometheus: &Prometheus) -> BTreeMap<String, BTreeSet<BTreeSet<String>>> {
    let found = prometheus.get("/api/v1/series?match%5B%5D=%7Bjob%3D%22streamcore%22%7D");
    let mut series = BTreeMap::<String, BTreeSet<BTreeSet<String>>>::new();
    for labels in found.as_array().expect("a list") {
        let mut labels = labels.as_object().expect("labels").clone();
        let name = labels.remove("__name__").and_then(|name| name.as_str().map(str::to_owned)).expect("a name");
        let labels = labels.keys().filter(|label| !["job", "instance"].contains(&label.as_str()));
        series.entry(name).or_default().insert(labels.cloned().collect());
    }
    series
}

fn set<'a>(labels: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    labels.into_iter().map(str::to_owned).collect()
}

/// docs/metrics.md lists what there is: names, types and labels.
pub(super) fn assert_described(prometheus: &Prometheus) {
    let mut expected = BTreeMap::new();
    for metric in described() {
        let labels: Vec<_> = metric.labels.iter().map(String::as_str).collect();
        if metric.kind == "histogram" {
            expected.insert(format!("{}_bucket", metric.name), set([&labels[..], &["le"]].concat()));
            expected.insert(format!("{}_sum", metric.name), set(labels.clone()));
            expected.insert(format!("{}_count", metric.name), set(labels));
        } else {
            expected.insert(metric.name, set(labels));
        }
    }
    let of_prometheus = |name: &str| name == "up" || name.starts_with("scrape_") || name.starts_with("ALERTS");
    let found = series(prometheus);
    let ours = found.iter().filter(|(name, _)| !of_prometheus(name) && !name.contains(':'));
    let ours: BTreeMap<_, _> = ours.collect();
    let exported: BTreeSet<_> = ours.keys().map(|name| (*name).clone()).collect();
    let listed: BTreeSet<_> = expected.keys().cloned().collect();
    let (more, less): (Vec<_>, Vec<_>) =
        (exported.difference(&listed).collect(), listed.difference(&exported).collect());
    assert!(more.is_empty() && less.is_empty(), "not in docs/metrics.md: {more:?}; not exported: {less:?}");
    for (name, labels) in ours {
        assert_eq!(labels.iter().collect::<Vec<_>>(), [&expected[name]], "labels of {name}");
    }
    // What recording rules keep is what their names say.
    for rule in recording() {
        let named = set(level(&rule.place).into_iter().filter(|label| !["job", "instance"].contains(label)));
        assert_eq!(found.get(&rule.place), Some(&[named].into()), "labels of {}", rule.place);
    }

    let metadata = prometheus.get("/api/v1/metadata");
    for metric in described() {
        // In OpenMetrics a counter's family is named without its ending.
        let family = metric.name.strip_suffix("_total").unwrap_or(&metric.name);
        let told =
            [family, metric.name.as_str()].into_iter().map(|name| &metadata[name][0]).find(|told| told.is_object());
        let told = told.unwrap_or_else(|| panic!("nothing is told about {}", metric.name));
        assert_eq!(told["type"].as_str(), Some(metric.kind.as_str()), "{}", metric.name);
        assert!(told["help"].as_str().is_some_and(|help| help.len() > 2), "{}: {told}", metric.name);
    }
}

/// Prometheus' own linter has nothing to say about names, types and helps.
pub(super) fn assert_linted(server: &Server) {
    process::require("promtool");
    let text = [("Accept", "text/plain;version=0.0.4")];
    let scrape = http::request(server.address(), "GET", "/metrics", &text, None).expect("an answer");
    assert!(scrape.status == 200 && scrape.body.len() > 10_000, "{scrape:?}");
    let mut promtool = Command::new("promtool");
    promtool.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut promtool = promtool.spawn().expect("promtool runs");
    promtool.stdin.take().expect("piped").write_all(&scrape.body).expect("written");
    let output = promtool.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    assert!(output.status.success() && said.is_empty(), "{}: {said}", output.status);
}
