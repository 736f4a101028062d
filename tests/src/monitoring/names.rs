//! The names that expressions may use: those of docs/metrics.md, those that recording rules define, and Prometheus' own.

use std::{collections::BTreeMap, collections::BTreeSet};

use super::promql::asked;

/// A metric as docs/metrics.md describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// `counter`, `gauge` or `histogram`.
    pub kind: String,
    /// Its labels, in order.
    pub labels: Vec<String>,
}

/// All that docs/metrics.md lists, in its order.
///
/// # Panics
/// If a line of its tables is no metric.
#[must_use]
pub fn described() -> Vec<Described> {
    described_in(include_str!("../../../docs/metrics.md"))
}

fn described_in(page: &str) -> Vec<Described> {
    let mut described = Vec::new();
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, kind, labels, what] = cells[..] else { panic!("not a name, a type, labels and words: {line}") };
        let name = name.trim_matches('`').to_owned();
        assert!(["counter", "gauge", "histogram"].contains(&kind) && !what.is_empty(), "{line}");
        assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
        let labels = labels.split(',').map(|label| label.trim().trim_matches('`').to_owned());
        described.push(Described { name, kind: kind.to_owned(), labels: labels.filter(|l| !l.is_empty()).collect() });
    }
    assert!(!described.is_empty(), "there are no metrics in the page");
    described
}

/// Series by name, each with the labels that it may have.
#[derive(Debug, Clone)]
pub struct Names(BTreeMap<String, BTreeSet<String>>);

impl Names {
    /// Those of docs/metrics.md, Prometheus' own, and these of recording rules. What comes before the first colon of such a name are its labels.
    ///
    /// # Panics
    /// If a rule's name is not `level:metric:operation`.
    #[must_use]
    pub fn with_rules<'a>(rules: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names = Self(BTreeMap::new());
        for metric in described() {
            let labels: Vec<_> = metric.labels.iter().map(String::as_str).collect();
            if metric.kind == "histogram" {
                names.add(&format!("{}_bucket", metric.name), &[&labels[..], &["le"]].concat());
                names.add(&format!("{}_sum", metric.name), &labels);
                names.add(&format!("{}_count", metric.name), &labels);
            } else {
                names.add(&metric.name, &labels);
            }
        }
        for own in ["up", "scrape_duration_seconds", "scrape_samples_scraped"] {
            names.add(own, &[]);
        }
        names.add("ALERTS", &["alertname", "alertstate", "severity"]);
        for rule in rules {
            names.add(rule, &level(rule));
        }
        names
    }

    fn add(&mut self, name: &str, labels: &[&str]) {
        let labels = ["job", "instance"].iter().chain(labels).map(|label| (*label).to_owned()).collect();
        assert!(self.0.insert(name.to_owned(), labels).is_none(), "{name} is there twice");
    }

    /// Whether there is a series of this name.
    #[must_use]
    pub fn know(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Looks at every name and label of an expression; returns the names.
    ///
    /// # Errors
    /// What is unknown.
    pub fn check(&self, expr: &str) -> Result<Vec<String>, String> {
        let asked = asked(expr)?;
        let mut labels = BTreeSet::new();
        for (name, used) in &asked.selectors {
            let known = self.0.get(name).ok_or_else(|| format!("no metric or recording rule is named {name}"))?;
            if let Some(label) = used.iter().find(|label| !known.contains(*label)) {
                return Err(format!("{name} has no label {label}, only {known:?}"));
            }
            labels.extend(known);
        }
        match asked.grouping.iter().find(|label| !labels.contains(label)) {
            Some(label) => Err(format!("nothing in it has the label {label}")),
            None => Ok(asked.selectors.into_iter().map(|(name, _)| name).collect()),
        }
    }
}

/// The labels that the level of a recording rule's name says it keeps; `job`, which all keep, is not among them unless it is the level.
///
/// # Panics
/// If the name is not `level:metric:operation`.
#[must_use]
pub fn level(rule: &str) -> Vec<&str> {
    let parts: Vec<_> = rule.split(':').collect();
    let [level, metric, operation] = parts[..] else { panic!("{rule} is not level:metric:operation") };
    assert!(!metric.is_empty() && !operation.is_empty(), "{rule}");
    level.split('_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_read_as_people_read_it() {
        let page = "| Name | Type | Labels | What |\n|---|---|---|---|\n| `a_total` | counter | `x`, `y` | A |\n| `b` | gauge | | B |\n";
        let read = described_in(page);
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].name.as_str(), read[0].kind.as_str()), ("a_total", "counter"));
        assert_eq!((&read[0].labels[..], read[1].labels.len()), (&["x".to_owned(), "y".to_owned()][..], 0));
    }

    #[test]
    fn unknown_names_and_labels_are_found() {
        let names = Names::with_rules(["instance_path:http_requests:rate5m"]);
        for good in [
            "streamcore_listeners",
            r#"sum by (instance, le) (rate(streamcore_switch_gap_seconds_bucket{job="a"}[5m]))"#,
            r#"instance_path:http_requests:rate5m{path="/"}"#,
            "up == 0",
        ] {
            assert!(names.check(good).is_ok(), "{good}: {:?}", names.check(good));
        }
        for (bad, why) in [
            ("streamcore_listners", "no metric"),
            ("streamcore_switch_gap_seconds", "no metric"),
            ("sum(streamcore_active_streams) / sum(streamcore_listener)", "named streamcore_listener"),
            (r#"streamcore_listeners{stream="1"}"#, "no label stream"),
            ("sum by (stream) (streamcore_listeners)", "label stream"),
            (r#"instance:http_requests:rate5m"#, "no metric"),
            (r#"instance_path:http_requests:rate5m{method="GET"}"#, "no label method"),
        ] {
            let said = names.check(bad).expect_err(bad);
            assert!(said.contains(why), "{bad}: {said}");
        }
    }
}
