//! Thousands of stories, each from a seed: what happens in them, and what they come to.
//!
//! A broken promise names its story, and shows what happened in it; `STREAMCORE_STORY` set to that number tells this one alone, with
//! all its events. The promises' tests share one telling.

use std::{collections::BTreeSet, fmt::Write, sync::OnceLock, time::Duration};

use streamcore::{
    EndReason, StreamId, Timestamp,
    auto_end::Settings,
    presence::{ListenerId, Observation, SourceId},
};

use crate::{
    random::Random,
    weather::Weather,
    world::{Promise, World},
};

/// Stories of a run of the tests; `STREAMCORE_PROPTEST_CASES` times four overrides it for a longer one.
const STORIES: u64 = 2_000;
const STEPS: u64 = 30;

/// What all stories came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    stories: u64,
    events: u64,
    ends: u64,
    ends_by_itself: u64,
    restarts: u64,
    broken: Vec<(Promise, String)>,
}

impl Outcome {
    pub(crate) fn assert_kept(&self, promise: Promise) {
        println!(
            "{} stories with {} events, {} restarts and {} ends of sessions, {} of them by themselves",
            self.stories, self.events, self.restarts, self.ends, self.ends_by_itself
        );
        let broken: Vec<_> = self.broken.iter().filter(|(kind, _)| *kind == promise).collect();
        if let Some((_, first)) = broken.first() {
            panic!("{} broken promises; the first of them:\n{first}", broken.len());
        }
        assert!(
            self.stories == 1 || self.ends_by_itself * 2 > self.stories,
            "too few ends for the promises to mean anything"
        );
    }
}

/// The stories are told once for all tests of this program.
pub(crate) fn outcome() -> &'static Outcome {
    static OUTCOME: OnceLock<Outcome> = OnceLock::new();
    OUTCOME.get_or_init(|| {
        #[expect(clippy::disallowed_methods, reason = "a test may be told by its environment how long to look")]
        let wanted = std::env::var("STREAMCORE_PROPTEST_CASES").ok().and_then(|cases| cases.parse::<u64>().ok());
        #[expect(clippy::disallowed_methods, reason = "or which story to look at")]
        let only = std::env::var("STREAMCORE_STORY").ok().and_then(|seed| seed.parse::<u64>().ok());
        let stories = wanted.map_or(STORIES, |cases| cases.saturating_mul(4));
        let seeds = only.map_or(1..=stories, |seed| seed..=seed);
        let mut all = Outcome::default();
        for seed in seeds {
            tell(seed, &mut all, only.is_some());
        }
        all
    })
}

fn tell(seed: u64, all: &mut Outcome, aloud: bool) {
    let mut story = Story::new(seed);
    story.world.aloud = aloud;
    for _ in 0..STEPS {
        story.step();
        if !story.world.broken.is_empty() {
            break;
        }
    }
    if story.world.broken.is_empty() {
        story.world.finish();
    }
    if aloud {
        println!("{}", story.text);
    }
    let by_itself = story.world.ends.iter().filter(|end| end.cause.reason() == EndReason::AutoEnd).count();
    all.stories += 1;
    all.events += story.world.events;
    all.restarts += story.restarts;
    all.ends += story.world.ends.len() as u64;
    all.ends_by_itself += by_itself as u64;
    let Story { world, text, .. } = story;
    let broken = world.broken.into_iter();
    all.broken.extend(broken.map(|(promise, why)| (promise, format!("{why}\nstory {seed}:\n{text}"))));
}

struct Story {
    random: Random,
    world: World,
    restarts: u64,
    /// What happened, for who reads a failure.
    text: String,
}

