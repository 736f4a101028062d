//! The library of the store keeps every promise of the port and matches the memory one; what it cannot read it names.

#[path = "support/cases.rs"]
mod cases;
mod support;

use std::sync::Arc;

use async_trait::async_trait;
use cases::config;
use proptest::proptest;
use rusqlite::Connection;
use streamcore::{
    Source, Timestamp,
    library::{Error, Library, LibraryExt, Search, Track, TrackChange},
    testing::{
        Capabilities,
        library::{
            LibraryFixture,
            compare::{Comparison, assert_matches_memory},
            strategies::library_ops,
            track, track_id,
        },
    },
};
use support::{Store, block_on};

#[async_trait]
impl LibraryFixture for Store {
    fn library(&self) -> Arc<dyn Library> {
        Arc::new(self.store().clone())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().durable()
    }

    async fn reopen(&mut self) {
        self.restart().await;
    }
}

streamcore::library_conformance!(fixture = async || Store::new(), block_on = block_on);

proptest! {
    #![proptest_config(config())]

    #[test]
    fn sqlite_matches_the_memory_library(ops in library_ops(40)) {
        block_on(assert_matches_memory(Store::new().store(), &ops));
    }

    #[test]
    fn sqlite_matches_the_memory_library_across_restarts(before in library_ops(12), after in library_ops(12)) {
        block_on(async {
            let mut store = Store::new();
            let mut comparison = Comparison::default();
            for ops in [before, after] {
                for op in &ops {
                    comparison.step(store.store(), op).await;
                }
                store.restart().await;
                comparison.check(store.store()).await;
            }
        });
    }
}

fn search(text: &str, limit: usize) -> Search {
    Search { text: text.into(), after: None, limit }
}

/// More matches than are sorted are read in another way: both join.
#[test]
fn many_matches_are_paged_like_few() {
    block_on(async {
        let store = Store::new();
        let titled = |n: u64| Track { title: format!("{:04} song {n}", n * 7_919 % 5_000), ..track(n) };
        for first in (0..3_000).step_by(1_000) {
            store.store().add((first..first + 1_000).map(titled).collect(), 5_000).await.unwrap();
        }
        let mut ordered: Vec<_> = (0..3_000).map(titled).map(|track| (track.title.clone(), track.id)).collect();
        ordered.sort();
        for (text, expected) in [
            ("song", ordered.clone()),
            ("song so", ordered.clone()),
            ("99 song", ordered.iter().filter(|(title, _)| title.contains("99")).cloned().collect()),
            ("999", ordered.iter().filter(|(title, _)| title.contains("999")).cloned().collect()),
        ] {
            let mut seen = Vec::new();
            let mut next = search(text, 499);
            loop {
                let page = store.store().search(next).await.unwrap();
                assert_eq!(page.total, expected.len(), "{text}");
                seen.extend(page.tracks.into_iter().map(|track| (track.title, track.id)));
                let Some(after) = page.next else { break };
                next = Search { after: Some(after), ..search(text, 499) };
            }
            assert!(seen == expected, "{text}: {} of {}", seen.len(), expected.len());
        }
    });
}

#[test]
fn the_longest_words_there_may_be_are_found() {
    block_on(async {
        let store = Store::new();
        let long = Track { title: "\"я".repeat(250), artist: Some("🎵".repeat(500)), ..track(1) };
        store.store().add(vec![long.clone(), track(2)], 9).await.unwrap();
        let page = store.store().search(search(&long.title, 9)).await.unwrap();
        assert_eq!((page.total, &page.tracks[..]), (1, &[long.clone()][..]));
        let page = store.store().search(search(&format!("{}x", "🎵".repeat(499)), 9)).await.unwrap();
        assert_eq!(page.total, 0);
        let many: Vec<_> = (0..500).map(|n: u32| format!("{n:03}")).collect();
        assert_eq!(store.store().search(search(&many.join(" "), 9)).await.unwrap().total, 0);
    });
}

