//! What there is to queue.

use std::{
    fs,
    path::{Path, PathBuf},
};

use streamcore::{
    FailureKind, FailureReason,
    media::{MediaFile, MediaList},
};

use crate::source::{Root, slashed};

/// Names of files that the player knows, by their ends.
const EXTENSIONS: [&str; 12] = ["mp3", "flac", "ogg", "oga", "wav", "m4a", "m4b", "mp4", "aac", "aif", "aiff", "mka"];
/// How many entries of directories are looked at. Beyond that the list says that there is more.
const MAX_ENTRIES: usize = 100_000;
/// How deep directories may be nested.
const MAX_DEPTH: usize = 24;

/// Lists files whose path contains `filter` in any case, in the order of their paths. Blocks on the file system.
///
/// Directories behind symbolic links are not entered: they could lead in circles. Files behind them are listed if they lie inside.
pub(super) fn list(root: &Root, filter: &str, limit: usize) -> Result<MediaList, FailureReason> {
    let filter = filter.to_lowercase();
    let mut files = Vec::new();
    let mut looked_at = 0;
    let mut directories = vec![(root.path().to_path_buf(), 0)];
    while let Some((directory, depth)) = directories.pop() {
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            // A directory inside that cannot be read hides what is in it and nothing else.
            Err(_) if depth > 0 => continue,
            Err(error) => {
                let detail = format!("the media directory cannot be read: {}", error.kind());
                return Err(FailureReason::new(FailureKind::Unreadable, detail));
            }
        };
        for entry in entries.flatten() {
            looked_at += 1;
            if looked_at > MAX_ENTRIES {
                return Ok(sorted(files, limit, true));
            }
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < MAX_DEPTH => directories.push((path, depth + 1)),
                Ok(kind) if !kind.is_dir() && known(&path) => files.extend(file(root, &path, &filter)),
                _ => {}
            }
        }
    }
    Ok(sorted(files, limit, false))
}

fn known(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension)))
}

/// The file, if it matches and could be queued.
fn file(root: &Root, path: &Path, filter: &str) -> Option<MediaFile> {
    let relative: PathBuf = path.strip_prefix(root.path()).ok()?.to_path_buf();
    let url = slashed(&relative)?;
    if !url.to_lowercase().contains(filter) {
        return None;
    }
    let located = root.locate(&url).ok()?;
    Some(MediaFile { url, bytes: located.metadata.len() })
}

fn sorted(mut files: Vec<MediaFile>, limit: usize, cut_short: bool) -> MediaList {
    files.sort_by(|a, b| a.url.cmp(&b.url));
    let more = cut_short || files.len() > limit;
    files.truncate(limit);
    MediaList { files, more }
}
