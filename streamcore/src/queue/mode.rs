//! Where a queue inserts, and what it plays again.

use serde::{Deserialize, Serialize};

/// Where an added item is inserted into the one explicit sequence that a queue is. Stored with the queue; moves are legal in every mode.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Behind all others.
    #[default]
    Fifo,
    /// Behind the last item of its own or a higher [`Tier`].
    Priority,
    /// Requesters take turns: see [`Turns`](super::Turns).
    Fair,
}

/// What is played again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// Nothing.
    #[default]
    Off,
    /// The current item, when it has played to its end. A skip goes on to the next.
    One,
    /// All: an item that was played or skipped waits again behind all others. One that failed does not, nor does one that was played again
    /// from the history ([`QueueItem::replays`](crate::QueueItem)).
    All,
}

/// How important an item is in [`Mode::Priority`]. The smaller comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Ahead of all.
    Vip,
    /// Ahead of the normal ones.
    Admin,
    /// Behind.
    #[default]
    Normal,
}

macro_rules! names {
    ($($type:ident { $($variant:ident $name:literal),* })*) => {$(
        impl $type {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name in snake case, as in JSON and labels.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The one with this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == name)
            }
        }
    )*};
}

names! {
    Mode { Fifo "fifo", Priority "priority", Fair "fair" }
    Repeat { Off "off", One "one", All "all" }
    Tier { Vip "vip", Admin "admin", Normal "normal" }
}
