//! What a scraper sees, and that nobody else sees the scraper.

use std::{
    io::Read as _,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use flate2::read::GzDecoder;
use prometheus_client::{
    collector::Collector,
    encoding::DescriptorEncoder,
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use serde_json::json;
use streamcore::{
    EndCause, EndReason, Event, EventKind, ItemId, Outcome, StreamId, Timestamp,
    metrics::MetricsSink as _,
    queue::{Op, Page},
};
use streamcore_http::{
    ServeOptions, ServiceToken, State, filter,
    metrics::{Build, Exposition, Format, Metrics, QueueLengths, Streams, register_legacy_names},
    metrics_filter, serve,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

use crate::common::{Client, DEADLINE, Server, client, client::Reply, server::STREAM, until};

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
const PREFERS_TEXT: &str = "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

fn page(reply: &Reply) -> String {
    assert_eq!(reply.status, 200);
    String::from_utf8(reply.body.clone()).expect("UTF-8")
}

/// The sum of a family's samples with this text in their labels.
fn sum(page: &str, name: &str, labels: &str) -> f64 {
    let is_wanted = |line: &&str| line.split(['{', ' ']).next() == Some(name) && line.contains(labels);
    page.lines()
        .filter(is_wanted)
        .map(|line| line.rsplit(' ').next().and_then(|value| value.parse::<f64>().ok()).expect("a value"))
        .sum()
}

fn series(page: &str) -> usize {
    page.lines().filter(|line| !line.starts_with('#')).count()
}

/// The same server at another address, where `/metrics` tells this.
async fn telling(
    server: &Server,
    exposition: Arc<Exposition>,
    elsewhere: bool,
    token: Option<&str>,
) -> [SocketAddr; 2] {
    let of = &server.state;
    let mut settings = of.settings.clone();
    settings.metrics_elsewhere = elsewhere;
    settings.metrics_token = token.map(|token| ServiceToken::new(token).expect("a token"));
    let state = Arc::new(State {
        host: of.host.clone(),
        queue: of.queue.clone(),
        registry: of.registry.clone(),
        broadcast: of.broadcast.clone(),
        media: of.media.clone(),
        last_known: of.last_known.clone(),
        library: of.library.clone(),
        idempotency: of.idempotency.clone(),
        metrics: of.metrics.clone(),
        exposition: Some(exposition),
        monitor: None,
        runtime: of.runtime.clone(),
        settings,
    });
    let [main, own] = [
        TcpListener::bind("127.0.0.1:0").await.expect("a port"),
        TcpListener::bind("127.0.0.1:0").await.expect("a port"),
    ];
    let addresses = [main.local_addr().expect("an address"), own.local_addr().expect("an address")];
    tokio::spawn(serve(main, filter(Arc::clone(&state)), ServeOptions::default(), std::future::pending()));
    tokio::spawn(serve(own, metrics_filter(state), ServeOptions::default(), std::future::pending()));
    addresses
}

/// Promise M1.
#[tokio::test]
async fn a_scraper_gets_the_format_that_it_prefers_and_openmetrics_without_a_preference() {
    let server = Server::start().await;
    for (accept, content_type) in
        [(None, OPENMETRICS), (Some("*/*"), OPENMETRICS), (Some(PREFERS_TEXT), TEXT), (Some("text/html"), OPENMETRICS)]
    {
        let client = accept.map_or_else(|| server.anonymous.clone(), |accept| server.anonymous.with("Accept", accept));
        let reply = client.get("/metrics").await;
        let page = page(&reply);
        assert_eq!(reply.header("content-type"), Some(content_type), "{accept:?}");
        assert_eq!(reply.header("vary"), Some("Accept, Accept-Encoding"));
        assert_eq!(page.ends_with("\n# EOF\n"), content_type == OPENMETRICS, "{accept:?}");
        assert_eq!(page.contains("# TYPE http_requests_total counter"), content_type == TEXT, "{accept:?}");
        assert_eq!(reply.header("content-length"), Some(page.len().to_string().as_str()));
    }
    let head = server.anonymous.send("HEAD", "/metrics", b"").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    server.anonymous.post("/metrics", json!({})).await.refused(405, "method_not_allowed");
}

/// Promise M1.
#[tokio::test]
async fn who_takes_gzip_gets_it() {
    let server = Server::start().await;
    let reply = server.anonymous.with("Accept-Encoding", "gzip").with("Accept", PREFERS_TEXT).get("/metrics").await;
    assert_eq!((reply.status, reply.header("content-encoding")), (200, Some("gzip")));
    let mut page = String::new();
    GzDecoder::new(&reply.body[..]).read_to_string(&mut page).unwrap();
    assert!(page.contains("# TYPE streamcore_tracks_played_total counter"), "{page}");
    assert!(reply.body.len() * 4 < page.len(), "{} of {}", reply.body.len(), page.len());
    assert_eq!(
        server.anonymous.with("Accept-Encoding", "gzip;q=0").get("/metrics").await.header("content-encoding"),
        None
    );
}

/// Promise M2.
#[tokio::test]
async fn a_hundred_requests_are_a_hundred_more() {
    let server = Server::start().await;
    let before = page(&server.anonymous.get("/metrics").await);
    for n in 0..100 {
        match n % 4 {
            0 => server.anonymous.get("/api/v1/queue/7").await,
            1 => server.anonymous.get("/nowhere").await,
            2 => server.anonymous.post("/api/v1/queue/7/items", json!({})).await,
            _ => server.api.post("/api/v1/queue/7/items", json!({ "url": 7 })).await,
        };
    }
    for quiet in ["/metrics", "/health", "/healthz", "/health/live", "/health/ready", "/readyz"] {
        server.anonymous.get(quiet).await;
    }
    let after = page(&server.anonymous.get("/metrics").await);
    let more = |name, labels| sum(&after, name, labels) - sum(&before, name, labels);
    assert_eq!(more("http_requests_total", ""), 100.0);
    assert_eq!(more("http_request_duration_seconds_count", ""), 100.0);
    assert_eq!(more("http_requests_total", "path=\"unmatched\""), 25.0);
    assert_eq!(more("http_requests_total", "status=\"401\""), 25.0);
    assert_eq!(more("http_requests_total", "status=\"422\""), 25.0);
    assert_eq!(more("streamcore_http_errors_total", "code=\"validation_error\""), 25.0);
    assert_eq!(sum(&after, "http_requests_in_flight", ""), 0.0);
}

/// Promise M3.
#[tokio::test]
async fn whatever_is_asked_for_makes_no_series() {
    let server = Server::start().await;
    for method in ["GET", "HEAD", "PUT", "PATCH", "POST", "OPTIONS", "BREW", "DELETE"] {
        server.anonymous.send(method, "/nowhere", b"").await;
        server.anonymous.send(method, "/api/v1/media", b"").await;
    }
    server.anonymous.get("/api/v1/queue/-1").await;
    let before = series(&page(&server.anonymous.get("/metrics").await));
    let routes = streamcore_http::routes();
    for template in routes.iter().filter(|route| route.method != "PUT").map(|route| route.template) {
        let is_put = |route: &&streamcore_http::RouteInfo| route.template == template && route.method == "PUT";
        if !template.contains('{') && !routes.iter().any(|route| is_put(&route)) {
            server.anonymous.send("PUT", template, b"").await.refused(405, "method_not_allowed");
        }
    }
    let mut socket = TcpStream::connect(server.anonymous.address).await.unwrap();
    for round in 0..100 {
        let mut requests = String::new();
        for n in 0..100 {
            let id = round * 100 + n;
            requests += &match n % 4 {
                0 => format!("GET /{id}/wp-login.php?{id} HTTP/1.1\r\nHost: h{id}.test\r\n\r\n"),
                1 => format!("BREW{id} /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"),
                2 => format!("GET /api/v1/queue/-{id} HTTP/1.1\r\nHost: h{id}\r\nUser-Agent: \"{id}\"\r\n\r\n"),
                _ => format!("DELETE /{id}%00%ff HTTP/1.1\r\nHost: x\r\n\r\n"),
            };
        }
        socket.write_all(requests.as_bytes()).await.unwrap();
        let (mut raw, mut piece) = (Vec::new(), [0; 64 * 1024]);
        while raw.windows(9).filter(|at| at == b"HTTP/1.1 ").count() < 100 || !raw.ends_with(b"}") {
            let read = tokio::time::timeout(DEADLINE, socket.read(&mut piece)).await.expect("it answers").unwrap();
            assert!(read > 0, "it hung up: {}", String::from_utf8_lossy(&raw));
            raw.extend_from_slice(&piece[..read]);
        }
    }
    assert_eq!(series(&page(&server.anonymous.get("/metrics").await)), before);
}

/// Promise M4.
#[tokio::test]
async fn the_series_of_a_stream_are_gone_when_it_has_ended() {
    let server = Server::start().await;
    server.playing(&["a.mp3", "b.mp3"]).await;
    let during = page(&server.anonymous.get("/metrics").await);
    assert_eq!(sum(&during, "streamcore_active_streams", ""), 1.0);
    assert_eq!(sum(&during, "streamcore_stream_status", "stream=\"7\",status=\"playing\""), 1.0);
    assert_eq!(sum(&during, "streamcore_stream_queue_items", "stream=\"7\""), 2.0);
    server.add("c.mp3").await;
    let more = page(&server.anonymous.get("/metrics").await);
    assert_eq!(sum(&more, "streamcore_stream_queue_items", "stream=\"7\""), 3.0, "read at the scrape");
    assert_eq!(sum(&more, "streamcore_queue_items", ""), 3.0);
    server.api.post("/api/v1/streams/7/stop", json!({})).await.expect(200);
    let after = page(&server.anonymous.get("/metrics").await);
    assert!(!after.contains("stream=\"7\""), "{after}");
    assert_eq!(sum(&after, "streamcore_active_streams", ""), 0.0);
    assert_eq!(sum(&after, "streamcore_streams_ended_total", "reason=\"manual\""), 1.0);
}

/// Promise M4. On a quiet night nobody asks the store but the scraper.
#[tokio::test]
async fn a_store_that_is_away_is_told_by_the_next_scrape_and_so_is_its_return() {
    let server = Server::start().await;
    for is_away in [false, true, false, true, false] {
        server.queue.all_away.store(is_away, Ordering::SeqCst);
        let told = page(&server.anonymous.get("/metrics").await);
        let up = ["read", "write"].map(|for_it| sum(&told, "streamcore_store_up", &format!("\"{for_it}\"")) == 1.0);
        assert_eq!(up, [!is_away, !is_away]);
    }
}

/// Promise M3.
#[tokio::test]
async fn streams_beyond_the_limit_are_told_in_totals_only() {
    let server = Server::start().await;
    for stream in [9, 8, 7, 6] {
        server.api.post("/api/v1/streams", json!({ "id": stream, "name": "x" })).await.expect(201);
        server.api.post(&format!("/api/v1/streams/{stream}/start"), json!({})).await.expect(200);
        // So that it is known which began first.
        let began = server.state.runtime.now();
        until("a millisecond has passed", || server.state.runtime.now() > began).await;
    }
    let told = page(&server.anonymous.get("/metrics").await);
    assert_eq!(sum(&told, "streamcore_active_streams", ""), 4.0);
    assert_eq!(sum(&told, "streamcore_streams_folded", ""), 2.0);
    let has = |stream: u8| told.contains(&format!("stream=\"{stream}\""));
    assert_eq!([9, 8, 7, 6].map(has), [true, true, false, false], "who began first");
    server.api.post("/api/v1/streams/9/stop", json!({})).await.expect(200);
    let told = page(&server.anonymous.get("/metrics").await);
    assert!(told.contains("stream=\"7\"") && !told.contains("stream=\"9\"") && !told.contains("stream=\"6\""));
}

/// Promise M5.
#[tokio::test]
async fn scrapers_may_need_a_token_and_have_an_address_of_their_own() {
    let server = Server::start().await;
    let nothing = || Exposition::new(Registry::default());
    let [main, own] = telling(&server, nothing(), true, Some("scrape-token-0123")).await.map(Client::anonymous);
    main.get("/metrics").await.refused(404, "not_found");
    own.get("/metrics").await.refused(401, "not_authenticated");
    own.with("Authorization", "Bearer scrape-token-9999").get("/metrics").await.refused(401, "invalid_token");
    let scraper = own.with("Authorization", "Bearer scrape-token-0123");
    assert_eq!(scraper.get("/metrics").await.status, 200);
    assert_eq!(own.authorized().get("/metrics").await.status, 200, "the service token is good for everything");
    for path in ["/", "/api/v1/queue/7", "/health"] {
        scraper.get(path).await.refused(404, "not_found");
    }
    let changes = main.with("Authorization", "Bearer scrape-token-0123");
    changes.delete("/api/v1/queue/7").await.refused(401, "invalid_token");
    let [main, _] = telling(&server, nothing(), false, None).await.map(Client::anonymous);
    assert_eq!(main.get("/metrics").await.status, 200);
}

const LONG: usize = 10_000;

/// A page too long for the buffers of a socket.
fn long_page() -> Arc<Exposition> {
    let (mut registry, family) = (Registry::default(), Family::<[(&str, String); 1], Gauge>::default());
    registry.register("long", "A long page", family.clone());
    for n in 0..LONG {
        family.get_or_create(&[("n", format!("{n:060}"))]).set(1);
    }
    Exposition::new(registry)
}

/// Promise M6.
#[tokio::test]
async fn slow_scrapers_make_way_and_others_do_not_notice() {
    let server = Server::start().await;
    let [address, _] = telling(&server, long_page(), false, None).await;
    let client = Client::anonymous(address);
    let closing = client.with("Connection", "close");
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut socket = closing.open("/metrics").await;
        // It has begun to come.
        assert_eq!(socket.read(&mut [0; 1]).await.unwrap(), 1);
        slow.push(socket);
    }
    let whole = page(&client.get("/metrics").await);
    assert!(whole.ends_with("# EOF\n") && series(&whole) == LONG);
    assert_eq!(client.get("/api/v1/queue/7").await.status, 200);
    let mut whole_ones = 0;
    for (n, mut socket) in slow.into_iter().enumerate() {
        let raw = tokio::time::timeout(DEADLINE, client::read_to_end(&mut socket)).await.expect("it ends");
        let is_whole = raw.ends_with(b"# EOF\n");
        assert!(n < 13 || is_whole, "the last seven kept their places: {n}");
        whole_ones += usize::from(is_whole);
    }
    assert_eq!(whole_ones, 7, "and the one that came behind them took the eighth");
}

/// Counts how many pages are made at once.
#[derive(Debug, Default)]
struct Crowded {
    now: AtomicUsize,
    most: AtomicUsize,
    all: AtomicUsize,
}

impl Collector for Crowded {
    fn encode(&self, _: DescriptorEncoder<'_>) -> std::fmt::Result {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.all.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(100));
        self.now.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }
}

/// Promise M6.
#[tokio::test(flavor = "multi_thread")]
async fn pages_are_made_one_at_a_time_and_shared_by_those_who_wait() {
    let server = Server::start().await;
    let crowded = Arc::new(Crowded::default());
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Arc::clone(&crowded)));
    let [address, _] = telling(&server, Exposition::new(registry), false, None).await;
    let client = Client::anonymous(address);
    // Those who go away again.
    for _ in 0..30 {
        drop(client.open("/metrics").await);
    }
    let began = Instant::now();
    let waiting: Vec<_> = (0..30)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.get("/metrics").await.status })
        })
        .collect();
    for answered in waiting {
        assert_eq!(answered.await.unwrap(), 200);
    }
    assert_eq!(crowded.most.load(Ordering::SeqCst), 1);
    let all = crowded.all.load(Ordering::SeqCst);
    assert!(all < 60, "{all} pages in {:?} for those who went and those who waited", began.elapsed());
}

