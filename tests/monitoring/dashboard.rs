//! The dashboard is what its script makes, and nothing in it overlaps, lacks words, or belongs to somebody's Grafana.

use std::{
    collections::BTreeSet,
    fs,
    process::{Command, Output},
};

use serde_json::Value;
use streamcore_tests::monitoring::{dashboard, folder, panels, text, yaml};

fn script() -> Output {
    Command::new("python3").arg("-B").arg(folder().join("grafana/make_dashboard.py")).output().expect("python3 runs")
}

#[test]
fn the_file_is_what_the_script_makes() {
    let output = script();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let same = String::from_utf8_lossy(&output.stdout) == text("grafana/dashboard.json");
    assert!(
        same,
        "make_dashboard.py makes another dashboard: run it in grafana/, `python3 make_dashboard.py > dashboard.json`"
    );
}

#[test]
fn every_panel_has_a_place_words_and_a_unit() {
    let dashboard = dashboard();
    let all = dashboard["panels"].as_array().expect("panels");
    let ids: BTreeSet<_> = all.iter().map(|panel| panel["id"].as_u64().expect("an id")).collect();
    assert_eq!(ids.len(), all.len());
    let mut taken = BTreeSet::new();
    for panel in all {
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|key| panel["gridPos"][key].as_u64().expect("a number"));
        assert!(w > 0 && h > 0 && x + w <= 24, "{}", panel["title"]);
        for cell in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
            assert!(taken.insert(cell), "{} covers another panel at {cell:?}", panel["title"]);
        }
    }
    let panels = panels(&dashboard);
    println!("{} panels", panels.len());
    for panel in &panels {
        let words = [&panel["title"], &panel["description"], &panel["fieldConfig"]["defaults"]["unit"]];
        assert!(words.iter().all(|words| words.as_str().is_some_and(|words| !words.is_empty())), "{panel}");
        let references: BTreeSet<_> =
            panel["targets"].as_array().expect("queries").iter().map(|target| target["refId"].to_string()).collect();
        assert_eq!(references.len(), panel["targets"].as_array().expect("queries").len(), "{panel}");
    }
    let rows: Vec<_> = all.iter().filter(|panel| panel["type"] == "row").map(|row| row["title"].as_str()).collect();
    for row in
        ["Overview", "Streams", "Listening quality", "Queues and tracks", "Starts and ends", "HTTP", "Store", "Process"]
    {
        assert!(rows.contains(&Some(row)), "{row} is not in {rows:?}");
    }
}

/// Every data source in it.
fn sources<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("datasource"));
            fields.values().for_each(|field| sources(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| sources(item, found)),
        _ => {}
    }
}

#[test]
fn its_data_source_is_chosen_by_whoever_looks() {
    let dashboard = dashboard();
    let mut found = Vec::new();
    sources(&dashboard, &mut found);
    assert!(found.len() > 100, "{}", found.len());
    for source in found {
        // Grafana's own, of annotations by hand, has this name everywhere.
        assert!(source["uid"] == "${datasource}" || source["uid"] == "-- Grafana --", "{source}");
    }
    let variables = dashboard["templating"]["list"].as_array().expect("variables");
    let names: Vec<_> = variables.iter().map(|variable| variable["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["datasource", "instance", "stream"]);
    assert!(dashboard["id"].is_null(), "an id is one Grafana's own");
}

/// What compose.yaml mounts is there, and the files name each other as they are mounted.
#[test]
fn containers_find_their_files() {
    let compose = yaml("compose.yaml");
    let services = compose["services"].as_object().expect("services");
    let mut mounted = Vec::new();
    for (name, service) in services {
        let image = service["image"].as_str();
        assert!(image.is_none_or(|image| image.rsplit_once(':').is_some_and(|(_, tag)| tag != "latest")), "{image:?}");
        assert!(service["healthcheck"]["test"].is_array() && service["restart"].is_string(), "{name}");
        for port in service["ports"].as_array().expect("ports") {
            assert!(port.as_str().is_some_and(|port| port.starts_with("127.0.0.1:")), "{name}: {port}");
        }
        for volume in service["volumes"].as_array().expect("volumes") {
            let (from, to) = volume.as_str().and_then(|volume| volume.split_once(':')).expect("from and to");
            if from.starts_with("./") {
                assert!(fs::exists(folder().join(from)).expect("it can be looked for"), "{name}: {from}");
                mounted.push(to.trim_end_matches(":ro"));
            } else {
                assert!(compose["volumes"].as_object().expect("volumes").contains_key(from), "{name}: {from}");
            }
        }
    }
    assert!(fs::exists(folder().join("../../docs/deploy/Dockerfile")).expect("it can be looked for"));
    let dashboards = yaml("grafana/provisioning/dashboards/streamcore.yml");
    let path = dashboards["providers"][0]["options"]["path"].as_str().expect("a path");
    let home = &services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"];
    assert!(mounted.contains(&format!("{path}/dashboard.json").as_str()), "{path}: {mounted:?}");
    assert_eq!(home.as_str(), Some(format!("{path}/dashboard.json").as_str()));
    let source = yaml("grafana/provisioning/datasources/prometheus.yml");
    let url = source["datasources"][0]["url"].as_str().expect("a URL");
    assert!(
        url.strip_prefix("http://").and_then(|host| host.split_once(':')).is_some_and(|(host, port)| {
            services.contains_key(host)
                && services[host]["ports"][0].as_str().is_some_and(|ports| ports.ends_with(port))
        }),
        "{url}"
    );
    // Prometheus finds rules and targets beside its configuration, here as there.
    let config = yaml("prometheus.yml");
    assert_eq!(config["rule_files"][0], "rules/*.yml");
    assert_eq!(config["scrape_configs"][0]["file_sd_configs"][0]["files"][0], "targets/*.yml");
    for part in ["prometheus.yml", "rules", "targets"] {
        assert!(mounted.contains(&format!("/etc/prometheus/{part}").as_str()), "{part}: {mounted:?}");
    }
    let target = yaml("compose/targets.yml");
    let listen = services["server"]["environment"]["STREAMCORE_LISTEN"].as_str().expect("an address");
    let port = listen.rsplit(':').next().expect("a port");
    assert_eq!(target[0]["targets"][0].as_str(), Some(format!("server:{port}").as_str()));
    assert_eq!(config["scrape_configs"][0]["scrape_interval"], Value::Null);
    assert_eq!(source["datasources"][0]["jsonData"]["timeInterval"], config["global"]["scrape_interval"]);
}
