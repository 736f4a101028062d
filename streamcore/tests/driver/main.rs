//! The driver and the host, on real ports in memory, in virtual time: what the machine decides does happen.

mod ending;
mod sim_player;

use std::{sync::Arc, time::Duration};

use sim_player::{Heard, SimPlayer};
use streamcore::{
    Event, EventKind, FailureKind, ItemId, Outcome, QueueItem, Status, StreamId, Timestamp,
    auto_end::{self, BySettings, Overrides},
    driver::{CommandError, Host, Ports},
    metrics::{MetricsSink, Recording},
    queue::{MemoryQueue, Op, Page, Queue},
    registry::{MemoryRegistry, Registry, StreamRecord},
    runtime::Runtime,
    testing::{
        Flaky, SimRuntime,
        flaky::{Called, Fault, Gate},
        item_id,
    },
};

const STREAM: StreamId = StreamId::new(1);

struct World {
    runtime: SimRuntime,
    player: Arc<SimPlayer>,
    sink: Arc<Sink>,
    queue: Arc<dyn Queue>,
    registry: Arc<dyn Registry>,
    host: Arc<Host>,
}

/// Remembers events, and breaks down when told to.
#[derive(Debug)]
struct Sink {
    events: Recording,
    panics: std::sync::atomic::AtomicBool,
}