/// Promise M6.
#[tokio::test]
async fn a_scraper_that_goes_away_leaves_nothing_behind() {
    let server = Server::start().await;
    let exposition = long_page();
    let [address, _] = telling(&server, Arc::clone(&exposition), false, None).await;
    let client = Client::anonymous(address);
    for n in 0..30 {
        let mut socket = client.open("/metrics").await;
        if n % 2 == 0 {
            assert_eq!(socket.read(&mut [0; 1]).await.unwrap(), 1);
        }
    }
    let whole = tokio::time::timeout(Duration::from_secs(10), client.get("/metrics")).await.expect("it has its turn");
    assert_eq!(series(&page(&whole)), LONG);
}

/// The names of the system before, for dashboards that ask for them.
#[tokio::test]
async fn old_names_tell_the_same_by_channel_and_forget_it_at_its_end() {
    let server = Server::start().await;
    let of = &server.state;
    let mut registry = Registry::default();
    let metrics = Metrics::register(&mut registry);
    let lengths = QueueLengths::new(of.queue.clone(), of.runtime.clone());
    let streams = Streams::new(of.host.clone(), of.broadcast.clone(), lengths, of.runtime.clone(), 2);
    let build = Arc::new(Build::new("1.2.3", "memory", of.runtime.clone()));
    register_legacy_names(&mut registry, &metrics, streams.clone(), of.last_known.clone(), build);
    let exposition = Exposition::looking_up(registry, streams, of.last_known.clone());
    let told = async || {
        exposition.refresh(Duration::from_secs(1)).await;
        exposition.render(Format::OpenMetrics).expect("it is written")
    };
    let queue = metrics.queue(of.queue.clone());
    let tell = |stream, kind| metrics.record(&Event { at: Timestamp::default(), stream: StreamId::new(stream), kind });

    let items = server.playing(&["a.mp3", "b.mp3"]).await;
    let item = of.queue.view(STREAM, Page::ALL).await.unwrap().current.unwrap();
    assert_eq!(items[0]["id"], item.id.to_string());
    for stream in [7, 8, 9] {
        tell(stream, EventKind::StreamStarted { resumed: false });
    }
    queue.apply(STREAM, Op::Shuffle { seed: 1 }.into()).await.unwrap();
    for n in [1, 2] {
        let mut item = of.queue.view(STREAM, Page::ALL).await.unwrap().items[0].clone();
        item.id = ItemId::new(Uuid::from_u128(n));
        for stream in [7, 9, 10] {
            queue.apply(StreamId::new(stream), Op::add(item.clone()).into()).await.unwrap();
        }
    }
    tell(7, EventKind::TrackFinished { item: item.clone(), outcome: Outcome::Skipped });
    metrics.route("GET", Some("/x")).begin().answered(200, None, Duration::ZERO);

    let during = told().await;
    assert_eq!(sum(&during, "sattva_active_streams", ""), 1.0);
    assert_eq!(sum(&during, "sattva_queue_size", "channel_id=\"7\""), 4.0);
    assert_eq!(sum(&during, "stream_status", "channel_id=\"7\""), 1.0);
    assert_eq!(sum(&during, "sattva_queue_operations_total", "channel_id=\"7\",operation=\"skip\""), 1.0);
    assert_eq!(sum(&during, "sattva_queue_items_added_total", "channel_id=\"7\""), 2.0);
    assert_eq!(
        sum(&during, "sattva_queue_items_added_total", "channel_id=\"other\""),
        4.0,
        "one too many, and one at rest"
    );
    assert_eq!(sum(&during, "sattva_queue_items_removed_total", "channel_id=\"7\",reason=\"skipped\""), 1.0);
    assert_eq!(sum(&during, "sattva_http_requests_total", "path=\"/x\""), 1.0);
    assert_eq!(sum(&during, "db_connections_active", "pool=\"default\""), 1.0);
    assert_eq!(sum(&during, "sattva_app_info", "version=\"1.2.3\""), 1.0);
    for name in ["stream_uptime_seconds", "stream_viewers_current", "sattva_app_uptime_seconds", "sattva_auto_end"] {
        assert!(during.contains(&format!("# TYPE {name} ")), "{name}");
    }
    assert!(!during.contains("channel_id=\"9\"") && !during.contains("channel_id=\"10\""), "{during}");

    let cause = EndCause::AutoEnd { empty_since: Timestamp::default(), deadline: Timestamp::default() };
    let started_at = Timestamp::default();
    tell(7, EventKind::StreamEnded { session: 1, started_at, reason: EndReason::AutoEnd, cause });
    server.api.post("/api/v1/streams/7/stop", json!({})).await.expect(200);
    let after = told().await;
    assert!(!after.contains("channel_id=\"7\""), "{after}");
    assert_eq!(sum(&after, "sattva_auto_end_total", "reason=\"no_listeners\""), 1.0);
}
