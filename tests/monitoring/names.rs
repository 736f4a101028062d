//! No expression asks for what nobody exports.

use std::collections::BTreeSet;

use streamcore_tests::monitoring::{
    Query, alerts, dashboard, dashboard_queries, filled,
    names::{Names, described, level},
    recording,
};

fn names() -> Names {
    let rules = recording();
    Names::with_rules(rules.iter().map(|rule| rule.place.as_str()))
}

fn all() -> Vec<Query> {
    let mut all = [recording(), alerts()].concat();
    all.extend(dashboard_queries(&dashboard()).into_iter().map(|mut query| {
        query.expr = filled(&query.expr, "1m", "1h");
        query
    }));
    all
}

#[test]
fn every_name_and_label_in_every_expression_is_known() {
    let (names, all) = (names(), all());
    let wrong: Vec<_> =
        all.iter().filter_map(|query| Some(format!("{}: {}", query.place, names.check(&query.expr).err()?))).collect();
    println!("{} expressions", all.len());
    assert!(wrong.is_empty() && all.len() > 100, "{wrong:#?}");
}

/// What is measured can be seen.
#[test]
fn every_metric_is_in_some_expression() {
    let names = names();
    let used: BTreeSet<_> = all().iter().flat_map(|query| names.check(&query.expr).expect("all are known")).collect();
    let unseen: Vec<_> = described()
        .into_iter()
        .filter(|metric| {
            let parts = ["", "_bucket", "_sum", "_count"].map(|part| format!("{}{part}", metric.name));
            !parts.iter().any(|name| used.contains(name))
        })
        .collect();
    assert!(unseen.is_empty(), "{unseen:#?}");
    let rules = recording();
    let unused: Vec<_> = rules.iter().filter(|rule| !used.contains(&rule.place)).collect();
    assert!(unused.is_empty(), "{unused:#?}");
}

/// The level of a rule's name says which labels it keeps: all its expression groups by, but the job and what a quantile uses up.
#[test]
fn recording_rules_are_named_by_what_they_keep() {
    for rule in recording() {
        let begin = rule.expr.find("by (").expect("it groups") + "by (".len();
        let grouped = rule.expr[begin..].split(')').next().expect("it is closed");
        let kept: BTreeSet<_> = grouped.split(',').map(str::trim).filter(|label| *label != "le").collect();
        let named: BTreeSet<_> = level(&rule.place).into_iter().chain(["job"]).collect();
        assert_eq!(kept, named, "{}", rule.place);
    }
}

/// What is shown beside a line is a label that the line has.
#[test]
fn legends_name_labels_that_are_kept() {
    for query in dashboard_queries(&dashboard()) {
        let grouped = query.expr.find("by (").map(|at| query.expr[at + 4..].split(')').next().expect("it is closed"));
        let Some(grouped) = grouped.filter(|_| !query.expr.contains("topk")) else { continue };
        let kept: BTreeSet<_> = grouped.split(',').map(str::trim).collect();
        assert!(query.legend.iter().all(|label| kept.contains(label.as_str())), "{query:?}");
    }
}
