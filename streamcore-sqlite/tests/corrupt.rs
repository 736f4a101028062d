//! What cannot be understood is an error that names table, row and column; it is never a panic, and harms no neighbour.

mod support;

use rusqlite::Connection;
use streamcore::{
    EndCause, Outcome, StreamId, Timestamp,
    auto_end::Overrides,
    queue::{Advance, Error, Finished, Op, Page, Placement, Queue, Rules},
    registry::{self, Registry, Session, StreamRecord},
    stream::{Ended, Snapshot},
    testing::{item, item_id},
};
use support::{Store, block_on};

const STREAM: StreamId = StreamId::new(-7);
const OTHER: StreamId = StreamId::new(8);

/// A store with item 2 current and item 5 waiting, item 1 in the history, item 3 cleared, and a stream that runs; then spoilt by this
/// statement.
async fn spoilt(sql: &str) -> Store {
    let mut store = Store::new();
    for (stream, n) in [(STREAM, 1), (STREAM, 2), (OTHER, 1)] {
        let add = Op::Add { items: vec![item(n)], placement: Placement::Back, rules: Rules::at_most(10) };
        store.store().apply(stream, add.into()).await.expect("the store works until it is spoilt");
    }
    for finished in [None, Some(Finished { item: item_id(1), outcome: Outcome::Played })] {
        store
            .store()
            .advance(STREAM, Advance { finished, next: None, at: Timestamp::default() })
            .await
            .expect("the store works until it is spoilt");
    }
    let remove = Op::Remove { id: item_id(4) };
    for op in [Op::add(item(3)), Op::Clear, Op::add(item(5)), Op::add(item(4)), remove] {
        store.store().apply(STREAM, op.into()).await.expect("the store works until it is spoilt");
    }
    let record = StreamRecord {
        id: STREAM,
        uuid: item_id(1).get(),
        name: "n".into(),
        created_at: Timestamp::default(),
        auto_end: Overrides::default(),
    };
    store.store().create(record).await.expect("the store works until it is spoilt");
    for number in [1, 2] {
        let closed = store.store().close_session(STREAM, Snapshot::default(), session(number)).await;
        closed.expect("the store works until it is spoilt");
    }
    store.store().close().await;
    let conn = Connection::open(store.path()).expect("the store works until it is spoilt");
    conn.execute_batch("PRAGMA ignore_check_constraints = ON").expect("the store works until it is spoilt");
    assert_eq!(conn.execute(sql, []).expect("the store works until it is spoilt"), 1, "{sql}");
    drop(conn);
    store.restart().await;
    store
}

fn session(number: u64) -> Session {
    Session {
        number,
        started_at: Timestamp::default(),
        ended: Ended { at: Timestamp::default(), cause: EndCause::Manual { by: "anna".into() } },
        peak_listeners: 0,
        total_listeners: 0,
        tracks_played: 0,
        errors: 0,
    }
}

#[test]
fn a_spoilt_item_is_named() {
    let id = item_id(2);
    for (column, value) in [
        ("id", "'not a uuid'"),
        ("track_id", "'7'"),
        ("source", "'tape'"),
        ("tier", "'king'"),
        ("metadata", "'{\"a\":'"),
        ("metadata", "'[1]'"),
        ("duration_nanos", "1000000000"),
        ("duration_nanos", "-1"),
        ("duration_nanos", "NULL"),
        ("title", "CAST(x'ff' AS TEXT)"),
    ] {
        block_on(async {
            let sql = format!("UPDATE queue_items SET {column} = {value} WHERE id = '{id}'");
            let store = spoilt(&sql).await;
            let answer = store.store().view(STREAM, Page::ALL).await;
            let Err(Error::Corrupt { detail }) = answer else { panic!("{sql}: {answer:?}") };
            let row = if column == "id" { "not a uuid".to_owned() } else { id.to_string() };
            let named = format!("table queue_items, row stream = -7 and id = '{row}', column {column}: ");
            assert!(detail.starts_with(&named), "{detail}");
            let skip = Advance {
                finished: Some(Finished { item: id, outcome: Outcome::Skipped }),
                next: None,
                at: Timestamp::default(),
            };
            let answer = store.store().advance(OTHER, skip).await;
            assert!(answer.is_ok_and(|a| !a.changed), "other streams go on");
            assert_eq!(store.store().view(OTHER, Page::ALL).await.unwrap().total, 1);
        });
    }
}

#[test]
fn a_spoilt_history_entry_is_named() {
    block_on(async {
        let store = spoilt("UPDATE queue_history SET outcome = 'lost' WHERE seq = 1").await;
        let answer = store.store().history(STREAM, None, 10).await;
        let Err(Error::Corrupt { detail }) = answer else { panic!("{answer:?}") };
        assert!(detail.starts_with("table queue_history, row stream = -7 and seq = 1, column outcome: "), "{detail}");
    });
}

