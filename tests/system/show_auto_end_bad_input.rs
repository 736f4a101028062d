//! Bad settings, bad names and bad counts: one table of what the running server answers. Each refusal names the field, and changes nothing.

use serde_json::{Value, json};
use streamcore_tests::{Server, http};

use super::show_auto_end::{auto_end, playing};

/// What is refused for a field of its body.
const FIELD: (u16, &str) = (422, "validation_error");

/// One line of the table: asks, and checks status, word and the name of the field.
#[track_caller]
fn row(
    server: &Server,
    what: &str,
    (method, target): (&str, &str),
    body: &str,
    (status, error): (u16, &str),
    field: &str,
) {
    let authorization = format!("Bearer {}", server.token());
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let target = format!("/api/v1/streams/1/{target}");
    let answer = http::request(server.address(), method, &target, &headers, Some(body.as_bytes())).expect("answered");
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let told: Value = serde_json::from_str(&text).unwrap_or_default();
    let (named, message) = (&told["details"]["fields"][0]["field"], &told["details"]["fields"][0]["message"]);
    let shown: String = message.as_str().or(told["message"].as_str()).unwrap_or("-").chars().take(110).collect();
    println!(
        "{what:<44} {} {:<18} {:<22} {shown}",
        answer.status,
        told["error"].as_str().unwrap_or("-"),
        named.as_str().unwrap_or("-")
    );
    assert_eq!((answer.status, told["error"].as_str().unwrap_or("-")), (status, error), "{what}: {text}");
    assert_eq!(named.as_str().unwrap_or("-"), field, "{what}: {text}");
    assert!(text.len() < 4_096, "{what}: an answer that repeats what was sent: {} bytes", text.len());
}

