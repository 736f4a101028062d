//! The phases of a stream and the legal steps between them, as one table.

use crate::ItemId;

/// Where a stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Off the air. The store knows it.
    Stopped,
    /// To be on the air once the store has noted that it runs.
    Starting,
    /// On the air.
    Running,
    /// Off the air; the store is still to be told.
    Ending(Ending),
    /// Left alone until the next start of the process.
    Suspended,
}

/// What remains to be done of an end, in this order. The item goes back before the end is noted: a crash in between resumes the stream
/// (nobody was told that it ended), and never strands a current item in a stopped stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// A hand-off was under way: wait for the truth about the current item.
    HandingOff,
    /// Put the current item back to the head of the queue.
    Releasing(ItemId),
    /// Note the end.
    Saving,
}

impl Phase {
    /// Whether a step from this phase to `next` is legal.
    pub(super) const fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Suspended, _) => false,
            (_, Self::Suspended)
            | (Self::Stopped, Self::Starting)
            | (Self::Starting, Self::Running | Self::Stopped | Self::Ending(Ending::Saving))
            | (Self::Running, Self::Ending(_))
            | (Self::Ending(Ending::HandingOff), Self::Ending(Ending::Releasing(_) | Ending::Saving))
            | (Self::Ending(Ending::Releasing(_)), Self::Ending(Ending::Saving))
            | (Self::Ending(Ending::Saving), Self::Stopped) => true,
            _ => false,
        }
    }
}