/// Spoils a value of a queue that can undo, restore and take turns, asks for it, and expects to be told where it is.
fn assert_named(sql: &str, named: &str, ask: impl AsyncFn(&dyn Queue) -> Result<(), Error>) {
    block_on(async {
        let store = spoilt(sql).await;
        let answer = ask(store.store()).await;
        let Err(Error::Corrupt { detail }) = answer else { panic!("{sql}: {answer:?}") };
        assert!(detail.starts_with(named), "{sql}: {detail}");
        let other = store.store().view(OTHER, Page::ALL).await;
        assert!(other.as_ref().is_ok_and(|view| view.total == 1), "other queues go on: {other:?}");
        let purged = store.store().purge(STREAM).await;
        let is_row = named.starts_with("table queues,");
        assert_eq!(purged.is_ok(), !is_row, "all but the queue's own row can be thrown away: {purged:?}");
    });
}

#[test]
fn a_spoilt_setting_is_named() {
    for (column, value) in [("mode", "'lifo'"), ("repeat_mode", "'forever'"), ("restorable", "-1")] {
        let sql = format!("UPDATE queues SET {column} = {value} WHERE stream = -7");
        let named = format!("table queues, row stream = -7, column {column}: ");
        assert_named(&sql, &named, async |queue| queue.view(STREAM, Page::ALL).await.map(drop));
        assert_named(&sql, &named, async |queue| queue.apply(STREAM, Op::Clear.into()).await.map(drop));
    }
}

