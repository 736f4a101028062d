//! A store that comes and goes, in virtual time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use proptest::prelude::*;

use super::{
    LastKnown, MAX_ANSWERS, MAX_BYTES, READ_LATELY, Reading,
    memory::{Age, Memory},
    query::{Answer, Query, Scope},
};
use crate::{
    Revision, StreamId, Timestamp,
    library::MemoryLibrary,
    queue::{MemoryQueue, Op, Page, Queue as _, QueueView},
    registry::MemoryRegistry,
    runtime::Runtime as _,
    testing::{Flaky, SimRuntime, flaky::Fault, flaky::Gate, item},
};

const ONE: StreamId = StreamId::new(1);
const TWO: StreamId = StreamId::new(2);
const BEGIN: Timestamp = Timestamp::from_millis(1_000_000);

struct Away {
    runtime: SimRuntime,
    stores: Arc<LastKnown>,
    is_away: Arc<AtomicBool>,
    is_silent: Arc<AtomicBool>,
}

fn stores() -> Away {
    let runtime = SimRuntime::new(BEGIN);
    let (is_away, is_silent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (away, silent) = (is_away.clone(), is_silent.clone());
    let queue = Flaky::by(MemoryQueue::new(), move |call| match call.method {
        "changes" => Fault::None,
        _ if away.load(Ordering::SeqCst) => Fault::Refuse,
        _ if silent.load(Ordering::SeqCst) => Fault::Hold(Gate::new()),
        _ => Fault::None,
    });
    let stores = LastKnown::over(
        Arc::new(queue),
        Arc::new(MemoryRegistry::new()),
        Arc::new(MemoryLibrary::new()),
        Arc::new(runtime.clone()),
    );
    runtime.settle();
    Away { runtime, stores, is_away, is_silent }
}

impl Away {
    fn view(&self, reading: &Reading, stream: StreamId) -> Option<QueueView> {
        self.runtime.run(reading.view(stream, Page { offset: 0, limit: 10 })).ok()
    }

    fn add(&self, stream: StreamId, n: u64) {
        self.runtime.run(self.stores.apply(stream, Op::add(item(n)).into())).expect("it is added");
    }

    /// How many items are shown, and when that was read if that is not now.
    fn shown(&self, stream: StreamId) -> Option<(usize, Option<Timestamp>)> {
        let reading = self.stores.reading();
        let view = self.view(&reading, stream)?;
        Some((view.total, reading.stale_since()))
    }

    fn away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::SeqCst);
    }
}

const LATER: Duration = Duration::from_secs(1);

/// Promise H20.
#[test]
fn what_was_read_is_shown_while_the_store_is_away_with_when_that_was() {
    let world = stores();
    world.add(ONE, 1);
    world.runtime.pass(LATER);
    let read_at = world.runtime.now();
    assert_eq!(world.shown(ONE), Some((1, None)));
    world.away(true);
    world.runtime.pass(LATER);
    assert_eq!(world.shown(ONE), Some((1, Some(read_at))));
    assert_eq!(world.shown(TWO), None, "nobody read it");
    let fresh = world.stores.fresh_reading();
    assert_eq!(world.view(&fresh, ONE), None, "whoever changes something is not told of the past");
    let port = world.runtime.run(world.stores.view(ONE, Page::ALL));
    assert!(port.is_err_and(|error| error.is_retryable()), "the machine decides on nothing stale");
    world.away(false);
    assert_eq!(world.shown(ONE), Some((1, None)));
}

/// Promise H20.
#[test]
fn what_was_acknowledged_is_read_anew_before_anybody_asks() {
    let world = stores();
    world.add(ONE, 1);
    assert_eq!(world.shown(ONE), Some((1, None)));
    world.add(ONE, 2);
    world.away(true);
    assert_eq!(world.shown(ONE), None, "what is known is known to be wrong");
    world.away(false);

    assert_eq!(world.shown(ONE), Some((2, None)));
    world.add(ONE, 3);
    world.runtime.pass(LATER);
    world.away(true);
    assert_eq!(world.shown(ONE).map(|(total, _)| total), Some(3));
    world.away(false);

    // What nobody reads any more is not read for ever.
    world.runtime.pass(READ_LATELY + LATER);
    world.add(ONE, 4);
    world.runtime.pass(LATER);
    world.away(true);
    assert_eq!(world.shown(ONE), None);
}

/// Promise H20.
#[test]
fn what_is_purged_is_forgotten() {
    let world = stores();
    world.add(ONE, 1);
    assert_eq!(world.shown(ONE), Some((1, None)));
    world.runtime.run(world.stores.purge(ONE)).expect("it is purged");
    world.runtime.pass(LATER);
    world.away(true);
    assert_eq!(world.shown(ONE), None);
}

/// Promise H20.
#[test]
fn a_silent_store_is_waited_for_three_seconds_and_then_one() {
    let world = stores();
    assert_eq!(world.shown(ONE), Some((0, None)));
    world.is_silent.store(true, Ordering::SeqCst);
    for patience in [3, 1, 1] {
        let began = world.runtime.now();
        assert_eq!(world.shown(ONE), Some((0, Some(BEGIN))));
        assert_eq!(world.runtime.now().since(began), Duration::from_secs(patience));
    }
    world.is_silent.store(false, Ordering::SeqCst);
    assert_eq!(world.shown(ONE), Some((0, None)));
    assert_eq!(world.stores.status().outage(), None);
}

