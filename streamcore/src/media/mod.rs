//! What can be queued: media locations are checked before they enter a queue, and again by the player that opens them.

use std::{io, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use crate::{FailureReason, Source};

/// The media that a player can reach.
///
/// **Trust.** Every location comes from outside. An implementation refuses whatever leaves its root (`..`, absolute paths, symbolic links
/// that point out of it) and whatever scheme it does not know, and says so without naming paths outside of the root.
#[async_trait]
pub trait Media: std::fmt::Debug + Send + Sync {
    /// Checks a location: a path relative to the root, or a URL.
    ///
    /// **Effect.** None; the media is opened and its header read. **Errors.** A [`FailureReason`] that says what is wrong and what to do.
    /// **Cancellation.** Nothing happens.
    async fn check(&self, url: &str) -> Result<MediaInfo, FailureReason>;

    /// Stores a file that somebody sends, under a free name made from `name` in the root's folder for uploads.
    ///
    /// **Effect.** The bytes are written as they come, never held whole in memory. The file appears under its name in one step, whole and
    /// checked by its content (not by its name); until then, and after an error, nothing of it can be seen, also after a crash.
    /// **Returns** what [`check`](Media::check) would of it. A name that is taken gets a number; nothing is ever overwritten.
    /// **Durability.** On disk before the future resolves. **Idempotence.** None: a repeated call stores a second file.
    /// **Errors.** [`StoreError`]. **Cancellation.** As an interrupted one: nothing is
    /// kept; unless all bytes had come and it was just about to succeed.
    async fn store(&self, name: &str, bytes: Upload, max_bytes: u64) -> Result<MediaInfo, StoreError>;

    /// Lists files whose path contains `filter` (in any case), in the order of their paths, at most `limit`.
    async fn list(&self, filter: &str, limit: usize) -> Result<MediaList, FailureReason>;
}

/// The bytes of a file as they arrive; an error means that no more will come.
pub type Upload = BoxStream<'static, io::Result<Bytes>>;

/// What a check found.
#[derive(Debug, Clone, PartialEq)]
pub struct MediaInfo {
    /// The location in its one normal form: for a file, its path relative to the root with `/` between the parts.
    pub url: String,
    /// What kind of place it is.
    pub source: Source,
    /// Its length, if its header tells.
    pub duration: Option<Duration>,
    /// A title for people: from its tags, else made from its name.
    pub title: String,
    /// Who performs it, if its tags tell.
    pub artist: Option<String>,
}

/// Why a file was not stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// It is larger than it may be.
    #[error("the file is larger than {limit} bytes; send a smaller one or raise the limit")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// It is not what it should be: its name cannot be used, or its content is not audio that can be played. Kept nowhere.
    #[error("{0}")]
    Refused(FailureReason),
    /// The sender broke off. Kept nowhere.
    #[error("the file did not arrive whole; send it again")]
    Interrupted,
    /// There is no room for it, or the media directory cannot be written. Kept nowhere.
    #[error("the file cannot be stored: {detail}")]
    Unavailable {
        /// What the system says, without paths outside of the root.
        detail: String,
    },
}

/// Some of the files that can be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaList {
    /// The files.
    pub files: Vec<MediaFile>,
    /// Whether there are more that match.
    pub more: bool,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFile {
    /// Its location, as [`Media::check`] takes it.
    pub url: String,
    /// Its size in bytes.
    pub bytes: u64,
}
