//! The stream machine, told anything in any order: it never panics, never sets a deadline in the past, never runs away, and loses no item.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use streamcore::{
    EndCause, FailureKind, FailureReason, ItemId, PlaybackId, QueueItem, StreamId, Timestamp,
    auto_end::{BySettings, Settings},
    player::Report,
    presence::{ListenerId, Observation, SourceId, Terms},
    queue::{Advanced, Op, Page, Placement, QueueModel, Rules},
    stream::{
        Answer, Command, CommandId, Effect, Effects, Input, Order, Question, QuestionId, Snapshot, StoreError,
        StoreErrorKind, Stream,
    },
};
use uuid::Uuid;

use crate::bytes::Bytes;

/// No input leads to more than this at once, beside answers to those who wait.
const MOST_EFFECTS: usize = 32;

struct World {
    now: Timestamp,
    stream: Stream,
    queue: QueueModel,
    stored: Snapshot,
    asked: Vec<(QuestionId, Question)>,
    /// The last session that was told to have ended.
    closed: u64,
    last_playback: u64,
    commands: u64,
    replies: BTreeMap<u64, usize>,
    added: u32,
    removed: u32,
}

impl World {
    fn perform(&mut self, effects: Effects) {
        let count = effects.iter().filter(|effect| !matches!(effect, Effect::Reply { .. })).count();
        assert!(count <= MOST_EFFECTS, "{effects:?}");
        for effect in effects {
            match effect {
                Effect::Ask { question, ask } => self.asked.push((question, ask)),
                Effect::Order(Order::Play(play)) => self.ordered(play.playback),
                Effect::Order(Order::Placeholder { playback, .. }) => self.ordered(playback),
                Effect::Reply { command, .. } => *self.replies.entry(command.0).or_default() += 1,
                _ => {}
            }
        }
        assert!(self.asked.len() <= 8, "it asks without end: {:?}", self.asked);
    }

    fn ordered(&mut self, playback: PlaybackId) {
        assert!(playback.get() > self.last_playback, "each playback replaces the one before");
        self.last_playback = playback.get();
    }

    fn input(&mut self, input: Input) {
        let effects = self.stream.handle(self.now, input);
        self.perform(effects);
        if let Some(deadline) = self.stream.next_deadline() {
            assert!(deadline > self.now, "a deadline at {deadline} is past at {}", self.now);
        }
    }

    fn command(&mut self, command: Command) {
        self.commands += 1;
        self.input(Input::Command { id: CommandId(self.commands), command });
    }

    fn answer(&mut self, bytes: &mut Bytes<'_>) {
        if self.asked.is_empty() {
            return;
        }
        let (question, ask) = self.asked.remove(bytes.below(self.asked.len()));
        let kind = [StoreErrorKind::Away, StoreErrorKind::Unreadable, StoreErrorKind::Gone][bytes.below(3)];
        let failed = || Err(StoreError { kind, detail: "away".to_owned() });
        let answer = match bytes.below(8) {
            0 => failed(),
            // It was done, and the answer is lost.
            1 => {
                self.carry_out(ask);
                failed()
            }
            2 => Ok(Answer::Done),
            _ => Ok(self.carry_out(ask)),
        };
        self.input(Input::Answer { question, answer });
        // Repeated, it is stale.
        if bytes.below(8) == 0 {
            self.input(Input::Answer { question, answer: Ok(Answer::Done) });
        }
    }

    fn carry_out(&mut self, ask: Question) -> Answer {
        match ask {
            Question::Advance(advance) => Answer::Advanced(self.queue.advance(advance)),
            Question::Current => {
                let view = self.queue.view(Page { offset: 0, limit: 0 });
                Answer::Advanced(Advanced { revision: view.revision, changed: false, current: view.current })
            }
            Question::Release(item) => {
                self.queue.release(item);
                Answer::Done
            }
            Question::Save(snapshot) => {
                self.stored = snapshot;
                Answer::Done
            }
            Question::Close { snapshot, session } => {
                assert!(session.number >= self.closed, "session {} ends after {}", session.number, self.closed);
                self.closed = session.number;
                self.stored = snapshot;
                Answer::Done
            }
        }
    }

