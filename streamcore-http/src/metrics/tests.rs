use std::{sync::Arc, time::Duration};

use prometheus_client::encoding::text::encode;
use streamcore::{
    CancelCause, EndCause, EndReason, EventKind, FailureKind, FailureReason, ItemId, Outcome, Port, QueueItem, Source,
    StreamId, Timestamp,
    queue::{
        self, Advance, Advanced, Applied, Change, HistoryPage, MemoryQueue, Op, Page, Placement, Queue, QueueView,
        Released, Rules,
    },
};
use uuid::Uuid;

use super::*;

/// Families in a registry, and what a scrape would show of them.
struct World {
    registry: Registry,
    metrics: Arc<Metrics>,
}

impl World {
    fn new() -> Self {
        let mut registry = Registry::default();
        Self { metrics: Metrics::register(&mut registry), registry }
    }

    fn page(&self) -> String {
        let mut page = String::new();
        encode(&mut page, &self.registry).expect("it is written");
        page
    }

    /// The value of the series that is written like this.
    fn value(&self, series: &str) -> f64 {
        let page = self.page();
        let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{series} is not in\n{page}")).parse().expect("a number")
    }

    fn tell(&self, stream: i64, kind: EventKind) {
        self.tell_at(0, stream, kind);
    }

    fn tell_at(&self, ms: u64, stream: i64, kind: EventKind) {
        self.metrics.record(&Event { at: Timestamp::from_millis(ms), stream: StreamId::new(stream), kind });
    }
}

fn item(n: u128, source: Source) -> QueueItem {
    QueueItem {
        id: ItemId::new(Uuid::from_u128(n)),
        track_id: None,
        title: format!("track {n}"),
        url: format!("{n}.mp3"),
        source,
        duration: None,
        added_by: None,
        requested_by: None,
        added_at: Timestamp::default(),
        metadata: serde_json::Map::new(),
        replays: None,
        tier: streamcore::queue::Tier::default(),
    }
}

/// Promise M7.
#[test]
fn tracks_are_counted_by_what_became_of_them() {
    let world = World::new();
    let failed = FailureReason::new(FailureKind::Broken, "a frame");
    world.tell(1, EventKind::TrackStarted { item: item(1, Source::File) });
    for outcome in [Outcome::Played, Outcome::Skipped, Outcome::Skipped, Outcome::Interrupted, Outcome::Failed(failed)]
    {
        world.tell(1, EventKind::TrackFinished { item: item(1, Source::File), outcome });
    }
    world.tell(1, EventKind::PlayerFailed { reason: FailureReason::new(FailureKind::Unavailable, "threads") });
    world.tell(1, EventKind::StoreFailed { port: Port::Registry, detail: String::from("away") });
    assert_eq!(world.value("streamcore_tracks_played_total"), 1.0);
    let finished = |outcome| world.value(&format!("streamcore_tracks_finished_total{{outcome=\"{outcome}\"}}"));
    assert_eq!(["played", "skipped", "interrupted", "failed"].map(finished), [1.0, 2.0, 1.0, 1.0]);
    assert_eq!(world.value("streamcore_tracks_failed_total{reason=\"broken\"}"), 1.0);
    assert_eq!(world.value("streamcore_tracks_failed_total{reason=\"not_found\"}"), 0.0, "there from the beginning");
    assert_eq!(world.value("streamcore_player_failures_total{reason=\"unavailable\"}"), 1.0);
    assert_eq!(world.value("streamcore_stream_store_failures_total{port=\"registry\"}"), 1.0);
    assert_eq!(world.value("streamcore_stream_store_failures_total{port=\"queue\"}"), 0.0);
}

