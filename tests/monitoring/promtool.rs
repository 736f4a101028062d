//! Prometheus' own tool takes the files, from whatever folder it is started in, and every alert has a case in which it fires and one in which it does not.

use std::{collections::BTreeMap, fs, process::Command};

use streamcore_tests::{
    monitoring::{folder, rules, yaml},
    process,
};

fn promtool(arguments: &[&str], files: &[String]) {
    process::require("promtool");
    let elsewhere = tempfile::tempdir().expect("a directory");
    let output = Command::new("promtool")
        .args(arguments)
        .args(files.iter().map(|file| folder().join(file)))
        .current_dir(elsewhere.path())
        .output()
        .expect("promtool runs");
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    println!("promtool {arguments:?} {files:?}: {}\n{said}", output.status);
    assert!(output.status.success() && said.contains("SUCCESS"), "{said}");
}

fn files(of: &str) -> Vec<String> {
    let entries = fs::read_dir(folder().join(of)).expect("the folder can be listed");
    let names = entries.map(|entry| entry.expect("it can be read").file_name().into_string().expect("UTF-8"));
    let mut names: Vec<_> = names.filter(|name| name.ends_with(".yml")).map(|name| format!("{of}/{name}")).collect();
    names.sort();
    assert!(!names.is_empty(), "{of} holds no files");
    names
}

#[test]
fn configuration_and_rules_are_taken() {
    promtool(&["check", "config"], &["prometheus.yml".to_owned()]);
    promtool(&["check", "rules", "--lint-fatal"], &files("rules"));
}

#[test]
fn rules_do_what_their_cases_say() {
    promtool(&["test", "rules"], &files("tests"));
}

#[test]
fn every_rule_has_its_cases() {
    let (mut cases, mut values): (BTreeMap<String, [usize; 2]>, BTreeMap<String, usize>) = Default::default();
    for file in files("tests") {
        for test in yaml(&file)["tests"].as_array().expect("tests") {
            for case in test["alert_rule_test"].as_array().into_iter().flatten() {
                let fires = case["exp_alerts"].as_array().is_some_and(|alerts| !alerts.is_empty());
                let name = case["alertname"].as_str().expect("a name").to_owned();
                cases.entry(name).or_default()[usize::from(fires)] += 1;
            }
            for case in test["promql_expr_test"].as_array().into_iter().flatten() {
                let expr = case["expr"].as_str().expect("an expression");
                let name = expr.trim_start_matches("round(1e5 * ").trim_end_matches(')').split('{').next();
                *values.entry(name.expect("a name").to_owned()).or_default() += 1;
            }
        }
    }
    for rule in rules("rules/alerts.yml") {
        let name = rule["alert"].as_str().expect("a name");
        let [silent, fires] = cases.remove(name).unwrap_or_default();
        assert!(silent > 0 && fires > 0, "{name}: {fires} cases in which it fires, {silent} in which it does not");
    }
    for rule in rules("rules/recording.yml") {
        let name = rule["record"].as_str().expect("a name");
        assert!(values.remove(name).is_some(), "{name} has no case");
    }
    assert!(cases.is_empty() && values.is_empty(), "cases of no rule: {cases:?} {values:?}");
}
