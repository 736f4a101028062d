//! What is played: queue items and where their media comes from.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ItemId, Timestamp, TrackId, queue::Tier};

/// Longest title, in characters.
pub const MAX_TITLE_CHARS: usize = 500;
/// Longest media location, in bytes.
pub const MAX_URL_BYTES: usize = 4_096;
/// Largest `metadata` object, in bytes of JSON.
pub const MAX_METADATA_BYTES: usize = 16_384;

/// What kind of place the media comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Source {
    /// A file of the media directory.
    File,
    /// An http(s) URL.
    Stream,
    /// A page that a resolver turns into a URL.
    Youtube,
}

/// One occurrence of a track in one stream's queue.
///
/// Its position is derived from the queue and never stored here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueueItem {
    /// Identity of this occurrence.
    pub id: ItemId,
    /// The library's track, or none for an ad-hoc URL.
    pub track_id: Option<TrackId>,
    /// What people read: 1 to [`MAX_TITLE_CHARS`] characters.
    pub title: String,
    /// Where the media is: a path relative to the media directory, or a URL. A player checks it again when it opens it.
    pub url: String,
    /// What kind of place that is.
    pub source: Source,
    /// Nominal length, if known. Informs people; nothing is cut at it.
    pub duration: Option<Duration>,
    /// Our user who added it; none for the service token.
    pub added_by: Option<String>,
    /// The requester's id in the chat platform, if one is known.
    pub requested_by: Option<i64>,
    /// When it was added.
    pub added_at: Timestamp,
    /// How important it is where the queue's mode asks for that.
    #[serde(default)]
    pub tier: Tier,
    /// The number of the history entry that it plays again, if it does.
    #[serde(default)]
    pub replays: Option<u64>,
    /// Whatever the integrator wants to keep with it.
    pub metadata: serde_json::Map<String, serde_json::Value>,
}

impl QueueItem {
    /// An item with the given identity, title and file path and nothing else known.
    ///
    /// ```
    /// use streamcore::{ItemId, QueueItem, Timestamp};
    /// let item = QueueItem::file(ItemId::new(uuid::Uuid::from_u128(7)), "Prelude", "bach/prelude.flac", Timestamp::default());
    /// assert_eq!(item.title, "Prelude");
    /// ```
    #[must_use]
    pub fn file(id: ItemId, title: impl Into<String>, path: impl Into<String>, added_at: Timestamp) -> Self {
        Self {
            id,
            track_id: None,
            title: title.into(),
            url: path.into(),
            source: Source::File,
            duration: None,
            added_by: None,
            requested_by: None,
            added_at,
            tier: Tier::default(),
            replays: None,
            metadata: serde_json::Map::new(),
        }
    }

    /// Who asked for it: whose turn it takes, and whose quota it counts for.
    #[must_use]
    pub fn requester(&self) -> Requester {
        Requester::of(self.requested_by, self.added_by.clone())
    }
}

/// Whom an item is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requester {
    /// Nobody in particular: an operator or a program. In [`Mode::Fair`](crate::queue::Mode::Fair) they are one requester together.
    Nobody,
    /// A user of ours.
    User(String),
    /// A person of the chat platform.
    Chat(i64),
}

impl Requester {
    /// Whom an item with these two fields is for: the person of the chat platform, if one is known, else our user who added it.
    #[must_use]
    pub fn of(requested_by: Option<i64>, added_by: Option<String>) -> Self {
        match (requested_by, added_by) {
            (Some(chat), _) => Self::Chat(chat),
            (None, Some(user)) => Self::User(user),
            (None, None) => Self::Nobody,
        }
    }
}

/// Why an item left the current place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "reason")]
#[non_exhaustive]
pub enum Outcome {
    /// It played to its end.
    Played,
    /// Somebody skipped it.
    Skipped,
    /// It made way for another item, which was to play at once, and waits again at the head. It is not in the history for that.
    Interrupted,
    /// It could not be opened or decoded, or made no progress.
    Failed(FailureReason),
}

/// Why a track could not be played. The kind is for machines (and labels), the detail for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureReason {
    /// The kind.
    pub kind: FailureKind,
    /// What exactly, in words; no secrets and no absolute paths.
    pub detail: String,
}

impl FailureReason {
    /// A reason of this kind.
    #[must_use]
    pub fn new(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

impl std::fmt::Display for FailureReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind.as_str(), self.detail)
    }
}

/// The bounded set of kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureKind {
    /// Nothing is there.
    NotFound,
    /// The location is not allowed: it leaves the media directory, or its scheme is refused.
    Forbidden,
    /// It is there but cannot be read.
    Unreadable,
    /// It is not audio in a format that the player knows.
    Unsupported,
    /// It holds no audio.
    Empty,
    /// It began and then could not be decoded any further.
    Broken,
    /// It made no progress in time.
    Stalled,
    /// It is a page, and there is no resolver that could find the audio on it.
    ResolverMissing,
    /// It failed too often lately and is not tried again yet.
    Quarantined,
    /// The player can play nothing at all now: it has run out of files or threads, or had to begin anew. Not the track's fault: the stream
    /// keeps the item and tries it again.
    Unavailable,
    /// Anything else.
    Other,
}

impl FailureKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::NotFound,
        Self::Forbidden,
        Self::Unreadable,
        Self::Unsupported,
        Self::Empty,
        Self::Broken,
        Self::Stalled,
        Self::ResolverMissing,
        Self::Quarantined,
        Self::Unavailable,
        Self::Other,
    ];

    /// Its name in snake case, as in JSON and labels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Forbidden => "forbidden",
            Self::Unreadable => "unreadable",
            Self::Unsupported => "unsupported",
            Self::Empty => "empty",
            Self::Broken => "broken",
            Self::Stalled => "stalled",
            Self::ResolverMissing => "resolver_missing",
            Self::Quarantined => "quarantined",
            Self::Unavailable => "unavailable",
            Self::Other => "other",
        }
    }
}
