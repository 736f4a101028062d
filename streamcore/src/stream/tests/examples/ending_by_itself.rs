//! How a stream that nobody listens to ends by itself, and everything that must keep it from doing so.

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

/// Promise S24. Trap: a poll that fails becomes zero (or somebody).
#[test]
fn an_unknown_audience_neither_sets_a_timer_nor_stops_one_nor_lets_it_fire() {
    let mut world = World::empty(300);
    world.observe("agent", Observation::Count { now: 1, ever: None });
    world.observe("agent", Observation::Unknown);
    assert_eq!(world.deadline(), None, "somebody listened: nothing is set");
    world.live_on(Duration::from_secs(60));
    world.observe("agent", Observation::Count { now: 0, ever: None });
    let deadline = world.now + Duration::from_secs(300);
    assert_eq!(world.deadline(), Some(deadline));
    world.live_on(Duration::from_secs(60));
    world.observe("agent", Observation::Unknown);
    assert_eq!(
        (world.deadline(), world.view().timer.and_then(|timer| timer.held)),
        (Some(deadline), Some(Held::AudienceUnknown))
    );
    for _ in 0..20 {
        world.live_on(Duration::from_secs(60));
        world.observe("agent", Observation::Unknown);
    }
    assert!(world.is_on_air(), "unknown is not nobody");
    assert!(world.warnings().is_empty());
    world.observe("agent", Observation::Count { now: 0, ever: None });
    world.live_millis(1_999);
    assert!(world.is_on_air(), "who comes back has a moment to do so");
    world.live_millis(1);
    assert_eq!(world.ends(), [EndReason::AutoEnd]);
}

/// Promise S24.
#[test]
fn somebody_known_counts_also_while_another_source_is_unknown() {
    let mut world = World::empty(10);
    world.observe("agent", Observation::Unknown);
    world.listeners(1);
    assert_eq!((world.deadline(), world.cancellations()), (None, vec![CancelCause::ListenerJoined]));
    world.listeners(0);
    assert_eq!(world.deadline(), None, "the agent does not know");
    world.live_on(Duration::from_secs(301));
    assert!(world.deadline().is_some(), "it is gone");
    world.live_on(Duration::from_secs(10));
    assert_eq!(world.ends(), [EndReason::AutoEnd]);
}

/// Promise S24: whatever the policy says.
#[test]
fn no_policy_ends_a_stream_that_somebody_listens_to_or_nobody_knows_of() {
    #[derive(Debug)]
    struct AtOnce;
    impl AutoEndPolicy for AtOnce {
        fn decide(&self, _: &StreamView, _: Timestamp) -> Verdict {
            Verdict::End
        }
    }
    let mut world = World::with_policy(Arc::new(AtOnce));
    world.observe("agent", Observation::Count { now: 1, ever: None });
    world.command(Command::Start);
    world.answer_all(Store::Works);
    world.live_on(Duration::from_secs(60));
    world.observe("agent", Observation::Unknown);
    world.live_on(Duration::from_secs(60));
    assert!(world.is_on_air());
    world.observe("agent", Observation::Gone);
    world.live_on(Duration::from_secs(2));
    assert_eq!(world.ends(), [EndReason::AutoEnd]);
}

/// Promise S24.
#[test]
fn no_policy_ends_an_empty_stream_whose_audience_became_unknown() {
    #[derive(Debug)]
    struct WhenUnknown;
    impl AutoEndPolicy for WhenUnknown {
        fn decide(&self, view: &StreamView, _: Timestamp) -> Verdict {
            if view.audience.complete { Verdict::Keep } else { Verdict::End }
        }
    }
    let mut world = World::with_policy(Arc::new(WhenUnknown));
    world.command(Command::Start);
    world.answer_all(Store::Works);
    world.observe("agent", Observation::Unknown);
    world.live_on(Duration::from_secs(60));
    assert!(world.is_on_air() && world.view().empty_since.is_some());
}

/// Promise S24.
#[test]
fn no_timer_is_set_while_the_audience_is_unknown_though_it_was_nobody_before() {
    let mut world = World::empty(300);
    world.configure(Settings { enabled: false, ..settings(300) });
    world.observe("agent", Observation::Unknown);
    world.configure(settings(300));
    assert_eq!(world.deadline(), None);
    world.observe("agent", Observation::Gone);
    assert!(world.deadline().is_some());
}

