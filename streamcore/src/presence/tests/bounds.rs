//! Nothing grows without end, whatever sources tell.

use super::*;

fn number(n: u64) -> ListenerId {
    listener(&n.to_string())
}

/// Promise P7. Twenty joins each twenty milliseconds, none of them ever taken back: a quarter of an hour of a source that has lost all leaves.
#[test]
fn a_million_joins_without_leaves_stay_bounded() {
    let mut presence = Presence::default();
    let agent = source("agent");
    for n in (0..1_000_000).step_by(20) {
        let join = Observation::Changed { joined: (n..n + 20).map(number).collect(), left: Vec::new() };
        presence.observe(Timestamp::from_millis(n), &agent, REMOTE, join).unwrap();
        assert_eq!(presence.audience(), known((n + 20).min(90_000)), "those of the last 90 s");
    }
    assert_eq!(presence.arrivals(), 1_000_000);
    presence.expire(Timestamp::from_millis(1_000_000 + 90_000));
    assert_eq!(presence.audience(), Audience::UNKNOWN);
}

/// Promise P7. Those beyond the limit are refused, and nothing of their word is taken.
#[test]
fn too_many_listeners_are_refused_as_a_whole() {
    let too_many = Err(TooMany::Listeners { limit: MAX_LISTENERS });
    let (agent, limit) = (source("agent"), MAX_LISTENERS as u64);
    let everybody: BTreeSet<_> = (0..limit).map(number).collect();
    let mut presence = Presence::default();
    presence.observe(at(0), &agent, REMOTE, Observation::All(everybody.clone())).unwrap();

    let one_more = Observation::Changed { joined: vec![number(limit)], left: vec![number(limit)] };
    assert_eq!(presence.observe(at(10), &agent, REMOTE, one_more), too_many);
    let too_long = everybody.iter().cloned().chain([number(limit)]).collect();
    assert_eq!(presence.observe(at(10), &agent, REMOTE, Observation::All(too_long)), too_many);
    assert_eq!((presence.audience(), presence.arrivals()), (known(limit), limit));
    let crossed = Observation::Changed { joined: vec![number(7), number(limit)], left: vec![number(7)] };
    assert_eq!(presence.observe(at(10), &agent, REMOTE, crossed), too_many, "who comes and goes is here");
    let view = presence.sources().next().map(|(_, view)| view.fresh_until);
    assert_eq!(view, Some(Some(at(90))), "a refused word is no word");

    let again = Observation::Changed { joined: vec![number(7), number(7)], left: Vec::new() };
    presence.observe(at(20), &agent, REMOTE, again).expect("they are there");
    let elsewhere = all(&["ann"]);
    assert_eq!(presence.observe(at(20), &source("relay"), REMOTE, elsewhere), too_many, "the bound is the stream's");
    let replaced = Observation::Changed { joined: vec![number(limit)], left: vec![number(3), number(3)] };
    presence.observe(at(30), &agent, REMOTE, replaced).expect("one goes, one comes");
    assert_eq!(presence.audience(), known(limit));
}

/// Promise P7. However many others tell: who is connected to the stream itself is known.
#[test]
fn too_many_sources_are_refused_and_the_player_has_its_place() {
    let mut presence = Presence::default();
    let name = |n: usize| source(&format!("agent-{n}"));
    for n in 0..MAX_SOURCES {
        presence.observe(at(0), &name(n), REMOTE, count(1)).unwrap();
    }
    let too_many = Err(TooMany::Sources { limit: MAX_SOURCES });
    for observation in [count(1), all(&[]), Observation::Unknown] {
        assert_eq!(presence.observe(at(0), &name(MAX_SOURCES), REMOTE, observation), too_many);
    }
    presence.observe(at(0), &name(MAX_SOURCES), REMOTE, Observation::Gone).expect("it is not there anyway");
    presence.observe(at(0), &name(0), REMOTE, count(2)).expect("it has a place");
    presence.observe(at(0), &SourceId::player(), Terms::LOCAL, count(3)).unwrap();
    assert_eq!(presence.audience(), known(MAX_SOURCES as u64 + 4));
    assert_eq!(presence.observe(at(0), &name(MAX_SOURCES), REMOTE, count(1)), too_many);

    presence.observe(at(0), &name(1), REMOTE, Observation::Gone).unwrap();
    presence.observe(at(0), &name(MAX_SOURCES), REMOTE, count(1)).expect("one was gone");

    let restored = Presence::restored((0..1_000).map(name), REMOTE, at(0));
    assert_eq!(restored.sources().count(), MAX_SOURCES);
}