#[test]
fn bad_settings_are_refused_by_name_and_change_nothing() {
    let server = playing();
    let before = auto_end(&server);
    let put = |what: &str, body: &str, field: &str| row(&server, what, ("PUT", "auto-end"), body, FIELD, field);
    for (what, timeout) in [
        ("timeout 0", "0"),
        ("negative timeout", "-5"),
        ("timeout 10^18", "1000000000000000000"),
        ("timeout 10^300", &format!("1{}", "0".repeat(300))),
        ("timeout of a day and a second", "86401"),
        ("timeout as text", "\"five minutes\""),
        ("timeout 1.5", "1.5"),
        ("timeout true", "true"),
    ] {
        put(what, &format!(r#"{{"timeout_seconds": {timeout}}}"#), "timeout_seconds");
    }
    put(
        "warnings: 17 of them",
        &json!({"warnings_seconds": (1..=17).collect::<Vec<_>>()}).to_string(),
        "warnings_seconds",
    );
    put("warnings: one twice", r#"{"warnings_seconds": [60, 10, 60]}"#, "warnings_seconds[2]");
    put("warnings: 0", r#"{"warnings_seconds": [60, 0]}"#, "warnings_seconds[1]");
    put("warnings: a number", r#"{"warnings_seconds": 60}"#, "warnings_seconds");
    put("enabled: text", r#"{"enabled": "yes"}"#, "enabled");
    for zone in ["Mars/Olympus", "", "../../etc/passwd"] {
        put(&format!("zone {zone:?}"), &json!({"time_zone": zone}).to_string(), "time_zone");
    }
    put("zone of 60,000 characters", &json!({"time_zone": "x".repeat(60_000)}).to_string(), "time_zone");
    let windows = |windows: Value| json!({"time_zone": "Europe/Berlin", "windows": windows}).to_string();
    let window = |days: &[&str], from: &str, to: &str| json!({"days": days, "from": from, "to": to});
    let evening = || window(&["fri"], "18:00", "23:00");
    put("windows that overlap", &windows(json!([evening(), window(&["fri"], "22:00", "23:30")])), "windows[1]");
    put(
        "a night that reaches into a window",
        &windows(json!([window(&["sat"], "01:00", "03:00"), window(&["fri"], "22:00", "02:00")])),
        "windows[1]",
    );
    put("a window without length", &windows(json!([window(&["mon"], "18:00", "18:00")])), "windows[0]");
    put("a window of no day", &windows(json!([window(&[], "18:00", "19:00")])), "windows[0].days");
    put("a day that is none", &windows(json!([evening(), window(&["friday"], "10:00", "11:00")])), "windows[1].days");
    put("25 o'clock", &windows(json!([window(&["mon"], "25:00", "26:00")])), "windows[0].from");
    put("65 windows", &windows(json!((0..65).map(|_| evening()).collect::<Vec<_>>())), "windows");
    put("of two fields one is wrong", r#"{"timeout_seconds": 60, "enabled": 7}"#, "enabled");
    row(&server, "no JSON", ("PUT", "auto-end"), "{", (422, "malformed_body"), "-");
    row(
        &server,
        "a key twice",
        ("PUT", "auto-end"),
        r#"{"enabled": true, "enabled": false}"#,
        (422, "malformed_body"),
        "-",
    );

    let after = auto_end(&server);
    for key in ["enabled", "timeout_seconds", "warnings_seconds", "time_zone", "windows", "overrides", "started_at"] {
        assert_eq!(after[key], before[key], "{key}");
    }
    assert_healthy(&server);
}

#[test]
fn bad_words_about_listeners_are_refused_by_name_and_change_nothing() {
    let server = playing();
    let post = |what: &str, body: &Value, field: &str| {
        row(&server, what, ("POST", "listeners"), &body.to_string(), FIELD, field)
    };
    post("a listener id of 1 MB", &json!({"joined": ["ann", "x".repeat(1 << 20)]}), "joined[1]");
    post("10,001 ids", &json!({"listeners": (0..10_001).collect::<Vec<_>>()}), "listeners");
    post("10,001 joins", &json!({"joined": (0..10_001).collect::<Vec<_>>()}), "joined");
    post("an empty id", &json!({"joined": [""]}), "joined[0]");
    post("an id with a control character", &json!({"left": ["a\u{0}b"]}), "left[0]");
    post("an id that is a list", &json!({"left": [[]]}), "left[0]");
    post("ids that are no list", &json!({"joined": "ann"}), "joined");
    post("count -1", &json!({"listeners_count": -1}), "listeners_count");
    post("count 10^18", &json!({"listeners_count": 1_000_000_000_000_000_000_u64}), "listeners_count");
    post("count 1.5", &json!({"listeners_count": 1.5}), "listeners_count");
    post("nothing", &json!({}), "listeners_count");
    post("a count and a list", &json!({"listeners_count": 1, "listeners": ["ann"]}), "listeners");
    post("unknown: false", &json!({"unknown": false}), "unknown");
    post("the source `player`", &json!({"source": "player", "listeners_count": 0}), "source");
    post("a source with a space", &json!({"source": "a b", "listeners_count": 1}), "source");
    post("a source of 65 bytes", &json!({"source": "x".repeat(65), "listeners_count": 1}), "source");
    let body = format!(r#"{{"joined": ["{}"]}}"#, "x".repeat(4 << 20));
    row(&server, "an id of 4 MB", ("POST", "listeners"), &body, (413, "body_too_long"), "-");

    let listeners = || server.call("GET", "/api/v1/streams/1/listeners", None).expect(200);
    assert_eq!(listeners()["listeners_count"], 0, "{}", listeners());
    let left = server.call("POST", "/api/v1/streams/1/listeners", Some(&json!({"left": ["ann"]}))).expect(200);
    assert_eq!(
        (&left["listeners_count"], &left["listeners_known"]),
        (&json!(0), &json!(true)),
        "a leave before its join: {left}"
    );
    assert_healthy(&server);
}

#[test]
fn a_million_joins_without_leaves_stop_at_a_bound() {
    let server = playing();
    let join = |batch: u64| {
        let ids: Vec<_> = (batch * 10_000..(batch + 1) * 10_000).collect();
        server.call("POST", "/api/v1/streams/1/listeners", Some(&json!({"joined": ids})))
    };
    let count = || server.call("GET", "/api/v1/streams/1/listeners", None).expect(200)["listeners_count"].clone();
    let (mut taken, mut refused) = (0_u64, 0);
    for batch in 0..100 {
        let answer = join(batch);
        match answer.status {
            200 => taken += 10_000,
            status => {
                assert_eq!(
                    (status, &answer.json()["error"]),
                    (409, &json!("too_many_listener_ids")),
                    "{}",
                    answer.json()
                );
                refused += 1;
            }
        }
    }
    println!("of a million joins {taken} were taken and {refused} of 100 batches refused; counted: {}", count());
    assert_eq!((taken + refused * 10_000, count()), (1_000_000, json!(taken)));
    assert!(refused > 0, "there is a bound");
    let again = join(0).expect(200);
    assert_eq!(again["listeners_count"], taken, "whoever is known may join again");
    let left = server.call("POST", "/api/v1/streams/1/listeners", Some(&json!({"listeners": []}))).expect(200);
    assert_eq!(left["listeners_count"], 0);
    assert_healthy(&server);
}

fn assert_healthy(server: &Server) {
    assert_eq!(server.now_playing().as_deref(), Some("a.wav"));
    let health = http::request(server.address(), "GET", "/readyz", &[], None).expect("answered");
    assert_eq!(health.status, 200);
    assert!(!server.log().contains("panicked"), "{}", server.log());
}
