//! Uploads: bytes that come over the network become a file in the media directory, whole or not at all.
//!
//! They are written to a hidden file beside the place where they will be. When all have come, the file is put on disk, looked at as any file that
//! is queued, and given its name in one step that never replaces another file. The hidden file is locked while somebody writes it: one that is not
//! was left by a crash, and is removed at the next start.

use std::{
    fs::{self, File},
    hash::{BuildHasher, RandomState},
    io::{self, Write},
    path::PathBuf,
    sync::{Arc, Weak},
};

use bytes::Bytes;
use futures::StreamExt;
use streamcore::{
    FailureKind, FailureReason,
    media::{MediaInfo, StoreError, Upload},
};
use tokio::sync::Semaphore;

use super::{look_at, name};
use crate::source::Root;

/// The folder, below the root.
const FOLDER: &str = "uploads";
// What the names of unfinished uploads begin and end with.
const PREFIX: &str = ".upload-";
const SUFFIX: &str = ".part";
/// Bytes that are collected before they are written.
const PIECE: usize = 256 * 1_024;
/// How many names are tried for one file.
const MOST_NUMBERS: u32 = 1_000;

/// Stores an upload; see [`Media::store`](streamcore::media::Media::store).
pub(super) async fn store(
    root: &Root,
    turns: &Arc<Semaphore>,
    name: &str,
    mut bytes: Upload,
    max_bytes: u64,
) -> Result<MediaInfo, StoreError> {
    let Some(name) = name::sanitised(name) else {
        let detail = "the file's name holds no letter and no digit; rename it";
        return Err(StoreError::Refused(FailureReason::new(FailureKind::Forbidden, detail)));
    };
    let _turn = turns.acquire().await.map_err(|_| StoreError::Interrupted)?;
    let begin = root.clone();
    let mut part = aside(move || Part::begin(&begin)).await?;
    let mut count = 0_u64;
    let mut pieces: Vec<Bytes> = Vec::new();
    let mut waiting = 0;
    loop {
        let piece = match bytes.next().await {
            Some(piece) => Some(piece.map_err(|_| StoreError::Interrupted)?),
            None => None,
        };
        let last = piece.is_none();
        if let Some(piece) = piece {
            count = count.saturating_add(piece.len() as u64);
            if count > max_bytes {
                return Err(StoreError::TooLarge { limit: max_bytes });
            }
            waiting += piece.len();
            pieces.push(piece);
        }
        if waiting >= PIECE || last {
            waiting = 0;
            let pieces = std::mem::take(&mut pieces);
            part = aside(move || part.written(&pieces)).await?;
        }
        if last {
            break;
        }
    }
    let wanted = Arc::new(());
    let is_wanted = Arc::downgrade(&wanted);
    let root = root.clone();
    let stored = aside(move || part.finish(&root, &name, &is_wanted)).await;
    drop(wanted);
    stored
}

/// Removes what uploads left behind that a crash ended. Blocks on the file system.
pub(super) fn remove_leftovers(root: &Root) {
    let Ok(entries) = fs::read_dir(root.path().join(FOLDER)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_part = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_part && is_file && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            match fs::remove_file(entry.path()) {
                Ok(()) => tracing::info!(file = ?name, "removed what an interrupted upload left behind"),
                Err(error) => tracing::warn!(file = ?name, %error, "an interrupted upload left this behind"),
            }
        }
    }
}

/// Runs blocking work where it blocks nobody.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let gave_up = |_| StoreError::Refused(FailureReason::new(FailureKind::Broken, "the decoder gave up on it"));
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(gave_up(error)))
}

/// An upload that is not finished. Dropping it removes it.
#[derive(Debug)]
struct Part {
    folder: PathBuf,
    path: PathBuf,
    file: File,
}

impl Drop for Part {
    fn drop(&mut self) {
        // If it has its name already, there is nothing to remove.
        let _ = fs::remove_file(&self.path);
    }
}

