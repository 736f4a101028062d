//! A stream that nobody listens to ends by itself, when it was to and not earlier, and says so everywhere.

use std::time::Duration;

use serde_json::{Value, json};
use streamcore::Timestamp;
use streamcore_tests::{
    RawListener, Recorder, Server,
    events::{Logged, moment, now},
    http,
    media::ToneFile,
    process, wait,
};

const SOON: Duration = Duration::from_secs(5);
const AUTO_END: &str = "/api/v1/streams/1/auto-end";
/// The show's bound is a tenth of a second on a quiet machine, and the figure is printed; what is asserted leaves room for a busy one.
const LATE: Duration = Duration::from_secs(1);

/// A stream that plays the first of two long tracks.
pub(crate) fn playing() -> Server {
    let server = Server::start();
    for name in ["a.wav", "b.wav"] {
        ToneFile::wav(name, 400, 90).write(&server.media_dir());
    }
    server.start_stream();
    ["a.wav", "b.wav"].iter().for_each(|name| drop(server.add(name)));
    server.await_playing("a.wav", SOON);
    server
}

pub(crate) fn set(server: &Server, settings: &Value) -> Value {
    server.call("PUT", AUTO_END, Some(settings)).expect(200)
}

pub(crate) fn auto_end(server: &Server) -> Value {
    server.call("GET", AUTO_END, None).expect(200)
}

pub(crate) fn sessions(server: &Server) -> Vec<Value> {
    let page = server.call("GET", "/api/v1/streams/1/sessions", None).expect(200);
    let items = page["items"].as_array().expect("a list").clone();
    assert_eq!((page["total"].as_u64(), &page["next"]), (Some(items.len() as u64), &Value::Null), "{page}");
    items
}

/// A moment of an answer.
#[track_caller]
pub(crate) fn at(answer: &Value, key: &str) -> Timestamp {
    answer[key].as_str().and_then(moment).unwrap_or_else(|| panic!("no moment {key} in {answer}"))
}

/// Waits until this session is in the history, which follows its end as soon as the store has it.
pub(crate) fn await_session(server: &Server, number: usize) -> Value {
    let newest = || sessions(server).into_iter().next().filter(|newest| newest["number"] == number);
    wait::until(&format!("session {number} in the history"), SOON, newest).0
}

/// Waits until the newest event of this name has this cause.
pub(crate) fn await_cancelled(server: &Server, cause: &str) -> Logged {
    let newest =
        || server.events("auto_end_cancelled").pop().filter(|event| event.field("cause").as_deref() == Some(cause));
    wait::until(&format!("a timer cancelled by {cause}"), SOON, newest).0
}

fn await_listeners(server: &Server, count: u64) {
    wait::until(&format!("{count} listeners"), SOON, || (server.status()["listeners_count"] == count).then_some(()));
}

/// ffmpeg, once it hears the stream.
fn ffmpeg(server: &Server) -> Recorder {
    let recorder = Recorder::start(&server.url("/listen/1"));
    recorder.await_sound();
    await_listeners(server, 1);
    recorder
}

/// Takes ffmpeg away as the end of its machine would; returns the event that tells of it.
fn leaves(server: &Server, recorder: Recorder) -> Logged {
    let before = server.events("listeners_changed").len();
    process::signal(recorder.pid(), "KILL");
    let left = server.await_event("listeners_changed", before + 1, SOON);
    assert_eq!((left.field("count").as_deref(), left.field("known").as_deref()), (Some("0"), Some("true")), "{left:?}");
    left
}

/// The end of the `session`th session, which must have come when it was to: so long after it was empty, never earlier and not much later.
pub(crate) fn assert_ended(server: &Server, session: usize, timeout: Duration) -> Logged {
    let end = server.await_event("stream_ended", session, timeout + Duration::from_secs(10));
    let (empty_since, deadline) = (end.moment("empty_since"), end.moment("deadline"));
    let late = Duration::from_millis(end.field("late_ms").and_then(|ms| ms.parse().ok()).expect("late_ms"));
    println!(
        "session {session}: nobody listened since {empty_since}; ended {:?} later, {late:?} late",
        deadline.since(empty_since) + late
    );
    assert_eq!(deadline, empty_since + timeout, "{end:?}");
    assert!(late < LATE, "{end:?}");
    let told: Vec<_> = ["session", "reason"].map(|key| end.field(key).expect("it is there")).into();
    assert_eq!(told, [session.to_string(), "auto_end".to_owned()]);
    let status = server.status();
    assert_eq!((&status["status"], &status["end_reason"]), (&json!("stopped"), &json!("auto_end")), "{status}");
    let newest = await_session(server, session);
    assert_eq!(newest["reason"], "auto_end", "{newest}");
    assert!(at(&newest, "ended_at") >= deadline, "too early: {newest}, {end:?}");
    assert_eq!(at(&newest, "ended_at"), deadline + late, "the history and the log name the same moment");
    assert_eq!(newest["ended_at"], status["ended_at"]);
    assert_eq!(server.events("stream_ended").len(), session, "each session ends once");
    end
}

