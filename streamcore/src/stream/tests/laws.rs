//! What holds whatever happens: skips, ends of tracks, edits, failures, lost answers and crashes in any order.

use std::collections::BTreeMap;

use proptest::{prelude::*, sample::Index};

use super::*;
use crate::{FailureKind, FailureReason, Outcome, queue::Repeat};

/// How many generated stories each law is tried on; `STREAMCORE_PROPTEST_CASES` raises it.
#[expect(clippy::disallowed_methods, reason = "a test may be told by its environment how long to look")]
fn config() -> ProptestConfig {
    let cases = std::env::var("STREAMCORE_PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400);
    ProptestConfig { cases, max_shrink_iters: 20_000, failure_persistence: None, ..ProptestConfig::default() }
}

#[derive(Debug, Clone)]
enum Step {
    Add(Placement),
    /// Media that was queued before.
    AddTheSame,
    Repeat(Repeat),
    Remove(Index),
    Clear,
    Hint,
    Start,
    Stop,
    Pause,
    Resume,
    Skip,
    SkipCurrent,
    SkipSomethingElse,
    Jump(Index, bool),
    JumpFromCurrent(Index, bool),
    JumpNowhere,
    Seek(u64),
    Started,
    Ended,
    EndedBefore(Index),
    Failed(FailureKind),
    Progress(u64),
    Listeners(u64),
    ListenersUnknown,
    Observe(Observation),
    KeepAlive,
    Timeout(u64),
    Answer(Index, Store),
    StaleAnswer,
    Pass(u64),
    TimeJumpsBack,
    Crash,
    /// An orderly end of the process, and the next one.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let store = prop_oneof![4 => Just(Store::Works), 1 => Just(Store::Refuses), 1 => Just(Store::LosesTheAnswer)];
    prop_oneof![
        6 => prop_oneof![Just(Placement::Back), Just(Placement::Front)].prop_map(Step::Add),
        2 => Just(Step::AddTheSame),
        1 => prop::sample::select(Repeat::ALL).prop_map(Step::Repeat),
        2 => any::<Index>().prop_map(Step::Remove),
        1 => Just(Step::Clear),
        3 => Just(Step::Hint),
        4 => Just(Step::Start),
        2 => Just(Step::Stop),
        2 => Just(Step::Pause),
        2 => Just(Step::Resume),
        3 => Just(Step::Skip),
        3 => Just(Step::SkipCurrent),
        1 => Just(Step::SkipSomethingElse),
        3 => any::<(Index, bool)>().prop_map(|(to, keep)| Step::Jump(to, keep)),
        1 => any::<(Index, bool)>().prop_map(|(to, keep)| Step::JumpFromCurrent(to, keep)),
        1 => Just(Step::JumpNowhere),
        2 => (0..20_000_u64).prop_map(Step::Seek),
        4 => Just(Step::Started),
        5 => Just(Step::Ended),
        1 => any::<Index>().prop_map(Step::EndedBefore),
        3 => prop_oneof![3 => Just(FailureKind::Broken), 1 => Just(FailureKind::Unavailable)].prop_map(Step::Failed),
        2 => (0..20_000_u64).prop_map(Step::Progress),
        1 => (0..3_u64).prop_map(Step::Listeners),
        1 => Just(Step::ListenersUnknown),
        2 => observation().prop_map(Step::Observe),
        1 => Just(Step::KeepAlive),
        1 => (1..400_u64).prop_map(Step::Timeout),
        16 => (any::<Index>(), store).prop_map(|(index, store)| Step::Answer(index, store)),
        1 => Just(Step::StaleAnswer),
        4 => (0..8_000_u64).prop_map(Step::Pass),
        1 => Just(Step::TimeJumpsBack),
        1 => Just(Step::Crash),
        1 => Just(Step::Restart),
    ]
}

fn observation() -> impl Strategy<Value = Observation> {
    let id = || (0..3_u8).prop_map(|n| ListenerId::new(&n.to_string()).expect("an identity"));
    let ids = || prop::collection::vec(id(), 0..3);
    prop_oneof![
        prop::collection::btree_set(id(), 0..3).prop_map(Observation::All),
        (ids(), ids()).prop_map(|(joined, left)| Observation::Changed { joined, left }),
        (0..3_u64).prop_map(|now| Observation::Count { now, ever: None }),
        Just(Observation::Unknown),
        Just(Observation::Gone),
    ]
}

impl World {
    fn take(&mut self, step: &Step) {
        match step {
            Step::Add(placement) => {
                self.add(*placement);
            }
            Step::AddTheSame => drop(self.add_media("same.mp3")),
            Step::Repeat(repeat) => drop(self.queue.apply(Op::SetRepeat { repeat: *repeat }.into())),
            Step::Remove(index) => {
                let view = self.queue.view(Page::ALL);
                if !view.items.is_empty() {
                    let id = index.get(&view.items).id;
                    drop(self.queue.apply(Op::Remove { id }.into()));
                }
            }
            Step::Clear => drop(self.queue.apply(Op::Clear.into())),
            Step::Hint => self.input(Input::QueueChanged),
            Step::Start => drop(self.command(Command::Start)),
            Step::Stop => drop(self.command(Command::Stop(manual()))),
            Step::Pause => drop(self.command(Command::Pause)),
            Step::Resume => drop(self.command(Command::Resume)),
            Step::Skip => drop(self.skip(None)),
            Step::SkipCurrent => {
                let current = self.view().current.map(|item| item.id);
                self.skip(current);
            }
            Step::SkipSomethingElse => drop(self.skip(Some(id(u128::MAX)))),
            Step::Jump(to, keep) => drop(self.jump(None, self.nth(*to), *keep)),
            Step::JumpFromCurrent(to, keep) => {
                let current = self.view().current.map(|item| item.id);
                self.jump(current, self.nth(*to), *keep);
            }
            Step::JumpNowhere => drop(self.jump(None, id(u128::MAX), false)),
            Step::Seek(millis) => drop(self.seek(None, *millis)),
            Step::Started => self.report_live(|playback| Report::Started { playback }),
            Step::Ended => self.report_live(|playback| Report::Ended { playback }),
            Step::EndedBefore(index) => {
                if self.playbacks.len() > 1 {
                    let playback = *index.get(&self.playbacks[..self.playbacks.len() - 1]);
                    self.report(Report::Ended { playback });
                }
            }
            Step::Failed(kind) => {
                let reason = FailureReason::new(*kind, "failed");
                self.report_live(|playback| Report::Failed { playback, reason });
            }
            Step::Progress(millis) => {
                let position = Duration::from_millis(*millis);
                self.report_live(|playback| Report::Progress { playback, position });
            }
            Step::Listeners(count) => self.listeners(*count),
            Step::ListenersUnknown => self.report(Report::ListenersUnknown),
            Step::Observe(observation) => drop(self.observe("agent", observation.clone())),
            Step::KeepAlive => drop(self.command(Command::KeepAlive { by: "a test".to_owned() })),
            Step::Timeout(seconds) => {
                let timeout = Duration::from_secs(*seconds);
                self.command(Command::Configure(Arc::new(Settings { timeout, ..Settings::default() })));
            }
            Step::Answer(index, store) => {
                if !self.asked.is_empty() {
                    self.answer_nth(index.index(self.asked.len()), *store);
                }
            }
            Step::StaleAnswer => self.input(Input::Answer { question: QuestionId(u64::MAX), answer: Ok(Answer::Done) }),
            Step::Pass(millis) => self.pass(Duration::from_millis(*millis)),
            Step::TimeJumpsBack => drop(
                self.stream
                    .handle(Timestamp::default(), Input::Tick)
                    .iter()
                    .map(|effect| {
                        panic!("time did not pass and yet {effect:?}");
                    })
                    .count(),
            ),
            Step::Crash => self.crash(),
            Step::Restart => {
                self.command(Command::Suspend);
                self.answer_all(Store::Works);
                let all = (self.lost_commands + 1..=self.commands).all(|command| self.is_replied(CommandId(command)));
                assert!(all, "a command was left without an answer when the process ended");
                self.crash();
            }
        }
    }

    /// An item of the list, or none of it.
    fn nth(&self, index: Index) -> ItemId {
        let view = self.queue.view(Page::ALL);
        view.items.get(index.index(view.total + 1)).map_or(id(u128::MAX), |item| item.id)
    }

    /// A player reports only of what it was told to play.
    pub(super) fn report_live(&mut self, report: impl FnOnce(PlaybackId) -> Report) {
        if let Hears::Item(play) = &self.hears {
            let playback = play.playback;
            self.report(report(playback));
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        if let Some(deadline) = self.stream.next_deadline() {
            prop_assert!(deadline > self.now, "a deadline in the past would spin");
        }
        prop_assert!(self.playbacks.is_sorted_by(|a, b| a < b), "each playback replaces the one before");
        let view = self.view();
        prop_assert_eq!(
            view.status == Status::Stopped,
            self.hears == Hears::Nothing,
            "on the air exactly while it runs"
        );
        let asking = self.asked.iter().any(|(_, ask)| matches!(ask, Question::Advance(_) | Question::Current));
        if view.status != Status::Stopped && !self.paused && !asking && view.status != Status::Paused {
            let heard = self.heard();
            prop_assert_eq!(view.current.as_ref().map(|item| item.id), heard, "what is shown is what is heard");
            let placeholder = matches!(self.hears, Hears::Placeholder(_));
            prop_assert_eq!(placeholder, heard.is_none(), "the placeholder plays exactly when no track does");
        }
        prop_assert!(self.asked.len() <= 3, "one question a store at a time: {:?}", self.asked);
        let mut finished = BTreeMap::new();
        for event in &self.events {
            if let EventKind::TrackFinished { item, outcome } = event
                && *outcome != Outcome::Interrupted
            {
                *finished.entry(item.id).or_insert(0) += 1;
            }
        }
        prop_assert!(finished.values().all(|times| *times == 1), "a fact is told once: {finished:?}");
        Ok(())
    }

    /// Faults end, and time passes.
    fn settle_down(&mut self) -> Result<(), TestCaseError> {
        for _ in 0..8 {
            self.answer_all(Store::Works);
            self.play_on(Duration::from_secs(10));
            self.check()?;
        }
        self.answer_all(Store::Works);
        Ok(())
    }
}

fn tell(steps: &[Step]) -> Result<World, TestCaseError> {
    tell_to(World::new(), steps)
}

/// The same of a stream that may end by itself.
fn tell_with_timers(steps: &[Step]) -> Result<World, TestCaseError> {
    tell_to(World::with_policy(Arc::new(BySettings)), steps)
}

fn tell_to(mut world: World, steps: &[Step]) -> Result<World, TestCaseError> {
    for step in steps {
        world.take(step);
        world.check()?;
    }
    Ok(world)
}

proptest! {
    #![proptest_config(config())]

    /// Nothing is lost, nothing plays twice at once, and when the faults end the stream does what the store says.
    /// Promise S13, S14 and S15.
    #[test]
    fn whatever_happens_the_stream_and_the_store_agree_in_the_end(steps in prop::collection::vec(step(), 1..120)) {
        let mut world = tell_with_timers(&steps)?;
        world.settle_down()?;
        if world.view().status == Status::Paused {
            world.command(Command::Resume);
            world.settle_down()?;
        }
        let queue = world.queue.view(Page::ALL);
        let current = queue.current.as_ref().map(|item| item.id);
        prop_assert_eq!(world.stored.is_running(), world.view().status != Status::Stopped);
        if world.stored.is_running() {
            prop_assert_eq!(world.heard(), current);
            prop_assert_eq!(world.heard().is_none(), queue.total == 0, "an item that waits is not left waiting");
        } else {
            prop_assert_eq!(current, None, "a stopped stream strands no item");
        }
        let history = world.queue.history(None, usize::MAX).entries;
        let mut ids: Vec<_> = history.iter().map(|entry| entry.item.id).chain(queue.items.iter().map(|item| item.id)).collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), all, "no item is in two places");
        for command in world.lost_commands + 1..=world.commands {
            prop_assert!(world.is_replied(CommandId(command)), "command {command} was never answered");
        }
    }

    /// The same story gives the same effects.
    #[test]
    fn the_same_inputs_give_the_same_effects(steps in prop::collection::vec(step(), 1..80)) {
        let (one, two) = (tell_with_timers(&steps)?, tell_with_timers(&steps)?);
        prop_assert_eq!(one.events, two.events);
        prop_assert_eq!(one.replies, two.replies);
        prop_assert_eq!(one.asked, two.asked);
        prop_assert_eq!(one.hears, two.hears);
    }

    /// Whenever the process dies, the next one goes on with the same item in the same state.
    /// Promise S11.
    #[test]
    fn a_restored_stream_goes_on_like_the_one_that_was_not_interrupted(steps in prop::collection::vec(step(), 1..80)) {
        let mut world = tell(&steps)?;
        world.settle_down()?;
        let before = (world.view().status, world.view().current, world.heard());
        let position = world.view().position;
        let ordered = matches!(before.0, Status::Playing);
        let dry = world.queue.view(Page::ALL).current.is_none();
        world.crash();
        world.settle_down()?;
        let after = (world.view().status, world.view().current, world.heard());
        prop_assert_eq!(&before.0, &after.0);
        if !(before.0 == Status::Paused && dry) {
            // (While paused on a dry queue nobody looks for an item that came meanwhile, and the tail of the last one is kept; the next
            // process looks, and has no tail.)
            prop_assert_eq!(&before.1, &after.1);
        }
        if ordered {
            prop_assert_eq!(before.2, after.2);
            let from = match &world.hears { Hears::Item(play) => play.from, _ => Duration::ZERO };
            prop_assert!(from <= position && position.saturating_sub(from) <= Duration::from_secs(5), "{from:?} of {position:?}");
        }
    }

    /// After the end only what tidies up happens; then nothing, whatever is told.
    /// Promise S17.
    #[test]
    fn after_the_end_nothing_happens(
        before in prop::collection::vec(step(), 1..60),
        reports in prop::collection::vec(step(), 1..30),
    ) {
        let mut world = tell_with_timers(&before)?;
        world.command(Command::Stop(manual()));
        world.settle_down()?;
        let events = world.events.len();
        for step in &reports {
            if matches!(step, Step::Hint | Step::Started | Step::Ended | Step::EndedBefore(_) | Step::Failed(_) | Step::Progress(_)
                | Step::Listeners(_) | Step::ListenersUnknown | Step::StaleAnswer | Step::Pass(_))
            {
                world.take(step);
            }
        }
        // Sources elsewhere are forgotten in their time.
        world.pass(Duration::from_secs(600));
        prop_assert!(world.asked.is_empty() && world.events.len() == events && world.hears == Hears::Nothing);
        prop_assert_eq!(world.stream.next_deadline(), None);
    }
}
