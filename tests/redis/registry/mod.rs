//! The registry on Redis keeps every promise of the port and matches the memory one; what it cannot read it names.

mod format;
mod hostile;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use proptest::proptest;
use streamcore::{
    EndCause, StreamId, Timestamp,
    auto_end::Overrides,
    registry::{Registry, Session, StreamRecord},
    stream::{Ended, Snapshot},
    testing::{
        Capabilities, RegistryFixture,
        registry::{compare::Comparison, strategies::registry_ops},
    },
};

use crate::{
    cases::config,
    hands::Hands,
    support::{OnRedis, block_on},
};

#[async_trait]
impl RegistryFixture for OnRedis {
    fn registry(&self) -> Arc<dyn Registry> {
        Arc::new(self.store().clone())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().durable().shared()
    }

    async fn reopen(&mut self) {
        self.restart().await;
    }

    async fn another(&mut self) -> Arc<dyn Registry> {
        Arc::new(self.second().await)
    }
}

streamcore::registry_conformance!(fixture = OnRedis::new, block_on = block_on);

proptest! {
    #![proptest_config(config())]

    #[test]
    fn redis_matches_the_memory_registry_with_two_handles_across_kills(
        before in registry_ops(30), after in registry_ops(30),
    ) {
        block_on(async {
            let mut hands = Hands::new().await;
            let mut comparison = Comparison::default();
            for ops in [before, after] {
                for (n, op) in ops.iter().enumerate() {
                    if n % 5 == 4 {
                        hands.forget_scripts();
                    }
                    comparison.step(if n % 2 == 0 { &hands.one } else { &hands.two }, op).await;
                }
                hands.restart();
                comparison.check(&hands.two).await;
            }
        });
    }
}

/// Each reads the whole record and writes the whole record; none undoes another's change.
#[test]
fn changes_through_two_handles_at_the_same_time_are_all_kept() {
    block_on(async {
        let hands = Hands::new().await;
        let stream = StreamId::new(1);
        let (uuid, created_at) = (uuid::Uuid::nil(), Timestamp::default());
        let record = StreamRecord { id: stream, uuid, name: "name".into(), created_at, auto_end: Overrides::default() };
        hands.one.create(record.clone()).await.unwrap();
        for n in 1..=50 {
            let auto_end = Overrides { timeout: Some(Duration::from_secs(n)), ..Overrides::default() };
            let changed = StreamRecord { name: format!("name {n}"), auto_end, ..record.clone() };
            let (renamed, set) = futures::join!(
                hands.one.rename(stream, changed.name.clone()),
                hands.two.set_auto_end(stream, changed.auto_end.clone())
            );
            assert!(renamed.is_ok() && set.is_ok(), "{renamed:?}, {set:?}");
            assert_eq!(hands.one.get(stream).await.unwrap(), Some(changed));
        }
    });
}

#[test]
fn a_deleted_stream_leaves_nothing_behind() {
    block_on(async {
        let hands = Hands::new().await;
        let without_calls = || {
            hands.run("for _, key in ipairs(redis.call('KEYS', '*:calls:*')) do redis.call('DEL', key) end");
            hands.contents()
        };
        let empty = without_calls();
        for op in [0, 1, 2] {
            let stream = StreamId::new(-5);
            let (uuid, name) = (uuid::Uuid::from_u128(7), "name".to_owned());
            let created_at = Timestamp::default();
            let record = StreamRecord { id: stream, uuid, name, created_at, auto_end: Overrides::default() };
            hands.one.create(record).await.unwrap();
            let snapshot = Snapshot { session: 1, started_at: Some(created_at), ..Snapshot::default() };
            if op > 0 {
                hands.one.save_snapshot(stream, snapshot.clone()).await.unwrap();
            }
            if op > 1 {
                let ended = Ended { at: created_at, cause: EndCause::Manual { by: "anna".into() } };
                let session = Session {
                    number: 1,
                    started_at: created_at,
                    ended,
                    peak_listeners: 0,
                    total_listeners: 0,
                    tracks_played: 0,
                    errors: 0,
                };
                hands.one.close_session(stream, snapshot, session).await.unwrap();
            }
            assert_ne!(without_calls(), empty);
            hands.two.delete(stream).await.unwrap();
            assert_eq!(without_calls(), empty);
        }
    });
}
