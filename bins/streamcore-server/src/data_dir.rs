//! The data directory: made, and ours alone. Whatever store is used, the token is kept there.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use uuid::Uuid;

use crate::failure::Failure;

/// Our lock on a data directory, which the system gives back when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct DataDir {
    /// A name of this directory that no other has: kept in the file that is locked. The embedded store needs none.
    #[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "only a store that others reach asks who we are"))]
    pub(crate) id: Uuid,
    _lock: File,
}

impl DataDir {
    /// Makes it if need be, and locks it.
    pub(crate) fn own(path: &Path) -> Result<Self, Failure> {
        let failed = |source| Failure::Directory { what: "data", flag: "--data-dir", path: path.to_owned(), source };
        make("data", "--data-dir", path)?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(lock_path(path))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Failure::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let id = identify(&mut lock).map_err(failed)?;
        Ok(Self { id, _lock: lock })
    }
}

/// The file that is locked. It stays: removing it could take away a lock that another process just got.
pub(crate) fn lock_path(data_dir: &Path) -> PathBuf {
    data_dir.join("server.lock")
}

/// Makes a directory that the server needs.
pub(crate) fn make(what: &'static str, flag: &'static str, path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|source| Failure::Directory { what, flag, path: path.to_owned(), source })
}

/// The id in the file; a new one if there is none.
fn identify(file: &mut File) -> io::Result<Uuid> {
    let mut text = String::new();
    // What cannot be read as text is no id, either.
    if file.take(64).read_to_string(&mut text).is_ok()
        && let Ok(id) = text.trim().parse()
    {
        return Ok(id);
    }
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{id}")?;
    file.sync_all()?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_one_servers_at_a_time_and_keeps_its_name() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("data");
        let first = DataDir::own(&path).expect("ours");
        let refused = DataDir::own(&path).expect_err("it is taken").to_string();
        assert!(refused.contains("in use") && refused.contains("--data-dir"), "{refused}");
        let id = first.id;
        drop(first);
        assert_eq!(DataDir::own(&path).expect("ours").id, id);
        fs::write(lock_path(&path), "\u{fffd} no id").expect("written");
        let other = DataDir::own(&path).expect("ours").id;
        assert_ne!(other, id);
        assert_eq!(DataDir::own(&path).expect("ours").id, other);
    }
}