impl Part {
    fn begin(root: &Root) -> Result<Self, StoreError> {
        let folder = root.path().join(FOLDER);
        match fs::create_dir(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(unavailable(&error)),
            _ => {}
        }
        // Nothing is written where a link leads out of the root.
        if fs::canonicalize(&folder).map_err(|error| unavailable(&error))? != folder {
            let detail = format!("{FOLDER:?} in the media directory is a link; make it a directory");
            return Err(StoreError::Unavailable { detail });
        }
        loop {
            let number = RandomState::new().hash_one(std::process::id());
            let path = folder.join(format!("{PREFIX}{number:016x}{SUFFIX}"));
            match File::options().read(true).write(true).create_new(true).open(&path) {
                Ok(file) => {
                    // Where files cannot be locked, a start during an upload would remove it.
                    let _ = file.try_lock();
                    return Ok(Self { folder, path, file });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(unavailable(&error)),
            }
        }
    }

    fn written(mut self, pieces: &[Bytes]) -> Result<Self, StoreError> {
        pieces.iter().try_for_each(|piece| self.file.write_all(piece)).map_err(|error| unavailable(&error))?;
        Ok(self)
    }

    /// Looks at what came and gives it its name, if somebody still wants it.
    fn finish(self, root: &Root, name: &(String, String), wanted: &Weak<()>) -> Result<MediaInfo, StoreError> {
        let bytes = self.file.metadata().map_err(|error| unavailable(&error))?.len();
        let (stem, extension) = name;
        let shown = format!("{stem}.{extension}");
        if bytes == 0 {
            let detail = format!("{shown:?} is empty; choose the file again");
            return Err(StoreError::Refused(FailureReason::new(FailureKind::Empty, detail)));
        }
        let file = File::open(&self.path).map_err(|error| unavailable(&error))?;
        let (mut info, format) = look_at(file, &shown, bytes).map_err(refused)?;
        self.file.sync_all().map_err(|error| unavailable(&error))?;
        let known = name::extensions(format);
        let extension = known.iter().find(|known| *known == extension).or(known.first()).unwrap_or(&"mp3");
        if wanted.strong_count() == 0 {
            return Err(StoreError::Interrupted);
        }
        let (path, file_name) = self.give_name(stem, extension)?;
        // The name has to outlive a crash as well.
        let synced = File::open(&self.folder).and_then(|folder| folder.sync_all());
        if wanted.strong_count() == 0 || synced.is_err() {
            let _ = fs::remove_file(path);
            return synced.map_or_else(|error| Err(unavailable(&error)), |()| Err(StoreError::Interrupted));
        }
        info.url = format!("{FOLDER}/{file_name}");
        // The one way in which it will be opened has to find it.
        root.locate(&info.url).map_err(refused)?;
        Ok(info)
    }

    /// Gives the file the first free name, never one that another file has.
    fn give_name(&self, stem: &str, extension: &str) -> Result<(PathBuf, String), StoreError> {
        for number in 1..=MOST_NUMBERS {
            let name =
                if number == 1 { format!("{stem}.{extension}") } else { format!("{stem} ({number}).{extension}") };
            let path = self.folder.join(&name);
            // Unlike a rename, a link fails if the name is taken. Where there are no links the name is reserved first.
            let given = fs::hard_link(&self.path, &path).or_else(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => Err(error),
                _ => File::create_new(&path).and_then(|_| fs::rename(&self.path, &path)),
            });
            match given {
                Ok(()) => return Ok((path, name)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(unavailable(&error)),
            }
        }
        let detail = format!("{MOST_NUMBERS} files are called {stem:?} already; give it another name");
        Err(StoreError::Refused(FailureReason::new(FailureKind::Forbidden, detail)))
    }
}

fn refused(reason: FailureReason) -> StoreError {
    match reason.kind {
        FailureKind::Unavailable | FailureKind::Unreadable => StoreError::Unavailable { detail: reason.detail },
        _ => StoreError::Refused(reason),
    }
}

/// What the system said, for who can do something about it, without its paths.
pub(super) fn unavailable(error: &io::Error) -> StoreError {
    let detail = match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full; make room or remove files".to_owned(),
        io::ErrorKind::QuotaExceeded => "the disk quota is used up; make room or raise it".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            format!("the server may not write to {FOLDER:?} in the media directory; give it the right to")
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            format!("{FOLDER:?} in the media directory is no directory; rename it")
        }
        kind => kind.to_string(),
    };
    StoreError::Unavailable { detail }
}

#[cfg(test)]
mod tests;
