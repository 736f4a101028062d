//! What reads stored rows, for `fuzz/`: takes any values and must answer or say what is wrong. Feature `fuzzing`.

use rusqlite::{Connection, Statement, params_from_iter, types::Value};

use crate::codec::{self, Columns};

/// A value of a row, of each type that SQLite has.
#[derive(Debug, Clone)]
pub enum Stored {
    /// `NULL`.
    Null,
    /// An integer.
    Integer(i64),
    /// A real number.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes, which may be a text that is not UTF-8.
    Blob(Vec<u8>),
}

/// Columns of the widest row there is: an item of the history.
const COLUMNS: [&str; 15] = [
    "stream",
    "id",
    "track_id",
    "title",
    "url",
    "source",
    "duration_secs",
    "duration_nanos",
    "added_by",
    "requested_by",
    "added_at",
    "metadata",
    "seq",
    "outcome",
    "finished_at",
];

/// What other tables call columns of these types.
const OTHER_NAMES: &str = "id AS uuid, title AS name, added_at AS created_at, metadata AS auto_end, seq AS number, \
                           added_at AS started_at, finished_at AS ended_at, outcome AS cause, duration_secs AS peak_listeners, \
                           duration_nanos AS total_listeners, requested_by AS tracks_played, requested_by AS errors";

/// Reads one row of these values as each kind of row.
///
/// # Panics
/// If a value that cannot be understood is not named by its table, row and column.
pub fn row(values: impl IntoIterator<Item = Stored>) {
    thread_local! {
        static CONNECTION: Connection = Connection::open_in_memory().unwrap_or_else(|error| panic!("{error}"));
    }
    let mut values: Vec<Value> = values.into_iter().take(COLUMNS.len()).map(value).collect();
    values.resize(COLUMNS.len(), Value::Null);
    let columns: Vec<_> = COLUMNS.iter().enumerate().map(|(i, name)| format!("?{} AS {name}", i + 1)).collect();
    let sql = format!("SELECT *, {OTHER_NAMES} FROM (SELECT {})", columns.join(", "));
    CONNECTION.with(|connection| {
        let read = connection.prepare_cached(&sql).map(|mut statement| decode(&mut statement, &values));
        read.unwrap_or_else(|error| panic!("{error}"));
    });
}

fn decode(statement: &mut Statement<'_>, values: &[Value]) {
    let mut rows = statement.query(params_from_iter(values)).unwrap_or_else(|error| panic!("{error}"));
    while let Ok(Some(row)) = rows.next() {
        let faults = [
            codec::item(&Columns::item(row)).err(),
            codec::history_entry(&Columns::history(row)).err(),
            codec::record(&Columns::stream(row)).err(),
            codec::session(&Columns::session(row)).err(),
        ];
        for fault in faults.into_iter().flatten() {
            assert!(fault.0.starts_with("table ") && fault.0.contains(", column "), "{}", fault.0);
        }
    }
}

fn value(stored: Stored) -> Value {
    match stored {
        Stored::Null => Value::Null,
        Stored::Integer(n) => Value::Integer(n),
        Stored::Real(n) => Value::Real(n),
        Stored::Text(text) => Value::Text(text),
        Stored::Blob(bytes) => Value::Blob(bytes),
    }
}
