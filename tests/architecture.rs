//! Who may depend on whom. The third of three checks that the core is pure; the others are clippy's lists and this file's look at cargo.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

/// What has no place in the core: runtimes, sockets, clocks of the system and sources of randomness.
const BANNED: &[&str] = &[
    "actix-rt",
    "async-io",
    "async-std",
    "fastrand",
    "getrandom",
    "glommio",
    "hyper",
    "libc",
    "mio",
    "monoio",
    "polling",
    "rand",
    "rand_core",
    "reqwest",
    "rusqlite",
    "smol",
    "socket2",
    "time",
    "chrono",
    "tokio",
    "tokio-util",
    "warp",
];

const ADAPTERS: &[&str] = &["streamcore-audio", "streamcore-http", "streamcore-redis", "streamcore-sqlite"];

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let text = cargo(&[&["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"], arguments].concat());
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn the_core_knows_no_runtime() {
    let used = tree(&["-p", "streamcore"]);
    println!("{used:?}");
    assert!(used.contains("streamcore") && used.contains("futures-core"), "the tree was not read: {used:?}");
    let banned: Vec<_> = BANNED.iter().filter(|name| used.contains(**name)).collect();
    assert!(banned.is_empty(), "the core depends on {banned:?}");
}

/// Feature `testing` is for tests, and brings proptest; still nothing that runs or waits.
#[test]
fn the_core_knows_no_runtime_with_all_features() {
    let used = tree(&["-p", "streamcore", "--all-features"]);
    let runtimes = ["async-std", "hyper", "mio", "smol", "socket2", "tokio", "warp"];
    let banned: Vec<_> = runtimes.iter().filter(|name| used.contains(**name)).collect();
    assert!(banned.is_empty(), "the core depends on {banned:?}");
}

/// Who has a server of his own takes the metrics alone.
#[test]
fn metrics_need_no_server() {
    let used = tree(&["-p", "streamcore-http", "--no-default-features"]);
    assert!(used.contains("prometheus-client"), "the tree was not read: {used:?}");
    let servers: Vec<_> = ["hyper", "tokio", "tower", "warp"].iter().filter(|name| used.contains(**name)).collect();
    assert!(servers.is_empty(), "metrics depend on {servers:?}");
}

#[test]
fn adapters_do_not_know_each_other_and_only_programs_know_them() {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--format-version", "1", "--no-deps"])).expect("JSON");
    let root = metadata["workspace_root"].as_str().expect("a path").to_owned();
    for package in metadata["packages"].as_array().expect("a list") {
        let name = package["name"].as_str().expect("a name");
        let path = package["manifest_path"].as_str().expect("a path").trim_start_matches(&root).trim_start_matches('/');
        let dependencies = package["dependencies"].as_array().expect("a list");
        let adapters: Vec<_> = dependencies
            .iter()
            .filter(|dependency| dependency["kind"].is_null())
            .filter_map(|dependency| dependency["name"].as_str())
            .filter(|dependency| ADAPTERS.contains(dependency))
            .collect();
        println!("{name}: {adapters:?}");
        let composes = ["bins/", "examples/", "fuzz/"].iter().any(|folder| path.starts_with(folder));
        assert!(adapters.is_empty() || composes, "{name} ({path}) depends on the adapters {adapters:?}");
    }
}