/// A store with the tracks 1 and 2, then spoilt by this statement.
async fn spoilt(sql: &str) -> Store {
    let mut store = Store::new();
    store.store().add(vec![track(1), track(2)], 9).await.expect("the store works until it is spoilt");
    store.store().close().await;
    let conn = Connection::open(store.path()).expect("the store works until it is spoilt");
    conn.execute_batch("PRAGMA ignore_check_constraints = ON").expect("the store works until it is spoilt");
    assert_eq!(conn.execute(sql, []).expect("the store works until it is spoilt"), 1, "{sql}");
    drop(conn);
    store.restart().await;
    store
}

#[test]
fn a_spoilt_track_is_named() {
    let id = track_id(1);
    for (column, value) in [
        ("id", "'not a uuid'"),
        ("source", "'tape'"),
        ("metadata", "'{\"a\":'"),
        ("metadata", "'[1]'"),
        ("duration_nanos", "1000000000"),
        ("duration_nanos", "NULL"),
        ("title", "CAST(x'ff' AS TEXT)"),
    ] {
        block_on(async {
            let sql = format!("UPDATE library_tracks SET {column} = {value} WHERE id = '{id}'");
            let store = spoilt(&sql).await;
            let row = if column == "id" { "not a uuid".to_owned() } else { id.to_string() };
            let named = format!("table library_tracks, row id = '{row}', column {column}: ");
            for text in ["", "трек 1", "1"] {
                let answer = store.store().search(search(text, 9)).await;
                let Err(Error::Corrupt { detail }) = answer else { panic!("{sql}: {answer:?}") };
                assert!(detail.starts_with(&named), "{detail}");
            }
            assert_eq!(store.store().track(track_id(2)).await.unwrap(), Some(track(2)), "others are not harmed");
            if column != "id" {
                let again = store.store().add(vec![track(1)], 9).await;
                assert!(matches!(&again, Err(Error::Corrupt { detail }) if detail.starts_with(&named)), "{again:?}");
                let changed = store.store().update(id, TrackChange::default()).await;
                assert!(
                    matches!(&changed, Err(Error::Corrupt { detail }) if detail.starts_with(&named)),
                    "{changed:?}"
                );
            }
        });
    }
}

#[test]
fn an_index_that_was_damaged_is_an_error_and_no_panic() {
    block_on(async {
        let store = spoilt("UPDATE library_words_data SET block = x'ffffffffffffffff' WHERE id = (SELECT max(id) FROM library_words_data)").await;
        let answer = store.store().search(search("трек", 9)).await;
        assert!(matches!(answer, Err(Error::Corrupt { .. })), "{answer:?}");
        assert_eq!(store.store().track(track_id(2)).await.unwrap(), Some(track(2)), "what does not need it goes on");
    });
}

/// Rows of this form are read for ever; written by hand once and never edited.
#[test]
fn rows_of_the_first_form_are_read() {
    block_on(async {
        let mut store = Store::new();
        store.store().close().await;
        Connection::open(store.path()).unwrap().execute_batch(include_str!("format/library.sql")).unwrap();
        store.restart().await;
        let full = Track {
            artist: Some("Ансамбль".into()),
            source: Source::Stream,
            duration: Some(std::time::Duration::new(183, 500_000_001)),
            added_by: Some("anna".into()),
            metadata: serde_json::json!({ "album": "Ёлка", "a": [1.5, null] }).as_object().unwrap().clone(),
            ..Track::file(
                track_id(1),
                "First  Song",
                "http://example.com/a%20b.mp3",
                Timestamp::from_millis(1_795_355_340_123),
            )
        };
        let plain = Track::file(track_id(2), "Second", "2.mp3", Timestamp::from_millis(u64::MAX));
        let store = store.store();
        let page = store.search(search("", 9)).await.unwrap();
        assert_eq!((page.tracks, page.total), (vec![full.clone(), plain.clone()], 2));
        assert_eq!(store.search(search("елка song", 9)).await.unwrap().tracks, std::slice::from_ref(&full));
        assert_eq!(store.find_by_url("2.mp3").await.unwrap(), Some(plain.clone()));
        // The keys are as the core makes them today: writing them anew changes nothing that is found.
        for track in [full, plain] {
            assert_eq!(store.update(track.id, TrackChange::default()).await.unwrap(), track);
        }
        assert_eq!(store.search(search("b.mp3 ансамбль", 9)).await.unwrap().total, 1);
    });
}