#[test]
fn a_spoilt_undo_is_named() {
    let named = "table queue_undo, row stream = -7 and seq = 7, column ";
    let update = |set: &str| format!("UPDATE queue_undo SET {set} WHERE stream = -7 AND seq = 7");
    assert_named(&update("kind = 'do'"), &format!("{named}kind: "), async |queue| {
        queue.view(STREAM, Page::ALL).await.map(drop)
    });
    assert_named(&update("weight = -1"), &format!("{named}weight: "), async |queue| {
        queue.apply(STREAM, Op::add(item(7)).into()).await.map(drop)
    });
    for undo in ["", "{}", "[]", r#"{"kind":"add","anchor":"here"}"#, r#"{"kind":"add","anchor":"head","remove":[7]}"#]
    {
        assert_named(&update(&format!("undo = '{undo}'")), &format!("{named}undo: "), async |queue| {
            queue.apply(STREAM, Op::Undo.into()).await.map(drop)
        });
    }
}

#[test]
fn spoilt_lists_of_turns_and_of_cleared_items_are_named() {
    for turns in ["", "{}", "[7]", r#"["somebody"]"#] {
        let sql = format!("UPDATE queue_turns SET turns = '{turns}' WHERE stream = -7");
        assert_named(&sql, "table queue_turns, row stream = -7, column turns: ", async |queue| {
            let finished = Some(Finished { item: item_id(2), outcome: Outcome::Played });
            queue.advance(STREAM, Advance { finished, next: None, at: Timestamp::default() }).await.map(drop)
        });
    }
    for items in ["", "{}", "[{}]"] {
        let sql = format!("UPDATE queue_cleared SET items = '{items}' WHERE stream = -7");
        assert_named(&sql, "table queue_cleared, row stream = -7, column items: ", async |queue| {
            queue.apply(STREAM, Op::Restore { max_items: 10 }.into()).await.map(drop)
        });
    }
}

#[test]
fn spoilt_sums_are_named() {
    for (column, value) in [
        ("items", "-1"),
        ("items", "9223372036854775807"),
        ("secs_hi", "-1"),
        ("secs_lo", "-1"),
        ("nanos", "-1"),
        ("unknown", "-1"),
        ("unknown", "9223372036854775807"),
    ] {
        let sql = format!("UPDATE queue_blocks SET {column} = {value} WHERE stream = -7");
        let block = "table queue_blocks, row stream = -7 and block = 0, column ";
        assert_named(&sql, &format!("{block}{column}: "), async |queue| queue.view(STREAM, Page::ALL).await.map(drop));
    }
}

#[test]
fn an_undo_that_names_one_item_twice_puts_it_back_once() {
    block_on(async {
        let twice = "UPDATE queue_undo SET undo = json_set(undo, '$.insert[1]', json_extract(undo, '$.insert[0]'))
                     WHERE stream = -7 AND seq = 7";
        let store = spoilt(twice).await;
        let undone = store.store().apply(STREAM, Op::Undo.into()).await.unwrap();
        assert_eq!((undone.undone, undone.total), (Some(streamcore::queue::EditKind::Remove), 3));
    });
}

#[test]
fn a_spoilt_stream_is_named() {
    block_on(async {
        let store = spoilt("UPDATE streams SET snapshot = '{\"paused\": 7}', uuid = 'u'").await;
        let answer = store.store().snapshot(STREAM).await;
        let Err(registry::Error::Corrupt { detail }) = answer else { panic!("{answer:?}") };
        assert!(detail.starts_with("table streams, row stream = -7, column snapshot: "), "{detail}");
        let answer = store.store().list(None, 10).await;
        let Err(registry::Error::Corrupt { detail }) = answer else { panic!("{answer:?}") };
        assert!(detail.starts_with("table streams, row stream = -7, column uuid: "), "{detail}");
    });
}

#[test]
fn spoilt_settings_are_named_and_can_be_replaced() {
    for json in
        ["{\"timeout\": -1}", "{\"enabled\": \"sometimes\"}", "[7]", "", "{\"timeout\": {\"secs\": 1, \"nanos\": 4e9}}"]
    {
        block_on(async {
            let store = spoilt(&format!("UPDATE streams SET auto_end = '{json}'")).await;
            let answer = store.store().get(STREAM).await;
            let Err(registry::Error::Corrupt { detail }) = answer else { panic!("{json}: {answer:?}") };
            assert!(detail.starts_with("table streams, row stream = -7, column auto_end: "), "{detail}");
            assert_eq!(store.store().snapshot(STREAM).await.unwrap(), Some(Snapshot::default()), "it can go on");
            let repaired = store.store().set_auto_end(STREAM, Overrides::default()).await.unwrap();
            assert_eq!(store.store().get(STREAM).await.unwrap(), Some(repaired));
        });
    }
}

#[test]
fn a_spoilt_session_is_named_and_the_others_are_read() {
    for (column, value) in [
        ("cause", "'{\"cause\":\"boredom\"}'"),
        ("cause", "''"),
        ("cause", "'{\"cause\":\"manual\"}'"),
        ("cause", "CAST(x'ff' AS TEXT)"),
    ] {
        block_on(async {
            let sql = format!("UPDATE stream_sessions SET {column} = {value} WHERE number = 1");
            let store = spoilt(&sql).await;
            let answer = store.store().sessions(STREAM, None, 10).await;
            let Err(registry::Error::Corrupt { detail }) = answer else { panic!("{sql}: {answer:?}") };
            let named = format!("table stream_sessions, row stream = -7 and number = 1, column {column}: ");
            assert!(detail.starts_with(&named), "{detail}");
            let page = store.store().sessions(STREAM, None, 1).await.expect("the page before is whole");
            assert_eq!((page.sessions, page.next), (vec![session(2)], Some(2)));
            store.store().close_session(STREAM, Snapshot::default(), session(3)).await.expect("the stream goes on");
            store.store().delete(STREAM).await.expect("it can be deleted");
        });
    }
}

/// Found by reading: a stream whose snapshot cannot be read begins anew with a number that its history gives, which may be lower than that of
/// a start that was given up. Its snapshots would all have come too late.
#[test]
fn a_spoilt_snapshot_does_not_keep_a_stream_from_starting_anew() {
    block_on(async {
        let store = spoilt("UPDATE streams SET snapshot = '{', session = 4").await;
        assert!(matches!(store.store().snapshot(STREAM).await, Err(registry::Error::Corrupt { .. })));
        let of = |session| Snapshot { session, ..Snapshot::default() };
        for session in [3, 4] {
            store.store().save_snapshot(STREAM, of(session)).await.expect("it is replaced");
            assert_eq!(store.store().snapshot(STREAM).await.unwrap(), Some(of(session)));
        }
        store.store().save_snapshot(STREAM, of(3)).await.expect("it comes too late, which is no error");
        assert_eq!(store.store().snapshot(STREAM).await.unwrap(), Some(of(4)));
    });
}

const PAGE: usize = 4_096;

/// Where tables and indexes begin, in pages from 1.
fn roots(path: &std::path::Path) -> Vec<usize> {
    let conn = Connection::open(path).expect("the store works until it is spoilt");
    let mut query = conn.prepare("SELECT rootpage FROM sqlite_schema WHERE rootpage > 0").expect("it has a schema");
    let roots = query.query_map([], |row| row.get(0)).expect("it has a schema");
    roots.map(|root: rusqlite::Result<u32>| root.expect("a number") as usize).collect()
}

#[test]
fn a_damaged_file_is_an_error_and_no_panic() {
    block_on(async {
        let store = spoilt("UPDATE streams SET name = 'fine'").await;
        let path = store.path();
        store.store().close().await;
        let whole = std::fs::read(&path).unwrap();
        // The first page of every table and index; the schema, which may have several pages, stays.
        let mut bytes = whole.clone();
        for root in roots(&path) {
            bytes[(root - 1) * PAGE..root * PAGE].fill(0x5a);
        }
        std::fs::write(&path, bytes).unwrap();
        let store = streamcore_sqlite::SqliteStore::open(&path).unwrap();
        let (read, written) = (store.view(STREAM, Page::ALL).await, store.purge(STREAM).await);
        assert!(matches!(read, Err(Error::Corrupt { .. })), "{read:?}");
        assert!(matches!(written, Err(Error::Corrupt { .. })), "{written:?}");
        store.close().await;
        // All but the header page, which says that this is a database of ours.
        let mut bytes = whole;
        bytes[PAGE..].fill(0x5a);
        std::fs::write(&path, bytes).unwrap();
        let refused = streamcore_sqlite::SqliteStore::open(&path);
        assert!(matches!(refused, Err(streamcore_sqlite::OpenError::Sqlite { .. })), "{refused:?}");
    });
}
