//! What the stream machine costs: `cargo bench -p streamcore --bench machine`.

#![allow(missing_docs, reason = "a benchmark has no public items")]

use std::{sync::Arc, time::Duration};

use divan::Bencher;
use streamcore::{
    ItemId, PlaybackId, QueueItem, Revision, StreamId, Timestamp,
    auto_end::{AutoEndPolicy, BySettings, Never, Settings},
    player::Report,
    queue::Advanced,
    stream::{Answer, Command, CommandId, Effect, Effects, Input, Order, Question, Stream},
};
use uuid::Uuid;

fn main() {
    divan::main();
}

/// A stream with a store that always has one more item.
struct World {
    now: Timestamp,
    stream: Stream,
    playback: PlaybackId,
    items: u128,
}

impl World {
    fn playing() -> Self {
        Self::under(Arc::new(Never), Settings::default())
    }

    fn under(policy: Arc<dyn AutoEndPolicy>, settings: Settings) -> Self {
        let stream = Stream::new(StreamId::new(1), policy, Arc::new(settings));
        let mut world = Self { now: Timestamp::from_millis(1), stream, playback: PlaybackId::new(0), items: 0 };
        world.input(Input::Command { id: CommandId(1), command: Command::Start });
        world
    }

    fn input(&mut self, input: Input) {
        let effects = self.stream.handle(self.now, input);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Effects) {
        for effect in effects {
            match effect {
                Effect::Ask { question, ask } => {
                    let answer = match ask {
                        Question::Advance(_) | Question::Current => Answer::Advanced(self.advanced()),
                        _ => Answer::Done,
                    };
                    self.input(Input::Answer { question, answer: Ok(answer) });
                }
                Effect::Order(Order::Play(play)) => self.playback = play.playback,
                _ => {}
            }
        }
    }

    fn advanced(&mut self) -> Advanced {
        self.items += 1;
        let id = ItemId::new(Uuid::from_u128(self.items));
        let current = QueueItem::file(id, "a title as long as they are", "some/where.mp3", self.now);
        Advanced { revision: Revision::new(1), changed: true, current: Some(current) }
    }
}

/// A second of a playing stream: one report of progress.
#[divan::bench]
fn progress(bencher: Bencher<'_, '_>) {
    let mut world = World::playing();
    world.input(Input::Report(Report::Started { playback: world.playback }));
    let mut position = Duration::ZERO;
    bencher.bench_local(|| {
        position += Duration::from_secs(1);
        world.now = world.now + Duration::from_secs(1);
        world.input(Input::Report(Report::Progress { playback: world.playback, position }));
        world.stream.next_deadline()
    });
}

/// A second of a playing stream that nobody listens to: the same, and its end is foreseen across a schedule of so many windows a day.
#[divan::bench(args = [3, 64])]
fn progress_of_an_empty_stream(bencher: Bencher<'_, '_>, windows: u32) {
    let time = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    let windows: Vec<_> = (0..windows)
        .map(|window| {
            let from = window * (24 * 60 / windows);
            let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
            serde_json::json!({ "days": days, "from": time(from), "to": time(from + 10) })
        })
        .collect();
    let schedule = serde_json::json!({ "time_zone": "Europe/Berlin", "windows": windows });
    let schedule = serde_json::from_value(schedule).expect("a good schedule");
    let settings = Settings { schedule, timeout: Duration::from_secs(86_400), ..Settings::default() };
    let mut world = World::under(Arc::new(BySettings), settings);
    world.input(Input::Report(Report::Started { playback: world.playback }));
    let mut position = Duration::ZERO;
    bencher.bench_local(|| {
        position += Duration::from_secs(1);
        world.now = world.now + Duration::from_secs(1);
        if position.as_secs().is_multiple_of(80_000) {
            world.input(Input::Command { id: CommandId(3), command: Command::KeepAlive { by: String::new() } });
        }
        world.input(Input::Report(Report::Progress { playback: world.playback, position }));
        world.stream.next_deadline()
    });
}

/// A whole track: it starts, it ends, the store is asked, the next one is ordered, and the position is saved.
#[divan::bench]
fn hand_over(bencher: Bencher<'_, '_>) {
    let mut world = World::playing();
    bencher.bench_local(|| {
        world.now = world.now + Duration::from_secs(180);
        world.input(Input::Report(Report::Started { playback: world.playback }));
        world.input(Input::Report(Report::Ended { playback: world.playback }));
    });
}

/// Somebody presses skip.
#[divan::bench]
fn skip(bencher: Bencher<'_, '_>) {
    let (mut world, mut id) = (World::playing(), 1);
    bencher.bench_local(|| {
        id += 1;
        world.input(Input::Report(Report::Started { playback: world.playback }));
        world.input(Input::Command { id: CommandId(id), command: Command::Skip { item: None } });
    });
}
