//! The server under test.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use prometheus_client::registry::Registry;
use serde_json::{Value, json};
use streamcore::{
    StreamId,
    auto_end::{self, BySettings},
    driver::{Host, Ports},
    last_known::LastKnown,
    library::MemoryLibrary,
    metrics::{FanOut, MetricsSink},
    registry::MemoryRegistry,
    runtime::Runtime as _,
    testing::Flaky,
};
use streamcore_http::{
    ServeOptions, ServiceToken, Settings, State, TokioRuntime, filter,
    metrics::{Exposition, Metrics, QueueLengths, StoreHealth, Streams},
    monitor::{Activity, Monitor, ServerFigures},
    serve,
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::{
    Client, DEADLINE,
    doubles::{ForgetfulKeys, ScriptedMedia, ScriptedPlayer, SwitchedQueue},
};

pub(crate) const TOKEN: &str = "test-token-0123456789";

/// So many streams have series of their own.
pub(crate) const MAX_STREAMS: usize = 2;

/// The stream that most tests use.
pub(crate) const STREAM: StreamId = StreamId::new(7);

/// A running server, its ports, and two clients: one with the token, one without.
pub(crate) struct Server {
    pub(crate) player: Arc<ScriptedPlayer>,
    pub(crate) queue: Arc<SwitchedQueue>,
    pub(crate) keys: Arc<ForgetfulKeys>,
    pub(crate) host: Arc<Host>,
    pub(crate) activity: Arc<Activity>,
    pub(crate) state: Arc<State>,
    pub(crate) api: Client,
    pub(crate) anonymous: Client,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(|_, _| {}).await
    }

    pub(crate) async fn with(adjust: impl FnOnce(&mut Settings, &mut ServeOptions)) -> Self {
        Self::on("127.0.0.1:0".parse().expect("an address"), adjust).await
    }

    pub(crate) async fn on(address: SocketAddr, adjust: impl FnOnce(&mut Settings, &mut ServeOptions)) -> Self {
        let player = Arc::new(ScriptedPlayer::default());
        let queue = Arc::new(SwitchedQueue::default());
        let keys = Arc::new(ForgetfulKeys::default());
        let (faults, more_faults) = (queue.clone(), queue.clone());
        let registry = Arc::new(Flaky::by(MemoryRegistry::new(), move |call| faults.fault(call)));
        let library = Arc::new(Flaky::by(MemoryLibrary::new(), move |call| more_faults.fault(call)));
        let runtime = Arc::new(TokioRuntime::new());
        let mut families = Registry::default();
        let metrics = Metrics::register(&mut families);
        let activity = Arc::new(Activity::new(runtime.now()));
        let stores = LastKnown::over(
            activity.queue(metrics.queue(queue.clone()), runtime.clone()),
            metrics.registry(registry.clone()),
            metrics.library(library.clone()),
            runtime.clone(),
        );
        let host = Host::new(Ports {
            queue: stores.clone(),
            registry: stores.clone(),
            player: player.clone(),
            sink: Arc::new(FanOut::new([metrics.clone() as Arc<dyn MetricsSink>, activity.clone()])),
            policy: Arc::new(BySettings),
            auto_end: auto_end::Settings::default(),
            runtime: runtime.clone(),
        });
        let mut settings = Settings::new(ServiceToken::new(TOKEN).expect("a token"));
        let mut options = ServeOptions::default();
        options.grace = Duration::from_secs(2);
        adjust(&mut settings, &mut options);
        let lengths = QueueLengths::new(stores.clone(), runtime.clone());
        let streams = Streams::new(host.clone(), player.clone(), Arc::clone(&lengths), runtime.clone(), MAX_STREAMS);
        families.register_collector(Box::new(streams.clone()));
        let figures = ServerFigures::new(host.clone(), lengths, Some(metrics.clone()));
        let monitor = Monitor::start(figures, activity.clone(), Path::new("."), runtime.clone());
        families.register_collector(Box::new(StoreHealth::new(stores.clone(), || 0)));
        let exposition = Exposition::looking_up(families, streams, stores.clone());
        let state = Arc::new(State {
            host: host.clone(),
            queue: stores.clone(),
            registry: stores.clone(),
            broadcast: player.clone(),
            media: Arc::new(ScriptedMedia),
            library: stores.clone(),
            last_known: stores,
            idempotency: keys.clone(),
            metrics: Some(metrics),
            exposition: Some(exposition),
            monitor: Some(monitor),
            runtime,
            settings,
        });
        let listener = TcpListener::bind(address).await.expect("bind");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(listener, filter(Arc::clone(&state)), options, async {
            let _ = stopped.await;
        }));
        let anonymous = Client::anonymous(address);
        Self {
            player,
            queue,
            keys,
            host,
            activity,
            state,
            api: anonymous.authorized(),
            anonymous,
            stop: Some(stop),
            task,
        }
    }

    /// Tells the server to stop and says how long it took.
    pub(crate) async fn stop(mut self) -> Duration {
        let began = std::time::Instant::now();
        drop(self.stop.take());
        tokio::time::timeout(DEADLINE, self.task).await.expect("it stops in time").expect("it does not panic");
        began.elapsed()
    }

    /// Adds a file and answers the item.
    pub(crate) async fn add(&self, file: &str) -> Value {
        self.api.post("/api/v1/queue/7/items", json!({ "url": file })).await.expect(201)
    }

    /// Stream 7 on the air, playing the first of these files; answers all items.
    pub(crate) async fn playing(&self, files: &[&str]) -> Vec<Value> {
        let mut items = Vec::new();
        for file in files {
            items.push(self.add(file).await);
        }
        self.api.post("/api/v1/streams/7/start", json!({})).await.expect(200);
        let player = Arc::clone(&self.player);
        let first = items[0]["id"].as_str().expect("an id").to_owned();
        super::until("the first item plays", || player.plays(STREAM).is_some_and(|item| item.id.to_string() == first))
            .await;
        items
    }

    /// Reads stream 7's queue until it is as wanted.
    pub(crate) async fn queue_when(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.read_when("/api/v1/queue/7", what, wanted).await
    }

    pub(crate) async fn read_when(&self, path: &str, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let read = async {
            loop {
                last = self.anonymous.get(path).await.expect(200);
                if wanted(&last) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let came = tokio::time::timeout(DEADLINE, read).await.is_ok();
        assert!(came, "never happened: {what}; last {last}");
        last
    }
}
