use std::time::Duration;

use super::Reports;
use crate::{PlaybackId, QueueItem, StreamId};

/// Makes streams audible.
///
/// **Contract.** Methods are orders: they return at once, never block and never fail; what comes of them is reported through the
/// [`Reports`] given to [`open`](Player::open). Orders for one stream are obeyed in the order given. A playback is live from its
/// order until the next [`play`](Player::play), [`placeholder`](Player::placeholder) or [`close`](Player::close) for that stream; at most
/// one is live, and of each live playback the player reports, exactly once, either
/// [`Ended`](super::Report::Ended) or [`Failed`](super::Report::Failed) (a placeholder reports neither: it loops and cannot fail). After
/// the end of a playback and before the next order, listeners hear what was encoded ahead and then silence; they are never disconnected
/// before [`close`](Player::close).
///
/// Between the report of the end and the last audible moment of that playback lies about half a second (0.6 s for the built-in player): the
/// time in which the next order must come for a join without a gap. Reporting it earlier would hand over to the next item in the store long
/// before anybody hears it.
///
/// A player that knows who listens tells it at once when it is opened, and whenever it changes; until its first
/// [`Listeners`](super::Report::Listeners) nobody is taken to listen through it. One that loses count says
/// [`ListenersUnknown`](super::Report::ListenersUnknown): that is not zero.
///
/// A player that can play nothing at all just now (it has run out of files or threads, or had to begin anew) reports
/// [`FailureKind::Unavailable`](crate::FailureKind::Unavailable): the item is not to blame and will be ordered again.
pub trait Player: std::fmt::Debug + Send + Sync {
    /// Begins to broadcast the stream: silence, until told what to play. Opening an open stream replaces where its reports go and leaves
    /// the rest as it is.
    fn open(&self, stream: StreamId, reports: Reports);

    /// Plays an item. Resumes a paused stream.
    fn play(&self, stream: StreamId, play: Play);

    /// Loops the placeholder. It cannot fail. Resumes a paused stream.
    fn placeholder(&self, stream: StreamId, playback: PlaybackId, join: Join);

    /// Silence from now on; the playback stays live, and keeps its position.
    fn pause(&self, stream: StreamId);

    /// Goes on where [`pause`](Player::pause) stopped.
    fn resume(&self, stream: StreamId);

    /// Ends the broadcast: listeners get what was already due, then a clean end.
    fn close(&self, stream: StreamId);
}

/// An order to play an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Play {
    /// Names this attempt in reports.
    pub playback: PlaybackId,
    /// What to play.
    pub item: QueueItem,
    /// Where in it to begin. Past its end: it ends at once.
    pub from: Duration,
    /// How it follows what plays now.
    pub join: Join,
}

/// How a playback follows the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// Behind the last sample of the one before, without a gap. A placeholder has no last sample: it is cut as soon as it can be, but what
    /// plays before it plays out.
    AtEnd,
    /// At once; what was encoded ahead and not sent is thrown away.
    Now,
}
