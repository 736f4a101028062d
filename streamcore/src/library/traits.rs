use async_trait::async_trait;

use super::{Result, Search, SearchPage, Track, TrackChange};
use crate::TrackId;

/// What became of one track that was to be added.
#[derive(Debug, Clone, PartialEq)]
pub struct Added {
    /// The track as the library has it: for a known id the one that it had before.
    pub track: Track,
    /// Whether it is new.
    pub is_new: bool,
}

/// The tracks of a deployment.
///
/// **Contract.** An implementation behaves as [`MemoryLibrary`](super::MemoryLibrary) does. Each method is one atomic step, and what it
/// reads is one consistent state. `streamcore::library_conformance!` checks all of it.
///
/// **Durability.** What changes something is durable before its future resolves, as far as the backend's documentation promises.
/// **Cancellation.** If a future of this trait is dropped, the change may or may not have happened, wholly. Ids come from the caller, so
/// repeating the same call is safe. **Errors** of every method: [`Unavailable`](super::Error::Unavailable) (try again),
/// [`Corrupt`](super::Error::Corrupt) (do not).
///
/// **Locations** are not unique: whether the same one may be there twice is decided by who adds, after
/// [`find_by_url`](Library::find_by_url).
#[async_trait]
pub trait Library: std::fmt::Debug + Send + Sync {
    /// Adds tracks, all of them or none.
    ///
    /// **Effect.** Each track whose id is not known is added. One whose id is known, also from further up in the same call, is recognised:
    /// nothing of it changes.
    /// **Returns** for each track given, in their order, the one that the library has now.
    /// **Atomicity.** One step, the check of the limit included. **Idempotence.** By id; a repeated call succeeds on a full library, too.
    /// **Errors.** [`TooMany`](super::Error::TooMany) than [`MAX_BATCH`](super::MAX_BATCH), then [`TooLong`](super::Error::TooLong) of the
    /// first track that is not within its [limits](Track::check), then [`LimitReached`](super::Error::LimitReached) if there would be more
    /// than `max_tracks` and at least one is new. **Durability, cancellation.** See the trait.
    async fn add(&self, tracks: Vec<Track>, max_tracks: usize) -> Result<Vec<Added>>;

    /// Reads the tracks with these ids, in the order of the ids; one that does not exist is left out, one that is named twice comes twice.
    ///
    /// **Effect.** None. **Errors.** [`TooMany`](super::Error::TooMany) than [`MAX_BATCH`](super::MAX_BATCH). **Cancellation.** Nothing
    /// happens.
    async fn get(&self, ids: Vec<TrackId>) -> Result<Vec<Track>>;

    /// Finds the track with exactly this location: of several the one that was added first, by `added_at` and then by id.
    ///
    /// **Effect.** None. **Cancellation.** Nothing happens.
    async fn find_by_url(&self, url: &str) -> Result<Option<Track>>;

    /// Changes the fields that `change` names, and no others.
    ///
    /// **Effect.** The last write wins, field by field. Queue items that were made from the track keep what they have.
    /// **Returns** the track after the change. **Idempotence.** Repeating changes nothing more.
    /// **Errors.** [`NotFound`](super::Error::NotFound), [`TooLong`](super::Error::TooLong). **Atomicity, durability, cancellation.** See
    /// the trait.
    async fn update(&self, id: TrackId, change: TrackChange) -> Result<Track>;

    /// Forgets a track. Items in queues keep their copy of its title and location, and play; the media itself is not touched.
    ///
    /// **Returns** the track as it was. **Idempotence.** The second call answers [`NotFound`](super::Error::NotFound), and a track added
    /// with the same id is a new one. **Atomicity, durability, cancellation.** See the trait.
    async fn delete(&self, id: TrackId) -> Result<Track>;

    /// Reads a page of the tracks that match, see [`search`](super::search).
    ///
    /// **Effect.** None. **Atomicity.** Page and total are of one state. Pages, each asked for with the `next` of the one before, join:
    /// whatever is added, changed or deleted in between, a track that stays as it is comes exactly once.
    /// **Bounds.** At most [`MAX_PAGE`](super::MAX_PAGE) tracks. **Cancellation.** Nothing happens.
    async fn search(&self, search: Search) -> Result<SearchPage>;
}

/// Comfort for callers; every library has it.
#[async_trait]
pub trait LibraryExt: Library {
    /// Reads one track, or none if it does not exist. Otherwise as [`Library::get`].
    async fn track(&self, id: TrackId) -> Result<Option<Track>> {
        Ok(self.get(vec![id]).await?.pop())
    }
}

impl<L: Library + ?Sized> LibraryExt for L {}