/// Promise M7.
#[test]
fn what_listeners_hear_is_told_in_seconds() {
    let world = World::new();
    world.tell(1, EventKind::Switched { gap_us: 0 });
    world.tell(1, EventKind::Switched { gap_us: 20_000 });
    world.tell(1, EventKind::DeadAir { lasted_ms: 1_500 });
    world.tell(2, EventKind::DeadAir { lasted_ms: 250 });
    world.tell(1, EventKind::EncoderLag { behind_ms: 300 });
    world.tell(1, EventKind::ListenerDropped { behind_ms: 12_000 });
    assert_eq!(world.value("streamcore_switch_gap_seconds_bucket{le=\"0.0\"}"), 1.0);
    assert_eq!(world.value("streamcore_switch_gap_seconds_bucket{le=\"0.01\"}"), 1.0);
    assert_eq!(world.value("streamcore_switch_gap_seconds_bucket{le=\"0.025\"}"), 2.0);
    assert_eq!(world.value("streamcore_switch_gap_seconds_sum"), 0.02);
    assert_eq!(world.value("streamcore_dead_air_seconds_total"), 1.75);
    assert_eq!(world.value("streamcore_dead_air_incidents_total"), 2.0);
    assert_eq!(world.value("streamcore_encoder_lag_seconds_sum"), 0.3);
    assert_eq!(world.value("streamcore_broadcast_dropped_total"), 1.0);
    assert_eq!(world.value("streamcore_broadcast_drop_lag_seconds_sum"), 12.0);
}

/// Promise M7.
#[test]
fn a_timer_that_moves_is_armed_once_and_its_error_is_how_late_it_fired() {
    let world = World::new();
    let ms = Timestamp::from_millis;
    let armed = |deadline| EventKind::AutoEndArmed { session: 1, empty_since: ms(0), deadline: ms(deadline) };
    world.tell(1, armed(1_000));
    world.tell(1, armed(3_000));
    world.tell(2, armed(1_000));
    world.tell(2, EventKind::AutoEndWarning { session: 1, seconds: 10, deadline: ms(1_000) });
    world
        .tell(2, EventKind::AutoEndCancelled { session: 1, cause: CancelCause::KeepAlive { by: String::from("ann") } });
    world.tell(2, armed(2_000));
    let cause = EndCause::AutoEnd { empty_since: ms(0), deadline: ms(123_000) };
    let ended = EventKind::StreamEnded { session: 1, started_at: ms(0), reason: EndReason::AutoEnd, cause };
    world.tell_at(123_020, 1, ended);
    world.tell(1, armed(9_000));
    assert_eq!(world.value("streamcore_auto_end_armed_total"), 4.0, "two of stream 1, one of them in its next session");
    assert_eq!(world.value("streamcore_auto_end_warnings_total"), 1.0);
    assert_eq!(world.value("streamcore_auto_end_cancelled_total{cause=\"keep_alive\"}"), 1.0);
    assert_eq!(world.value("streamcore_auto_end_cancelled_total{cause=\"policy\"}"), 0.0);
    assert_eq!(world.value("streamcore_auto_end_fired_total"), 1.0);
    assert_eq!(world.value("streamcore_auto_end_error_seconds_bucket{le=\"0.01\"}"), 0.0);
    assert_eq!(world.value("streamcore_auto_end_error_seconds_bucket{le=\"0.025\"}"), 1.0);
    assert_eq!(world.value("streamcore_streams_ended_total{reason=\"auto_end\"}"), 1.0);
    assert_eq!(world.value("streamcore_stream_duration_seconds_sum"), 123.02);
    assert!(!world.page().contains("ann"), "who asked is no label");
}

/// Promise M7.
#[test]
fn an_end_by_hand_is_no_timer_that_fired() {
    let world = World::new();
    world.tell(1, EventKind::StreamStarted { resumed: true });
    let cause = EndCause::Manual { by: String::from("ann") };
    let started_at = Timestamp::default();
    world.tell(1, EventKind::StreamEnded { session: 1, started_at, reason: EndReason::Manual, cause });
    assert_eq!(world.value("streamcore_streams_started_total{resumed=\"true\"}"), 1.0);
    assert_eq!(world.value("streamcore_streams_started_total{resumed=\"false\"}"), 0.0);
    assert_eq!(world.value("streamcore_streams_ended_total{reason=\"manual\"}"), 1.0);
    assert_eq!(world.value("streamcore_auto_end_fired_total"), 0.0);
    assert_eq!(world.value("streamcore_auto_end_error_seconds_count"), 0.0);
}

