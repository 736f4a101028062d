//! A queue adapter of one's own: the queues live in memory, and every change is a line of JSON in a journal that is read back at start.
//!
//! It is small because [`QueueModel`] already knows what correct is; an adapter for a database does each step in the database's own terms
//! and only compares itself with the model, in its tests.
//!
//! **Honest about itself.** *Durable:* each change is written and synced before it is acknowledged. *One process:* nothing keeps a second one
//! from writing to the same journal. *Blocking:* the sync happens on the executor's thread, which is fine for a tool and not for a server.
//! *Unbounded:* the journal grows for ever, and all of it is read at start.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use streamcore::{
    ItemId, Outcome, QueueItem, RequestId, StreamId, Timestamp,
    queue::{
        Advance, Advanced, Applied, Change, Error, Finished, Hints, HistoryPage, Mode, Op, Page, Placement, Queue,
        QueueModel, QueueView, Released, Repeat, Result, Rules,
    },
};

/// Queues whose changes are kept in a journal.
#[derive(Debug)]
pub struct JournalQueue {
    state: Mutex<State>,
    hints: Hints,
}

#[derive(Debug)]
struct State {
    journal: File,
    queues: BTreeMap<StreamId, QueueModel>,
}

/// One line of the journal: a step that was made. What was refused, or is as if it had not been asked for, is not written.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    stream: StreamId,
    step: Step,
    /// Names an edit, so that it is recognised when it comes again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<RequestId>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Add { items: Vec<QueueItem>, placement: Placement },
    Remove { id: ItemId },
    Move { id: ItemId, to: usize },
    Clear,
    Shuffle { seed: u64 },
    SetMode { mode: Mode },
    Migrate { to: Mode },
    SetRepeat { repeat: Repeat },
    Undo,
    Restore,
    Advance { finished: Option<(ItemId, Outcome)>, next: Option<ItemId>, at: Timestamp },
    Release { item: ItemId },
    Purge,
}

impl JournalQueue {
    /// Opens the journal, or begins one.
    ///
    /// # Errors
    /// If the file cannot be read or written, or holds a line that is no step.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let mut journal = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let mut text = Vec::new();
        journal.read_to_end(&mut text)?;
        // A crash can cut the last line short; nobody was told that it is done.
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        journal.set_len(whole as u64)?;
        let mut queues = BTreeMap::<StreamId, QueueModel>::new();
        for line in text[..whole].split_inclusive(|byte| *byte == b'\n') {
            let line: Line = serde_json::from_slice(line)?;
            let queue = queues.entry(line.stream).or_default();
            line.replay(queue).map_err(io::Error::other)?;
        }
        Ok(Self { state: Mutex::new(State { journal, queues }), hints: Hints::default() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The pattern of every change: try it on a copy, write it down if it left a trace, and only then let others see it. A request that
    /// changed nothing leaves one, too: it will be recognised.
    fn change<T>(
        &self,
        stream: StreamId,
        (step, request): (Option<Step>, Option<RequestId>),
        act: impl FnOnce(&mut QueueModel) -> Result<T>,
    ) -> Result<T> {
        let mut state = self.lock();
        let before = state.queues.get(&stream).cloned().unwrap_or_default();
        let mut queue = before.clone();
        let answer = act(&mut queue)?;
        if queue != before {
            let step = step.ok_or(Error::NotSupported { operation: "this edit" })?;
            append(&mut state.journal, &Line { stream, step, request }).map_err(Error::unavailable)?;
            state.queues.insert(stream, queue);
            drop(state);
            self.hints.notify(stream);
        }
        Ok(answer)
    }

    fn read<T>(&self, stream: StreamId, act: impl FnOnce(&QueueModel) -> T) -> T {
        act(self.lock().queues.get(&stream).unwrap_or(&QueueModel::default()))
    }
}

/// One line, wholly or not at all: the remains of a failed write would spoil the next line.
fn append(journal: &mut File, line: &Line) -> io::Result<()> {
    let before = journal.metadata()?.len();
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    let written = journal.write_all(&text).and_then(|()| journal.sync_data());
    if written.is_err() {
        journal.set_len(before)?;
    }
    written
}

impl Step {
    fn of(op: &Op) -> Option<Self> {
        match op.clone() {
            Op::Add { items, placement, .. } => Some(Self::Add { items, placement }),
            Op::Remove { id } => Some(Self::Remove { id }),
            Op::Move { id, to } => Some(Self::Move { id, to }),
            Op::Clear => Some(Self::Clear),
            Op::Shuffle { seed } => Some(Self::Shuffle { seed }),
            Op::SetMode { mode } => Some(Self::SetMode { mode }),
            Op::Migrate { to, .. } => Some(Self::Migrate { to }),
            Op::SetRepeat { repeat } => Some(Self::SetRepeat { repeat }),
            Op::Undo => Some(Self::Undo),
            Op::Restore { .. } => Some(Self::Restore),
            _ => None,
        }
    }
}

impl Line {
    /// Does again what was done before, so that the rules and the limits of that time do not matter.
    fn replay(self, queue: &mut QueueModel) -> Result<()> {
        let op = match self.step {
            Step::Add { items, placement } => Op::Add { items, placement, rules: Rules::at_most(usize::MAX) },
            Step::Remove { id } => Op::Remove { id },
            Step::Move { id, to } => Op::Move { id, to },
            Step::Clear => Op::Clear,
            Step::Shuffle { seed } => Op::Shuffle { seed },
            Step::SetMode { mode } => Op::SetMode { mode },
            Step::Migrate { to } => Op::Migrate { from: None, to },
            Step::SetRepeat { repeat } => Op::SetRepeat { repeat },
            Step::Undo => Op::Undo,
            Step::Restore => Op::Restore { max_items: usize::MAX },
            Step::Advance { finished, next, at } => {
                let finished = finished.map(|(item, outcome)| Finished { item, outcome });
                queue.advance(Advance { finished, next, at });
                return Ok(());
            }
            Step::Release { item } => {
                queue.release(item);
                return Ok(());
            }
            Step::Purge => {
                queue.purge();
                return Ok(());
            }
        };
        queue.apply(Change { op, expected: None, request: self.request }).map(drop)
    }
}

#[async_trait]
impl Queue for JournalQueue {
    async fn apply(&self, stream: StreamId, change: Change) -> Result<Applied> {
        self.change(stream, (Step::of(&change.op), change.request), |queue| queue.apply(change))
    }

    async fn advance(&self, stream: StreamId, advance: Advance) -> Result<Advanced> {
        let finished = advance.finished.clone().map(|finished| (finished.item, finished.outcome));
        let step = Step::Advance { finished, next: advance.next, at: advance.at };
        self.change(stream, (Some(step), None), |queue| Ok(queue.advance(advance)))
    }

    async fn release(&self, stream: StreamId, item: ItemId) -> Result<Released> {
        self.change(stream, (Some(Step::Release { item }), None), |queue| Ok(queue.release(item)))
    }

    async fn view(&self, stream: StreamId, page: Page) -> Result<QueueView> {
        Ok(self.read(stream, |queue| queue.view(page)))
    }

    async fn history(&self, stream: StreamId, before: Option<u64>, limit: usize) -> Result<HistoryPage> {
        Ok(self.read(stream, |queue| queue.history(before, limit)))
    }

    async fn purge(&self, stream: StreamId) -> Result<()> {
        self.change(stream, (Some(Step::Purge), None), |queue| {
            queue.purge();
            Ok(())
        })
    }

    fn changes(&self) -> BoxStream<'static, StreamId> {
        self.hints.subscribe()
    }
}
