//! A queue as plain numbers: cheap to copy, so that a search may try what it likes.

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

    /// The list after an edit. It may be the same list.
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
            Edit::Add { .. } if self.total() >= max_items => return Err(Refusal::Full),
            Edit::Add { item, front: true } => list.waiting.insert(0, item),
            Edit::Add { item, front: false } => list.waiting.push(item),
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