    fn report(&mut self, bytes: &mut Bytes<'_>) {
        // Of the last playback, or of one that is over or was never ordered.
        let number = if bytes.below(4) == 0 { u64::from(bytes.byte()) } else { self.last_playback };
        let playback = PlaybackId::new(number);
        let kinds = [FailureKind::Broken, FailureKind::Unavailable, FailureKind::NotFound, FailureKind::Other];
        let report = match bytes.below(8) {
            0 => Report::Started { playback },
            1 | 2 => Report::Ended { playback },
            3 => Report::Failed { playback, reason: FailureReason::new(kinds[bytes.below(4)], "failed") },
            4 => Report::Progress { playback, position: Duration::from_millis(bytes.long() >> bytes.below(64)) },
            5 => Report::ListenersUnknown,
            6 => Report::Listeners { count: 0, ever: bytes.long() >> bytes.below(64) },
            _ => Report::Listeners { count: u64::from(bytes.byte()), ever: bytes.long() >> bytes.below(64) },
        };
        self.input(Input::Report(report));
    }

    fn edit(&mut self, bytes: &mut Bytes<'_>) {
        if bytes.below(4) > 0 {
            self.added += 1;
            let id = ItemId::new(Uuid::from_u128(self.added.into()));
            let item = QueueItem::file(id, "title", "file.mp3", self.now);
            let placement = if bytes.below(2) == 0 { Placement::Back } else { Placement::Front };
            let added =
                self.queue.apply(Op::Add { items: vec![item], placement, rules: Rules::at_most(usize::MAX) }.into());
            assert!(added.is_ok(), "{added:?}");
        } else {
            let id = ItemId::new(Uuid::from_u128(1 + bytes.below(self.added as usize + 1) as u128));
            self.removed += u32::from(self.queue.apply(Op::Remove { id }.into()).is_ok());
        }
    }

    fn jump_or_seek(&mut self, bytes: &mut Bytes<'_>) {
        let view = self.queue.view(Page::ALL);
        let item = [None, view.current.as_ref().map(|current| current.id)][bytes.below(2)];
        if bytes.below(3) == 0 {
            let position = Duration::from_millis(bytes.long() >> bytes.below(64));
            return self.command(Command::Seek { item, position });
        }
        // One that waits, or is current, or was never there.
        let listed = view.items.get(bytes.below(view.items.len() + 1)).map(|item| item.id);
        let to = listed.unwrap_or(ItemId::new(Uuid::from_u128(u128::MAX)));
        self.command(Command::Jump { item, to, keep: bytes.below(2) == 0 });
    }

    /// A source tells of listeners: any source, on any terms, in any order.
    fn observe(&mut self, bytes: &mut Bytes<'_>) {
        let source = [SourceId::player(), source("agent"), source("node")][bytes.below(3)].clone();
        let millis = |bytes: &mut Bytes<'_>| Duration::from_millis(bytes.long() >> bytes.below(64));
        let terms = match bytes.below(3) {
            0 => Terms::LOCAL,
            1 => Terms::REMOTE,
            _ => Terms { fresh_for: Some(millis(bytes)), gone_after: millis(bytes) },
        };
        let observation = match bytes.below(6) {
            0 => Observation::All(listeners(bytes).into_iter().collect()),
            1 | 2 => Observation::Changed { joined: listeners(bytes), left: listeners(bytes) },
            3 => {
                let (now, ever) = (bytes.long() >> bytes.below(64), bytes.long() >> bytes.below(64));
                Observation::Count { now, ever: [None, Some(ever)][bytes.below(2)] }
            }
            4 => Observation::Unknown,
            _ => Observation::Gone,
        };
        self.command(Command::Observe { source, terms, observation });
    }

