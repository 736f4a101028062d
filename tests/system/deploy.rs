//! The examples of operators' files in `docs/deploy`: real programs take every setting in them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use streamcore_tests::{binary, command, redis::RedisServer};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/deploy").join(name)
}

fn text(name: &str) -> String {
    fs::read_to_string(file(name)).expect("it is there")
}

/// What check-config prints with these arguments and variables, which it must accept.
pub(crate) fn accepted(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    let mut command = command(directory.path());
    let output = command.arg("check-config").args(arguments).envs(variables.iter().copied()).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?} {variables:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A Redis with the settings of this text in the form of redis.conf, as far as they are not about places and passwords.
fn redis_with(conf: &str) -> RedisServer {
    let mut settings = Vec::new();
    for line in conf.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, value) = line.split_once(' ').expect("a name and a value");
        if !["dir", "requirepass"].contains(&name) {
            settings.extend([format!("--{name}"), value.to_owned()]);
        }
    }
    RedisServer::with(&settings.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The doctor finds nothing to say about this Redis.
fn assert_well(redis: &RedisServer) {
    let directory = tempfile::tempdir().expect("a directory");
    let mut command = command(directory.path());
    let output = command.args(["doctor", "--listen", "127.0.0.1:0", "--redis-url", &redis.url()]).output();
    let said = String::from_utf8_lossy(&output.expect("it runs").stdout).into_owned();
    let of_redis: Vec<_> = said.lines().filter(|line| line.contains("  redis")).collect();
    assert!(of_redis.len() >= 5 && of_redis.iter().all(|line| line.starts_with("ok ")), "{said}");
    assert!(said.contains("appendfsync always") && said.contains("of 256 MiB"), "{said}");
}

#[test]
fn the_unit_names_what_the_server_takes_and_systemd_takes_the_unit() {
    let unit = text("streamcore.service");
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).expect("a command");
    let arguments: Vec<_> = start.split(' ').skip(1).collect();
    let report = accepted(&arguments, &[("STREAMCORE_REDIS_URL", "redis://:PASSWORD@127.0.0.1:6379/0")]);
    assert!(report.contains("data_dir = \"/var/lib/streamcore\""), "{report}");
    assert!(report.contains("(redacted)") && !report.contains("PASSWORD"), "{report}");
    let Ok(found) = Command::new("systemd-analyze").arg("--version").output() else {
        println!("there is no systemd-analyze here: the unit is read by nobody else");
        return;
    };
    println!("{}", String::from_utf8_lossy(&found.stdout).lines().next().unwrap_or_default());
    // As it would be installed, with the server where it is now.
    let directory = tempfile::tempdir().expect("a directory");
    let installed = directory.path().join("streamcore.service");
    let here = binary().canonicalize().expect("it is there");
    fs::write(&installed, unit.replace("/usr/local/bin/streamcore-server", here.to_str().expect("UTF-8")))
        .expect("written");
    let drop_in = directory.path().join("streamcore.service.d");
    fs::create_dir(&drop_in).expect("made");
    fs::copy(file("streamcore-redis.conf"), drop_in.join("redis.conf")).expect("copied");
    let output = Command::new("systemd-analyze").arg("verify").arg(&installed).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    println!("systemd-analyze verify: {} {said}", output.status);
    // What it says of other units of this machine is not about ours.
    let ours: Vec<_> = said.lines().filter(|line| line.contains("streamcore")).collect();
    assert!(ours.is_empty(), "{ours:?}");
}

#[test]
fn the_redis_of_the_machine_keeps_what_it_is_told() {
    assert_well(&redis_with(&text("redis.conf")));
}

#[test]
fn the_containers_are_set_up_as_the_programs_take_it() {
    let read = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
    let output = Command::new("python3").args(["-c", read]).arg(file("compose.yaml")).output().expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let compose: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let services = compose["services"].as_object().expect("services");

    let environment = services["server"]["environment"].as_object().expect("variables");
    let given: Vec<(&str, String)> = environment
        .iter()
        .map(|(name, value)| {
            let value = value.as_str().expect("a text");
            let end = value.find('}').map_or(0, |end| end + 1);
            let password = value
                .find("${")
                .map_or(value.to_owned(), |at| format!("{}0123456789abcdef{}", &value[..at], &value[end..]));
            (name.as_str(), password)
        })
        .collect();
    let variables: Vec<_> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let report = accepted(&[], &variables);
    for (name, _) in &variables {
        assert!(report.contains(name), "{name} is no variable of the server: {report}");
    }
    assert!(report.contains("# url: redis://:(redacted)@redis:6379/0"), "{report}");

    let script = services["redis"]["command"][2].as_str().expect("a script");
    let conf = script.split("<<END\n").nth(1).and_then(|rest| rest.split("\nEND").next()).expect("its settings");
    assert_well(&redis_with(conf));
    for (name, service) in services {
        assert!(service["healthcheck"]["test"].is_array() && service["restart"].is_string(), "{name}");
    }
    let volumes = compose["volumes"].as_object().expect("volumes");
    assert!(volumes.contains_key("data") && volumes.contains_key("redis"), "{volumes:?}");

    let dockerfile = text("Dockerfile");
    assert!(dockerfile.contains("cargo build --locked --release -p streamcore-server"), "{dockerfile}");
    let toolchain = include_str!("../../rust-toolchain.toml");
    let version = toolchain.split('"').nth(1).expect("a version").trim_end_matches(".0");
    assert!(dockerfile.contains(&format!("FROM rust:{version}-")), "{toolchain}");
}
