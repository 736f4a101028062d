//! What the machine is told.

use std::{sync::Arc, time::Duration};

use crate::{
    EndCause, ItemId,
    auto_end::Settings,
    player::Report,
    presence::{Observation, SourceId, Terms},
    queue::Advanced,
};

/// One thing that happened. The driver feeds them one at a time.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Input {
    /// Somebody wants something; exactly one [`Reply`](super::Reply) follows, now or with a later input.
    Command {
        /// Names the command in the reply.
        id: CommandId,
        /// What is wanted.
        command: Command,
    },
    /// The player tells something.
    Report(Report),
    /// A store answered a question. An answer to a question that is no longer asked is ignored.
    Answer {
        /// The question, as in [`Effect::Ask`](super::Effect::Ask).
        question: QuestionId,
        /// The answer.
        answer: Result<Answer, StoreError>,
    },
    /// The stream's queue may have changed.
    QueueChanged,
    /// Time passed. Early, late or twice is harmless.
    Tick,
}

/// What somebody may want of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// Be on the air. Idempotent.
    Start,
    /// End. Idempotent.
    Stop(EndCause),
    /// Silence, keeping the place. Idempotent.
    Pause,
    /// Go on after a pause. Idempotent.
    Resume,
    /// On to the next track.
    Skip {
        /// If set, only while this item is current: two people who skip the same item skip one.
        item: Option<ItemId>,
    },
    /// On to this waiting item, past those before it, which keep waiting.
    Jump {
        /// If set, only while this item is current.
        item: Option<ItemId>,
        /// Where to.
        to: ItemId,
        /// Whether what plays now is to wait again, right behind it, rather than to count as skipped.
        keep: bool,
    },
    /// On to another place in the current track.
    Seek {
        /// If set, only while this item is current.
        item: Option<ItemId>,
        /// Where to.
        position: Duration,
    },
    /// Count as empty from now on, if nobody listens: whoever asks wants it to go on. Idempotent.
    KeepAlive {
        /// Who asks.
        by: String,
    },
    /// End by itself like this from now on; a timer that runs obeys at once.
    Configure(Arc<Settings>),
    /// A source tells who listens. Legal for a stopped stream, too.
    Observe {
        /// Which source.
        source: SourceId,
        /// How long its word holds.
        terms: Terms,
        /// What it tells.
        observation: Observation,
    },
    /// The process is about to end: store the state, leave the air, go on at the next start.
    Suspend,
    /// Be forgotten: legal only for a stopped stream. No command is taken from then on.
    Retire,
}

/// Names a command until it is replied to. Given by the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub u64);

/// Names a question until it is answered. Given by the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionId(pub(super) u64);

/// What a store answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// To [`Question::Advance`](super::Question::Advance) and [`Question::Current`](super::Question::Current).
    Advanced(Advanced),
    /// To [`Question::Release`](super::Question::Release) and [`Question::Save`](super::Question::Save).
    Done,
}

/// Why a store did not do as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError {
    /// What the caller can do about it.
    pub kind: StoreErrorKind,
    /// What it said, in words.
    pub detail: String,
}

/// What can be done about a [`StoreError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// It cannot be asked now: ask again.
    Away,
    /// It holds something that it cannot read: a person has to look.
    Unreadable,
    /// It does not know the stream.
    Gone,
}

impl StoreError {
    /// An answer of the wrong kind: a bug of the driver, treated like an outage so that the stream goes on.
    pub(super) fn nonsense() -> Self {
        Self { kind: StoreErrorKind::Away, detail: "the answer does not fit the question".to_owned() }
    }
}
