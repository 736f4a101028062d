//! `GET /metrics`: what scrapers get, and that nobody notices those who are slow.

use std::{io::Read as _, net::SocketAddr, sync::Arc, time::Duration};

use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};
use streamcore_http::{
    ServeOptions, ServiceToken, Settings, State, filter, metrics::Exposition, metrics_filter, serve,
};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::common::{Client, DEADLINE, Server, client};

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
const PROMETHEUS_3: &str = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
const TEXT_ONLY: &str = "text/plain;version=0.0.4;q=0.6,*/*;q=0.5";

/// The state of this server, with so many series to scrape.
fn state(server: &Server, series: usize, adjust: impl FnOnce(&mut Settings)) -> Arc<State> {
    let mut registry = Registry::default();
    let family = Family::<Vec<(&str, String)>, Counter>::default();
    for n in 0..series {
        family.get_or_create(&vec![("n", format!("\u{1f600}\"\\\n{n:0>100}"))]).inc();
    }
    registry.register("jobs", "What a test counts", family);
    let old = &server.state;
    let mut settings = old.settings.clone();
    adjust(&mut settings);
    Arc::new(State {
        host: old.host.clone(),
        queue: old.queue.clone(),
        registry: old.registry.clone(),
        broadcast: old.broadcast.clone(),
        media: old.media.clone(),
        last_known: old.last_known.clone(),
        library: old.library.clone(),
        idempotency: old.idempotency.clone(),
        metrics: None,
        exposition: Some(Exposition::new(registry)),
        runtime: old.runtime.clone(),
        settings,
    })
}

/// Serves these routes until the test ends.
macro_rules! served {
    ($filter:expr) => {{
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bind");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(serve(listener, $filter, ServeOptions::default(), std::future::pending()));
        Client::anonymous(address)
    }};
}

#[tokio::test]
async fn each_scraper_gets_the_format_that_it_prefers() {
    let server = Server::start().await;
    let anybody = served!(filter(state(&server, 3, |_| {})));
    for (accept, kind, begins, ends) in [
        (None, OPENMETRICS, "# HELP jobs What a test counts.\n# TYPE jobs counter\n", "\n# EOF\n"),
        (Some("*/*"), OPENMETRICS, "# HELP jobs ", "\n# EOF\n"),
        (Some(PROMETHEUS_3), OPENMETRICS, "# HELP jobs ", "\n# EOF\n"),
        (Some(TEXT_ONLY), TEXT, "# HELP jobs_total What a test counts.\n# TYPE jobs_total counter\n", "} 1\n"),
        (Some("application/json"), OPENMETRICS, "# HELP jobs ", "\n# EOF\n"),
    ] {
        let client = accept.map_or_else(|| anybody.clone(), |accept| anybody.with("Accept", accept));
        let reply = client.get("/metrics").await;
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(kind)), "{accept:?}");
        assert_eq!(reply.header("vary"), Some("Accept, Accept-Encoding"));
        assert_eq!((reply.header("cache-control"), reply.header("content-encoding")), (Some("no-store"), None));
        let page = String::from_utf8(reply.body).expect("UTF-8");
        assert!(page.starts_with(begins) && page.ends_with(ends), "{accept:?}: {page}");
        assert_eq!(page.matches("jobs_total{n=\"\u{1f600}\\\"\\\\\\n0").count(), 3, "{page}");
    }
    let two_lines = anybody.with("Accept", "application/openmetrics-text;q=0.1").with("Accept", "text/plain;q=0.2");
    assert_eq!(two_lines.get("/metrics").await.header("content-type"), Some(TEXT));
}

#[tokio::test]
async fn pages_are_compressed_for_who_takes_it_and_only_if_it_is_worth_it() {
    let server = Server::start().await;
    let (long, short) = (served!(filter(state(&server, 50, |_| {}))), served!(filter(state(&server, 1, |_| {}))));
    let plain = long.get("/metrics").await;
    let small = long.with("Accept-Encoding", "deflate, gzip;q=0.5").get("/metrics").await;
    assert_eq!((small.header("content-encoding"), plain.header("content-encoding")), (Some("gzip"), None));
    let mut page = Vec::new();
    flate2::read::GzDecoder::new(&small.body[..]).read_to_end(&mut page).expect("gzip");
    // The series of a family have no order; pages are as long as each other.
    assert_eq!(page.len(), plain.body.len());
    assert!(page.ends_with(b"\n# EOF\n") && small.body.len() < page.len() / 4, "{}", small.body.len());
    for (client, encoding) in [(&short, "gzip"), (&long, "gzip;q=0, *"), (&long, "identity")] {
        let reply = client.with("Accept-Encoding", encoding).get("/metrics").await;
        assert_eq!(reply.header("content-encoding"), None, "{encoding}");
    }
}