/// Promise M3.
#[test]
fn requests_are_counted_by_route_and_never_by_what_was_asked_for() {
    let world = World::new();
    let metrics = &world.metrics;
    let series = |page: &str| page.lines().filter(|line| !line.starts_with('#')).count();
    let get = metrics.route("GET", Some("/api/v1/queue/{stream}")).begin();
    let in_flight = "http_requests_in_flight{method=\"GET\",path=\"/api/v1/queue/{stream}\"}";
    assert_eq!(world.value(in_flight), 1.0);
    get.answered(200, None, Duration::from_millis(20));
    assert_eq!(world.value(in_flight), 0.0);
    metrics.route("BREW", None).begin().answered(404, Some("not_found"), Duration::ZERO);
    drop(metrics.route("BREW", None).begin());
    let before = series(&world.page());
    for n in 0..10_000 {
        metrics.route(&format!("M{n}"), None).begin().answered(404, Some("not_found"), Duration::ZERO);
    }
    assert_eq!(series(&world.page()), before);
    let labels = "{method=\"other\",path=\"unmatched\",status=\"404\"}";
    assert_eq!(world.value(&format!("http_requests_total{labels}")), 10_001.0);
    let given_up = "{method=\"other\",path=\"unmatched\",status=\"499\"}";
    assert_eq!(world.value(&format!("http_requests_total{given_up}")), 1.0, "who asked has gone");
    assert_eq!(world.value("streamcore_http_errors_total{code=\"not_found\"}"), 10_001.0);
    assert_eq!(world.value("http_requests_in_flight{method=\"other\",path=\"unmatched\"}"), 0.0);
    let duration = "http_request_duration_seconds_bucket{le=\"0.025\",method=\"GET\",path=\"/api/v1/queue/{stream}\"}";
    assert_eq!(world.value(duration), 1.0);
}

