//! Single stories, each with a name. The four promises are watched in them too.

use std::{collections::BTreeMap, time::Duration};

use streamcore::{
    EndCause, EndReason, StreamId, Timestamp,
    auto_end::Settings,
    presence::{Observation, SourceId},
};

use crate::{
    weather::Weather,
    world::{End, World},
};

const STREAM: StreamId = StreamId::new(1);

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn after(timeout: u64) -> Settings {
    Settings { timeout: seconds(timeout), ..Settings::default() }
}

/// A world in which one stream has just started.
fn started(settings: &Settings) -> World {
    let mut world = World::new(1, 1, settings);
    world.start(STREAM).expect("it is fine");
    world
}

impl World {
    /// How long after this moment each session ended, and why.
    fn ended_after(&self, begin: Timestamp) -> Vec<(Duration, EndReason)> {
        self.ends.iter().map(|end| (end.at.since(begin), end.cause.reason())).collect()
    }

    /// All promises were kept.
    fn close(mut self) {
        self.finish();
        assert!(self.broken.is_empty(), "{:?}", self.broken);
    }
}

/// Promise S23.
#[test]
fn by_default_a_stream_ends_after_five_minutes() {
    let mut world = started(&Settings::default());
    let begin = world.now();
    world.pass(Duration::from_millis(299_999));
    assert!(world.is_running(STREAM));
    world.pass(seconds(1_000));
    assert_eq!(world.ended_after(begin), [(seconds(300), EndReason::AutoEnd)]);
    world.close();
}

#[test]
fn set_to_ten_minutes_it_ends_after_ten() {
    let mut world = started(&Settings::default());
    let begin = world.now();
    world.configure(STREAM, &after(600));
    world.pass(seconds(5_000));
    assert_eq!(world.ended_after(begin), [(seconds(600), EndReason::AutoEnd)]);
    world.close();
}

#[test]
fn disabled_it_does_not_end_in_a_month() {
    let mut world = started(&Settings { enabled: false, ..Settings::default() });
    world.pass(seconds(30 * 86_400));
    assert!(world.is_running(STREAM) && world.ends.is_empty());
    world.close();
}

/// Promise S26.
#[test]
fn a_clock_that_was_set_back_an_hour_begins_the_timer_anew() {
    let mut world = started(&after(300));
    world.pass(seconds(200));
    world.restart(|now| now.before(seconds(3_600)), false);
    let begin = world.now();
    world.pass(seconds(299));
    assert!(world.is_running(STREAM));
    world.pass(seconds(1));
    assert_eq!(world.ended_after(begin), [(seconds(300), EndReason::AutoEnd)]);
    world.close();
}

/// Promise S26.
#[test]
fn a_clock_that_was_set_forward_a_day_leaves_two_seconds_to_come_back() {
    for comes_back in [false, true] {
        let mut world = started(&after(300));
        world.pass(seconds(200));
        world.restart(|now| now + seconds(86_400), false);
        let begin = world.now();
        world.pass(Duration::from_millis(1_999));
        assert!(world.is_running(STREAM));
        if comes_back {
            world.listen(STREAM, 1, 1);
        }
        world.pass(seconds(100));
        let expected = if comes_back { vec![] } else { vec![(seconds(2), EndReason::AutoEnd)] };
        assert_eq!(world.ended_after(begin), expected);
        world.close();
    }
}

/// Promise S26. At 2:59 somebody stops it and starts it again; the three minutes of before are over a second later, and mean nothing any
/// more: not in this process, not in the next one, and not by a save that was on its way for long.
#[test]
fn a_stale_deadline_never_ends_the_next_session() {
    let weathers = [(Weather::Fine, false), (Weather::Fine, true), (Weather::Late, false), (Weather::Late, true)];
    for (seed, (weather, restarts)) in (0..10).flat_map(|seed| weathers.map(|weather| (seed, weather))) {
        let mut world = World::new(seed, 1, &after(180));
        world.start(STREAM).expect("it is fine");
        let two_fifty_nine = world.now() + seconds(179);
        world.pass(seconds(165));
        world.weather(weather, Weather::Fine);
        let agent = SourceId::new("agent").expect("a good name");
        world.observe(STREAM, &agent, Observation::Count { now: 0, ever: None }); // which is stored
        world.observe(STREAM, &agent, Observation::Gone);
        world.weather(Weather::Fine, Weather::Fine);
        world.pass(two_fifty_nine.since(world.now()));
        let _stored_sooner_or_later = world.stop(STREAM);
        while world.start(STREAM).is_err() {
            world.pass(seconds(1));
        }
        let begin = world.truth(STREAM).session.as_ref().expect("it is on the air").began;
        world.pass(seconds(25)); // by now whatever was late has arrived
        if restarts {
            world.restart(|now| now + seconds(1), false);
        }
        world.pass(seconds(1_000));
        let [manual, by_itself] = world.ends.as_slice() else { panic!("{:?}", world.ends) };
        assert_eq!((manual.session, manual.cause.reason()), (1, EndReason::Manual));
        assert_eq!((by_itself.session, by_itself.at), (2, begin + seconds(180)), "{weather:?}, {restarts}");
        world.close();
    }
}