#[test]
fn three_seconds_after_the_last_listener_left_the_stream_ends_and_its_queue_stays() {
    let server = playing();
    let listener = ffmpeg(&server);
    let answer = set(&server, &json!({"timeout_seconds": 3}));
    assert_eq!((&answer["overrides"], &answer["is_active"]), (&json!(["timeout_seconds"]), &json!(false)), "{answer}");
    assert_eq!(answer["defaults"]["timeout_seconds"], 300);

    let left = leaves(&server, listener);
    let armed = auto_end(&server);
    assert_eq!((&armed["is_active"], &armed["held"]), (&json!(true), &Value::Null), "{armed}");
    assert_eq!(at(&armed, "timeout_at"), at(&armed, "started_at") + Duration::from_secs(3));
    assert_eq!(server.status()["auto_end"]["timeout_at"], armed["timeout_at"]);
    let end = assert_ended(&server, 1, Duration::from_secs(3));
    assert_eq!(end.moment("empty_since"), at(&armed, "started_at"));
    let between_events = end.at.since(left.at);
    println!("from the line of the leave to the line of the end: {between_events:?}");
    // A line is written right after its event; the first may have been held up a little, the second not.
    assert!(
        end.moment("empty_since") <= left.at && between_events < Duration::from_secs(3) + LATE,
        "{between_events:?}"
    );

    let first = await_session(&server, 1);
    assert_eq!((&first["peak_listeners"], &first["total_listeners"]), (&json!(1), &json!(1)), "{first}");
    assert_eq!((&first["tracks_played"], &first["ended_by"]), (&json!(1), &Value::Null), "{first}");
    let gone = http::request(server.address(), "GET", "/listen/1", &[], None).expect("answered");
    let gone = gone.expect(404);
    assert_eq!(
        (&gone["error"], &gone["details"]["end_reason"]),
        (&json!("stream_not_running"), &json!("auto_end")),
        "{gone}"
    );
    assert!(!auto_end(&server)["is_active"].as_bool().expect("a flag"));

    // The queue is as it was; starting again goes on with it. Nobody ever comes: it counts as empty from its start.
    assert_eq!(server.titles(), ["a.wav", "b.wav"]);
    let started = server.call("POST", "/api/v1/streams/1/start", None).expect(200);
    assert_eq!(started["session"], 2, "{started}");
    server.await_playing("a.wav", SOON);
    let end = assert_ended(&server, 2, Duration::from_secs(3));
    let from_its_start = end.moment("empty_since").since(at(&started, "started_at"));
    assert!(from_its_start < LATE, "it begins to count when it is on the air: {from_its_start:?}");
    assert_eq!(server.titles(), ["a.wav", "b.wav"]);
}

#[test]
fn a_listener_who_comes_after_two_seconds_begins_it_anew() {
    let server = playing();
    let listener = ffmpeg(&server);
    set(&server, &json!({"timeout_seconds": 3}));
    leaves(&server, listener);
    let first = auto_end(&server);
    wait::until("two of three seconds", SOON, || (auto_end(&server)["remaining_seconds"] == 1).then_some(()));
    let second_listener = RawListener::connect(server.address(), "/listen/1");
    // The first was that of ffmpeg, who ended the wait for the first listener of all.
    let cancelled = server.await_event("auto_end_cancelled", 2, SOON);
    assert_eq!(cancelled.field("cause").as_deref(), Some("listener_joined"));
    assert_eq!(auto_end(&server)["is_active"], false);
    wait::until("the first deadline", SOON, || {
        (now() > at(&first, "timeout_at") + Duration::from_secs(1)).then_some(())
    });
    assert_eq!(server.now_playing().as_deref(), Some("a.wav"), "somebody listens");
    drop(second_listener);
    let end = assert_ended(&server, 1, Duration::from_secs(3));
    assert!(end.moment("empty_since") > at(&first, "timeout_at"), "{end:?}");
    assert_eq!(sessions(&server)[0]["total_listeners"], 2);
}

#[test]
fn a_stream_that_is_not_to_end_plays_on() {
    let server = playing();
    let listener = ffmpeg(&server);
    set(&server, &json!({"timeout_seconds": 3}));
    let answer = set(&server, &json!({"enabled": false}));
    assert_eq!(answer["overrides"], json!(["enabled", "timeout_seconds"]), "{answer}");
    let left = leaves(&server, listener);
    wait::let_play(Duration::from_secs(10));
    assert_eq!(server.now_playing().as_deref(), Some("a.wav"));
    assert_eq!((auto_end(&server)["is_active"].as_bool(), sessions(&server).len()), (Some(false), 0));
    assert!(server.events("auto_end_armed").iter().all(|armed| armed.at <= left.at), "{}", server.log());
    // Enabled again it is long overdue: it ends now, and not because it is told to.
    let enabled = set(&server, &json!({"enabled": null}));
    let end = server.await_event("stream_ended", 1, SOON);
    println!("ended {:?} after it was enabled again", end.at.since(at(&enabled, "timeout_at")));
    assert_eq!(end.field("reason").as_deref(), Some("auto_end"));
    assert!(end.at.since(left.at) >= Duration::from_secs(10));
}