    fn configure(&mut self, bytes: &mut Bytes<'_>) {
        let millis = |bytes: &mut Bytes<'_>| Duration::from_millis(bytes.long() >> bytes.below(64));
        let settings = Settings {
            enabled: bytes.below(4) > 0,
            timeout: [millis(bytes), Duration::from_secs(300), Duration::ZERO][bytes.below(3)],
            warnings: (0..bytes.below(5)).map(|_| millis(bytes)).collect(),
            only_when_queue_empty: bytes.below(2) == 0,
            ..Settings::default()
        };
        self.command(Command::Configure(Arc::new(settings)));
    }

    fn crash(&mut self) {
        self.asked.clear();
        self.last_playback = 0;
        let id = StreamId::new(1);
        let (stream, effects) =
            Stream::restore(id, Arc::new(BySettings), Arc::default(), self.stored.clone(), self.now);
        self.stream = stream;
        self.perform(effects);
    }

    fn step(&mut self, bytes: &mut Bytes<'_>) {
        match bytes.below(20) {
            0 => self.command(Command::Start),
            1 => self.command(if bytes.below(2) == 0 { Command::Pause } else { Command::Resume }),
            2 => self.jump_or_seek(bytes),
            3 if bytes.below(2) == 0 => self.command(Command::Skip { item: None }),
            3 => {
                let item = self.queue.view(Page { offset: 0, limit: 0 }).current.map(|item| item.id);
                self.command(Command::Skip { item });
            }
            4 => match bytes.below(4) {
                0 => self.command(Command::Stop(EndCause::Manual { by: "fuzz".to_owned() })),
                1 => self.command(Command::Suspend),
                2 => self.command(Command::Retire),
                _ => self.crash(),
            },
            5 | 6 => self.edit(bytes),
            7 => self.input(Input::QueueChanged),
            8..=10 => self.report(bytes),
            11 => {
                // Time passes, by anything from a millisecond to a month.
                self.now = self.now + Duration::from_millis(u64::from(bytes.byte()) << bytes.below(24));
                self.input(Input::Tick);
            }
            12 => {
                if let Some(deadline) = self.stream.next_deadline() {
                    self.now = deadline;
                    self.input(Input::Tick);
                }
            }
            16 | 17 => self.observe(bytes),
            18 if bytes.below(2) == 0 => self.command(Command::KeepAlive { by: "fuzz".to_owned() }),
            18 => self.configure(bytes),
            _ => self.answer(bytes),
        }
    }
}

fn source(name: &str) -> SourceId {
    SourceId::new(name).unwrap_or_else(|_| SourceId::player())
}

/// A few of a handful, some of them twice.
fn listeners(bytes: &mut Bytes<'_>) -> Vec<ListenerId> {
    let count = bytes.below(4);
    (0..count).filter_map(|_| ListenerId::new(["a", "b", "c", "d"][bytes.below(4)]).ok()).collect()
}

pub(crate) fn target(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    let mut world = World {
        now: Timestamp::from_millis(1_000_000),
        stream: Stream::new(StreamId::new(1), Arc::new(BySettings), Arc::default()),
        queue: QueueModel::default(),
        stored: Snapshot::default(),
        asked: Vec::new(),
        closed: 0,
        last_playback: 0,
        commands: 0,
        replies: BTreeMap::new(),
        added: 0,
        removed: 0,
    };
    while !bytes.is_empty() {
        world.step(&mut bytes);
    }
    assert!(world.replies.values().all(|times| *times == 1), "a command was answered twice: {:?}", world.replies);
    let (list, history) = (world.queue.view(Page::ALL), world.queue.history(None, usize::MAX));
    let mut ids: Vec<_> =
        list.items.iter().map(|item| item.id).chain(history.entries.iter().map(|entry| entry.item.id)).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), (world.added - world.removed) as usize, "an item is lost or in two places");
}
