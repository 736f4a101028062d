//! What the machine wants done, as values. Performed by the driver, in order.

use super::{CommandId, QuestionId, Snapshot, StoreError, StreamView};
use crate::{
    Event, ItemId, PlaybackId, QueueItem, Revision,
    player::{Join, Play},
    presence::TooMany,
    queue::Advance,
    registry::Session,
};

/// What is to be done after an input, in this order.
#[must_use = "effects that are not performed are lost"]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effects(pub(super) Vec<Effect>);

impl Effects {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The effects, without taking them.
    pub fn iter(&self) -> std::slice::Iter<'_, Effect> {
        self.0.iter()
    }
}

impl IntoIterator for Effects {
    type Item = Effect;
    type IntoIter = std::vec::IntoIter<Effect>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Effect {
    /// Ask a store; its answer comes back as [`Input::Answer`](super::Input::Answer) with the same id.
    Ask {
        /// Names the question.
        question: QuestionId,
        /// What to ask.
        ask: Question,
    },
    /// Tell the player.
    Order(Order),
    /// Tell the world.
    Emit(Event),
    /// Answer a command.
    Reply {
        /// Which.
        command: CommandId,
        /// With what.
        reply: Reply,
    },
}

/// What is asked of a store. Repeating a question is safe.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// Of the queue: hand over to the next item.
    Advance(Advance),
    /// Of the queue: what is current? Answered as a hand-off that changed nothing.
    Current,
    /// Of the queue: put the current item back.
    Release(ItemId),
    /// Of the registry: remember this.
    Save(Snapshot),
    /// Of the registry: remember this, and that this session ended.
    Close {
        /// The stream as it is now.
        snapshot: Snapshot,
        /// What there is to remember of the session.
        session: Session,
    },
}

/// What the player is told. See [`Player`](crate::player::Player) for what each means.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// Begin to broadcast.
    Open,
    /// Play an item.
    Play(Play),
    /// Loop the placeholder.
    Placeholder {
        /// Names the playback.
        playback: PlaybackId,
        /// How it follows what plays.
        join: Join,
    },
    /// Silence.
    Pause,
    /// Go on.
    Resume,
    /// Leave the air.
    Close,
}

/// The answer to a command.
pub type Reply = Result<Done, Refusal>;

/// A command that was carried out.
#[derive(Debug, Clone, PartialEq)]
pub enum Done {
    /// The stream as it is now.
    View(Box<StreamView>),
    /// What came of a skip.
    Skipped {
        /// Whether this very command skipped something.
        skipped: bool,
        /// What plays now; none: the placeholder.
        current: Option<Box<QueueItem>>,
        /// The queue's revision after the hand-off, if there was one.
        revision: Option<Revision>,
    },
}

/// A command that was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The stream is not running.
    NotRunning,
    /// The stream is running.
    Running,
    /// Nothing plays that could be skipped.
    NothingToSkip,
    /// Nothing plays in which one could move to another place, or not the item that was named.
    NothingToSeek,
    /// What plays has no beginning and no end.
    NotSeekable,
    /// It tells of more sources or listeners than are kept.
    TooMany(TooMany),
    /// The process is about to end.
    Suspended,
    /// A store did not do as asked.
    Store(StoreError),
}
