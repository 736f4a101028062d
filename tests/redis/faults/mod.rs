//! Redis under faults: each becomes the right error in bounded time, and nothing is done twice, half, or later.

mod away;
mod leftovers;
mod lost;
mod refusals;
mod standstill;

use std::time::Duration;

use streamcore::{
    StreamId,
    queue::{Applied, Error, Op, Page, Placement, Queue, Result, Rules},
    testing::item,
};
use streamcore_redis::{Config, Health, RedisStore};

pub(crate) const STREAM: StreamId = StreamId::new(-1_001);

/// As many as the tests ever add.
const ROOM: usize = 100_000;

/// How soon calls work again after the server does: two seconds as promised, and what a busy machine may add.
pub(crate) const SOON: Duration = Duration::from_secs(8);

/// A store on what this URL names.
pub(crate) async fn connect(url: &str) -> RedisStore {
    RedisStore::connect(Config::from_url(url).expect("a URL")).await.expect("a connection")
}

/// The same, with calls that end after this long.
pub(crate) async fn patient_for(url: &str, call_timeout: Duration) -> RedisStore {
    let config = Config::from_url(url).expect("a URL").with_call_timeout(call_timeout);
    RedisStore::connect(config).await.expect("a connection")
}

/// Adds the `n`th item.
pub(crate) async fn add(store: &RedisStore, n: u64) -> Result<Applied> {
    store
        .apply(STREAM, Op::Add { items: vec![item(n)], placement: Placement::Back, rules: Rules::at_most(ROOM) }.into())
        .await
}

/// How many items wait, and how many edits were made.
pub(crate) async fn state(store: &RedisStore) -> (usize, u64) {
    let view = store.view(STREAM, Page { offset: 0, limit: 1 }).await.expect("a view");
    (view.total, view.revision.get())
}

/// Which of the first so many items wait.
pub(crate) async fn present(store: &RedisStore) -> Vec<streamcore::ItemId> {
    let view = store.view(STREAM, Page { offset: 0, limit: ROOM }).await.expect("a view");
    view.items.iter().map(|item| item.id).collect()
}

/// Waits until a call is answered, and says how long it took.
pub(crate) async fn until_it_answers(store: &RedisStore) -> Duration {
    let begin = tokio::time::Instant::now();
    while let Err(error) = store.view(STREAM, Page { offset: 0, limit: 1 }).await {
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        assert!(begin.elapsed() < SOON, "no answer after {:?}: {}", begin.elapsed(), causes(&error));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    begin.elapsed()
}

/// Waits until the store says that Redis is away.
pub(crate) async fn until_it_is_down(store: &RedisStore, for_at_least: Duration) {
    let begin = tokio::time::Instant::now();
    while !matches!(store.health(), Health::Down { since, .. } if since >= for_at_least) {
        assert!(begin.elapsed() < SOON, "still {:?}", store.health());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What people read: an error and its causes.
pub(crate) fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text += &format!(": {cause}");
        next = cause.source();
    }
    text
}

/// It is unavailable, and says this.
pub(crate) fn assert_unavailable<T: std::fmt::Debug>(answer: Result<T>, says: &str) {
    match answer {
        Err(error @ Error::Unavailable(_)) => assert!(causes(&error).contains(says), "{}", causes(&error)),
        other => panic!("not unavailable because of {says}: {other:?}"),
    }
}