/// Promise H19.
#[test]
fn an_outage_is_known_since_its_first_sign_and_over_with_the_next_answer() {
    let world = stores();
    world.away(true);
    let since = world.runtime.now();
    let _ = world.shown(ONE);
    world.runtime.pass(LATER);
    let refused = world.runtime.run(world.stores.apply(ONE, Op::add(item(1)).into()));
    assert!(refused.is_err());
    let _ = world.shown(ONE);
    let status = world.stores.status();
    assert_eq!(status.reads.map(|outage| outage.since), Some(since));
    assert_eq!(status.writes.map(|outage| outage.since), Some(since + LATER));
    world.away(false);
    let _ = world.shown(ONE);
    assert_eq!(world.stores.status(), super::StoreStatus::default());
}

fn page(stream: StreamId, offset: usize) -> Query {
    Query::View { stream, offset, limit: 1 }
}

fn holding(revision: u64, bytes: usize) -> Answer {
    let mut item = item(1);
    item.title = "x".repeat(bytes);
    let empty = futures::executor::block_on(MemoryQueue::new().view(ONE, Page::ALL)).expect("a memory answers");
    Answer::View(QueueView { revision: Revision::new(revision), items: vec![item], ..empty })
}

fn revision(answer: &Answer) -> Option<u64> {
    if let Answer::View(view) = answer { Some(view.revision.get()) } else { None }
}

/// Promise H20.
#[test]
fn at_its_bounds_the_memory_forgets_what_was_read_the_longest_ago() {
    let mut memory = Memory::default();
    for offset in 0..=MAX_ANSWERS {
        if offset > 0 {
            assert!(memory.recall(&page(ONE, 0), BEGIN).is_some(), "it is read all the time");
        }
        let number = memory.ask(page(ONE, offset));
        memory.answer(number, holding(1, 1), BEGIN, true);
    }
    assert_eq!(memory.size().0, MAX_ANSWERS);
    assert!(memory.recall(&page(ONE, 0), BEGIN).is_some() && memory.recall(&page(ONE, 1), BEGIN).is_none());
    for offset in 0..20 {
        let number = memory.ask(page(TWO, offset));
        memory.answer(number, holding(1, MAX_BYTES / 8), BEGIN, true);
        assert!(memory.size().1 <= MAX_BYTES);
    }
    assert!(memory.recall(&page(TWO, 19), BEGIN).is_some() && memory.recall(&page(TWO, 0), BEGIN).is_none());
    let number = memory.ask(page(TWO, 99));
    memory.answer(number, holding(1, MAX_BYTES + 1), BEGIN, true);
    assert!(memory.recall(&page(TWO, 99), BEGIN).is_none(), "what does not fit at all");
}

#[derive(Debug, Clone)]
enum Step {
    Ask(i64, usize),
    Answer(usize, u64),
    Change(i64),
    Purge(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..4_i64, 0..3_usize).prop_map(|(stream, offset)| Step::Ask(stream, offset)),
        (0..8_usize, 0..10_000_u64).prop_map(|(which, at)| Step::Answer(which, at)),
        (1..4_i64).prop_map(Step::Change),
        (1..4_i64).prop_map(Step::Purge),
    ]
}

proptest! {
    /// Promise H20. Whatever is asked, answered late and changed in between, and whatever the clock does: what is recalled is of the page that was asked for, and
    /// of no revision but the present one.
    #[test]
    fn nothing_is_recalled_that_is_known_to_be_wrong(steps in prop::collection::vec(step(), 1..80)) {
        let mut memory = Memory::default();
        let mut revisions = [0_u64; 4];
        let mut asked = Vec::new();
        for step in steps {
            match step {
                Step::Ask(stream, offset) => {
                    let seen = revisions[usize::try_from(stream).unwrap()];
                    let number = memory.ask(page(StreamId::new(stream), offset));
                    // The stream is part of the answer, so that another one's would be seen.
                    asked.push((number, seen * 4 + u64::try_from(stream).unwrap()));
                }
                Step::Answer(which, at) if !asked.is_empty() => {
                    let (number, seen) = asked.remove(which % asked.len());
                    memory.answer(number, holding(seen, 1), Timestamp::from_millis(at), true);
                }
                Step::Answer(..) => {}
                Step::Change(stream) => {
                    revisions[usize::try_from(stream).unwrap()] += 1;
                    memory.outdate(Scope::Queue(StreamId::new(stream)), Age::Wrong);
                }
                Step::Purge(stream) => {
                    revisions[usize::try_from(stream).unwrap()] += 1;
                    memory.forget_all(Scope::Stream(StreamId::new(stream)));
                }
            }
            let _ = memory.size();
            for (stream, offset) in (1..4_i64).flat_map(|stream| (0..3).map(move |offset| (stream, offset))) {
                if let Some((answer, _)) = memory.recall(&page(StreamId::new(stream), offset), BEGIN) {
                    let number = usize::try_from(stream).unwrap();
                    prop_assert_eq!(revision(&answer), Some(revisions[number] * 4 + u64::try_from(stream).unwrap()));
                }
            }
        }
    }
}

/// Promise H20. A reconnect hints at every queue: what cannot be read anew then is still what was known last.
#[test]
fn what_was_only_hinted_at_is_kept_if_it_cannot_be_read_anew_and_what_was_acknowledged_is_not() {
    for (age, is_kept) in [(Age::Old, true), (Age::Wrong, false)] {
        let mut memory = Memory::default();
        let query = page(ONE, 0);
        let number = memory.ask(query.clone());
        memory.answer(number, holding(7, 1), BEGIN, true);
        assert!(memory.outdate(Scope::Queue(ONE), age));
        // A hint behind a change makes it no better.
        assert!(memory.outdate(Scope::Queue(ONE), Age::Old));
        assert_eq!(memory.outdated(BEGIN, 10), std::slice::from_ref(&query));
        memory.not_read(&query);
        assert_eq!(memory.recall(&query, BEGIN).is_some(), is_kept, "{age:?}");
        assert!(memory.outdated(BEGIN, 10).is_empty(), "it is not asked for again and again");
    }
}
