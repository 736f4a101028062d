use async_trait::async_trait;
use futures::stream::BoxStream;

use super::{Advance, Advanced, Applied, Change, HistoryPage, Page, QueueView, Released, Result};
use crate::{ItemId, StreamId};

/// The queues of all streams.
///
/// **Contract.** An implementation behaves as [`QueueModel`](super::QueueModel) does, per stream, one operation after the other: every
/// method that changes something is one atomic step, ordered by arrival; no reader sees half of it. A stream that nobody added to reads as an
/// empty queue at revision 0. `streamcore::queue_conformance!` checks all of it.
///
/// **Cancellation.** If a future of this trait is dropped, the change may or may not have happened. Ids come from the caller, so repeating
/// the same call is always safe.
///
/// **Clones.** Implementations are shared behind `Arc<dyn Queue>`; every method takes `&self`.
#[async_trait]
pub trait Queue: std::fmt::Debug + Send + Sync {
    /// Applies one edit.
    ///
    /// **Effect.** What [`Op`](super::Op) says; the current item is never touched.
    /// **Returns** the places and the revision as computed inside the step.
    /// **Atomicity.** One step, the checks of `expected`, `request` and the rules included; a batch is added wholly or not at all.
    /// **Durability.** Durable before the future resolves, as far as the backend's documentation promises.
    /// **Idempotence.** Any edit that names a [`request`](Change::request): repeating it changes nothing. Else, add: by item id. Remove: the
    /// second call finds nothing ([`Error::NotFound`](super::Error::NotFound)). Move, clear, the modes: repeating changes nothing more. Shuffle,
    /// undo and restore are done again.
    /// **Errors.** [`RevisionMismatch`](super::Error::RevisionMismatch) (checked first), [`NotFound`](super::Error::NotFound),
    /// [`CurrentItem`](super::Error::CurrentItem), [`OutOfRange`](super::Error::OutOfRange); of an add and a restore
    /// [`LimitReached`](super::Error::LimitReached), and of an add [`QuotaReached`](super::Error::QuotaReached),
    /// [`Duplicate`](super::Error::Duplicate), [`Cooldown`](super::Error::Cooldown); [`ModeMismatch`](super::Error::ModeMismatch),
    /// [`NothingToUndo`](super::Error::NothingToUndo), [`NothingToRestore`](super::Error::NothingToRestore);
    /// [`Unavailable`](super::Error::Unavailable) (try again), [`Corrupt`](super::Error::Corrupt) (do not).
    /// **Cancellation.** See the trait.
    async fn apply(&self, stream: StreamId, change: Change) -> Result<Applied>;

    /// Makes the head of the queue, or the waiting item that [`next`](Advance::next) names, the current item.
    ///
    /// **Effect.** If `finished` names the current item (or both are none), the current item is dropped into the history, or if it was
    /// [`Interrupted`](crate::Outcome::Interrupted) put back to the head, and the next one, if any, becomes current; what
    /// [`Repeat`](super::Repeat) repeats waits or plays again as a new item. Otherwise, and if `next` does not wait, nothing changes: a late,
    /// repeated or concurrent call advances at most once.
    /// **Returns** the current item after the call, so that a call that changed nothing is answered with the truth.
    /// **Atomicity.** One step; no observer sees the head neither waiting nor current.
    /// **Durability.** Durable before the future resolves.
    /// **Idempotence.** Repeating a call that named an item changes nothing more.
    /// **Errors.** [`Unavailable`](super::Error::Unavailable) (try again), [`Corrupt`](super::Error::Corrupt) (do not).
    /// **Cancellation.** See the trait.
    async fn advance(&self, stream: StreamId, advance: Advance) -> Result<Advanced>;

    /// Puts the current item back at the head of the waiting ones, as a stream does that stops in the middle of it.
    ///
    /// **Effect.** If `item` is current, it waits again, ahead of all others, and nothing is current. Otherwise nothing changes.
    /// **Atomicity, durability, errors, cancellation.** As for [`advance`](Queue::advance).
    /// **Idempotence.** Repeating changes nothing more.
    async fn release(&self, stream: StreamId, item: ItemId) -> Result<Released>;

    /// Reads a page of the list: the current item first, then what waits.
    ///
    /// **Effect.** None. **Atomicity.** The answer is one consistent state, of the revision it names.
    /// **Errors.** [`Unavailable`](super::Error::Unavailable), [`Corrupt`](super::Error::Corrupt). **Cancellation.** Nothing happens.
    async fn view(&self, stream: StreamId, page: Page) -> Result<QueueView>;

    /// Reads finished items, newest first, from the entry before `before` on.
    ///
    /// **Effect.** None. At most [`HISTORY_LIMIT`](super::HISTORY_LIMIT) entries are kept. **Errors, cancellation.** As for
    /// [`view`](Queue::view).
    async fn history(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<HistoryPage>;

    /// Forgets a deleted stream's items, current item and history.
    ///
    /// **Effect.** Nothing of it can be read any more. The revision is kept and raised, so that an author who saw the old queue is not
    /// mistaken for one who saw the new. **Idempotence.** Repeating empties an empty queue. **Atomicity, durability, errors,
    /// cancellation.** As for [`advance`](Queue::advance).
    async fn purge(&self, stream: StreamId) -> Result<()>;

    /// Hints that a queue changed, from now on, for all streams.
    ///
    /// **Effect.** After each change the stream's id comes at least once; several changes may be told as one, and a change made elsewhere
    /// may be told late. A hint is only a reason to look: a reader polls slowly behind it.
    /// **Bounds.** A reader that does not read costs at most one pending hint per stream. **Cancellation.** Dropping the stream unsubscribes.
    fn changes(&self) -> BoxStream<'static, StreamId>;
}
