//! Composition: which adapters are in use, in which order they begin, and in which order they end.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use streamcore::{
    auto_end::BySettings,
    driver::{Host, Ports},
    metrics::{FanOut, MetricsSink},
    runtime::Runtime,
};
use streamcore_audio::{AudioPlayer, MediaDir};
use streamcore_http::{ServeOptions, ServiceToken, State, TokioRuntime, metrics::QueueLengths, monitor::Activity};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    banner::Banner,
    config::Config,
    data_dir::{self, DataDir},
    demo,
    failure::Failure,
    limits,
    monitoring::Monitoring,
    output,
    signals::Signals,
    store::Store,
    telemetry::LogSink,
    token,
};

/// How the grace period is divided: connections that do not end by themselves are cut after so many tenths of it, ...
const CUT_CONNECTIONS: u32 = 7;
/// ... an orderly end is given up after so many, ...
const GIVE_UP: u32 = 8;
/// ... and so many are left for the store, and as many for work that cannot be cancelled, such as a file being read.
const LAST_MOMENT: u32 = 1;

/// What is left at the end of the grace period for work that cannot be cancelled.
pub(crate) fn last_moment(config: &Config) -> Duration {
    config.shutdown_grace() * LAST_MOMENT / 10
}

/// Runs the server until a signal asks it to stop.
pub(crate) async fn run(config: &Config, demo: bool, take_over: bool) -> Result<(), Failure> {
    let signals = Signals::install().map_err(Failure::Runtime)?;
    // The lock comes first: whoever holds it owns the data directory, token file included.
    let data_dir = DataDir::own(&config.data_dir.value)?;
    data_dir::make("media", "--media-dir", &config.media_dir.value)?;
    let store = Store::open(config, &data_dir, take_over).await?;
    let address = config.listen.value;
    let listener = bind(address, "--listen").await?;
    let metrics_listener = match config.metrics.listen.value.filter(|_| config.metrics.enabled.value) {
        Some(address) => Some(bind(address, "metrics.listen").await?),
        None => None,
    };
    let metrics_address = metrics_listener.as_ref().and_then(|listener| listener.local_addr().ok());
    let address = listener.local_addr().map_err(|source| Failure::Listen { setting: "--listen", address, source })?;

    let player = AudioPlayer::new(config.player())?;
    let media = MediaDir::new(&config.media_dir.value)?.with_remote(config.remote.config(&config.resolver));
    let media = Arc::new(media);
    // A new token is shown once, by this start: so it is made when little can go wrong any more.
    let token = token::obtain(config)?;
    let secret = ServiceToken::new(token.secret.0.as_str())?;
    let runtime = Arc::new(TokioRuntime::new());
    // Everything goes through it, so that it sees every change and every outage.
    let monitoring = Monitoring::new(&config.metrics);
    let metrics = monitoring.metrics();
    let idempotency = monitoring.idempotency(&store);
    let activity = Arc::new(Activity::new(runtime.now()));
    let stores = monitoring.stores(&store, &activity, runtime.clone());
    let log: Arc<dyn MetricsSink> = Arc::new(LogSink);
    let host = Host::new(Ports {
        queue: stores.clone(),
        registry: stores.clone(),
        player: player.clone(),
        sink: Arc::new(FanOut::new([log, activity.clone()].into_iter().chain(monitoring.sink()))),
        policy: Arc::new(BySettings),
        auto_end: config.auto_end.settings(),
        runtime: runtime.clone(),
    });
    if demo {
        let media_dir = config.media_dir.value.clone();
        demo::prepare(media_dir, &*media, &*store.registry, &*store.queue, config.queue.rules(), runtime.now()).await?;
    }
    let max_connections = limits::connections(config.http.max_connections.value);
    let max_listeners = limits::listeners(config.http.max_listeners.value, max_connections);
    let mut settings = config.http.settings(secret, &config.queue, &config.library, max_listeners);
    settings.check_limit = config.remote.check_limit(&config.resolver);
    settings.metrics_token = match &config.metrics.token.value {
        Some(token) => Some(ServiceToken::new(token.0.as_str())?),
        None => None,
    };
    settings.metrics_elsewhere = metrics_listener.is_some();
    let clock: Arc<dyn Runtime> = runtime.clone();
    let lengths = QueueLengths::new(stores.clone(), clock.clone());
    let monitor = monitoring.monitor(&host, &lengths, activity, &config.data_dir.value, &clock);
    let exposition = monitoring.exposition(&config.metrics, &host, player.clone(), lengths, (&store, &stores), &clock);
    let state = Arc::new(State {
        host: host.clone(),
        queue: stores.clone(),
        registry: stores.clone(),
        broadcast: player,
        media,
        library: stores.clone(),
        last_known: stores,
        idempotency,
        metrics,
        exposition,
        monitor: Some(monitor),
        runtime,
        settings,
    });
    // Last of all: whoever listened has two seconds from here to come back before an end that is overdue, and the port must answer by then.
    let resumed = host.resume_all().await?;
    if demo {
        host.start(demo::STREAM).await.map_err(|error| Failure::Demo(error.to_string()))?;
    }
    let media_dir = &config.media_dir.value;
    let resumed = resumed.len();
    info!(
        version = env!("CARGO_PKG_VERSION"),
        %address,
        data_dir = %config.data_dir.value.display(),
        media_dir = %media_dir.display(),
        resumed,
        metrics = metrics_address.map(|address| address.to_string()),
        "serving"
    );
    // A server whose terminal is gone goes on.
    let _ = output::print(&Banner { address, token: &token, media_dir, resumed, demo });
    if !address.ip().is_loopback() {
        warn!(%address, "listening beyond this machine: everybody who reaches it can listen and read the queue; changes need the token, which travels unencrypted without a TLS proxy");
    }
    if !config.metrics.enabled.value && (config.metrics.listen.value.is_some() || config.metrics.token.value.is_some())
    {
        warn!(
            "metrics.enabled is false: metrics.listen and STREAMCORE_METRICS_TOKEN have no effect, and nothing can be scraped"
        );
    }
    if let Some(address) = metrics_address.filter(|address| !address.ip().is_loopback())
        && config.metrics.token.value.is_none()
    {
        warn!(%address, "metrics can be read beyond this machine by everybody who reaches it; STREAMCORE_METRICS_TOKEN gives scrapers a token");
    }

    let stop = signals.watch();
    let grace = config.shutdown_grace();
    let mut options = config.http.options(grace * CUT_CONNECTIONS / 10);
    options.max_connections = max_connections;
    let scraping = scrapes(metrics_listener, Arc::clone(&state), options.clone(), stop.clone());
    let serving =
        streamcore_http::serve(listener, streamcore_http::filter(state), options, stop.clone().cancelled_owned());
    let ending = async {
        stop.cancelled().await;
        host.shutdown().await;
    };
    tokio::select! {
        _ = async { tokio::join!(serving, scraping, ending) } => info!("stopped"),
        () = async { stop.cancelled().await; tokio::time::sleep(grace * GIVE_UP / 10).await } => {
            warn!(?grace, "not everything ended in time");
        }
    }
    if tokio::time::timeout(last_moment(config), store.close()).await.is_err() {
        warn!("the store did not close in time; what was acknowledged is kept all the same");
    }
    Ok(())
}

async fn bind(address: SocketAddr, setting: &'static str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|source| Failure::Listen { setting, address, source })
}

/// So many scrapers have an address of their own for themselves.
const MAX_SCRAPERS: usize = 64;

/// Serves `/metrics` at its own address, if it has one.
async fn scrapes(listener: Option<TcpListener>, state: Arc<State>, options: ServeOptions, stop: CancellationToken) {
    let Some(listener) = listener else { return };
    let mut options = options;
    options.max_connections = MAX_SCRAPERS;
    streamcore_http::serve(listener, streamcore_http::metrics_filter(state), options, stop.cancelled_owned()).await;
}