/// Promise S25: the store is asked shortly before, so that the end itself need not wait for it.
#[test]
fn an_end_does_not_wait_for_a_store_that_answered_just_before() {
    let mut world = World::empty(300);
    world.live_on(Duration::from_secs(295));
    assert!(world.asked.is_empty());
    world.pass(Duration::from_millis(3_500));
    let saves = world.asked.iter().filter(|(_, ask)| matches!(ask, Question::Save(_))).count();
    assert_eq!(saves, 1, "{:?}", world.asked);
    world.answer_all(Store::Works);
    world.pass(Duration::from_millis(1_499));
    assert!(world.is_on_air());
    world.pass(Duration::from_millis(1));
    assert_eq!((world.is_on_air(), world.view().timer), (false, None));
}

/// Promise S25: the queue's store counts as well.
#[test]
fn nothing_ends_while_the_queue_does_not_answer() {
    let mut world = World::empty(10);
    world.pass(Duration::from_secs(5)); // a dry queue is looked at
    let looks = |(_, ask): &(QuestionId, Question)| matches!(ask, Question::Advance(_));
    assert!(world.asked.iter().any(looks), "{:?}", world.asked);
    for _ in 0..30 {
        world.pass(Duration::from_secs(1));
        while let Some(save) = world.asked.iter().position(|asked| !looks(asked)) {
            world.answer_nth(save, Store::Works);
        }
    }
    assert!(world.is_on_air());
    world.answer_nth(0, Store::Refuses);
    assert_eq!(world.view().timer.and_then(|timer| timer.held), Some(Held::StoreAway));
    world.live_on(Duration::from_secs(6));
    assert_eq!(world.ends(), [EndReason::AutoEnd]);
}

fn only_when_dry() -> Settings {
    Settings { only_when_queue_empty: true, ..settings(10) }
}

/// Promise S24 of a stream that ends only with its queue empty: found by a review.
#[test]
fn what_was_added_while_paused_keeps_a_stream_that_ends_only_when_its_queue_is_empty() {
    let mut world = World::empty(10);
    world.configure(only_when_dry());
    assert!(world.deadline().is_some(), "it is dry");
    world.command(Command::Pause);
    world.answer_all(Store::Works);
    world.add_and_tell();
    world.live_on(Duration::from_secs(60));
    assert!(world.is_on_air());
}

/// As above.
#[test]
fn what_was_added_in_the_last_moment_keeps_a_stream_that_ends_only_when_its_queue_is_empty() {
    let mut world = World::empty(10);
    world.configure(only_when_dry());
    world.live_millis(9_990);
    world.add_and_tell();
    world.pass(Duration::from_millis(100));
    assert!(world.is_on_air(), "the store has not answered yet");
    world.answer_all(Store::Works);
    world.live_on(Duration::from_secs(10));
    assert_eq!((world.is_on_air(), world.heard()), (true, Some(id(1))));
}

/// Promise S26: found by a review.
#[test]
fn a_source_is_acknowledged_when_a_restart_would_miss_it() {
    let mut world = World::empty(300);
    let first = world.observe("agent", Observation::Count { now: 0, ever: None });
    assert!(!world.is_replied(first));
    world.answer_all(Store::Works);
    assert!(world.is_replied(first) && world.stored.sources.len() == 1);
    let second = world.observe("agent", Observation::Count { now: 0, ever: None });
    assert!(world.is_replied(second), "a known one need not wait");
}

/// A stream that is stopped forgets who told about it: found by a review.
#[test]
fn sources_of_a_stopped_stream_do_not_delay_the_ends_to_come() {
    let mut world = World::empty(10);
    world.observe("agent", Observation::Count { now: 0, ever: None });
    world.command(Command::Stop(manual()));
    world.answer_all(Store::Works);
    world.crash();
    world.command(Command::Start);
    world.answer_all(Store::Works);
    world.live_on(Duration::from_secs(10));
    assert!(!world.is_on_air());
}

