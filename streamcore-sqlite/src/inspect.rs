//! Looking at a store without opening it: for an operator, also while a server runs on it.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use crate::{OpenError, lock::lock_path, schema};

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// Whether a process has it open.
    pub in_use: bool,
    /// The version of its schema; [`SqliteStore::open`](crate::SqliteStore::open) brings an older one to the present.
    pub version: i64,
    /// What SQLite's quick check found wrong, at most ten lines; empty if nothing.
    pub damage: Vec<String>,
}

/// Looks at the store in this file, without changing it; none if there is no file. Blocks for as long as it takes to read all of it.
///
/// # Errors
/// [`OpenError`] if it cannot be read or is not ours.
pub fn inspect(path: impl AsRef<Path>) -> Result<Option<Inspection>, OpenError> {
    let path = path.as_ref();
    if !path.try_exists().map_err(|source| OpenError::Io { path: path.to_owned(), source })? {
        return Ok(None);
    }
    let conn = schema::open_reader(path)?;
    let version = schema::check_version(&conn, path)?;
    let look = || -> rusqlite::Result<Vec<String>> {
        let mut check = conn.prepare("PRAGMA quick_check(10)")?;
        check.query_map([], |row| row.get(0))?.collect()
    };
    let mut damage = look().map_err(|error| OpenError::Sqlite { path: path.to_owned(), source: error.into() })?;
    damage.retain(|line| line != "ok");
    Ok(Some(Inspection { in_use: is_locked(path), version, damage }))
}

/// Whether a process holds the lock. Asked for as one of many, so that two who look do not see each other.
fn is_locked(path: &Path) -> bool {
    File::open(lock_path(path)).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}
