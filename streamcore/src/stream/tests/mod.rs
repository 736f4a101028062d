//! The machine against a world that the test controls: a queue that is the model, a registry that is a variable, a player that only
//! remembers, and answers that arrive when the test says so.

mod examples;
mod laws;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use super::*;
use crate::{
    EndCause, EndReason, ItemId, QueueItem, Timestamp,
    auto_end::{BySettings, Never},
    player::Play,
    presence::{Audience, ListenerId, Observation, SourceId, Terms},
    queue::{Advanced, Op, Page, Placement, QueueModel, QueueView, Rules},
    registry::Session,
};

/// What the player was told last.
#[derive(Debug, Clone, PartialEq)]
enum Hears {
    Nothing,
    Silence,
    Item(Play),
    Placeholder(PlaybackId),
}

impl Hears {
    fn played(&self) -> Option<Play> {
        match self {
            Self::Item(play) => Some(play.clone()),
            _ => None,
        }
    }
}

/// How a store treats the next question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Store {
    Works,
    /// Does nothing and says that it is away.
    Refuses,
    /// Does the work and says that it is away.
    LosesTheAnswer,
}

struct World {
    now: Timestamp,
    stream: Stream,
    queue: QueueModel,
    stored: Snapshot,
    sessions: Vec<Session>,
    hears: Hears,
    paused: bool,
    /// Playbacks ever ordered, in order.
    playbacks: Vec<PlaybackId>,
    /// Questions not answered yet.
    asked: VecDeque<(QuestionId, Question)>,
    orders: Vec<Order>,
    events: Vec<EventKind>,
    replies: Vec<(CommandId, Reply)>,
    commands: u64,
    /// Commands up to this one were lost with a process that died.
    lost_commands: u64,
    items: u128,
    /// How many have ever connected to the player.
    connected: u64,
}

fn item(n: u128) -> QueueItem {
    QueueItem::file(
        ItemId::new(uuid::Uuid::from_u128(n)),
        format!("track {n}"),
        format!("{n}.mp3"),
        Timestamp::default(),
    )
}

const fn id(n: u128) -> ItemId {
    ItemId::new(uuid::Uuid::from_u128(n))
}

impl World {
    fn new() -> Self {
        Self::with_policy(Arc::new(Never))
    }

    fn with_policy(policy: Arc<dyn AutoEndPolicy>) -> Self {
        Self {
            now: Timestamp::from_millis(1_000_000),
            stream: Stream::new(StreamId::new(1), policy, Arc::default()),
            queue: QueueModel::default(),
            stored: Snapshot::default(),
            sessions: Vec::new(),
            hears: Hears::Nothing,
            paused: false,
            playbacks: Vec::new(),
            asked: VecDeque::new(),
            orders: Vec::new(),
            events: Vec::new(),
            replies: Vec::new(),
            commands: 0,
            lost_commands: 0,
            items: 0,
            connected: 0,
        }
    }

    /// Started, with this many items queued and all questions answered.
    fn playing(items: usize) -> Self {
        let mut world = Self::new();
        for _ in 0..items {
            world.add(Placement::Back);
        }
        world.command(Command::Start);
        world.answer_all(Store::Works);
        world
    }

    fn input(&mut self, input: Input) {
        let effects = self.stream.handle(self.now, input);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Effects) {
        for effect in effects {
            match effect {
                Effect::Ask { question, ask } => self.asked.push_back((question, ask)),
                Effect::Emit(event) => self.events.push(event.kind),
                Effect::Reply { command, reply } => self.replies.push((command, reply)),
                Effect::Order(order) => self.obey(order),
            }
        }
    }

    fn obey(&mut self, order: Order) {
        self.orders.push(order.clone());
        match order {
            Order::Open => {
                self.hears = Hears::Silence;
                self.connected = 0;
            }
            Order::Play(play) => {
                self.playbacks.push(play.playback);
                self.hears = Hears::Item(play);
                self.paused = false;
            }
            Order::Placeholder { playback, .. } => {
                self.playbacks.push(playback);
                self.hears = Hears::Placeholder(playback);
                self.paused = false;
            }
            Order::Pause => self.paused = true,
            Order::Resume => self.paused = false,
            Order::Close => {
                self.hears = Hears::Nothing;
                self.paused = false;
            }
        }
    }

    fn command(&mut self, command: Command) -> CommandId {
        self.commands += 1;
        let id = CommandId(self.commands);
        self.input(Input::Command { id, command });
        id
    }

    fn skip(&mut self, item: Option<ItemId>) -> CommandId {
        self.command(Command::Skip { item })
    }

    fn jump(&mut self, item: Option<ItemId>, to: ItemId, keep: bool) -> CommandId {
        self.command(Command::Jump { item, to, keep })
    }

    fn seek(&mut self, item: Option<ItemId>, millis: u64) -> CommandId {
        self.command(Command::Seek { item, position: Duration::from_millis(millis) })
    }