#[tokio::test]
async fn a_head_tells_what_a_get_would() {
    let server = Server::start().await;
    let client = served!(filter(state(&server, 20, |_| {})));
    let (head, get) = (client.send("HEAD", "/metrics", b"").await, client.get("/metrics").await);
    assert!(head.body.is_empty() && !get.body.is_empty());
    for name in ["content-type", "content-length", "vary", "cache-control"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    client.post("/metrics", serde_json::json!({})).await.refused(405, "method_not_allowed");
}

#[tokio::test]
async fn a_token_for_scrapers_is_asked_for_where_there_is_one() {
    const SCRAPER: &str = "scraper-token-0123456789";
    let server = Server::start().await;
    let state = state(&server, 1, |settings| {
        settings.metrics_token = Some(ServiceToken::new(SCRAPER).expect("a token"));
    });
    for anybody in [served!(filter(Arc::clone(&state))), served!(metrics_filter(state))] {
        anybody.get("/metrics").await.refused(401, "not_authenticated");
        let wrong = anybody.with("Authorization", "Bearer scraper-token-0123456788").get("/metrics").await;
        assert!(!String::from_utf8_lossy(&wrong.body).contains("jobs"));
        assert_eq!(wrong.status, 401);
        assert_eq!(anybody.with("Authorization", &format!("Bearer {SCRAPER}")).get("/metrics").await.status, 200);
        assert_eq!(anybody.authorized().get("/metrics").await.status, 200, "the service token does as well");
    }
    // It is good for nothing else.
    let scraper = server.anonymous.with("Authorization", &format!("Bearer {SCRAPER}"));
    assert_eq!(scraper.delete("/api/v1/queue/7").await.status, 401);
}

#[tokio::test]
async fn metrics_can_be_at_an_address_of_their_own_and_then_nowhere_else() {
    let server = Server::start().await;
    let state = state(&server, 1, |settings| settings.metrics_elsewhere = true);
    let (main, own) = (served!(filter(Arc::clone(&state))), served!(metrics_filter(state)));
    main.get("/metrics").await.refused(404, "not_found");
    main.get("/health/live").await.expect(200);
    assert_eq!(own.get("/metrics").await.status, 200);
    for path in ["/", "/health", "/api/v1/streams", "/listen/7", "/metrics/x"] {
        own.authorized().get(path).await.refused(404, "not_found");
    }
    // Without anything to tell there is no such route.
    server.anonymous.get("/metrics").await.refused(404, "not_found");
}

/// A scraper that asked and reads nothing; its system takes next to nothing for it.
async fn silent(address: SocketAddr) -> TcpStream {
    use tokio::io::AsyncWriteExt as _;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    let mut stream = socket.connect(address).await.expect("connect");
    let head = Client::anonymous(address).head("GET", "/metrics") + "Connection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("send");
    // Its answer is on its way.
    stream.readable().await.expect("an answer");
    stream
}

/// Long enough that no buffer of a socket holds a page of it.
const MANY: usize = 60_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_scrapers_hold_a_few_pages_and_hurt_nobody() {
    let server = Server::start().await;
    let client = served!(filter(state(&server, MANY, |_| {})));
    let whole = client.get("/metrics").await.body.len();
    assert!(whole > 6_000_000, "{whole}");
    let mut slow = Vec::new();
    for _ in 0..10 {
        slow.push(silent(client.address).await);
    }
    // With all of them waiting others are answered as ever, and wholly.
    let gone = tokio::time::timeout(DEADLINE / 2, client.get("/metrics")).await.expect("in time");
    assert_eq!((gone.status, gone.body.len()), (200, whole));
    client.get("/health/live").await.expect(200);
    let mut lengths = Vec::new();
    for stream in &mut slow {
        let raw = tokio::time::timeout(DEADLINE, client::read_to_end(stream)).await.expect("it ends");
        lengths.push(client::parse(&raw, false).body.len());
    }
    // The oldest made way, so that eight at the most are held; the others lose nothing by being slow.
    assert!(lengths[..3].iter().all(|length| *length < whole), "{lengths:?} of {whole}");
    assert!(lengths[3..].iter().all(|length| *length == whole), "{lengths:?} of {whole}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scrapers_that_go_away_leave_nothing_behind() {
    let server = Server::start().await;
    let state = state(&server, MANY / 10, |_| {});
    let exposition = Arc::clone(state.exposition.as_ref().expect("metrics"));
    let client = served!(filter(state));
    let before = Arc::strong_count(&exposition);
    for _ in 0..40 {
        drop(client.open("/metrics").await);
    }
    // Whoever comes then is answered, however many had asked before it.
    let reply = tokio::time::timeout(DEADLINE, client.get("/metrics")).await.expect("in time");
    assert!(reply.status == 200 && reply.body.ends_with(b"\n# EOF\n"));
    crate::common::until("no page is being made", || Arc::strong_count(&exposition) == before).await;
    tokio::time::timeout(Duration::from_secs(10), client.get("/health/live")).await.expect("in time").expect(200);
}
