//! A real Prometheus with the files of `examples/monitoring` gets an answer to every question in them, and the server exports what docs/metrics.md lists,
//! no more and no less. Whatever Prometheus does, streams play and the API answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use streamcore_tests::{
    Options, RawListener, Server, http,
    media::{MP3, ToneFile},
    monitoring::{
        self, Query, alerts, dashboard, dashboard_queries, filled,
        names::{described, level},
        promql, recording,
    },
    process,
    prometheus::{Prometheus, value},
    redis::RedisServer,
    wait,
};

use super::{deploy::accepted, redis_start::on};

const SOON: Duration = Duration::from_secs(5);
/// Within that Prometheus has scraped and evaluated again, on a busy machine, too.
const SCRAPED: Duration = Duration::from_secs(15);

/// What is measured of things that a test cannot make happen on a machine that is fast enough: their quantiles are of nothing.
const OF_NOTHING: [&str; 2] = ["streamcore_encoder_lag_seconds", "streamcore_broadcast_drop_lag_seconds"];

/// A server on which a bit of everything has happened while Prometheus looked.
struct Scene {
    server: Server,
    prometheus: Prometheus,
    _listeners: [RawListener; 2],
}

impl Scene {
    fn played() -> Self {
        let server = Server::start();
        for (name, seconds) in [("a.wav", 3), ("b.wav", 120), ("c.wav", 120)] {
            ToneFile::wav(name, 400, seconds).write(&server.media_dir());
        }
        ToneFile { name: "gone.mp3".into(), hz: 400, seconds: 2, rate: 44_100, encoder: MP3 }
            .write(&server.media_dir());
        let prometheus = Prometheus::scraping(server.address());
        println!("up after {:?}", prometheus.await_up(true, SCRAPED));

        server.start_stream();
        server.await_status("placeholder", SOON);
        let listeners = [1, 2].map(|_| RawListener::connect(server.address(), "/listen/1"));
        // The first ends by itself, so that a change of tracks is measured; the second fails; the third is skipped; the fourth plays on.
        for name in ["a.wav", "b.wav", "gone.mp3", "c.wav", "b.wav"] {
            let _ = server.add(name);
        }
        fs::remove_file(server.media_dir().join("gone.mp3")).expect("removed");
        edit(&server);
        // Two more streams, which nobody listens to: one is about to end by itself, one will in a while.
        for (id, timeout) in [(2, 1), (3, 600)] {
            let call = |method: &str, path: &str, body: Value, status| {
                server.call(method, &format!("/api/v1/streams{path}"), Some(&body)).expect(status)
            };
            let _ = call("POST", "", json!({"id": id, "name": "Quiet"}), 201);
            let _ = call("PUT", &format!("/{id}/auto-end"), json!({"timeout_seconds": timeout}), 200);
            let _ = call("POST", &format!("/{id}/start"), json!({}), 200);
        }
        server.await_playing("b.wav", Duration::from_secs(10));
        for title in ["c.wav", "b.wav"] {
            // Until listeners hear it, a skip is one of what was before.
            let heard = || server.status()["current_position"].as_f64().filter(|position| *position > 0.5);
            wait::until("it to be heard", SOON, heard);
            let _ = server.call("POST", "/api/v1/queue/1/skip", None).expect(200);
            server.await_playing(title, SOON);
        }
        let _ = server.await_event("stream_ended", 1, SOON);
        Self { server, prometheus, _listeners: listeners }
    }
}

