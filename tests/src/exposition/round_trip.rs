//! Whatever an embedder registers: what `streamcore-http` makes of it is read back as it was, in both formats.

use std::{collections::BTreeMap, sync::atomic::AtomicU64, time::SystemTime};

use prometheus_client::{
    metrics::{
        counter::Counter, exemplar::CounterWithExemplar, family::Family, gauge::Gauge, histogram::Histogram, info::Info,
    },
    registry::{Registry, Unit},
};
use proptest::{collection::vec, prelude::*, sample::select};
use streamcore_http::metrics;

use super::*;

type Labels = Vec<(String, String)>;

/// One family, as it is to be.
#[derive(Debug, Clone)]
struct Made {
    help: String,
    seconds: bool,
    series: Vec<(Labels, Value)>,
    /// All series have the type of the first one.
    kind: u8,
}

/// What a series says; each kind of family takes its part of it.
#[derive(Debug, Clone)]
struct Value {
    count: u64,
    float: f64,
    observed: Vec<f64>,
    exemplar: bool,
}

/// Short, and full of what formats stumble over.
fn nasty_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        select(vec![
            "\"",
            "\\",
            "\n",
            "\r",
            "\\n",
            "\\\"",
            "} 1",
            "# {",
            " # {a=\"b\"} 1",
            "# HELP ",
            "# EOF",
            "{",
            ",",
            "=",
            " ",
            "\u{1f600}",
            "\u{202e}",
            "é"
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
        "[a-z]{1,3}",
    ];
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn labels() -> impl Strategy<Value = Labels> {
    let name = select(vec!["a", "b_1", "_c", "path"]).prop_map(str::to_owned);
    proptest::collection::btree_map(name, nasty_text(), 0..4).prop_map(|labels| labels.into_iter().collect())
}

fn float() -> impl Strategy<Value = f64> {
    let odd = select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, f64::MIN_POSITIVE, f64::MAX, 5e-324, 0.1]);
    prop_oneof![odd, any::<f64>(), -10.0..10.0]
}

fn value() -> impl Strategy<Value = Value> {
    (0..=(1_u64 << 53), float(), vec(0.0..1e9, 0..5), any::<bool>())
        .prop_map(|(count, float, observed, exemplar)| Value { count, float, observed, exemplar })
}

fn family() -> impl Strategy<Value = Made> {
    (nasty_text(), any::<bool>(), proptest::collection::btree_map(labels(), value(), 1..4), 0..5_u8)
        .prop_map(|(help, seconds, series, kind)| Made { help, seconds, series: series.into_iter().collect(), kind })
}