impl Story {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let settings = settings(&mut random);
        let world = World::new(random.next(), 2, &settings);
        let text = format!("two streams with {settings:?}\n");
        let mut story = Self { random, world, restarts: 0, text };
        let _it_is_fine = story.world.start(StreamId::new(1));
        story
    }

    fn step(&mut self) {
        let stream = StreamId::new(1 + i64::from(self.random.percent(30)));
        let moment = self.world.now().as_millis();
        let what = match self.random.below(100) {
            0..=34 => self.wait(),
            35..=49 => {
                let (count, came) = (self.random.one_of(&[0, 0, 0, 1, 2]), self.random.below(3));
                self.wobble(stream);
                self.world.listen(stream, count, came);
                format!("{count} listen")
            }
            50..=52 => {
                self.world.lose_count(stream);
                "the player loses count".to_owned()
            }
            53..=66 => {
                let source = SourceId::new(self.random.one_of(&["agent", "relay"])).expect("a good name");
                let observation = observation(&mut self.random);
                self.world.observe(stream, &source, observation.clone());
                format!("{source}: {observation:?}")
            }
            67..=74 => {
                let mut weather =
                    || if self.random.percent(60) { Weather::Fine } else { self.random.one_of(&Weather::ALL) };
                let (registry, queue) = (weather(), weather());
                self.world.weather(registry, queue);
                format!("the registry is {registry:?}, the queue {queue:?}")
            }
            75..=79 => {
                let settings = settings(&mut self.random);
                self.world.configure(stream, &settings);
                format!("{settings:?}")
            }
            80..=82 => {
                self.world.keep_alive(stream);
                "kept alive".to_owned()
            }
            83..=86 => format!("stopped: {:?}", self.world.stop(stream)),
            87..=92 => format!("started: {:?}", self.world.start(stream)),
            93 => {
                self.world.skip(stream);
                "skipped".to_owned()
            }
            94..=95 => {
                let length = Duration::from_secs(1 + self.random.below(40));
                self.world.add(stream, length);
                format!("a track of {length:?}")
            }
            _ => self.restart(),
        };
        self.world.clock.set_back(Duration::ZERO);
        let _cannot_fail = writeln!(self.text, "{moment} stream {stream}: {what}");
    }

    /// Perhaps what follows is told by a clock that is set back meanwhile; nothing that waits, for time would not pass by that clock.
    fn wobble(&mut self, stream: StreamId) {
        if self.random.percent(10) {
            self.world.set_clock_back(stream, Duration::from_millis(self.random.below(3_000)));
        }
    }

    fn wait(&mut self) -> String {
        let most = self.random.one_of(&[50, 3_000, 15_000, 70_000, 150_000, 420_000]);
        let time = Duration::from_millis(1 + self.random.below(most));
        self.world.pass(time);
        format!("{time:?} pass")
    }

    fn restart(&mut self) -> String {
        self.restarts += 1;
        let (hour, day) = (Duration::from_secs(3_600), Duration::from_secs(86_400));
        let moment = |random: &mut Random, now: Timestamp| match random.below(10) {
            0 => now.before(hour),
            1 => now + day,
            2 => now,
            _ => now + Duration::from_millis(random.below(40_000)),
        };
        let gracefully = self.random.percent(40);
        let to = moment(&mut self.random, self.world.now());
        let shift = to.as_millis().abs_diff(self.world.now().as_millis());
        let back = to < self.world.now();
        let by = Duration::from_millis(shift);
        self.world.restart(|now| if back { now.before(by) } else { now + by }, gracefully);
        format!(
            "restart, {} {by:?}{}",
            if back { "back by" } else { "after" },
            if gracefully { ", gracefully" } else { "" }
        )
    }
}

fn settings(random: &mut Random) -> Settings {
    Settings {
        enabled: random.percent(90),
        timeout: Duration::from_secs(random.one_of(&[1, 5, 20, 60, 60, 120, 300])),
        only_when_queue_empty: random.percent(15),
        ..Settings::default()
    }
}

fn observation(random: &mut Random) -> Observation {
    let ids = |random: &mut Random| -> BTreeSet<ListenerId> {
        let some = random.one_of(&[0, 0, 0, 1, 2]);
        (0..some).map(|_| ListenerId::new(random.one_of(&["ann", "bob", "cid"])).expect("a good name")).collect()
    };
    match random.below(10) {
        0..=3 => Observation::All(ids(random)),
        4..=5 => Observation::Count { now: random.one_of(&[0, 0, 3]), ever: None },
        6..=7 => {
            Observation::Changed { joined: ids(random).into_iter().collect(), left: ids(random).into_iter().collect() }
        }
        8 => Observation::Unknown,
        _ => Observation::Gone,
    }
}
