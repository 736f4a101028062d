//! How connections are set up, and how an older file becomes a present one.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::OpenError;

/// Each brings the schema from the version before it to its own; the first one makes version 1. Never edited once released.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_queues_and_streams.sql"),
    include_str!("migrations/0002_queue.sql"),
    include_str!("migrations/0003_library.sql"),
    include_str!("migrations/0004_idempotency.sql"),
    include_str!("migrations/0005_stream_uuids.sql"),
    include_str!("migrations/0006_sessions.sql"),
];

/// Marks a file as ours: "StrC".
const APPLICATION_ID: i64 = 0x5374_7243;

/// How long to wait for a tool (a backup, say) that holds SQLite's own lock, before a request is answered as unavailable.
const BUSY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(3);

/// Statements that a connection keeps prepared: more than there are.
const CACHED_STATEMENTS: usize = 128;

/// Opens the connection that writes, creating or migrating the file.
pub(crate) fn open_writer(path: &Path) -> Result<Connection, OpenError> {
    let mut conn = Connection::open(path).map_err(|error| sqlite(path, error))?;
    set_up(&conn).map_err(|error| sqlite(path, error))?;
    migrate(&mut conn, path)?;
    // FULL syncs the log at each commit: what was acknowledged survives a power cut.
    conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;").map_err(|error| sqlite(path, error))?;
    Ok(conn)
}

/// Opens a connection that cannot write, on a file that [`open_writer`] opened.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(|error| sqlite(path, error))?;
    set_up(&conn).map_err(|error| sqlite(path, error))?;
    Ok(conn)
}

fn set_up(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    Ok(())
}

fn sqlite(path: &Path, error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => OpenError::NotOurs { path: path.to_owned() },
        _ => OpenError::Sqlite { path: path.to_owned(), source: error.into() },
    }
}

fn migrate(conn: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let known = MIGRATIONS.len() as i64;
    let found = version(conn).map_err(|error| sqlite(path, error))?;
    let Some(found) = found else { return Err(OpenError::NotOurs { path: path.to_owned() }) };
    let pending = usize::try_from(found).ok().and_then(|found| MIGRATIONS.get(found..));
    let Some(pending) = pending else { return Err(OpenError::Newer { path: path.to_owned(), found, known }) };
    // Only now, as this writes: a file that is not ours was left alone.
    let mode: rusqlite::Result<String> = conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0));
    let mode = mode.map_err(|error| sqlite(path, error))?;
    if mode != "wal" {
        let source = format!("this file system cannot hold a write-ahead log (journal mode {mode}); use a local disk");
        return Err(OpenError::Sqlite { path: path.to_owned(), source: source.into() });
    }
    for (version, sql) in (found + 1..).zip(pending) {
        step(conn, version, sql).map_err(|error| sqlite(path, error))?;
    }
    Ok(())
}

/// The schema version of a file that this program can work with.
pub(crate) fn check_version(conn: &Connection, path: &Path) -> Result<i64, OpenError> {
    let known = MIGRATIONS.len() as i64;
    match version(conn).map_err(|error| sqlite(path, error))? {
        None => Err(OpenError::NotOurs { path: path.to_owned() }),
        Some(found) if found > known => Err(OpenError::Newer { path: path.to_owned(), found, known }),
        Some(found) => Ok(found),
    }
}

/// The schema version, 0 for a new file; none if the file belongs to another program.
fn version(conn: &Connection) -> rusqlite::Result<Option<i64>> {
    let application: i64 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let new = (application, version, tables) == (0, 0, 0);
    Ok((new || application == APPLICATION_ID).then_some(version))
}

/// One migration, wholly or not at all.
fn step(conn: &mut Connection, version: i64, sql: &str) -> rusqlite::Result<()> {
    let tx = Transaction::new(conn, TransactionBehavior::Immediate)?;
    tx.execute_batch(sql)?;
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", version)?;
    tx.commit()
}

#[cfg(test)]
pub(crate) fn in_memory() -> Connection {
    let mut conn = Connection::open_in_memory().unwrap();
    for (version, sql) in (1..).zip(MIGRATIONS) {
        step(&mut conn, version, sql).unwrap();
    }
    conn.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    conn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_that_fails_leaves_the_version_and_the_tables() {
        let mut conn = Connection::open_in_memory().unwrap();
        step(&mut conn, 1, "CREATE TABLE a (x INTEGER) STRICT;").unwrap();
        step(&mut conn, 2, "CREATE TABLE b (x INTEGER) STRICT; CREATE TABLE a (x INTEGER) STRICT;").unwrap_err();
        assert_eq!(version(&conn).unwrap(), Some(1));
        let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 1);
    }
}
