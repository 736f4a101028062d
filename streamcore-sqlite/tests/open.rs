//! What opening refuses, and what it says.

mod support;

use std::{error::Error as _, fs, path::Path};

use rusqlite::Connection;
use streamcore_sqlite::{OpenError, SqliteStore};
use support::{Store, block_on};

fn refused(path: &Path) -> OpenError {
    SqliteStore::open(path).expect_err("this must not open")
}

#[test]
fn two_stores_on_one_file_are_refused_naming_the_process() {
    let store = Store::new();
    let error = refused(&store.path());
    assert!(matches!(error, OpenError::InUse { holder: Some(pid), .. } if pid == std::process::id()), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("streamcore.db is in use by process") && text.contains("stop that server"), "{text}");
}

#[test]
fn dropping_the_last_handle_frees_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    for _ in 0..3 {
        let store = SqliteStore::open(&path).unwrap();
        let clone = store.clone();
        drop(store);
        assert!(matches!(refused(&path), OpenError::InUse { .. }), "a clone keeps it open");
        drop(clone);
    }
    assert!(!folder.path().join("a.db-wal").exists(), "the log was written back");
}

#[test]
fn a_missing_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = refused(&folder.path().join("no/such/a.db"));
    assert!(
        matches!(&error, OpenError::FolderMissing { folder: missing } if missing.ends_with("no/such")),
        "{error:?}"
    );
    assert!(error.to_string().contains("does not exist; create it"), "{error}");
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    fs::write(&path, "Dear diary, ".repeat(500)).unwrap();
    let error = refused(&path);
    assert!(matches!(error, OpenError::NotOurs { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "Dear diary, ".repeat(500));
}

#[test]
fn the_database_of_another_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = 1")
        .unwrap();
    let before = fs::read(&path).unwrap();
    let error = refused(&path);
    assert!(matches!(error, OpenError::NotOurs { .. }), "{error:?}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_newer_schema_is_refused_with_what_to_do() {
    let store = Store::new();
    let path = store.path();
    block_on(store.store().close());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 999).unwrap();
    let error = refused(&path);
    assert!(matches!(error, OpenError::Newer { found: 999, .. }), "{error:?}");
    assert!(error.to_string().contains("schema version 999") && error.to_string().contains("newer program"), "{error}");
}

#[test]
fn a_folder_in_place_of_the_file_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    fs::create_dir(&path).unwrap();
    let error = refused(&path);
    assert!(matches!(error, OpenError::Sqlite { .. }) && error.source().is_some(), "{error:?}");
}

#[test]
fn a_closed_store_answers_as_unavailable() {
    use streamcore::{StreamId, queue::Queue, registry::Registry};
    let store = Store::new();
    block_on(async {
        store.store().close().await;
        let queue = store.store().purge(StreamId::new(1)).await;
        assert!(queue.as_ref().is_err_and(|error| error.is_retryable()), "{queue:?}");
        let registry = store.store().running().await;
        assert!(matches!(registry, Err(streamcore::registry::Error::Unavailable(_))), "{registry:?}");
    });
}

#[test]
fn a_store_can_be_looked_at_while_it_is_open_and_afterwards() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.sqlite3");
    assert_eq!(streamcore_sqlite::inspect(&path).unwrap(), None);
    let store = SqliteStore::open(&path).unwrap();
    let open = streamcore_sqlite::inspect(&path).unwrap().unwrap();
    assert!(open.in_use && open.damage.is_empty() && open.version > 0, "{open:?}");
    drop(store);
    let closed = streamcore_sqlite::inspect(&path).unwrap().unwrap();
    assert!(!closed.in_use && closed.damage.is_empty(), "{closed:?}");
    std::fs::write(&path, "not a database, but long enough to be taken for one by its size alone").unwrap();
    assert!(matches!(streamcore_sqlite::inspect(&path), Err(OpenError::NotOurs { .. })));
}