/// What must be read: names with suffixes, labels, values; and the help by name of the family.
#[derive(Default)]
struct Expected {
    samples: Vec<(String, BTreeMap<String, String>, f64)>,
    /// In OpenMetrics, and what the text format puts behind the name.
    helps: Vec<(String, &'static str, String)>,
}

const BOUNDS: [f64; 3] = [0.5, 1.0, 1e6];

fn register(made: &[Made]) -> (Registry, Expected) {
    let (mut registry, mut expected) = (Registry::with_prefix("t"), Expected::default());
    for (n, made) in made.iter().enumerate() {
        let base = format!("m{n}");
        // An info has no unit.
        let with_unit = made.seconds && made.kind != 4;
        let name = if with_unit { format!("t_{base}_seconds") } else { format!("t_{base}") };
        let mut expect = |suffix: &str, labels: &Labels, value: f64| {
            expected.samples.push((format!("{name}{suffix}"), labels.iter().cloned().collect(), value));
        };
        macro_rules! add {
            ($metric:expr) => {{
                let (help, metric) = (made.help.clone(), $metric);
                if with_unit {
                    registry.register_with_unit(base, help, Unit::Seconds, metric);
                } else {
                    registry.register(base, help, metric);
                }
            }};
        }
        match made.kind {
            0 => {
                let family = Family::<Labels, Counter>::default();
                for (labels, value) in &made.series {
                    family.get_or_create(labels).inc_by(value.count);
                    expect("_total", labels, value.count as f64);
                }
                add!(family);
            }
            1 => {
                let family = Family::<Labels, Gauge<f64, AtomicU64>>::default();
                for (labels, value) in &made.series {
                    family.get_or_create(labels).set(value.float);
                    expect("", labels, value.float);
                }
                add!(family);
            }
            2 => {
                let family = Family::<Labels, Histogram>::new_with_constructor(|| Histogram::new(BOUNDS));
                for (labels, value) in &made.series {
                    let histogram = family.get_or_create(labels);
                    value.observed.iter().for_each(|seconds| histogram.observe(*seconds));
                    expect("_sum", labels, value.observed.iter().fold(0.0, |sum, seconds| sum + seconds));
                    expect("_count", labels, value.observed.len() as f64);
                    for (bound, le) in
                        BOUNDS.into_iter().zip(["0.5", "1.0", "1000000.0"]).chain([(f64::INFINITY, "+Inf")])
                    {
                        let inside = value.observed.iter().filter(|seconds| **seconds <= bound).count();
                        let labels = labels.iter().cloned().chain([("le".to_owned(), le.to_owned())]).collect();
                        expect("_bucket", &labels, inside as f64);
                    }
                }
                add!(family);
            }
            3 => {
                let family = Family::<Labels, CounterWithExemplar<Labels>>::default();
                for (labels, value) in &made.series {
                    let counter = family.get_or_create(labels);
                    let exemplar = value.exemplar.then(|| vec![("id".to_owned(), "} # {\"".to_owned())]);
                    counter.inc_by(value.count, exemplar, Some(SystemTime::UNIX_EPOCH));
                    expect("_total", labels, value.count as f64);
                }
                add!(family);
            }
            _ => {
                let (labels, _) = made.series[0].clone();
                expect("_info", &labels, 1.0);
                add!(Info::new(labels));
            }
        }
        let suffix = match made.kind {
            0 | 3 => "_total",
            4 => "_info",
            _ => "",
        };
        // The registry adds a full stop.
        expected.helps.push((name, suffix, format!("{}.", made.help)));
    }
    (registry, expected)
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

fn check(made: &[Made]) {
    let (registry, expected) = register(made);
    let exposition = metrics::Exposition::new(registry);
    for (format, theirs) in [(Format::OpenMetrics, metrics::Format::OpenMetrics), (Format::Text, metrics::Format::Text)]
    {
        let page = exposition.render(theirs).expect("a page");
        let scrape = read(&page, format).unwrap_or_else(|refused| panic!("{format:?} {refused}\n{page}"));
        assert_eq!(scrape.samples.len(), expected.samples.len(), "{page}");
        for (name, labels, value) in &expected.samples {
            let found = scrape.samples.iter().find(|sample| sample.name == *name && sample.labels == *labels);
            let found = found.unwrap_or_else(|| panic!("{name} {labels:?} is missing\n{page}"));
            assert!(same(found.value, *value), "{name} {labels:?}: {} is not {value}\n{page}", found.value);
        }
        for (name, suffix, help) in &expected.helps {
            let name = if format == Format::Text { format!("{name}{suffix}") } else { name.clone() };
            let found = scrape.family(&name).unwrap_or_else(|| panic!("{name} is missing\n{page}"));
            assert_eq!(found.help.as_ref(), Some(help), "{page}");
        }
    }
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("STREAMCORE_PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_registry_is_read_back_as_it_was(made in vec(family(), 0..5)) {
        check(&made);
    }
}

/// What the law found first.
#[test]
fn help_texts_and_values_that_were_told_wrongly_once() {
    let value = Value { count: 1, float: f64::INFINITY, observed: vec![], exemplar: true };
    for help in ["two\nlines", "\n# EOF\n", "C:\\new", "say \"hi\"", "ends in\r", "# HELP x", ""] {
        for kind in 0..5 {
            let labels = vec![("path".to_owned(), "# HELP ".to_owned())];
            let series = vec![(labels, value.clone())];
            check(&[Made { help: help.to_owned(), seconds: true, series, kind }]);
        }
    }
}
