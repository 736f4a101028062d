//! The media directory as the port [`Media`]: what may be queued, and what is there.

mod list;
mod name;
mod store;

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use streamcore::{
    FailureKind, FailureReason, MAX_TITLE_CHARS, Source,
    media::{Media, MediaInfo, MediaList, StoreError, Upload},
};
use tokio::sync::Semaphore;

use crate::{
    ConfigError,
    decode::{Reader, Step},
    source::{Located, Root},
};

/// How long a file may take to be looked at.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// How many are looked at at a time; others wait their turn within the time limit. A disk that hangs can hold no more threads than this.
const AT_A_TIME: usize = 8;
/// How many packets are tried before a file counts as not decodable.
const PACKETS: usize = 50;
/// How many uploads are written at a time; others wait.
const UPLOADS: usize = 8;

/// The files of one directory.
///
/// Locations are checked as [`AudioPlayer`](crate::AudioPlayer) checks them when it opens them: relative paths, and `file://` URLs that lead into
/// the directory; nothing that leaves it, and only regular files. Needs a tokio runtime with its time driver.
#[derive(Debug, Clone)]
pub struct MediaDir {
    root: Root,
    turns: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    /// Servers out there may take their time: files do not wait for them.
    #[cfg(feature = "remote")]
    remote_turns: Arc<Semaphore>,
}

impl MediaDir {
    /// The media in this directory. What uploads left behind in it that a crash ended is removed.
    ///
    /// # Errors
    ///
    /// [`ConfigError::MediaDir`] if it is not a directory that can be read.
    pub fn new(directory: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let directory = directory.as_ref();
        let root =
            Root::new(directory).map_err(|source| ConfigError::MediaDir { path: directory.to_path_buf(), source })?;
        store::remove_leftovers(&root);
        let turns = |count| Arc::new(Semaphore::new(count));
        Ok(Self {
            root,
            turns: turns(AT_A_TIME),
            uploads: turns(UPLOADS),
            #[cfg(feature = "remote")]
            remote_turns: turns(AT_A_TIME),
        })
    }

    /// The same media, and http(s) URLs as [`AudioConfig::remote`](crate::AudioConfig::remote) plays them. Without this they are refused.
    #[cfg(feature = "remote")]
    #[must_use]
    pub fn with_remote(self, remote: crate::RemoteConfig) -> Self {
        Self { root: self.root.with_remote(crate::remote::Remote::new(remote)), ..self }
    }

    /// Runs blocking work with a limit on its time and on how much of it there is.
    async fn blocking<T: Send + 'static>(
        &self,
        turns: &Arc<Semaphore>,
        work: impl FnOnce(&Root) -> Result<T, FailureReason> + Send + 'static,
    ) -> Result<T, FailureReason> {
        let (root, turns) = (self.root.clone(), Arc::clone(turns));
        let other = || FailureReason::new(FailureKind::Other, "the check was given up");
        let job = async move {
            let turn = turns.acquire_owned().await.map_err(|_| other())?;
            // Tokio panics if it has no thread at all for this.
            let task = catch_unwind(AssertUnwindSafe(|| {
                tokio::task::spawn_blocking(move || {
                    let _turn = turn; // held until the work is done, even if nobody waits for it any more
                    work(&root)
                })
            }));
            let Ok(task) = task else {
                return Err(FailureReason::new(FailureKind::Unavailable, "the server has no thread left; try again"));
            };
            // A panic in here is a decoder that met a hostile file.
            task.await.unwrap_or_else(|_| Err(FailureReason::new(FailureKind::Broken, "the decoder gave up on it")))
        };
        tokio::time::timeout(TIME_LIMIT, job).await.unwrap_or_else(|_| {
            let detail = format!("it could not be looked at within {} seconds; try again", TIME_LIMIT.as_secs());
            Err(FailureReason::new(FailureKind::Stalled, detail))
        })
    }
}

#[async_trait]
impl Media for MediaDir {
    async fn check(&self, url: &str) -> Result<MediaInfo, FailureReason> {
        #[cfg(feature = "remote")]
        if let Some(remote) = self.root.remote(url) {
            let (remote, url) = (remote.clone(), url.to_owned());
            return self.blocking(&self.remote_turns, move |_| remote.check(&url)).await;
        }
        let url = url.to_owned();
        self.blocking(&self.turns, move |root| check(root, &url)).await
    }

    async fn store(&self, name: &str, bytes: Upload, max_bytes: u64) -> Result<MediaInfo, StoreError> {
        store::store(&self.root, &self.uploads, name, bytes, max_bytes).await
    }

    async fn list(&self, filter: &str, limit: usize) -> Result<MediaList, FailureReason> {
        let filter = filter.to_owned();
        self.blocking(&self.turns, move |root| list::list(root, &filter, limit)).await
    }
}

fn check(root: &Root, url: &str) -> Result<MediaInfo, FailureReason> {
    let (Located { name, metadata, .. }, file) = root.open(url)?;
    look_at(file, &name, metadata.len()).map(|(info, _)| info)
}

/// What a file holds, and the short name of its format.
fn look_at(file: File, name: &str, bytes: u64) -> Result<(MediaInfo, &'static str), FailureReason> {
    let mut reader = Reader::open(file, name)?;
    let about = reader.about(bytes);
    // A header alone is no music: something must come out.
    let mut pcm = Vec::new();
    for _ in 0..PACKETS {
        if reader.step(&mut pcm)? == Step::End || reader.decoded_any {
            break;
        }
    }
    if !reader.decoded_any {
        let detail = format!("{name:?} is not audio that can be played; use MP3, M4A, FLAC, Ogg Vorbis, WAV or AIFF");
        return Err(FailureReason::new(FailureKind::Unsupported, detail));
    }
    let title = about.title.as_deref().and_then(readable);
    let title = title.or_else(|| readable(&title_of(name))).unwrap_or_else(|| "untitled".to_owned());
    let artist = about.artist.as_deref().and_then(readable);
    let info = MediaInfo { url: name.to_owned(), source: Source::File, duration: about.duration, title, artist };
    Ok((info, reader.format()))
}

/// What a stranger's tag says, fit to be shown in one line among others; none if nothing is left of it.
///
/// Control characters would break the line, and those that turn the direction of writing would turn what follows it; a line break is a space.
pub(crate) fn readable(text: &str) -> Option<String> {
    let text = text.replace(['\n', '\r', '\t'], " ");
    let shown = text.chars().filter(|c| !c.is_control() && !turns_direction(*c));
    let shown: String = shown.take(MAX_TITLE_CHARS).collect();
    Some(shown.trim().to_owned()).filter(|text| !text.is_empty())
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// A title made from a file's name: without folders and extension, underscores as spaces.
fn title_of(name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let title = stem.replace('_', " ");
    let title = title.trim();
    if title.is_empty() { file.to_owned() } else { title.to_owned() }
}

#[cfg(test)]
mod tests;
