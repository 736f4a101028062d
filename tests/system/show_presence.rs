//! Listeners elsewhere count as those of the mount do, and what is not known ends nothing.

use std::time::Duration;

use serde_json::{Value, json};
use streamcore_tests::{Server, events, wait};

use super::show_auto_end::{assert_ended, at, auto_end, await_session, playing, sessions, set};

const SOON: Duration = Duration::from_secs(5);
/// Twice as long as it takes the streams of these tests to end, and as long as listeners have to come back.
const LONG_ENOUGH: Duration = Duration::from_secs(4);

fn tell(server: &Server, what: &Value) -> Value {
    server.call("POST", "/api/v1/streams/1/listeners", Some(what)).expect(200)
}

/// A stream with so many who listen elsewhere, which is to end so many seconds after the last of them.
fn heard_elsewhere(count: u64, timeout_seconds: u64) -> Server {
    let server = playing();
    let told = tell(&server, &json!({"source": "agent:1", "listeners_count": count}));
    assert_eq!((&told["listeners_count"], &told["listeners_known"]), (&json!(count), &json!(true)), "{told}");
    set(&server, &json!({"timeout_seconds": timeout_seconds}));
    server
}

fn assert_plays_on(server: &Server, why: &str) {
    wait::let_play(LONG_ENOUGH);
    assert_eq!((server.now_playing().as_deref(), sessions(server).len()), (Some("a.wav"), 0), "{why}");
}

#[test]
fn listeners_elsewhere_keep_it_alive_and_so_does_not_knowing_of_them() {
    let server = heard_elsewhere(2, 2);
    assert_plays_on(&server, "two listen elsewhere");
    let unknown = tell(&server, &json!({"source": "agent:1", "unknown": true}));
    assert_eq!((&unknown["listeners_count"], &unknown["listeners_known"]), (&json!(0), &json!(false)), "{unknown}");
    assert_plays_on(&server, "nobody knows whether somebody listens");
    assert_eq!(server.status()["listeners_known"], false);
    let counted = tell(&server, &json!({"source": "agent:1", "listeners_count": 0}));
    assert_eq!(counted["listeners_known"], true);
    assert_ended(&server, 1, Duration::from_secs(2));
    assert_eq!(await_session(&server, 1)["peak_listeners"], 2);
}

#[test]
fn a_timer_that_runs_is_held_while_nobody_knows() {
    let server = heard_elsewhere(1, 2);
    tell(&server, &json!({"source": "agent:1", "listeners_count": 0}));
    let armed = auto_end(&server);
    assert_eq!((&armed["is_active"], &armed["held"]), (&json!(true), &Value::Null), "{armed}");
    tell(&server, &json!({"source": "agent:1", "unknown": true}));
    let held = auto_end(&server);
    assert_eq!((&held["timeout_at"], &held["held"]), (&armed["timeout_at"], &json!("audience_unknown")), "{held}");
    assert_plays_on(&server, "it is held");
    let overdue = auto_end(&server);
    assert_eq!((&overdue["remaining_seconds"], &overdue["held"]), (&json!(0), &json!("audience_unknown")), "{overdue}");
    tell(&server, &json!({"source": "agent:1", "listeners_count": 0}));
    let end = server.await_event("stream_ended", 1, SOON);
    assert_eq!((end.field("reason").as_deref(), end.moment("deadline")), (Some("auto_end"), at(&armed, "timeout_at")));
}

#[test]
fn after_a_crash_a_source_that_was_known_must_tell_again() {
    let mut server = heard_elsewhere(0, 8);
    assert_eq!((&auto_end(&server)["is_active"], &auto_end(&server)["held"]), (&json!(true), &Value::Null));
    server.kill_9();
    server.restart();
    let restored = auto_end(&server);
    assert_eq!((&restored["is_active"], &restored["held"]), (&json!(true), &json!("audience_unknown")), "{restored}");
    let listeners = server.call("GET", "/api/v1/streams/1/listeners", None).expect(200);
    let agent = listeners["sources"].as_array().expect("a list").iter().find(|source| source["source"] == "agent:1");
    assert_eq!(agent.expect("it is remembered")["known"], false, "{listeners}");
    let deadline = at(&restored, "timeout_at");
    let past = || (events::now() > deadline + LONG_ENOUGH).then_some(());
    wait::until("the deadline to be long past", Duration::from_secs(20), past);
    assert_eq!((server.now_playing().as_deref(), sessions(&server).len()), (Some("a.wav"), 0), "nobody told");
    tell(&server, &json!({"source": "agent:1", "listeners_count": 0}));
    let end = server.await_event("stream_ended", 1, SOON);
    assert_eq!(end.field("reason").as_deref(), Some("auto_end"));
}

#[test]
fn joins_and_leaves_may_be_told_twice_and_lists_are_the_truth() {
    let server = playing();
    let tell = |what: Value| tell(&server, &what)["listeners_count"].clone();
    assert_eq!(tell(json!({"left": ["nobody"]})), 0, "a leave before its join");
    assert_eq!(tell(json!({"joined": ["ann", 7, "bob"]})), 3);
    assert_eq!(tell(json!({"joined": ["bob", "7"]})), 3, "a number is its digits");
    assert_eq!(tell(json!({"left": ["bob", "bob"]})), 2);
    assert_eq!(tell(json!({"left": ["bob"]})), 2);
    assert_eq!(tell(json!({"joined": ["cem"], "left": ["ann"]})), 2);
    assert_eq!(tell(json!({"listeners": ["cem", "dan", "eve"]})), 3, "whoever is not named has left");
    assert_eq!(tell(json!({"source": "another", "listeners_count": 40})), 43, "sources add up");
    assert_eq!(tell(json!({"listeners": []})), 40);
    assert_eq!(server.status()["peak_listeners"], 43);
}