/// Arming, cancelling and firing at once, on a thousand streams: each one ends at its own moment, and those that are heard do not.
#[test]
fn arming_and_cancelling_a_thousand_streams_while_timers_fire() {
    const STREAMS: u64 = 1_000;
    let mut world = World::new(1, STREAMS, &after(30));
    let mut empty_since = BTreeMap::new();
    let streams: Vec<_> = world.truths.keys().copied().collect();
    for (n, stream) in streams.iter().enumerate() {
        if n % 40 == 0 {
            world.pass(seconds(1)); // so that they do not all end at once
        }
        world.start(*stream).expect("it is fine");
        empty_since.insert(*stream, world.now());
    }
    let begun = world.now();
    for second in 0..60_u64 {
        for (n, stream) in (0_u64..).zip(&streams) {
            let heard = (n + second) % 7 < 3;
            // A seventh of them is visited each second, and every twentieth has somebody who stays.
            if (n * 31 + second) % 7 == 0 && world.truth(*stream).session.is_some() {
                let stays = n % 20 == 0;
                world.listen(*stream, u64::from(heard || stays), u64::from(heard));
                if heard || stays {
                    empty_since.remove(stream);
                } else {
                    let now = world.now();
                    empty_since.entry(*stream).or_insert(now);
                }
            }
        }
        world.pass(seconds(1));
    }
    world.pass(seconds(60));
    let stayed = streams.iter().filter(|stream| !empty_since.contains_key(stream)).count();
    assert_eq!(world.ends.len() + stayed, streams.len(), "each one that is empty has ended, and no other");
    assert!(stayed >= 50 && world.ends.iter().any(|end| end.at < begun + seconds(20)) && world.ends.len() > 500);
    for End { stream, at, cause, .. } in &world.ends {
        let since = empty_since[stream];
        assert_eq!(*at, since + seconds(30), "stream {stream}");
        assert_eq!(*cause, EndCause::AutoEnd { empty_since: since, deadline: since + seconds(30) });
    }
    world.close();
}

/// Promise S24. A source that fails for ten minutes neither ends the stream nor sets its timer back: it ends two seconds after that is over.
#[test]
fn unknown_for_longer_than_the_timeout_ends_two_seconds_after_it_is_known() {
    let mut world = started(&after(60));
    let (begin, agent) = (world.now(), SourceId::new("agent").expect("a good name"));
    for _ in 0..10 {
        world.observe(STREAM, &agent, Observation::Unknown);
        world.pass(seconds(60));
    }
    assert!(world.is_running(STREAM));
    world.observe(STREAM, &agent, Observation::Count { now: 0, ever: None });
    world.pass(seconds(60));
    assert_eq!(world.ended_after(begin), [(seconds(602), EndReason::AutoEnd)]);
    world.close();
}

/// Found by the stories: they were not counted if it was unknown at that moment who else listens.
#[test]
fn who_came_and_left_between_two_reports_has_listened_whoever_else_is_unknown() {
    let mut world = started(&after(60));
    let (begin, agent) = (world.now(), SourceId::new("agent").expect("a good name"));
    world.observe(STREAM, &agent, Observation::Unknown);
    world.pass(seconds(50));
    world.listen(STREAM, 0, 1);
    world.pass(seconds(20));
    world.observe(STREAM, &agent, Observation::Gone);
    world.pass(seconds(100));
    assert_eq!(world.ended_after(begin), [(seconds(130), EndReason::AutoEnd)], "who knows how long they stayed");
    world.close();
}

/// Found by the stories: the queue was empty in the last session, and has not answered yet in this one.
#[test]
fn what_the_last_session_knew_of_the_queue_does_not_end_this_one() {
    let mut world = started(&Settings { only_when_queue_empty: true, ..after(20) });
    world.pass(seconds(10));
    world.stop(STREAM).expect("it is fine");
    world.add(STREAM, seconds(1_000));
    world.weather(Weather::Fine, Weather::Away);
    let _the_queue_is_away = world.start(STREAM);
    world.pass(seconds(100));
    assert!(world.is_running(STREAM), "nobody knows whether something waits");
    world.weather(Weather::Fine, Weather::Fine);
    world.pass(seconds(600));
    assert!(world.is_running(STREAM), "something plays");
    world.pass(seconds(600));
    assert!(!world.is_running(STREAM));
    world.close();
}

/// Found by the stories: a save that was on its way since before the end put the session back on the air at the next restart.
#[test]
fn a_session_that_is_over_stays_over() {
    let mut seen = false;
    for seed in 0..20 {
        let mut world = World::new(seed, 1, &after(20));
        world.start(STREAM).expect("it is fine");
        world.weather(Weather::Late, Weather::Fine);
        world.listen(STREAM, 1, 1);
        world.listen(STREAM, 0, 0);
        world.pass(Duration::from_millis(6_500));
        world.weather(Weather::Fine, Weather::Fine);
        let stopped = world.stop(STREAM);
        world.pass(seconds(30));
        world.restart(|now| now + seconds(1), false);
        seen |= stopped.is_ok();
        assert!(!world.is_running(STREAM));
        world.close();
    }
    assert!(seen, "no stop came before what was on its way");
}
