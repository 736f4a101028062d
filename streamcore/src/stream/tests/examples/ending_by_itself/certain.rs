//! What must be certain before a stream ends by itself: that nobody listens, that nothing waits, that the store is there.

use super::*;

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
