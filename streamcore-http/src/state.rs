//! What the routes work with, and the filter made of it.

use std::{sync::Arc, time::Duration};

use streamcore::{
    StreamId, Timestamp,
    driver::Host,
    idempotency::Idempotency,
    last_known::LastKnown,
    library::Library,
    media::Media,
    player::Broadcast,
    queue::{Queue, Rules},
    registry::Registry,
    runtime::Runtime,
};
use tokio::sync::Semaphore;
use warp::{Filter, filters::BoxedFilter, reply::Response};

use crate::{
    api, edge,
    metrics::{Exposition, Metrics},
    monitor::Monitor,
    routes,
    token::ServiceToken,
};

/// The ports and settings that the routes use.
#[derive(Debug)]
pub struct State {
    /// Drives the streams.
    pub host: Arc<Host>,
    /// The queues; the same that the host uses.
    pub queue: Arc<dyn Queue>,
    /// The streams; the same that the host uses.
    pub registry: Arc<dyn Registry>,
    /// What `/listen` subscribes to.
    pub broadcast: Arc<dyn Broadcast>,
    /// What can be queued.
    pub media: Arc<dyn Media>,
    /// What stands around the stores above and below: how they are, and what they last said. Who made the host's ports and these of it sees
    /// every change at once.
    pub last_known: Arc<LastKnown>,
    /// The tracks that people keep.
    pub library: Arc<dyn Library>,
    /// The answers to requests that may come again.
    pub idempotency: Arc<dyn Idempotency>,
    /// What counts requests and listeners, if anything does.
    pub metrics: Option<Arc<Metrics>>,
    /// What `/metrics` answers; without it there is no such route.
    pub exposition: Option<Arc<Exposition>>,
    /// What watches the machine and keeps what happened; without it there are no `/api/v1/metrics` and no `/api/system`.
    pub monitor: Option<Arc<Monitor>>,
    /// The clock.
    pub runtime: Arc<dyn Runtime>,
    /// The rest.
    pub settings: Settings,
}

/// How long media may take to show what it is, where nobody says otherwise.
const CHECK_LIMIT: Duration = Duration::from_secs(8);

/// How the routes behave.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// What callers must show to change anything.
    pub token: ServiceToken,
    /// What scrapers must show; the service token will do as well. None: whoever may read may scrape.
    pub metrics_token: Option<ServiceToken>,
    /// Whether `/metrics` is at an address of its own, where [`metrics_filter`] answers, and not among the other routes.
    pub metrics_elsewhere: bool,
    /// What items that are added to a queue must keep to.
    pub rules: Rules,
    /// How many tracks the library holds.
    pub max_tracks: usize,
    /// The largest file that can be uploaded, in bytes.
    pub max_upload_bytes: u64,
    /// How many files can be uploaded at once.
    pub max_uploads: usize,
    /// How many answers to requests with an `Idempotency-Key` are kept at the most; each for a day.
    pub max_idempotency_keys: usize,
    /// The stream that `/api/playlist/` shows to those who name none.
    pub default_stream: StreamId,
    /// The server's version, as `/health` tells it.
    pub version: &'static str,
    /// The name of this node, as a stream's status tells it.
    pub node: String,
    /// Where listeners reach this server, such as `https://radio.example`; without it a playlist file repeats the `Host` header.
    pub public_url: Option<String>,
    /// How many can listen at once, to all streams together. Fewer than there may be connections, so that a crowd of listeners does not keep
    /// others from the rest.
    pub max_listeners: usize,
    /// How long a request's body may take to arrive.
    pub body_timeout: Duration,
    /// How long a request may wait for stores and streams before it is answered with 503.
    pub answer_timeout: Duration,
    /// How long media may take to show what it is, one or all of a batch together; a request that names media is answered within as much
    /// more. None: two thirds of `answer_timeout`, at most 8 s. Media behind resolvers and slow servers needs more.
    pub check_limit: Option<Duration>,
}

impl Settings {
    /// The defaults, with this token.
    ///
    /// ```
    /// use streamcore_http::{ServiceToken, Settings};
    /// let mut settings = Settings::new(ServiceToken::new("correct-horse-battery")?);
    /// settings.rules.max_items = 100;
    /// # Ok::<(), streamcore_http::TokenError>(())
    /// ```
    #[must_use]
    pub fn new(token: ServiceToken) -> Self {
        Self {
            token,
            metrics_token: None,
            metrics_elsewhere: false,
            rules: Rules::default(),
            max_tracks: streamcore::library::DEFAULT_MAX_TRACKS,
            max_upload_bytes: 200 * 1024 * 1024,
            max_uploads: 4,
            max_idempotency_keys: 10_000,
            default_stream: StreamId::new(1),
            version: env!("CARGO_PKG_VERSION"),
            node: "local".to_owned(),
            public_url: None,
            max_listeners: 9_000,
            body_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(15),
            check_limit: None,
        }
    }

    /// See [`check_limit`](Self::check_limit).
    pub(crate) fn check_limit(&self) -> Duration {
        self.check_limit.unwrap_or_else(|| CHECK_LIMIT.min(self.answer_timeout * 2 / 3))
    }

    /// How long a request may take; one that looks at media has some time left after that for the rest.
    pub(crate) fn answer_limit(&self, checks_media: bool) -> Duration {
        let with_check = if checks_media { self.check_limit() + self.answer_timeout / 3 } else { Duration::ZERO };
        self.answer_timeout.max(with_check)
    }
}

/// What handlers see: the state, and since when it serves.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) state: Arc<State>,
    pub(crate) started_at: Timestamp,
    /// For listeners.
    pub(crate) places: Arc<Semaphore>,
    /// A permit for each file that may be on its way.
    pub(crate) uploads: Semaphore,
    pub(crate) scrapes: api::metrics::Scrapes,
}

impl std::ops::Deref for App {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

/// All routes as one warp filter. It answers every request, also those it does not know (404), so in an application of your own it comes
/// last, or under a path prefix of its own.
///
/// Uptime, as `/health` tells it, counts from this call.
#[must_use]
pub fn filter(state: Arc<State>) -> BoxedFilter<(Response,)> {
    let is_ours = !state.settings.metrics_elsewhere && state.exposition.is_some();
    if let Some(metrics) = &state.metrics {
        metrics.limit_listeners(state.settings.max_listeners);
    }
    routed(state, routes::table().into_iter().filter(|route| is_ours || route.info.template != METRICS))
}

/// `/metrics` alone, for an address of its own.
#[must_use]
pub fn metrics_filter(state: Arc<State>) -> BoxedFilter<(Response,)> {
    routed(state, routes::table().into_iter().filter(|route| route.info.template == METRICS))
}

const METRICS: &str = "/metrics";

fn routed(state: Arc<State>, routes: impl Iterator<Item = edge::Route>) -> BoxedFilter<(Response,)> {
    let started_at = state.runtime.now();
    let places = Arc::new(Semaphore::new(state.settings.max_listeners.min(Semaphore::MAX_PERMITS)));
    let uploads = Semaphore::new(state.settings.max_uploads);
    let app = App { state, started_at, places, uploads, scrapes: api::metrics::Scrapes::default() };
    let edge = Arc::new(edge::Edge::new(app, routes.collect()));
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    warp::method()
        .and(warp::path::tail())
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::body::stream())
        .then(move |method, path: warp::path::Tail, query, headers, body| {
            let edge = Arc::clone(&edge);
            async move { edge.answer(method, path.as_str(), query, headers, body).await }
        })
        .boxed()
}
