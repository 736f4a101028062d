//! A timer outlives the process: after kill -9 the stream ends when it was to, or two seconds after the server is ready if that is later.

use std::time::Duration;

use serde_json::json;
use streamcore::Timestamp;
use streamcore_tests::{RawListener, Server, events, http, wait};

use super::show_auto_end::{assert_ended, at, auto_end, await_cancelled, await_session, playing, sessions, set};

/// So long listeners have to come back.
const SETTLE: Duration = Duration::from_secs(2);
/// The show's bound.
const ERROR: Duration = Duration::from_millis(500);

/// Starts it again; returns the moment since which it is ready, which it logs.
fn restart(server: &mut Server) -> Timestamp {
    server.restart();
    let answer = http::request(server.address(), "GET", "/readyz", &[], None).expect("answered");
    assert_eq!(answer.status, 200);
    let log = server.log();
    let serving = log.lines().rfind(|line| line.contains("serving version=")).and_then(|line| line.split(' ').next());
    serving.and_then(events::moment).expect("its moment")
}

/// Kills it with an armed timer and lets it be dead for so long; returns when it was to end, and by how much it missed that.
fn round(server: &mut Server, session: usize, timeout: Duration, dead_for: Duration) {
    set(server, &json!({"timeout_seconds": timeout.as_secs()}));
    let _ = server.call("POST", "/api/v1/streams/1/start", None).expect(200);
    let armed = auto_end(server);
    let deadline = at(&armed, "timeout_at");
    assert_eq!(armed["is_active"], true, "{armed}");
    server.kill_9();
    wait::let_play(dead_for);
    let ready = restart(server);

    let due = deadline.max(ready + SETTLE);
    let restored = auto_end(server);
    assert_eq!((&restored["timeout_at"], &restored["is_active"]), (&armed["timeout_at"], &json!(true)), "{restored}");
    let end = server.await_event("stream_ended", session, timeout + Duration::from_secs(20));
    let ended = at(&await_session(server, session), "ended_at");
    assert!(ended >= deadline, "ended at {ended}, which is before {deadline}");
    let error = i128::from(ended.as_millis()) - i128::from(due.as_millis());
    println!(
        "dead for {dead_for:?} with {timeout:?} to go: due {:?} after readiness, ended {error:+} ms from that",
        due.since(ready)
    );
    assert!(error.unsigned_abs() < ERROR.as_millis(), "{end:?}");
    assert_eq!(end.moment("deadline"), deadline, "it names the end that it had stored");
    assert_eq!(end.field("reason").as_deref(), Some("auto_end"));
    assert_eq!((sessions(server).len(), server.events("stream_ended").len()), (session, session), "each ends once");
    assert_eq!(server.titles(), ["a.wav", "b.wav"]);
}

#[test]
fn after_kill_9_it_ends_at_the_stored_deadline_or_two_seconds_after_readiness() {
    let mut server = playing();
    let _ = server.call("POST", "/api/v1/streams/1/stop", None).expect(200);
    let second = Duration::from_secs(1);
    // The deadline is still to come, is past, or comes while the server starts.
    let rounds = [(6, 0), (2, 3), (5, 2), (3, 1), (1, 5)];
    for (n, (timeout, dead_for)) in rounds.into_iter().enumerate() {
        round(&mut server, n + 2, second * timeout, second * dead_for);
    }
    // Nothing is left of all that: a start is a start.
    set(&server, &json!({"timeout_seconds": 3}));
    let _ = server.call("POST", "/api/v1/streams/1/start", None).expect(200);
    assert_ended(&server, rounds.len() + 2, Duration::from_secs(3));
}

#[test]
fn a_listener_who_comes_back_after_the_crash_keeps_it_alive() {
    let mut server = playing();
    let _ = server.call("POST", "/api/v1/streams/1/stop", None).expect(200);
    set(&server, &json!({"timeout_seconds": 2}));
    let _ = server.call("POST", "/api/v1/streams/1/start", None).expect(200);
    assert_eq!(auto_end(&server)["is_active"], true);
    server.kill_9();
    wait::let_play(Duration::from_secs(3));
    restart(&mut server);
    let listener = RawListener::connect(server.address(), "/listen/1");
    await_cancelled(&server, "listener_joined");
    wait::let_play(Duration::from_secs(4));
    assert_eq!((server.now_playing().as_deref(), sessions(&server).len()), (Some("a.wav"), 1));
    drop(listener);
    assert_ended(&server, 2, Duration::from_secs(2));
}
