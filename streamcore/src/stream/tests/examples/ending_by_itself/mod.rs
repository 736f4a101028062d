//! How a stream that nobody listens to ends by itself, and everything that must keep it from doing so.

mod certain;
mod changes;
mod restarts;

use super::*;
use crate::CancelCause;

fn settings(seconds: u64) -> Settings {
    Settings { timeout: Duration::from_secs(seconds), ..Settings::default() }
}

impl World {
    /// Started with an empty queue, nobody listening, and ending after so many seconds.
    fn empty(seconds: u64) -> Self {
        let mut world = Self::with_policy(Arc::new(BySettings));
        world.configure(settings(seconds));
        world.command(Command::Start);
        world.answer_all(Store::Works);
        world
    }

    fn configure(&mut self, settings: Settings) {
        self.command(Command::Configure(Arc::new(settings)));
        self.answer_all(Store::Works);
    }

    /// Time passes, and the store answers at once.
    fn live_on(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(deadline) = self.stream.next_deadline().filter(|deadline| *deadline <= end) {
            self.pass(deadline.since(self.now));
            self.answer_all(Store::Works);
        }
        self.pass(end.since(self.now));
        self.answer_all(Store::Works);
    }

    fn live_millis(&mut self, millis: u64) {
        self.live_on(Duration::from_millis(millis));
    }

    /// Time passes, and the store is away.
    fn live_without_store(&mut self, time: Duration) {
        let end = self.now + time;
        self.answer_all(Store::Refuses);
        while let Some(deadline) = self.stream.next_deadline().filter(|deadline| *deadline <= end) {
            self.pass(deadline.since(self.now));
            self.answer_all(Store::Refuses);
        }
        self.pass(end.since(self.now));
    }

    fn is_on_air(&self) -> bool {
        self.view().status != Status::Stopped
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.view().timer.map(|timer| timer.deadline)
    }

    fn ends(&self) -> Vec<EndReason> {
        let reason = |event: &EventKind| match event {
            EventKind::StreamEnded { reason, .. } => Some(*reason),
            _ => None,
        };
        self.events.iter().filter_map(reason).collect()
    }

    fn warnings(&self) -> Vec<u64> {
        let seconds = |event: &EventKind| match event {
            EventKind::AutoEndWarning { seconds, .. } => Some(*seconds),
            _ => None,
        };
        self.events.iter().filter_map(seconds).collect()
    }

    fn cancellations(&self) -> Vec<CancelCause> {
        let cause = |event: &EventKind| match event {
            EventKind::AutoEndCancelled { cause, .. } => Some(cause.clone()),
            _ => None,
        };
        self.events.iter().filter_map(cause).collect()
    }

    fn armed(&self) -> Vec<Timestamp> {
        let deadline = |event: &EventKind| match event {
            EventKind::AutoEndArmed { deadline, .. } => Some(*deadline),
            _ => None,
        };
        self.events.iter().filter_map(deadline).collect()
    }
}

/// Promise S23.
#[test]
fn a_stream_that_nobody_ever_heard_ends_its_timeout_after_its_start_and_not_earlier() {
    let mut world = World::empty(300);
    let start = world.now;
    assert_eq!(
        (world.deadline(), world.armed()),
        (Some(start + Duration::from_secs(300)), vec![start + Duration::from_secs(300)])
    );
    world.live_millis(299_999);
    assert!(world.is_on_air());
    world.live_millis(1);
    assert_eq!((world.is_on_air(), world.ends()), (false, vec![EndReason::AutoEnd]));
    let cause = EndCause::AutoEnd { empty_since: start, deadline: world.now };
    let [session] = world.sessions.as_slice() else { panic!("{:?}", world.sessions) };
    assert_eq!((session.number, session.started_at), (1, start));
    assert_eq!(session.ended, Ended { at: world.now, cause });
    assert!(world.cancellations().is_empty(), "never told as cancelled before it ends");
    assert!(!world.stored.is_running());
}