#[test]
fn a_timeout_that_is_changed_while_it_runs_is_obeyed() {
    let server = playing();
    let listener = ffmpeg(&server);
    set(&server, &json!({"timeout_seconds": 3}));
    leaves(&server, listener);
    let before = auto_end(&server);
    let raised = set(&server, &json!({"timeout_seconds": 6}));
    assert_eq!(raised["started_at"], before["started_at"], "it has been empty as long as before");
    assert_eq!(at(&raised, "timeout_at"), at(&before, "timeout_at") + Duration::from_secs(3));
    assert_ended(&server, 1, Duration::from_secs(6));

    // Lowered below what has passed it ends at once.
    set(&server, &json!({"timeout_seconds": 60}));
    let _ = server.call("POST", "/api/v1/streams/1/start", None).expect(200);
    wait::until("two seconds", SOON, || (auto_end(&server)["remaining_seconds"] == 58).then_some(()));
    let lowered = now();
    set(&server, &json!({"timeout_seconds": 1}));
    let end = server.await_event("stream_ended", 2, SOON);
    println!("ended {:?} after the timeout was lowered", end.at.since(lowered));
    assert!(end.at.since(end.moment("empty_since")) >= Duration::from_secs(2), "{end:?}");
}

#[test]
fn it_is_warned_of_and_can_be_kept_alive() {
    let server = playing();
    let listener = ffmpeg(&server);
    let answer = set(&server, &json!({"timeout_seconds": 4, "warnings_seconds": [1, 3, 60]}));
    assert_eq!(answer["warnings_seconds"], json!([60, 3, 1]), "longest first: {answer}");
    leaves(&server, listener);
    let warnings = || server.call("GET", "/api/v1/streams/1/warnings", None).expect(200);
    assert_eq!(warnings(), json!([]), "the one at 60 s is past, and skipped");
    let (first, _) = wait::until("the first warning", SOON, || Some(warnings()).filter(|given| given[0].is_object()));
    let armed = auto_end(&server);
    assert_eq!(
        (&first[0]["seconds"], &first[0]["timeout_at"], first.as_array().map(Vec::len)),
        (&json!(3), &armed["timeout_at"], Some(1))
    );
    let early = at(&first[0], "given_at").since(at(&armed, "started_at"));
    assert!((Duration::from_secs(1)..Duration::from_secs(1) + LATE).contains(&early), "{first}");

    let kept = server.call("POST", "/api/v1/streams/1/auto-end/keep-alive", None).expect(200);
    assert_eq!(kept["is_active"], true);
    assert!(at(&kept, "started_at") > at(&armed, "started_at"), "it counts as empty anew: {kept}");
    assert_eq!(at(&kept, "timeout_at"), at(&kept, "started_at") + Duration::from_secs(4));
    assert_eq!(warnings(), json!([]), "the new end has not been warned of");
    let cancelled = await_cancelled(&server, "keep_alive");
    assert!(cancelled.field("by").is_some_and(|by| !by.is_empty()), "{cancelled:?}");
    assert_ended(&server, 1, Duration::from_secs(4));
    let given: Vec<_> = server.events("auto_end_warning").iter().filter_map(|event| event.field("seconds")).collect();
    assert_eq!(given, ["3", "3", "1"]);
    let refused = server.call("POST", "/api/v1/streams/1/auto-end/keep-alive", None);
    assert_eq!((refused.status, &refused.json()["error"]), (409, &json!("stream_not_running")));
}

#[test]
fn a_stop_by_hand_says_who() {
    let server = playing();
    let listener = ffmpeg(&server);
    set(&server, &json!({"timeout_seconds": 3}));
    leaves(&server, listener);
    let stopped = server.call("POST", "/api/v1/streams/1/stop", None).expect(200);
    assert_eq!((&stopped["status"], &stopped["end_reason"]), (&json!("stopped"), &json!("manual")), "{stopped}");
    let by = stopped["ended_by"].as_str().filter(|by| !by.is_empty()).expect("who");
    let end = server.await_event("stream_ended", 1, SOON);
    assert_eq!((end.field("reason").as_deref(), end.field("by").as_deref()), (Some("manual"), Some(by)), "{end:?}");
    let newest = await_session(&server, 1);
    assert_eq!((&newest["reason"], &newest["ended_by"]), (&json!("manual"), &stopped["ended_by"]), "{newest}");
    println!("stopped by {by}");
    // Its timer was of that session: it ends nothing any more, not even the next one.
    set(&server, &json!({"timeout_seconds": 60}));
    let _ = server.call("POST", "/api/v1/streams/1/start", None).expect(200);
    wait::let_play(Duration::from_secs(4));
    assert_eq!((server.now_playing().as_deref(), server.events("stream_ended").len()), (Some("a.wav"), 1));
}
