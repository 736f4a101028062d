//! A queue as plain numbers: cheap to copy, so that a search may try what it likes.

use streamcore::queue::{Mode, Repeat, shuffle};

use super::Refusal;

/// One operation on items that are known by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// Adds the item behind all others, or ahead of all waiting ones.
    Add {
        /// Which.
        item: u32,
        /// Where.
        front: bool,
    },
    /// Adds several with numbers in a row, all or none.
    Batch {
        /// The first.
        first: u32,
        /// How many.
        count: u32,
        /// Where.
        front: bool,
    },
    /// Removes it.
    Remove {
        /// Which.
        item: u32,
    },
    /// Gives it another place in the list that people see.
    Move {
        /// Which.
        item: u32,
        /// Where to.
        to: usize,
    },
    /// Removes all that wait.
    Clear,
    /// Puts what waits in a random order.
    Shuffle {
        /// Which.
        seed: u64,
    },
    /// Changes where further items go.
    SetMode {
        /// From now on.
        mode: Mode,
    },
    /// Changes that, and once the order.
    Migrate {
        /// The mode that its author believes it is in.
        from: Mode,
        /// The new one.
        to: Mode,
    },
    /// Changes what is played again.
    Repeat {
        /// From now on.
        repeat: Repeat,
    },
    /// Takes the last edit back.
    Undo,
    /// Brings back what was cleared last.
    Restore,
}

impl Edit {
    /// The numbers of what it adds.
    #[must_use]
    pub fn adds(self) -> std::ops::Range<u32> {
        match self {
            Self::Add { item, .. } => item..item + 1,
            Self::Batch { first, count, .. } => first..first + count,
            _ => 0..0,
        }
    }

    /// Whether the list alone says what becomes of it, while the mode is [`Mode::Fifo`].
    #[must_use]
    pub const fn is_plain(self) -> bool {
        !matches!(self, Self::SetMode { .. } | Self::Migrate { .. } | Self::Repeat { .. } | Self::Undo | Self::Restore)
    }

    /// Whether it changes something whenever it is not refused.
    pub(super) const fn always_changes(self) -> bool {
        matches!(self, Self::Add { .. } | Self::Batch { .. } | Self::Remove { .. } | Self::Undo | Self::Restore)
    }

    /// Whether it may bring, take away or put elsewhere any item.
    pub(super) const fn is_wild(self) -> bool {
        matches!(self, Self::Shuffle { .. } | Self::Migrate { .. } | Self::Undo | Self::Restore)
    }
}

/// What people see: the current item, if there is one, and what waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// The current item.
    pub current: Option<u32>,
    /// What waits.
    pub waiting: Vec<u32>,
}

impl List {
    /// The place of the first waiting item.
    #[must_use]
    pub fn first(&self) -> usize {
        usize::from(self.current.is_some())
    }

    /// The items in the order in which people see them.
    pub fn items(&self) -> impl Iterator<Item = u32> {
        self.current.iter().chain(&self.waiting).copied()
    }

    /// How many items there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.first() + self.waiting.len()
    }

    /// The list after an edit, as long as the mode is [`Mode::Fifo`]. It may be the same list; an edit that is not [plain](Edit::is_plain) leaves
    /// it as it is here.
    ///
    /// # Errors
    /// Why the queue refuses.
    pub fn after(&self, edit: Edit, max_items: usize) -> Result<Self, Refusal> {
        let mut list = self.clone();
        let place = |item: u32| {
            if self.current == Some(item) {
                return Err(Refusal::CurrentItem);
            }
            self.waiting.iter().position(|waiting| *waiting == item).ok_or(Refusal::NotFound)
        };
        match edit {
            Edit::Add { front, .. } | Edit::Batch { front, .. } => {
                if self.total() + edit.adds().len() > max_items {
                    return Err(Refusal::Full);
                }
                let at = if front { 0 } else { list.waiting.len() };
                list.waiting.splice(at..at, edit.adds());
            }
            Edit::Remove { item } => drop(list.waiting.remove(place(item)?)),
            Edit::Move { item, to } => {
                let from = place(item)?;
                let index = to.checked_sub(self.first()).ok_or(Refusal::CurrentItem)?;
                if index >= self.waiting.len() {
                    return Err(Refusal::OutOfRange);
                }
                list.waiting.remove(from);
                list.waiting.insert(index, item);
            }
            Edit::Clear => list.waiting.clear(),
            Edit::Shuffle { seed } => shuffle(&mut list.waiting, seed),
            Edit::SetMode { .. } | Edit::Migrate { .. } | Edit::Repeat { .. } | Edit::Undo | Edit::Restore => {}
        }
        Ok(list)
    }

    /// The list after a hand-off to the next item, and the item that is done; none if there is nothing to hand over.
    #[must_use]
    pub fn advanced(&self) -> Option<(Self, Option<u32>)> {
        if self.total() == 0 {
            return None;
        }
        let mut list = self.clone();
        list.current = if list.waiting.is_empty() { None } else { Some(list.waiting.remove(0)) };
        Some((list, self.current))
    }
}