/// Edits of the queue that leave its first items as they are.
fn edit(server: &Server) {
    let last = server.add("c.wav");
    let position = format!("/api/v1/queue/1/items/{last}/move");
    let _ = server.call("PATCH", &position, Some(&json!({"position": 5}))).expect(200);
    let _ = server.call("DELETE", &format!("/api/v1/queue/1/items/{last}"), None).expect(200);
    assert_eq!(server.call("GET", "/api/v1/nothing", None).status, 404);
}

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
fn assert_described(prometheus: &Prometheus) {
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
fn assert_linted(server: &Server) {
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

/// The state of an alert, such as `pending`.
fn await_alert(prometheus: &Prometheus, name: &str, state: &str) {
    let expr = format!(r#"ALERTS{{alertname="{name}", alertstate="{state}"}}"#);
    let seen = || (!prometheus.query(&expr).is_empty()).then_some(());
    wait::until(&format!("{name} to be {state}"), SCRAPED, seen);
}

/// What is exported is what happens, and only the alert that is about it takes notice.
#[test]
fn a_redis_that_is_away_is_told_and_so_is_its_return() {
    let mut redis = RedisServer::start();
    let server = on(&redis);
    server.start_stream();
    let prometheus = Prometheus::scraping(server.address());
    prometheus.await_up(true, SCRAPED);
    let reads = r#"streamcore_store_up{capability="read"}"#;
    assert_eq!(prometheus.value(reads), Some(1.0));
    redis.kill();
    let away = || {
        // Whoever asks finds out.
        let _ = server.call("GET", "/api/v1/queue/1", None);
        (prometheus.value(reads) == Some(0.0)).then_some(())
    };
    println!("away after {:?}", wait::until("the store to be away", SCRAPED, away).1);
    await_alert(&prometheus, "StreamcoreStoreAway", "pending");
    let failed = || {
        let refused = server.call("POST", "/api/v1/queue/1/items", Some(&json!({"url": "a.wav", "title": "A"})));
        assert!(refused.status >= 400, "{}", refused.status);
        let errors = prometheus.value(r#"sum(streamcore_store_errors_total{kind="unavailable"})"#);
        errors.filter(|errors| *errors > 0.0)
    };
    println!("{} calls failed", wait::until("failed calls", SCRAPED, failed).0);
    let alerts = prometheus.query(r#"count by (alertname) (ALERTS{alertname!="StreamcoreStoreAway"})"#);
    assert!(alerts.is_empty(), "one thing is wrong, one alert says so: {alerts:?}");

    redis.restart();
    let back = || (prometheus.value(reads) == Some(1.0)).then_some(());
    println!("back after {:?}", wait::until("the store to be back", SCRAPED, back).1);
    let over = || prometheus.query(r#"ALERTS{alertname="StreamcoreStoreAway"}"#).is_empty().then_some(());
    wait::until("the alert to be over", SCRAPED, over);
    let reconnects = prometheus.value("streamcore_store_reconnects_total");
    assert!(reconnects.is_some_and(|reconnects| reconnects >= 1.0), "{reconnects:?}");
}

/// With the lines that are comments in prometheus.yml.
#[test]
fn a_token_for_metrics_is_shown_by_the_lines_that_are_prepared_for_it() {
    const TOKEN: &str = "token-of-whoever-reads-metrics";
    let wrapper = ["env".to_owned(), format!("STREAMCORE_METRICS_TOKEN={TOKEN}")].into();
    let server = Server::start_with(Options { wrapper, ..Options::default() });
    let prometheus = Prometheus::with(server.address(), |config| {
        let (commented, prepared) =
            (["    # authorization:", "    #   credentials_file:"], ["    authorization:", "      credentials_file:"]);
        commented.iter().zip(prepared).fold(config.to_owned(), |config, (comment, line)| {
            assert!(config.contains(comment), "{comment} is not in it");
            config.replace(comment, line)
        })
    });
    prometheus.write("streamcore-metrics-token", "another-token-of-the-same-length");
    prometheus.await_up(false, SCRAPED);
    prometheus.write("streamcore-metrics-token", TOKEN);
    prometheus.await_up(true, SCRAPED);
    let log = server.log();
    assert!(!log.contains(TOKEN), "{log}");
}

#[test]
fn the_container_of_the_server_is_set_up_as_it_takes_it() {
    let compose = monitoring::yaml("compose.yaml");
    let environment = compose["services"]["server"]["environment"].as_object().expect("variables");
    let variables: Vec<_> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str().expect("a text"))).collect();
    let report = accepted(&[], &variables);
    assert!(variables.iter().all(|(name, _)| report.contains(name)) && variables.len() > 1, "{report}");
}

/// Connections of a scraper as one would not wish it.
struct Hostile {
    stop: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<usize>>,
}

impl Hostile {
    fn begin(address: SocketAddr) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let kinds: [fn(SocketAddr, &AtomicBool) -> usize; 3] = [one_byte_a_second, leaving_mid_body, never_reading];
        let threads = (0..8).flat_map(|_| kinds).map(|kind| {
            let stop = stop.clone();
            std::thread::spawn(move || kind(address, &stop))
        });
        Self { threads: threads.collect(), stop }
    }

    /// How many connections they made.
    fn end(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    }
}

fn ask(address: SocketAddr) -> TcpStream {
    let mut socket = TcpStream::connect(address).expect("connected");
    socket.set_read_timeout(Some(SOON)).expect("set");
    write!(socket, "GET /metrics HTTP/1.1\r\nHost: {address}\r\n\r\n").expect("sent");
    socket
}

fn one_byte_a_second(address: SocketAddr, stop: &AtomicBool) -> usize {
    let mut socket = ask(address);
    let mut last = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        if last.elapsed() >= Duration::from_secs(1) {
            // The server may have had enough of it.
            let _ = socket.read(&mut [0]);
            last = Instant::now();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    1
}

fn leaving_mid_body(address: SocketAddr, stop: &AtomicBool) -> usize {
    let mut made = 0;
    while !stop.load(Ordering::Relaxed) {
        let _ = ask(address).read(&mut [0; 500]);
        made += 1;
        std::thread::sleep(Duration::from_millis(20));
    }
    made
}

/// Asks for more and more, and takes none of it.
fn never_reading(address: SocketAddr, stop: &AtomicBool) -> usize {
    let mut socket = ask(address);
    socket.set_write_timeout(Some(Duration::from_millis(200))).expect("set");
    while !stop.load(Ordering::Relaxed) {
        let _ = write!(socket, "GET /metrics HTTP/1.1\r\nHost: {address}\r\n\r\n");
        std::thread::sleep(Duration::from_millis(100));
    }
    1
}

fn open_files(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).expect("it runs").count()
}

#[test]
fn a_prometheus_that_stands_still_and_scrapers_that_misbehave_harm_nobody() {
    let mut server = Server::start();
    ToneFile::wav("a.wav", 400, 120).write(&server.media_dir());
    server.start_stream();
    let _ = server.add("a.wav");
    server.await_playing("a.wav", SOON);
    let listener = RawListener::connect(server.address(), "/listen/1");
    let prometheus = Prometheus::scraping(server.address());
    prometheus.await_up(true, SCRAPED);
    wait::until("the listener to hear", SOON, || (listener.bytes() > 50_000).then_some(()));
    let before = open_files(server.pid());

    process::signal(prometheus.pid(), "STOP");
    let hostile = Hostile::begin(server.address());
    let (begin, mut slowest, mut asked) = (Instant::now(), Duration::ZERO, 0);
    while begin.elapsed() < Duration::from_secs(4) {
        let at = Instant::now();
        assert_eq!(server.now_playing().as_deref(), Some("a.wav"));
        slowest = slowest.max(at.elapsed());
        asked += 1;
        std::thread::sleep(Duration::from_millis(20));
    }
    let pause = listener.longest_pause(begin, Instant::now());
    let made = hostile.end();
    process::signal(prometheus.pid(), "CONT");
    println!(
        "{made} hostile connections; {asked} reads, the slowest {slowest:?}; the listener waited {pause:?} at most"
    );
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    assert!(pause < Duration::from_secs(2), "the broadcast never pauses, but did for {pause:?}");

    prometheus.await_up(true, SCRAPED);
    let silence = || prometheus.value("sum(streamcore_dead_air_seconds_total)");
    let silence = wait::until("a scrape", SCRAPED, silence).0;
    assert!(silence < 1.0, "listeners heard {silence} s of silence");
    wait::until("their connections to be gone", SCRAPED, || (open_files(server.pid()) <= before + 2).then_some(()));
    drop(prometheus);
    assert_eq!(server.now_playing().as_deref(), Some("a.wav"), "without any Prometheus, too");
    assert!(server.is_alive());
}
