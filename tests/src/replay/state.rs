//! The queue at one revision of an order that is being tried: the model that says what correct is.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher as _};

use streamcore::{
    ItemId, Outcome, QueueItem, Timestamp,
    queue::{Advance, Applied, Error, Finished, Op, Page, Placement, QueueModel, Rules},
};
use uuid::Uuid;

use super::{Edit, List, Refusal, Story, requested};

#[derive(Debug, Clone, Default)]
pub(super) struct State(QueueModel);

impl State {
    /// Applies an edit; whether it changed anything.
    pub(super) fn apply(&mut self, story: &Story, edit: Edit) -> Result<bool, Refusal> {
        let applied = self.0.apply(op(story, edit).into());
        applied.map(|Applied { changed, .. }| changed).map_err(|error| match error {
            Error::NotFound { .. } => Refusal::NotFound,
            Error::CurrentItem { .. } => Refusal::CurrentItem,
            Error::OutOfRange { .. } => Refusal::OutOfRange,
            Error::LimitReached { .. } => Refusal::Full,
            Error::ModeMismatch { .. } => Refusal::OtherMode,
            Error::NothingToUndo | Error::NothingToRestore => Refusal::Nothing,
            other => panic!("{edit:?}: {other}"),
        })
    }

    /// What an edit would be answered, without making it.
    pub(super) fn told(&self, story: &Story, edit: Edit) -> Result<bool, Refusal> {
        self.clone().apply(story, edit)
    }

    /// Hands over to the next item.
    pub(super) fn advance(&mut self, story: &Story) {
        let current = self.list().current;
        let finished = current.map(|current| {
            let outcome = if story.skipped.contains(&current) { Outcome::Skipped } else { Outcome::Played };
            Finished { item: id(current), outcome }
        });
        self.0.advance(Advance { finished, next: None, at: Timestamp::default() });
    }

    pub(super) fn list(&self) -> List {
        let number = |item: &QueueItem| u32::try_from(item.id.get().as_u128()).unwrap_or(u32::MAX);
        let view = self.0.view(Page::ALL);
        let current = view.current.as_ref().map(number);
        List { current, waiting: view.items.iter().skip(usize::from(current.is_some())).map(number).collect() }
    }

    /// What tells it from others.
    pub(super) fn print(&self) -> u64 {
        struct Into(DefaultHasher);
        impl std::fmt::Write for Into {
            fn write_str(&mut self, text: &str) -> std::fmt::Result {
                self.0.write(text.as_bytes());
                Ok(())
            }
        }
        let mut into = Into(DefaultHasher::new());
        let _ = write!(into, "{:?}", self.0);
        into.0.finish()
    }
}

fn op(story: &Story, edit: Edit) -> Op {
    match edit {
        Edit::Add { front, .. } | Edit::Batch { front, .. } => Op::Add {
            items: edit.adds().map(|number| item(story, number)).collect(),
            placement: if front { Placement::Front } else { Placement::Back },
            rules: Rules::at_most(story.max_items),
        },
        Edit::Remove { item } => Op::Remove { id: id(item) },
        Edit::Move { item, to } => Op::Move { id: id(item), to },
        Edit::Clear => Op::Clear,
        Edit::Shuffle { seed } => Op::Shuffle { seed },
        Edit::SetMode { mode } => Op::SetMode { mode },
        Edit::Migrate { from, to } => Op::Migrate { from: Some(from), to },
        Edit::Repeat { repeat } => Op::SetRepeat { repeat },
        Edit::Undo => Op::Undo,
        Edit::Restore => Op::Restore { max_items: story.max_items },
    }
}

fn item(story: &Story, number: u32) -> QueueItem {
    let (requester, tier) = requested(number);
    let at = story.added_at.get(&number).copied().unwrap_or_default();
    QueueItem { requested_by: Some(requester), tier, ..QueueItem::file(id(number), "", "", at) }
}

fn id(item: u32) -> ItemId {
    ItemId::new(Uuid::from_u128(item.into()))
}