/// Promise M8.
#[tokio::test]
async fn a_measured_queue_is_the_same_queue_and_counts_what_changed() {
    let world = World::new();
    let queue = world.metrics.queue(Arc::new(MemoryQueue::new()));
    let stream = StreamId::new(1);
    let add = |n, source, placement| Op::Add { items: vec![item(n, source)], placement, rules: Rules::default() };
    queue.apply(stream, add(1, Source::File, Placement::Back).into()).await.unwrap();
    queue.apply(stream, add(1, Source::File, Placement::Back).into()).await.unwrap();
    queue.apply(stream, add(2, Source::Stream, Placement::Front).into()).await.unwrap();
    let missing = ItemId::new(Uuid::from_u128(9));
    assert!(queue.apply(stream, Op::Remove { id: missing }.into()).await.is_err());
    let advance = Advance { finished: None, next: None, at: Timestamp::default() };
    queue.advance(stream, advance.clone()).await.unwrap();
    queue.advance(stream, advance).await.unwrap();
    assert_eq!(queue.view(stream, Page::ALL).await.unwrap().total, 2);
    let operations = |op| world.value(&format!("streamcore_queue_operations_total{{operation=\"{op}\"}}"));
    assert_eq!(["add", "priority_add", "remove", "advance", "undo"].map(operations), [1.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(world.value("streamcore_queue_items_added_total{source=\"stream\"}"), 1.0);
    let calls = |op| {
        world.value(&format!("streamcore_store_operation_duration_seconds_count{{port=\"queue\",operation=\"{op}\"}}"))
    };
    assert_eq!(["apply", "advance", "view"].map(calls), [4.0, 2.0, 1.0]);
    let refused = "streamcore_store_errors_total{port=\"queue\",kind=\"unavailable\"}";
    assert_eq!(world.value(refused), 0.0, "a refusal is an answer");
}

/// Promise M7.
#[test]
fn a_timer_that_went_on_after_a_restart_is_one_timer() {
    let world = World::new();
    world.tell(1, EventKind::AutoEndCancelled { session: 1, cause: CancelCause::ListenerJoined });
    let ms = Timestamp::from_millis;
    let cause = EndCause::AutoEnd { empty_since: ms(0), deadline: ms(1_000) };
    let ended = EventKind::StreamEnded { session: 1, started_at: ms(0), reason: EndReason::AutoEnd, cause };
    world.tell_at(1_000, 2, ended);
    let total = |name| world.value(&format!("streamcore_auto_end_{name}"));
    assert_eq!(total("armed_total"), 2.0);
    assert_eq!([total("fired_total"), total("cancelled_total{cause=\"listener_joined\"}")], [1.0, 1.0]);
}

/// A queue that does not answer until it is told to; meanwhile it may change.
#[derive(Debug)]
struct Slow {
    inner: MemoryQueue,
    answers: tokio::sync::Semaphore,
    asked: tokio::sync::Notify,
}

impl Slow {
    fn new() -> Arc<Self> {
        let (answers, asked) = (tokio::sync::Semaphore::new(0), tokio::sync::Notify::new());
        Arc::new(Self { inner: MemoryQueue::new(), answers, asked })
    }
}

#[async_trait::async_trait]
impl Queue for Slow {
    async fn apply(&self, stream: StreamId, change: Change) -> queue::Result<Applied> {
        self.inner.apply(stream, change).await
    }
    async fn advance(&self, stream: StreamId, advance: Advance) -> queue::Result<Advanced> {
        self.inner.advance(stream, advance).await
    }
    async fn release(&self, stream: StreamId, item: ItemId) -> queue::Result<Released> {
        self.inner.release(stream, item).await
    }
    async fn view(&self, stream: StreamId, page: Page) -> queue::Result<QueueView> {
        let view = self.inner.view(stream, page).await;
        self.asked.notify_one();
        self.answers.acquire().await.expect("it is never closed").forget();
        view
    }
    async fn history(&self, stream: StreamId, before: Option<u64>, limit: usize) -> queue::Result<HistoryPage> {
        self.inner.history(stream, before, limit).await
    }
    async fn purge(&self, stream: StreamId) -> queue::Result<()> {
        self.inner.purge(stream).await
    }
    fn changes(&self) -> futures::stream::BoxStream<'static, StreamId> {
        self.inner.changes()
    }
}

/// A change that comes while the length is read is not lost, and a queue that does not answer costs its time and nothing else.
#[tokio::test]
async fn a_queue_that_changes_while_its_length_is_read_is_read_again() {
    let slow = Slow::new();
    let lengths = QueueLengths::new(slow.clone(), Arc::new(crate::TokioRuntime::new()));
    let stream = StreamId::new(1);
    let long = Duration::from_secs(60);
    slow.apply(stream, Op::add(item(1, Source::File)).into()).await.unwrap();
    lengths.refresh([stream], Duration::from_millis(1)).await;
    assert_eq!(lengths.of(stream), None, "it did not answer");
    let reading = tokio::spawn({
        let lengths = lengths.clone();
        async move { lengths.refresh([stream], long).await }
    });
    slow.asked.notified().await;
    slow.asked.notified().await;
    let hints = lengths.hints_of(stream);
    slow.apply(stream, Op::add(item(2, Source::File)).into()).await.unwrap();
    while lengths.hints_of(stream) == hints {
        tokio::task::yield_now().await;
    }
    slow.answers.add_permits(1);
    reading.await.unwrap();
    assert_eq!(lengths.of(stream), Some(1), "what it was when it was read");
    slow.answers.add_permits(1);
    lengths.refresh([stream], long).await;
    assert_eq!(lengths.of(stream), Some(2));
    lengths.refresh([stream], long).await;
    assert_eq!(
        (lengths.of(stream), slow.answers.available_permits()),
        (Some(2), 0),
        "nothing changed: nothing is read"
    );
    lengths.refresh([], long).await;
    assert_eq!(lengths.of(stream), None, "what does not run is forgotten");
}

/// A store that hangs is seen in the figures of its calls.
#[tokio::test]
async fn a_call_that_is_given_up_is_counted_with_the_time_it_took_until_then() {
    let world = World::new();
    let queue = world.metrics.queue(Slow::new());
    let late = tokio::time::timeout(Duration::from_millis(20), queue.view(StreamId::new(1), Page::ALL)).await;
    assert!(late.is_err());
    assert_eq!(world.value("streamcore_store_errors_total{port=\"queue\",kind=\"given_up\"}"), 1.0);
    let took = world.value("streamcore_store_operation_duration_seconds_sum{port=\"queue\",operation=\"view\"}");
    assert!((0.015..10.0).contains(&took), "{took}");
}
