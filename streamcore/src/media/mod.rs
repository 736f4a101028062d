//! What can be queued: media locations are checked before they enter a queue, and again by the player that opens them.

use std::time::Duration;

use async_trait::async_trait;

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

    /// Lists files whose path contains `filter` (in any case), in the order of their paths, at most `limit`.
    async fn list(&self, filter: &str, limit: usize) -> Result<MediaList, FailureReason>;
}

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