    fn add(&mut self, placement: Placement) -> ItemId {
        let item = item(self.items + 1);
        self.add_item(item, placement)
    }

    /// Adds an item with this media.
    fn add_media(&mut self, url: &str) -> ItemId {
        let item = QueueItem { url: url.to_owned(), ..item(self.items + 1) };
        self.add_item(item, Placement::Back)
    }

    fn add_item(&mut self, item: QueueItem, placement: Placement) -> ItemId {
        self.items += 1;
        let id = item.id;
        let op = Op::Add { items: vec![item], placement, rules: Rules::default() };
        self.queue.apply(op.into()).expect("there is room");
        id
    }

    fn add_and_tell(&mut self) -> ItemId {
        let id = self.add(Placement::Back);
        self.input(Input::QueueChanged);
        id
    }

    /// Answers the `index`th open question.
    fn answer_nth(&mut self, index: usize, store: Store) {
        let Some((question, ask)) = self.asked.remove(index) else { return };
        let answer = if store == Store::Refuses { None } else { Some(self.do_ask(ask)) };
        let answer = match store {
            Store::Works => answer.ok_or_else(away),
            Store::Refuses | Store::LosesTheAnswer => Err(away()),
        };
        self.input(Input::Answer { question, answer });
    }

    fn do_ask(&mut self, ask: Question) -> Answer {
        match ask {
            Question::Advance(advance) => Answer::Advanced(self.queue.advance(advance)),
            Question::Current => {
                let QueueView { revision, current, .. } = self.queue.view(Page::ALL);
                Answer::Advanced(Advanced { revision, changed: false, current })
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
                self.stored = snapshot;
                if self.sessions.iter().all(|known| known.number != session.number) {
                    self.sessions.push(session);
                }
                Answer::Done
            }
        }
    }

    fn answer_all(&mut self, store: Store) {
        for _ in 0..100 {
            if self.asked.is_empty() {
                return;
            }
            self.answer_nth(0, store);
        }
        panic!("the machine never stops asking: {:?}", self.asked);
    }

    /// So many are connected to the player; whoever is new came just now.
    fn listeners(&mut self, count: u64) {
        let view = self.view();
        self.connected += count.saturating_sub(view.audience.count);
        self.report(Report::Listeners { count, ever: self.connected });
    }

    fn observe(&mut self, source: &str, observation: Observation) -> CommandId {
        let source = SourceId::new(source).expect("a name");
        self.command(Command::Observe { source, terms: Terms::REMOTE, observation })
    }

    fn report(&mut self, report: Report) {
        self.input(Input::Report(report));
    }

    fn playback(&self) -> PlaybackId {
        *self.playbacks.last().expect("something was ordered")
    }

    fn start_heard(&mut self) {
        let playback = self.playback();
        self.report(Report::Started { playback });
        self.answer_all(Store::Works);
    }

    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(deadline) = self.stream.next_deadline().filter(|deadline| *deadline <= end) {
            assert!(deadline > self.now, "the deadline {deadline} is in the past at {}", self.now);
            self.now = deadline;
            self.input(Input::Tick);
        }
        self.now = end;
        self.input(Input::Tick);
    }

    /// Time passes, and whatever was ordered plays on, as the player tells every few seconds.
    fn play_on(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            if !self.paused {
                self.report_live(|playback| Report::Started { playback });
                let position = self.view().position;
                self.report_live(|playback| Report::Progress { playback, position });
            }
            self.pass(end.since(self.now).min(Duration::from_secs(5)));
        }
    }

    /// The item that listeners hear.
    fn heard(&self) -> Option<ItemId> {
        match &self.hears {
            Hears::Item(play) => Some(play.item.id),
            _ => None,
        }
    }

    fn view(&self) -> StreamView {
        self.stream.view(self.now)
    }

    fn reply(&self, command: CommandId) -> &Reply {
        let mut replies = self.replies.iter().filter(|(id, _)| *id == command);
        let (_, reply) = replies.next().unwrap_or_else(|| panic!("{command:?} was not replied to"));
        assert!(replies.next().is_none(), "{command:?} was replied to twice");
        reply
    }

    fn is_replied(&self, command: CommandId) -> bool {
        self.replies.iter().any(|(id, _)| *id == command)
    }

    /// The process dies and another begins: everything is gone but what is stored.
    fn crash(&mut self) {
        let (policy, settings) = (self.stream.policy.clone(), self.view().auto_end);
        let restored = Stream::restore(StreamId::new(1), policy, settings, self.stored.clone(), self.now);
        self.hears = Hears::Nothing;
        self.paused = false;
        self.asked.clear();
        self.playbacks.clear();
        self.lost_commands = self.commands;
        self.stream = restored.0;
        self.perform(restored.1);
    }
}

fn manual() -> EndCause {
    EndCause::Manual { by: "a test".to_owned() }
}

fn away() -> StoreError {
    StoreError { kind: StoreErrorKind::Away, detail: "away".to_owned() }
}
