//! A host on stores under a sky, in virtual time; what happens to it; and what is true meanwhile.
//!
//! Whatever the test tells the host is noted as true first and told then, with nothing under way in between, so that what the host does next
//! it does with that knowledge.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use futures::{FutureExt, future::select};
use streamcore::{
    EndCause, QueueItem, StreamId, Timestamp,
    auto_end::{BySettings, Overrides, Settings},
    driver::{CommandError, Host, Ports},
    presence::{Observation, SourceId, Terms},
    queue::{MemoryQueue, Op, Queue},
    registry::{Registry, StreamRecord},
    runtime::Runtime,
    testing::{Flaky, SimRuntime, item_id},
};

use crate::{
    player::SimPlayer,
    truth::Truth,
    watching::Log,
    weather::{Clock, Sky, UnsteadyRegistry, Weather},
};

/// A session that has ended.
#[derive(Debug, Clone)]
pub(crate) struct End {
    /// Which process it was that ended it.
    pub(crate) process: u64,
    pub(crate) stream: StreamId,
    pub(crate) session: u64,
    pub(crate) at: Timestamp,
    pub(crate) cause: EndCause,
    /// Whether something played.
    pub(crate) played: bool,
}

/// The promises that are watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Promise {
    NeverEndsWhileHeard,
    EndsWhenItShould,
    OneEndPerSession,
    SparesTheNextSession,
}

pub(crate) type Verdict = Result<(), String>;

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) sky: Sky,
    pub(crate) host: Arc<Host>,
    pub(crate) player: Arc<SimPlayer>,
    pub(crate) log: Log,
    pub(crate) queue: Arc<Flaky<MemoryQueue>>,
    pub(crate) registry: Arc<UnsteadyRegistry>,
    pub(crate) process: u64,
    /// Streams that this process has a loop for.
    pub(crate) driven: BTreeSet<StreamId>,
    pub(crate) truths: BTreeMap<StreamId, Truth>,
    /// Sessions that have left the air.
    pub(crate) ends: Vec<End>,
    /// Those of them whose end has been told.
    pub(crate) told: Vec<End>,
    pub(crate) events: u64,
    items: u64,
    /// Whether somebody reads along.
    pub(crate) aloud: bool,
    pub(crate) broken: Vec<(Promise, String)>,
}