impl Sink {
    fn panic_once(&self) {
        self.panics.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

impl MetricsSink for Sink {
    fn record(&self, event: &Event) {
        assert!(!self.panics.swap(false, std::sync::atomic::Ordering::Relaxed), "told to");
        self.events.record(event);
    }
}

impl World {
    fn new() -> Self {
        Self::with_faults(|_| Fault::None)
    }

    fn with_faults(script: impl FnMut(Called) -> Fault + Send + 'static) -> Self {
        let runtime = SimRuntime::new(Timestamp::from_millis(1_000_000));
        let registry = Arc::new(MemoryRegistry::new());
        let created_at = runtime.now();
        let record = StreamRecord {
            id: STREAM,
            uuid: uuid::Uuid::from_u128(1),
            name: "One".to_owned(),
            created_at,
            auto_end: Overrides::default(),
        };
        runtime.run(registry.create(record)).expect("it is the first");
        Self::on(runtime, Arc::new(Flaky::by(MemoryQueue::new(), script)), registry)
    }

    fn on(runtime: SimRuntime, queue: Arc<dyn Queue>, registry: Arc<dyn Registry>) -> Self {
        let player = Arc::new(SimPlayer::new(runtime.clone()));
        let sink = Arc::new(Sink { events: Recording::new(10_000), panics: false.into() });
        let host = Host::new(Ports {
            queue: queue.clone(),
            registry: registry.clone(),
            player: player.clone(),
            sink: sink.clone(),
            policy: Arc::new(BySettings),
            auto_end: auto_end::Settings { enabled: false, ..auto_end::Settings::default() },
            runtime: Arc::new(runtime.clone()),
        });
        Self { runtime, player, sink, queue, registry, host }
    }

    /// The process dies; another begins on the same stores.
    fn crash(self) -> Self {
        let Self { runtime, queue, registry, host, .. } = self;
        drop(host);
        runtime.settle();
        let world = Self::on(runtime, queue, registry);
        world.runtime.run(world.host.resume_all()).expect("the registry works");
        world.runtime.settle();
        world
    }

    fn add(&self, n: u64, seconds: u64) -> ItemId {
        let id = item_id(n);
        let item = QueueItem {
            duration: Some(Duration::from_secs(seconds)),
            ..QueueItem::file(id, format!("track {n}"), format!("{n}.mp3"), self.runtime.now())
        };
        self.put(item)
    }

    fn add_broken(&self, n: u64) -> ItemId {
        self.put(QueueItem::file(item_id(n), format!("broken {n}"), "broken.mp3", self.runtime.now()))
    }

    fn put(&self, item: QueueItem) -> ItemId {
        let id = item.id;
        let op = Op::add(item);
        self.runtime.run(self.queue.apply(STREAM, op.into())).expect("the queue takes it");
        self.runtime.settle();
        id
    }

    fn start(&self) -> Status {
        self.runtime.run(self.host.start(STREAM)).expect("it starts").status
    }

    fn status(&self) -> Status {
        self.runtime.run(self.host.view(STREAM)).expect("it is there").status
    }

    fn heard(&self) -> Vec<Heard> {
        self.player.heard(STREAM)
    }
}

#[test]
fn a_queue_plays_through_by_itself_and_ends_on_the_placeholder() {
    let world = World::new();
    let ids = [world.add(1, 10), world.add(2, 20), world.add(3, 30)];
    assert_eq!(world.start(), Status::Playing);
    world.runtime.pass(Duration::from_secs(61));
    let items: Vec<_> = ids.into_iter().map(Heard::Item).chain([Heard::Placeholder]).collect();
    assert_eq!(world.heard(), items);
    assert_eq!(world.status(), Status::Placeholder);
    let history = world.runtime.run(world.queue.history(STREAM, None, 10)).expect("the queue works");
    assert!(history.entries.iter().all(|entry| entry.outcome == Outcome::Played));
}

/// Promise S2.
#[test]
fn joins_are_ordered_within_the_lead_of_the_player() {
    let world = World::new();
    for n in 1..=5 {
        world.add(n, 3);
    }
    world.start();
    world.runtime.pass(Duration::from_secs(16));
    assert_eq!(world.player.gaps(STREAM), Duration::ZERO);
}

/// Promise S3.
#[test]
fn an_added_item_interrupts_the_placeholder_at_once() {
    let world = World::new();
    assert_eq!(world.start(), Status::Placeholder);
    world.runtime.pass(Duration::from_secs(100));
    let id = world.add(1, 10);
    assert_eq!(world.heard().last(), Some(&Heard::Item(id)), "no time passed");
}

/// Promise S4.
#[test]
fn fifty_simultaneous_skips_of_one_item_skip_one() {
    let world = World::new();
    let ids: Vec<_> = (1..=60).map(|n| world.add(n, 100)).collect();
    world.start();
    let skips = futures::future::join_all((0..50).map(|_| world.host.skip(STREAM, Some(ids[0]))));
    let skipped = world.runtime.run(skips).into_iter().map(|skip| skip.expect("it is answered"));
    let (did, all): (Vec<_>, Vec<_>) = skipped.map(|skip| (skip.skipped, skip.current.map(|item| item.id))).unzip();
    assert_eq!(did.into_iter().filter(|did| *did).count(), 1);
    assert!(all.into_iter().all(|current| current == Some(ids[1])));
    assert_eq!(world.runtime.run(world.queue.view(STREAM, Page::ALL)).expect("the queue works").total, 59);
}

/// Promise S8.
#[test]
fn broken_tracks_are_passed_over_with_their_reason() {
    let world = World::new();
    world.add_broken(1);
    let good = world.add(2, 10);
    world.start();
    world.runtime.settle();
    assert_eq!(world.heard().last(), Some(&Heard::Item(good)));
    let failed = world.sink.events.events().into_iter().find_map(|event| match event.kind {
        EventKind::TrackFinished { outcome: Outcome::Failed(reason), .. } => Some(reason.kind),
        _ => None,
    });
    assert_eq!(failed, Some(FailureKind::Broken));
}

/// Promise S11.
#[test]
fn a_crash_resumes_the_item_at_most_five_seconds_behind() {
    let world = World::new();
    let ids = [world.add(1, 60), world.add(2, 60)];
    world.start();
    world.runtime.pass(Duration::from_millis(33_333));
    let world = world.crash();
    let view = world.runtime.run(world.host.view(STREAM)).expect("it is there");
    assert_eq!((view.status, view.current.map(|item| item.id)), (Status::Playing, Some(ids[0])));
    let behind = Duration::from_millis(33_333).saturating_sub(view.position);
    assert!(behind <= Duration::from_secs(5), "{behind:?} behind");
    world.runtime.pass(Duration::from_secs(32));
    assert_eq!(world.heard(), ids.map(Heard::Item));
}

/// Promise S18.
#[test]
fn a_stop_is_remembered_and_a_shutdown_is_not_a_stop() {
    let world = World::new();
    world.add(1, 60);
    world.start();
    world.runtime.pass(Duration::from_secs(20));
    world.runtime.run(world.host.shutdown());
    assert_eq!(world.runtime.run(world.host.start(STREAM)), Err(CommandError::ShuttingDown));
    let world = world.crash();
    let view = world.runtime.run(world.host.view(STREAM)).expect("it is there");
    assert_eq!((view.status, view.position), (Status::Playing, Duration::from_secs(20)));
    world.runtime.run(world.host.stop(STREAM, "a test")).expect("it stops");
    let world = world.crash();
    assert_eq!(world.status(), Status::Stopped);
}

/// Promise S13.
#[test]
fn a_queue_that_loses_every_answer_still_plays_every_item_once() {
    let mut lost = false;
    let world = World::with_faults(move |call| {
        lost = !lost;
        if lost && call.method == "advance" { Fault::LoseAnswer } else { Fault::None }
    });
    let ids: Vec<_> = (1..=6).map(|n| world.add(n, 5)).collect();
    world.start();
    world.runtime.pass(Duration::from_secs(60));
    let items: Vec<_> = world.heard().into_iter().filter(|heard| *heard != Heard::Placeholder).collect();
    assert_eq!(items, ids.into_iter().map(Heard::Item).collect::<Vec<_>>());
}

/// Promise S10.
#[test]
fn while_the_queue_is_away_the_track_and_then_the_placeholder_play() {
    let away = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let script = away.clone();
    let world = World::with_faults(move |call| {
        let away = script.load(std::sync::atomic::Ordering::Relaxed);
        if away && call.method != "apply" { Fault::Refuse } else { Fault::None }
    });
    let ids = [world.add(1, 10), world.add(2, 10)];
    world.start();
    away.store(true, std::sync::atomic::Ordering::Relaxed);
    let skip = world.runtime.run(world.host.skip(STREAM, None));
    assert!(matches!(skip, Err(CommandError::Unavailable { .. })), "{skip:?}");
    world.runtime.pass(Duration::from_secs(60));
    assert_eq!(world.heard(), [Heard::Item(ids[0]), Heard::Placeholder]);
    away.store(false, std::sync::atomic::Ordering::Relaxed);
    world.runtime.pass(Duration::from_secs(6));
    assert_eq!(world.heard().last(), Some(&Heard::Item(ids[1])), "all by itself");
}

/// Promise S10.
#[test]
fn a_store_that_never_answers_counts_as_away() {
    let (gate, hangs) = (Gate::new(), Arc::new(std::sync::atomic::AtomicBool::new(false)));
    let (held, script) = (gate.clone(), hangs.clone());
    let world = World::with_faults(move |call| {
        let hangs = call.method == "advance" && script.load(std::sync::atomic::Ordering::Relaxed);
        if hangs { Fault::Hold(held.clone()) } else { Fault::None }
    });
    let ids = [world.add(1, 10), world.add(2, 10)];
    world.start();
    hangs.store(true, std::sync::atomic::Ordering::Relaxed);
    world.runtime.pass(Duration::from_secs(20));
    assert_eq!(world.heard(), [Heard::Item(ids[0]), Heard::Placeholder]);
    gate.open();
    world.runtime.pass(Duration::from_secs(5));
    assert_eq!(world.heard().last(), Some(&Heard::Item(ids[1])));
}

#[test]
fn commands_to_streams_that_cannot_take_them_are_refused() {
    let world = World::new();
    let other = StreamId::new(9);
    assert_eq!(world.runtime.run(world.host.start(other)).unwrap_err(), CommandError::NotFound { stream: other });
    assert_eq!(world.runtime.run(world.host.pause(STREAM)).unwrap_err(), CommandError::NotRunning { stream: STREAM });
    world.start();
    let skip = world.runtime.run(world.host.skip(STREAM, None));
    assert_eq!(skip.unwrap_err(), CommandError::NothingToSkip { stream: STREAM });
    let delete = world.runtime.run(world.host.delete(STREAM));
    assert_eq!(delete.unwrap_err(), CommandError::Running { stream: STREAM });
}

#[test]
fn a_deleted_stream_leaves_nothing_behind() {
    let world = World::new();
    world.add(1, 10);
    world.start();
    world.runtime.run(world.host.stop(STREAM, "a test")).expect("it stops");
    world.runtime.run(world.host.delete(STREAM)).expect("it is stopped");
    assert_eq!(world.runtime.run(world.queue.view(STREAM, Page::ALL)).expect("the queue works").total, 0);
    let view = world.runtime.run(world.host.view(STREAM));
    assert_eq!(view.unwrap_err(), CommandError::NotFound { stream: STREAM });
}

/// Found by a reviewer: a stream that was started while it was being deleted stayed on the air, and nobody could stop it.
#[test]
fn a_stream_that_is_being_deleted_cannot_be_started() {
    let gate = Gate::new();
    let held = gate.clone();
    let world =
        World::with_faults(move |call| if call.method == "purge" { Fault::Hold(held.clone()) } else { Fault::None });
    world.add(1, 10);
    let (host, deleted) = (world.host.clone(), Arc::new(std::sync::Mutex::new(None)));
    let answer = deleted.clone();
    world.runtime.spawn(Box::pin(async move {
        let deleted = host.delete(STREAM).await;
        *answer.lock().unwrap() = Some(deleted);
    }));
    world.runtime.settle();
    let start = world.runtime.run(world.host.start(STREAM));
    assert_eq!(start.unwrap_err(), CommandError::NotFound { stream: STREAM });
    gate.open();
    world.runtime.settle();
    assert_eq!(*deleted.lock().unwrap(), Some(Ok(())));
    assert!(!world.player.is_on_air(STREAM));
    assert_eq!(world.runtime.run(world.host.view(STREAM)).unwrap_err(), CommandError::NotFound { stream: STREAM });
}

#[test]
fn a_stream_that_is_starting_cannot_be_deleted() {
    let world = World::new();
    let both = futures::future::join(world.host.start(STREAM), world.host.delete(STREAM));
    let (started, deleted) = world.runtime.run(both);
    assert!(started.is_ok());
    assert_eq!(deleted.unwrap_err(), CommandError::Running { stream: STREAM });
    assert!(world.player.is_on_air(STREAM));
}

#[test]
fn a_delete_that_fails_can_be_repeated_and_the_stream_used() {
    let mut first = true;
    let world = World::with_faults(move |call| {
        if call.method == "purge" && std::mem::take(&mut first) { Fault::Refuse } else { Fault::None }
    });
    let deleted = world.runtime.run(world.host.delete(STREAM));
    assert!(matches!(deleted, Err(CommandError::Unavailable { .. })), "{deleted:?}");
    assert_eq!(world.start(), Status::Placeholder);
    world.runtime.run(world.host.stop(STREAM, "a test")).expect("it stops");
    world.runtime.run(world.host.delete(STREAM)).expect("it is stopped");
}

/// Promise S14.
#[test]
fn whoever_waits_when_the_host_shuts_down_is_answered() {
    let (gate, hangs) = (Gate::new(), Arc::new(std::sync::atomic::AtomicBool::new(false)));
    let (held, script) = (gate, hangs.clone());
    let world = World::with_faults(move |call| {
        let hangs = call.method == "advance" && script.load(std::sync::atomic::Ordering::Relaxed);
        if hangs { Fault::Hold(held.clone()) } else { Fault::None }
    });
    world.add(1, 60);
    world.start();
    hangs.store(true, std::sync::atomic::Ordering::Relaxed);
    let begin = world.runtime.now();
    let both = futures::future::join(world.host.skip(STREAM, None), world.host.shutdown());
    let (skipped, ()) = world.runtime.run(both);
    assert_eq!(skipped, Err(CommandError::ShuttingDown));
    assert_eq!(world.runtime.now(), begin, "nobody waited for anything");
}

#[test]
fn a_host_that_is_dropped_leaves_nothing_on_the_air() {
    let world = World::new();
    world.start();
    let World { runtime, player, host, .. } = world;
    drop(host);
    runtime.settle();
    assert!(!player.is_on_air(STREAM));
}

#[test]
fn a_stream_whose_loop_broke_down_goes_on_with_the_next_command() {
    let world = World::new();
    let ids = [world.add(1, 60), world.add(2, 60)];
    world.start();
    world.sink.panic_once();
    let panicked =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.runtime.pass(Duration::from_secs(90))));
    assert!(panicked.is_err(), "the sink was asked");
    assert!(!world.player.is_on_air(STREAM), "nothing plays on without its loop");
    world.start();
    assert_eq!((world.status(), world.heard().last()), (Status::Playing, Some(&Heard::Item(ids[1]))));
}

#[test]
fn a_dropped_caller_does_not_undo_its_command() {
    let world = World::new();
    world.add(1, 60);
    world.add(2, 60);
    world.start();
    drop(futures::FutureExt::now_or_never(world.host.skip(STREAM, None)));
    world.runtime.settle();
    assert_eq!(world.heard().last(), Some(&Heard::Item(item_id(2))));
}

#[test]
fn a_day_of_placeholder_asks_the_store_now_and_then_and_no_more() {
    let calls = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let count = calls.clone();
    let world = World::with_faults(move |_| {
        count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Fault::None
    });
    world.start();
    world.runtime.pass(Duration::from_secs(86_400));
    let calls = calls.load(std::sync::atomic::Ordering::Relaxed);
    assert!(calls < 86_400 / 4, "{calls} calls in a day");
}
