//! What metrics cost.
//!
//! - `cargo run --release -p streamcore-tests --example metrics -- cost`: instructions of a queue read with metrics on against off, counted by
//!   callgrind (needs valgrind), which runs this program with both.
//! - `... --example metrics -- scrape [STREAMS]` (10,000 without): how long a scrape of so many streams takes and how large it is, and what of it the
//!   API and a listener notice.

mod cost;
mod scrape;

use std::{sync::Arc, time::Duration};

use prometheus_client::registry::Registry;
use streamcore::{
    StreamId,
    auto_end::{BySettings, Settings as AutoEnd},
    driver::{Host, Ports},
    idempotency::{Idempotency, MemoryIdempotency},
    last_known::LastKnown,
    library::{Library, MemoryLibrary},
    metrics::{MetricsSink, Noop},
    player::{Broadcast, Player},
    queue::Queue,
    registry,
};
use streamcore_audio::MediaDir;
use streamcore_http::{
    ServiceToken, Settings, State, TokioRuntime,
    metrics::{Metrics, QueueLengths, Streams},
};

const STREAM: StreamId = StreamId::new(1);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["cost"] => cost::compare(),
        ["cost", with_metrics, items, requests] => {
            cost::read(with_metrics == "on", items.parse().expect("ITEMS"), requests.parse().expect("REQUESTS"));
        }
        ["scrape"] => scrape::measure(10_000),
        ["scrape", streams] => scrape::measure(streams.parse().expect("STREAMS: a number")),
        _ => panic!("say `cost`, or `scrape [STREAMS]`"),
    }
}

/// A server without a socket, and what is measured of it.
struct Stage {
    state: Arc<State>,
    measured: Option<(Registry, Arc<Streams>)>,
    _media: tempfile::TempDir,
}

/// Must be called in a runtime.
fn stage<P: Player + Broadcast + 'static>(
    queue: Arc<dyn Queue>,
    registry: Arc<dyn registry::Registry>,
    player: Arc<P>,
    with_metrics: bool,
) -> Stage {
    let media = tempfile::tempdir().expect("a folder");
    let runtime = Arc::new(TokioRuntime::new());
    let mut families = Registry::default();
    let metrics = with_metrics.then(|| Metrics::register(&mut families));
    let library: Arc<dyn Library> = Arc::new(MemoryLibrary::new());
    let idempotency: Arc<dyn Idempotency> = Arc::new(MemoryIdempotency::new());
    let stores = match &metrics {
        Some(metrics) => {
            LastKnown::over(metrics.queue(queue), metrics.registry(registry), metrics.library(library), runtime.clone())
        }
        None => LastKnown::over(queue, registry, library, runtime.clone()),
    };
    let sink: Arc<dyn MetricsSink> =
        metrics.as_ref().map_or_else(|| Arc::new(Noop) as _, |metrics| metrics.clone() as _);
    let host = Host::new(Ports {
        queue: stores.clone(),
        registry: stores.clone(),
        player: player.clone(),
        sink,
        policy: Arc::new(BySettings),
        auto_end: AutoEnd::default(),
        runtime: runtime.clone(),
    });
    let measured = metrics.is_some().then(|| {
        let lengths = QueueLengths::new(stores.clone(), runtime.clone());
        let streams = Streams::new(host.clone(), player.clone(), lengths, runtime.clone(), usize::MAX);
        families.register_collector(Box::new(streams.clone()));
        (families, streams)
    });
    let mut settings = Settings::new(ServiceToken::new("a-token-for-the-bench").expect("a token"));
    settings.answer_timeout = Duration::from_secs(60);
    let state = State {
        host,
        queue: stores.clone(),
        registry: stores.clone(),
        broadcast: player,
        media: Arc::new(MediaDir::new(media.path()).expect("a folder")),
        library: stores.clone(),
        last_known: stores,
        idempotency,
        metrics,
        exposition: None,
        monitor: None,
        runtime,
        settings,
    };
    Stage { state: Arc::new(state), measured, _media: media }
}