impl World {
    pub(crate) fn new(seed: u64, streams: u64, settings: &Settings) -> Self {
        let runtime = SimRuntime::new(Timestamp::from_millis(1_000_000_000));
        let sky = Sky::new(runtime.clone(), seed);
        let (queue, registry) = (sky.queue(), sky.registry());
        let mut truths = BTreeMap::new();
        for id in (1..=streams).map(|n| StreamId::new(i64::try_from(n).unwrap_or(1))) {
            let record = StreamRecord {
                id,
                uuid: uuid::Uuid::from_u128(u128::from(id.get().unsigned_abs())),
                name: format!("stream {id}"),
                created_at: runtime.now(),
                auto_end: overrides(settings),
            };
            runtime.run(registry.create(record)).expect("the weather is fine");
            truths.insert(id, Truth::new(runtime.now(), settings.clone()));
        }
        let (clock, player, log, host) = process(&runtime, &queue, &registry);
        Self {
            clock,
            sky,
            host,
            player,
            log,
            queue,
            registry,
            process: 1,
            driven: BTreeSet::new(),
            truths,
            ends: Vec::new(),
            told: Vec::new(),
            events: 0,
            items: 0,
            aloud: false,
            broken: Vec::new(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.runtime.now()
    }

    pub(crate) fn truth(&mut self, stream: StreamId) -> &mut Truth {
        self.truths.get_mut(&stream).expect("the test made it")
    }

    pub(crate) fn is_running(&mut self, stream: StreamId) -> bool {
        self.look_at(stream);
        self.truth(stream).session.is_some()
    }

    /// For a moment the clock shows less than a stream has seen already.
    pub(crate) fn set_clock_back(&mut self, stream: StreamId, by: Duration) {
        if self.drive(stream) {
            let (host, nobody) = (self.host.clone(), SourceId::new("nobody").expect("a good name"));
            self.run(stream, host.observe(stream, nobody, Terms::REMOTE, Observation::Gone)).expect("it is driven");
            self.clock.set_back(by);
        }
    }

    /// Time passes.
    pub(crate) fn pass(&mut self, time: Duration) {
        self.clock.runtime.pass(time);
        self.look();
    }

    /// Does something with a stream, and waits for what comes of it.
    fn run<T: Send + 'static>(&mut self, stream: StreamId, future: impl Future<Output = T> + Send) -> T {
        let output = self.clock.runtime.run(future);
        self.settle(stream);
        output
    }

    pub(crate) fn start(&mut self, stream: StreamId) -> Result<(), CommandError> {
        if !self.drive(stream) {
            return Ok(());
        }
        let host = self.host.clone();
        self.run(stream, host.start(stream)).map(drop)
    }

    pub(crate) fn stop(&mut self, stream: StreamId) -> Result<(), CommandError> {
        if !self.drive(stream) {
            return Ok(());
        }
        let host = self.host.clone();
        self.run(stream, host.stop(stream, "somebody")).map(drop)
    }

    pub(crate) fn skip(&mut self, stream: StreamId) {
        if self.drive(stream) {
            let host = self.host.clone();
            let _perhaps_nothing_to_skip = self.run(stream, host.skip(stream, None));
        }
    }

    pub(crate) fn keep_alive(&mut self, stream: StreamId) {
        if !self.drive(stream) {
            return;
        }
        let (asked, session) = (self.now(), self.truth(stream).session.as_ref().map(|session| session.number));
        let means_something = self.truth(stream).is_kept_alive();
        let host = self.host.clone();
        let kept = self.run(stream, host.keep_alive(stream, "somebody"));
        let same = self.truth(stream).session.as_ref().map(|session| session.number) == session;
        if kept.is_ok() && same && means_something {
            self.truth(stream).was_kept_alive(asked);
        }
    }

    pub(crate) fn configure(&mut self, stream: StreamId, settings: &Settings) {
        if !self.drive(stream) {
            return;
        }
        self.truth(stream).may_be_set(settings.clone());
        let (host, change) = (self.host.clone(), overrides(settings));
        if self.run(stream, host.configure(stream, |_, _| change)).is_ok() {
            self.truth(stream).is_set(settings.clone());
        }
    }

    /// Somebody queues a track.
    pub(crate) fn add(&mut self, stream: StreamId, length: Duration) {
        self.items += 1;
        let item = QueueItem {
            duration: Some(length),
            ..QueueItem::file(item_id(self.items), "a track", "a.mp3", self.now())
        };
        let queue = self.queue.clone();
        self.run(stream, queue.inner().apply(stream, Op::add(item).into())).expect("the queue takes it");
    }

    /// So many listen to the stream's own player from now on.
    pub(crate) fn listen(&mut self, stream: StreamId, count: u64, came: u64) {
        if !self.is_running(stream) {
            return;
        }
        let ever = self.player.listen(stream, count, came);
        self.truth(stream).told(&SourceId::player(), Terms::LOCAL, Observation::Count { now: count, ever: Some(ever) });
        if came > 0 && count == 0 {
            self.truth(stream).somebody_was_here();
        }
        self.settle(stream);
    }

    /// The stream's own player does not know any more who listens.
    pub(crate) fn lose_count(&mut self, stream: StreamId) {
        if self.is_running(stream) {
            self.truth(stream).told(&SourceId::player(), Terms::LOCAL, Observation::Unknown);
            self.player.lose_count(stream);
            self.settle(stream);
        }
    }

    /// Another source tells who listens through it.
    pub(crate) fn observe(&mut self, stream: StreamId, source: &SourceId, observation: Observation) {
        if self.drive(stream) {
            self.truth(stream).told(source, Terms::REMOTE, observation.clone());
            let host = self.host.clone();
            // It is taken at once. A source that was not known is acknowledged when it is stored, which may take as long as the queue is
            // away if the stream ends meanwhile.
            let patience = self.clock.runtime.sleep_until(self.now() + Duration::from_secs(30));
            let source = source.clone();
            let told = async move { drop(host.observe(stream, source, Terms::REMOTE, observation).await) };
            self.run(stream, async move { drop(select(told.boxed(), patience).await) });
        }
    }

    pub(crate) fn weather(&mut self, registry: Weather, queue: Weather) {
        let now = self.now();
        let since = |is: bool, before: Option<Timestamp>| is.then(|| before.unwrap_or(now));
        for Truth { stores, .. } in self.truths.values_mut() {
            stores.registry_fine = since(registry == Weather::Fine, stores.registry_fine);
            stores.registry_away = since(registry == Weather::Away, stores.registry_away);
            stores.queue_fine = since(queue == Weather::Fine, stores.queue_fine);
        }
        self.sky.set_registry(registry);
        self.sky.set_queue(queue);
    }

    /// The process ends, and another one begins at this moment by its clock.
    pub(crate) fn restart(&mut self, now: impl FnOnce(Timestamp) -> Timestamp, gracefully: bool) {
        if gracefully {
            let (host, runtime) = (self.host.clone(), self.clock.runtime.clone());
            let patience = runtime.sleep_until(self.now() + Duration::from_secs(10));
            runtime.run(async move { drop(select(host.shutdown().boxed(), patience).await) });
            runtime.settle();
            self.look();
        }
        let runtime = SimRuntime::new(now(self.now()));
        let now = runtime.now();
        for (stream, truth) in &mut self.truths {
            let record = self.registry.inner().get(*stream).now_or_never();
            let record = record.expect("memory does not wait").expect("nor fail").expect("it is there");
            truth.restarted(now, record.auto_end.over(&Settings::default()));
        }
        self.sky.move_to(runtime.clone());
        let (clock, player, log, host) = process(&runtime, &self.queue, &self.registry);
        // Whatever the old process had under way is gone with its runtime.
        (self.clock, self.player, self.log, self.host) = (clock, player, log, host);
        self.process += 1;
        self.driven.clear();
        for attempt in 0_u64.. {
            let host = self.host.clone();
            let resumed = self.clock.runtime.run(async move { host.resume_all().await });
            self.clock.runtime.settle();
            self.look();
            if resumed.is_ok() {
                break;
            }
            self.pass(Duration::from_millis(700));
            if attempt > 5 {
                let queue = self.truths.values().any(|truth| truth.stores.queue_fine.is_some());
                self.weather(Weather::Fine, if queue { Weather::Fine } else { Weather::Away });
            }
        }
    }

    /// Sees to it that this process has a loop for a stream; whether it could.
    fn drive(&mut self, stream: StreamId) -> bool {
        self.look_at(stream);
        if self.driven.contains(&stream) {
            return true;
        }
        let (host, nobody) = (self.host.clone(), SourceId::new("nobody").expect("a good name"));
        if self.run(stream, host.observe(stream, nobody, Terms::REMOTE, Observation::Gone)).is_err() {
            return false;
        }
        self.driven.insert(stream);
        true
    }
}

type Process = (Clock, Arc<SimPlayer>, Log, Arc<Host>);

fn process(runtime: &SimRuntime, queue: &Arc<Flaky<MemoryQueue>>, registry: &Arc<UnsteadyRegistry>) -> Process {
    let clock = Clock::new(runtime.clone());
    let log = Log::default();
    let player = Arc::new(SimPlayer::new(runtime.clone(), log.clone()));
    let host = Host::new(Ports {
        queue: queue.clone(),
        registry: registry.clone(),
        player: player.clone(),
        sink: Arc::new(log.clone()),
        policy: Arc::new(BySettings),
        auto_end: Settings::default(),
        runtime: Arc::new(clock.clone()),
    });
    (clock, player, log, host)
}

fn overrides(settings: &Settings) -> Overrides {
    Overrides {
        enabled: Some(settings.enabled),
        timeout: Some(settings.timeout),
        warnings: Some(settings.warnings.clone()),
        only_when_queue_empty: Some(settings.only_when_queue_empty),
        schedule: None,
    }
}