/// Promise S28: found by a review.
#[test]
fn a_warning_that_is_set_when_its_moment_is_past_is_not_given() {
    let mut world = World::empty(300);
    world.live_on(Duration::from_secs(200));
    world.configure(Settings { warnings: vec![Duration::from_secs(120)], ..settings(300) });
    world.live_on(Duration::from_secs(99));
    assert_eq!(world.warnings(), [0_u64; 0]);
}

/// Promise S29: found by a review. What a crash left unnoted goes on, so its end must not have been told.
#[test]
fn an_end_is_told_when_it_is_noted_and_once() {
    let mut world = World::empty(300);
    world.live_on(Duration::from_secs(299));
    world.pass(Duration::from_secs(1));
    assert_eq!((world.is_on_air(), world.ends()), (false, vec![]), "off the air, and not noted yet");
    let ended = world.now;
    world.crash();
    world.answer_all(Store::Works);
    assert!(world.is_on_air(), "nobody was told that it ended");
    world.live_on(Duration::from_secs(2));
    assert_eq!((world.ends(), world.sessions.len()), (vec![EndReason::AutoEnd], 1));
    assert!(world.sessions[0].ended.at > ended);
}

/// Promise S29, at an orderly end of the process.
#[test]
fn an_end_that_is_noted_while_the_process_ends_is_told() {
    let mut world = World::empty(300);
    world.command(Command::Stop(manual()));
    world.command(Command::Suspend);
    world.answer_all(Store::Works);
    assert_eq!((world.ends(), world.sessions.len()), (vec![EndReason::Manual], 1));
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

/// A session that began before sessions were numbered is the first.
#[test]
fn a_session_without_a_number_is_the_first() {
    let mut world = World::empty(300);
    world.stored.session = 0;
    world.crash();
    world.command(Command::Stop(manual()));
    world.answer_all(Store::Works);
    assert_eq!(world.sessions[0].number, 1);
}

/// Promise S25.
#[test]
fn nothing_ends_while_the_store_is_away_and_what_is_due_ends_when_it_is_back() {
    let mut world = World::empty(60);
    world.live_on(Duration::from_secs(50));
    world.live_without_store(Duration::from_secs(600));
    assert!(world.is_on_air());
    assert_eq!(world.view().timer.and_then(|timer| timer.held), Some(Held::StoreAway));
    world.live_on(Duration::from_secs(6));
    assert_eq!(world.ends(), [EndReason::AutoEnd]);
    assert_eq!(world.sessions.len(), 1);
}

/// Promise S25.
#[test]
fn a_listener_who_comes_while_the_store_is_away_keeps_the_stream() {
    let mut world = World::empty(60);
    world.live_on(Duration::from_secs(50));
    world.live_without_store(Duration::from_secs(600));
    world.listeners(1);
    world.live_on(Duration::from_secs(60));
    assert!(world.is_on_air());
}

/// Promise S26.
#[test]
fn a_restart_ends_at_the_stored_deadline() {
    let mut world = World::empty(300);
    let deadline = world.deadline().expect("armed");
    world.live_millis(100_000);
    world.now = world.now + Duration::from_secs(100);
    world.crash();
    world.answer_all(Store::Works);
    assert_eq!(world.armed().len(), 1, "it is the same timer");
    world.live_on(deadline.since(world.now).saturating_sub(Duration::from_millis(1)));
    assert!(world.is_on_air());
    world.live_millis(1);
    assert_eq!(world.ends(), [EndReason::AutoEnd]);
}

/// Promise S26.
#[test]
fn a_deadline_that_passed_while_nothing_ran_is_met_two_seconds_after_the_restart() {
    let mut world = World::empty(300);
    let deadline = world.deadline().expect("armed");
    world.now = world.now + Duration::from_secs(86_400);
    world.crash();
    world.answer_all(Store::Works);
    world.live_millis(1_999);
    assert!(world.is_on_air());
    world.live_millis(1);
    assert_eq!(world.ends(), [EndReason::AutoEnd]);
    let EndCause::AutoEnd { deadline: told, .. } = world.sessions[0].ended.cause.clone() else { panic!() };
    assert_eq!(told, deadline, "how late it is can be seen");
}

/// Promise S26.
#[test]
fn a_listener_who_comes_back_after_a_restart_keeps_the_stream() {
    let mut world = World::empty(300);
    world.now = world.now + Duration::from_secs(86_400);
    world.crash();
    world.answer_all(Store::Works);
    world.live_millis(1_500);
    world.listeners(1);
    world.live_on(Duration::from_secs(600));
    assert!(world.is_on_air());
}

/// Promise S26.
#[test]
fn after_a_restart_sources_elsewhere_are_unknown_until_they_tell_or_are_gone() {
    let mut world = World::empty(10);
    world.observe("agent", Observation::Count { now: 3, ever: None });
    world.answer_all(Store::Works);
    world.live_on(Duration::from_secs(5));
    world.crash();
    world.answer_all(Store::Works);
    world.live_on(Duration::from_secs(60));
    assert_eq!((world.is_on_air(), world.view().audience.complete), (true, false));
    world.live_on(Duration::from_secs(251));
    assert!(world.is_on_air() || !world.ends().is_empty());
    world.live_on(Duration::from_secs(120));
    assert_eq!(world.ends(), [EndReason::AutoEnd], "it never came back");
}

/// Promise S26.
#[test]
fn after_a_restart_a_source_that_told_of_nobody_is_waited_for_too() {
    let mut world = World::empty(300);
    world.observe("agent", Observation::Count { now: 0, ever: None });
    world.answer_all(Store::Works);
    world.crash();
    assert!(!world.view().audience.complete);
}

/// Promise S26.
#[test]
fn a_clock_that_was_set_back_begins_the_timer_anew() {
    let mut world = World::empty(300);
    world.live_on(Duration::from_secs(200));
    world.now = world.now.before(Duration::from_secs(3_600));
    world.crash();
    world.answer_all(Store::Works);
    assert_eq!(world.deadline(), Some(world.now + Duration::from_secs(300)));
}

/// Promise S26. Trap: a stale deadline ends the next session.
#[test]
fn a_timer_ends_no_session_but_its_own() {
    let mut world = World::empty(180);
    world.live_on(Duration::from_secs(179));
    world.command(Command::Stop(manual()));
    world.command(Command::Start);
    world.answer_all(Store::Works);
    let restarted = world.now;
    world.live_on(Duration::from_secs(179));
    assert!(world.is_on_air());
    world.live_on(Duration::from_secs(1));
    assert_eq!((world.is_on_air(), world.now), (false, restarted + Duration::from_secs(180)));
}

/// Promise S26: nor is what is stored of another session's timer taken for this one's.
#[test]
fn a_stored_timer_of_another_session_is_not_taken_up() {
    let mut world = World::empty(180);
    let stale = world.now + Duration::from_secs(1);
    world.stored.timer = Some(StoredTimer { session: 7, deadline: stale });
    world.now = world.now + Duration::from_secs(600);
    world.crash();
    world.answer_all(Store::Works);
    world.live_on(Duration::from_secs(2));
    let EndCause::AutoEnd { deadline, .. } = world.sessions[0].ended.cause.clone() else { panic!() };
    assert_ne!(deadline, stale);
}

/// What became of a session is not lost with the process: how many came is stored soon after they came.
#[test]
fn the_counts_of_a_session_survive_a_crash() {
    let mut world = World::empty(300);
    world.listeners(1);
    world.answer_all(Store::Works);
    world.listeners(3);
    world.live_on(Duration::from_secs(10));
    world.crash();
    world.answer_all(Store::Works);
    assert_eq!((world.view().peak_listeners, world.view().total_listeners), (3, 3));
    world.listeners(2);
    world.listeners(0);
    world.live_on(Duration::from_secs(300));
    assert_eq!((world.sessions[0].peak_listeners, world.sessions[0].total_listeners), (3, 5));
}

/// Promise S27.
#[test]
fn settings_that_change_move_a_running_timer() {
    let mut world = World::empty(300);
    let start = world.now;
    world.live_on(Duration::from_secs(100));
    world.configure(settings(600));
    assert_eq!(world.deadline(), Some(start + Duration::from_secs(600)));
    world.configure(settings(200));
    assert_eq!(world.deadline(), Some(start + Duration::from_secs(200)));
    world.configure(Settings { enabled: false, ..settings(200) });
    assert_eq!((world.deadline(), world.cancellations()), (None, vec![CancelCause::Settings]));
    world.live_on(Duration::from_secs(30 * 86_400));
    assert!(world.is_on_air());
    world.configure(settings(300));
    assert_eq!(world.ends(), [EndReason::AutoEnd], "it has been empty for longer than that");
}

/// Promise S27.
#[test]
fn keeping_alive_begins_the_timeout_anew_and_is_stored_before_it_is_acknowledged() {
    let mut world = World::empty(300);
    world.live_on(Duration::from_secs(299));
    let keep = world.command(Command::KeepAlive { by: "ann".to_owned() });
    assert!(!world.is_replied(keep));
    world.answer_all(Store::Works);
    assert!(world.is_replied(keep));
    assert_eq!(world.stored.empty_since, Some(world.now));
    assert_eq!(world.cancellations(), [CancelCause::KeepAlive { by: "ann".to_owned() }]);
    world.live_millis(299_999);
    assert!(world.is_on_air());
    world.live_millis(1);
    assert!(!world.is_on_air());
    let late = world.command(Command::KeepAlive { by: "ann".to_owned() });
    assert_eq!(*world.reply(late), Err(Refusal::NotRunning));
}

/// Promise S28.
#[test]
fn each_warning_is_given_once_at_its_moment() {
    let mut world = World::empty(300);
    let deadline = world.deadline().expect("armed");
    world.live_on(Duration::from_secs(300));
    assert_eq!(world.warnings(), [60, 30, 10]);
    let mut world = World::empty(20);
    world.live_on(Duration::from_secs(19));
    assert_eq!(world.warnings(), [10], "those already past are skipped");
    let timer = world.view().timer.expect("armed");
    assert_eq!(timer.warned, [(10, timer.deadline.before(Duration::from_secs(10)))]);
    assert!(deadline < Timestamp::from_millis(u64::MAX));
}

/// Promise S28.
#[test]
fn after_a_restart_only_the_warnings_to_come_are_given() {
    let mut world = World::empty(300);
    world.live_on(Duration::from_secs(250));
    world.crash();
    world.answer_all(Store::Works);
    world.live_on(Duration::from_secs(60));
    assert_eq!(world.warnings(), [60, 30, 10]);
}

/// Promise S28.
#[test]
fn a_loop_that_was_held_up_gives_the_last_warning_alone() {
    let mut world = World::empty(300);
    world.now = world.now + Duration::from_secs(275);
    world.input(Input::Tick);
    assert_eq!(world.warnings(), [30]);
}

/// Promise S28 and S15. Found by fuzzing: a warning whose moment was slept through stayed due for ever.
#[test]
fn a_loop_that_was_held_up_past_the_end_has_no_warning_left_to_give() {
    let mut world = World::empty(300);
    world.now = world.now + Duration::from_secs(275);
    world.input(Input::Tick);
    world.now = world.now + Duration::from_secs(30);
    world.input(Input::Tick); // the store has not answered: the end is put off
    assert!(world.is_on_air());
    assert!(world.stream.next_deadline().is_none_or(|deadline| deadline > world.now), "a deadline in the past spins");
}

/// Promise S29.
#[test]
fn a_session_that_ended_is_in_the_history_once_whatever_becomes_of_the_store() {
    let mut world = World::empty(10);
    world.live_on(Duration::from_secs(9));
    world.command(Command::Stop(manual()));
    world.answer_nth(0, Store::LosesTheAnswer);
    world.live_on(Duration::from_secs(10));
    assert_eq!((world.sessions.len(), world.ends().len()), (1, 1));
    assert_eq!(world.sessions[0].ended.cause, manual());
    world.command(Command::Start);
    world.answer_all(Store::Works);
    world.live_on(Duration::from_secs(10));
    let numbers: Vec<_> = world.sessions.iter().map(|session| session.number).collect();
    assert_eq!(numbers, [1, 2]);
}

/// Promise S29.
#[test]
fn a_session_that_ends_while_something_else_is_being_stored_is_in_the_history_once() {
    let mut world = World::empty(300);
    world.command(Command::Pause);
    world.command(Command::Stop(manual()));
    world.answer_all(Store::Works);
    assert_eq!(world.sessions.len(), 1);
    world.command(Command::Start);
    let closes = world.asked.iter().filter(|(_, ask)| matches!(ask, Question::Close { .. })).count();
    assert_eq!((world.asked.len(), closes), (1, 0), "and is not closed again");
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