/// Promise S23.
#[test]
fn a_listener_stops_the_timer_and_the_whole_timeout_begins_when_the_last_one_leaves() {
    let mut world = World::empty(300);
    world.live_millis(200_000);
    world.listeners(1);
    world.answer_all(Store::Works);
    assert_eq!((world.deadline(), world.cancellations()), (None, vec![CancelCause::ListenerJoined]));
    assert_eq!(world.stored.timer, None, "nor after a restart");
    world.live_on(Duration::from_secs(3_600));
    world.listeners(0);
    world.answer_all(Store::Works);
    world.live_millis(299_999);
    assert!(world.is_on_air());
    world.live_millis(1);
    assert!(!world.is_on_air());
    let session = &world.sessions[0];
    assert_eq!((session.peak_listeners, session.total_listeners), (1, 1));
}

/// Promise S23.
#[test]
fn an_ended_stream_keeps_its_queue_and_goes_on_with_it() {
    let mut world = World::with_policy(Arc::new(BySettings));
    world.configure(settings(5));
    world.add(Placement::Back);
    world.add(Placement::Back);
    world.command(Command::Start);
    world.answer_all(Store::Works);
    world.start_heard();
    world.live_millis(5_000);
    assert_eq!((world.ends(), world.queue.view(Page::ALL).total), (vec![EndReason::AutoEnd], 2));
    world.command(Command::Start);
    world.answer_all(Store::Works);
    assert_eq!((world.heard(), world.view().session), (Some(id(1)), 2));
}

/// Found by a review: anybody may connect and leave as often as they like, and each time cost four events and a save.
#[test]
fn a_flood_of_comings_and_goings_is_told_a_few_times_a_second_and_ends_nothing() {
    let mut world = World::empty(1);
    let before = world.events.len();
    for _ in 0..5_000 {
        world.listeners(1);
        world.pass(Duration::from_millis(1));
        world.listeners(0);
        world.pass(Duration::from_millis(1));
    }
    world.answer_all(Store::Works);
    assert!(world.is_on_air(), "somebody comes all the time");
    assert!(world.events.len() - before < 4 * 60, "{} events in ten seconds", world.events.len() - before);
    let ever = world.connected;
    world.live_on(Duration::from_millis(900));
    assert_eq!((world.view().total_listeners, world.is_on_air()), (ever, true), "nobody is overlooked");
    world.live_on(Duration::from_millis(400));
    assert_eq!(world.ends(), [EndReason::AutoEnd]);
}

/// Promise S23, when the player's words come faster than they are taken.
#[test]
fn a_listener_whose_coming_is_not_looked_at_yet_keeps_the_stream() {
    let mut world = World::empty(1);
    world.live_millis(900);
    for _ in 0..40 {
        world.listeners(0);
    }
    world.listeners(1);
    assert!(world.view().audience.is_empty(), "that word waits for its turn");
    world.live_millis(200);
    assert!(world.is_on_air());
    world.live_millis(100);
    assert_eq!((world.is_on_air(), world.view().audience), (true, Audience::known(1)));
}

/// Promise S23: with a store that answers late, the timer is stored first.
#[test]
fn nothing_ends_before_its_timer_is_stored() {
    let mut world = World::empty(1);
    world.listeners(1);
    world.answer_all(Store::Works);
    world.listeners(0);
    world.pass(Duration::from_secs(2));
    assert!(world.is_on_air());
    world.answer_all(Store::Works);
    assert_eq!(world.ends(), [EndReason::AutoEnd]);
}

/// Promise S23. Of two reports that are read at once only the later one is left.
#[test]
fn somebody_who_came_and_left_between_two_reports_has_listened() {
    let mut world = World::empty(300);
    let begin = world.now;
    world.live_on(Duration::from_secs(200));
    world.report(Report::Listeners { count: 0, ever: 1 });
    world.answer_all(Store::Works);
    assert_eq!(world.deadline(), Some(begin + Duration::from_secs(500)));
    assert_eq!(world.view().total_listeners, 1);
    world.live_on(Duration::from_secs(299));
    assert!(world.is_on_air());
    world.live_on(Duration::from_secs(1));
    assert!(!world.is_on_air());
}
