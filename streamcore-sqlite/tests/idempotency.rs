//! The idempotency keys of the store keep every promise of the port and match the memory ones; what cannot be read is named.

#[path = "support/cases.rs"]
mod cases;
mod support;

use std::sync::Arc;

use async_trait::async_trait;
use cases::config;
use proptest::proptest;
use rusqlite::Connection;
use streamcore::{
    Timestamp,
    idempotency::{Answer, Claim, Error, Fingerprint, Idempotency, Limits, Origin, Result, ScopedKey, Ticket},
    testing::{
        Capabilities,
        idempotency::{
            IdempotencyFixture,
            compare::{Comparison, assert_matches_memory, key_ops},
        },
    },
};
use support::{Store, block_on};

#[async_trait]
impl IdempotencyFixture for Store {
    fn idempotency(&self) -> Arc<dyn Idempotency> {
        Arc::new(self.store().clone())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().durable()
    }

    async fn reopen(&mut self) {
        self.restart().await;
    }
}

streamcore::idempotency_conformance!(fixture = async || Store::new(), block_on = block_on);

proptest! {
    #![proptest_config(config())]

    #[test]
    fn sqlite_matches_the_memory_keys(ops in key_ops(60)) {
        block_on(assert_matches_memory(Store::new().store(), &ops));
    }

    #[test]
    fn sqlite_matches_the_memory_keys_across_restarts(before in key_ops(20), after in key_ops(20)) {
        block_on(async {
            let mut store = Store::new();
            let mut comparison = Comparison::default();
            for ops in [before, after] {
                for op in ops {
                    comparison.step(store.store(), op).await;
                }
                store.restart().await;
            }
        });
    }
}

const NOW: Timestamp = Timestamp::from_millis(1_795_355_400_000);

/// Of the claims of before, and of those that the tests make.
const OLD: Origin = Origin([2; 16]);
const NEW: Origin = Origin([3; 16]);

fn key(n: u64) -> ScopedKey {
    ScopedKey { caller: "anna".into(), route: "POST /items".into(), key: n.to_string() }
}

async fn claim(store: &Store, n: u64) -> Result<Claim> {
    store.store().claim(key(n), Fingerprint([1; 32]), NEW, Limits::default(), NOW).await
}

/// A store in which this was done behind its back.
async fn with(sql: &str) -> Store {
    let mut store = Store::new();
    store.store().close().await;
    let conn = Connection::open(store.path()).expect("the store can be opened by other tools");
    conn.execute_batch("PRAGMA ignore_check_constraints = ON").expect("the store can be opened by other tools");
    conn.execute_batch(include_str!("format/idempotency.sql")).expect("the store can be opened by other tools");
    conn.execute_batch(sql).expect("the store can be opened by other tools");
    drop(conn);
    store.restart().await;
    store
}

/// Rows of this form are read for ever; written by hand once and never edited.
#[test]
fn rows_of_the_first_form_are_read() {
    block_on(async {
        let store = with("").await;
        let answer = Answer { status: 201, content_type: "application/json".into(), body: vec![0x7b, 0xff].into() };
        assert_eq!(claim(&store, 1).await.unwrap(), Claim::Done(answer.clone(), OLD));
        assert_eq!(claim(&store, 2).await.unwrap(), Claim::InProgress);
        assert!(store.store().finish(Ticket(9), answer.clone(), NOW).await.unwrap());
        assert_eq!(claim(&store, 2).await.unwrap(), Claim::Done(answer, OLD));
        assert_eq!(claim(&store, 3).await.unwrap(), Claim::Fresh(Ticket(10), NEW));
    });
}

#[test]
fn a_spoilt_key_is_named() {
    for (column, value) in [
        ("request", "x'00'"),
        ("origin", "x'00'"),
        ("status", "70000"),
        ("content_type", "NULL"),
        ("body", "NULL"),
        ("content_type", "CAST(x'ff' AS TEXT)"),
    ] {
        block_on(async {
            let store = with(&format!("UPDATE idempotency_keys SET {column} = {value} WHERE ticket = 4")).await;
            let answer = claim(&store, 1).await;
            let Err(Error::Corrupt { detail }) = answer else { panic!("{column} = {value}: {answer:?}") };
            let named = format!("table idempotency_keys, row ticket = 4, column {column}: ");
            assert!(detail.starts_with(&named), "{detail}");
            assert_eq!(claim(&store, 2).await.unwrap(), Claim::InProgress, "others are not harmed");
        });
    }
}
