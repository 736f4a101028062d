//! How streams end by themselves: `/auto-end`, `/auto-end/keep-alive`, `/warnings`, and where else that is told.

use serde_json::{Value, json};

use crate::common::{Client, Server, client::Reply};

const AUTO_END: &str = "/api/v1/streams/7/auto-end";
const KEEP_ALIVE: &str = "/api/v1/streams/7/auto-end/keep-alive";
const WARNINGS: &str = "/api/v1/streams/7/warnings";
const STATUS: &str = "/api/v1/streams/7/status";

async fn put(api: &Client, body: &Value) -> Reply {
    api.send("PUT", AUTO_END, body.to_string().as_bytes()).await
}

/// The names of the fields that a refusal finds fault with.
fn named(refused: &Value) -> Vec<String> {
    let fields = refused["details"]["fields"].as_array().expect("fields");
    fields.iter().map(|field| field["field"].as_str().expect("a name").to_owned()).collect()
}

/// The six keys of the server's defaults.
fn defaults() -> Value {
    json!({
        "enabled": true,
        "timeout_seconds": 300,
        "warnings_seconds": [60, 30, 10],
        "only_when_queue_empty": false,
        "time_zone": "UTC",
        "windows": []
    })
}

#[tokio::test]
async fn a_stream_that_says_nothing_else_is_as_the_server_says() {
    let server = Server::start().await;
    server.anonymous.get(AUTO_END).await.refused(404, "stream_not_found");
    server.add("a.mp3").await;
    let mut wanted = defaults();
    for (key, value) in [
        ("channel_id", json!(7)),
        ("overrides", json!([])),
        ("defaults", defaults()),
        ("is_active", json!(false)),
        ("started_at", json!(null)),
        ("timeout_at", json!(null)),
        ("remaining_seconds", json!(null)),
        ("held", json!(null)),
    ] {
        wanted[key] = value;
    }
    assert_eq!(server.anonymous.get(AUTO_END).await.expect(200), wanted);
    assert_eq!(server.anonymous.get(WARNINGS).await.expect(200), json!([]));
}

/// Promise H14.
#[tokio::test]
async fn a_change_changes_what_it_names_and_null_is_the_default_again() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    let windows = json!([{"days": ["fri", "mon"], "from": "18:00", "to": "24:00"}]);
    let laid_out = json!([{"days": ["mon", "fri"], "from": "18:00", "to": "24:00"}]);
    let all = ["enabled", "timeout_seconds", "warnings_seconds", "only_when_queue_empty", "time_zone", "windows"];
    for (change, wanted, overrides) in [
        (json!({}), json!({}), vec![]),
        (json!({"timeout_seconds": 86_400}), json!({"timeout_seconds": 86_400}), vec![all[1]]),
        (
            json!({"warnings_seconds": [10, 86_400, 1], "enabled": false, "else": 5}),
            json!({"timeout_seconds": 86_400, "warnings_seconds": [86_400, 10, 1], "enabled": false}),
            vec![all[0], all[1], all[2]],
        ),
        (
            json!({"timeout_seconds": null, "only_when_queue_empty": true, "windows": windows}),
            json!({"warnings_seconds": [86_400, 10, 1], "enabled": false, "only_when_queue_empty": true, "windows": laid_out}),
            vec![all[0], all[2], all[3], all[4], all[5]],
        ),
        // The zone of windows can be changed without them.
        (
            json!({"time_zone": "Europe/Moscow", "enabled": null, "warnings_seconds": [], "only_when_queue_empty": null}),
            json!({"warnings_seconds": [], "windows": laid_out, "time_zone": "Europe/Moscow"}),
            vec![all[2], all[4], all[5]],
        ),
        (
            json!({"windows": null}),
            json!({"warnings_seconds": [], "time_zone": "Europe/Moscow"}),
            vec![all[2], all[4], all[5]],
        ),
        (
            json!({"windows": []}),
            json!({"warnings_seconds": [], "time_zone": "Europe/Moscow"}),
            vec![all[2], all[4], all[5]],
        ),
        (json!({"time_zone": null}), json!({"warnings_seconds": []}), vec![all[2]]),
        // What is set to what the default is now stays so when the default changes.
        (json!({"warnings_seconds": null, "timeout_seconds": 300.0}), json!({}), vec![all[1]]),
        (
            json!({"windows": windows, "time_zone": null, "timeout_seconds": null}),
            json!({"windows": laid_out}),
            vec![all[4], all[5]],
        ),
        (json!({"windows": null}), json!({}), vec![]),
    ] {
        let mut keys = defaults();
        for (key, value) in wanted.as_object().unwrap() {
            keys[key] = value.clone();
        }
        let answer = put(&server.api, &change).await.expect(200);
        for key in all {
            assert_eq!(answer[key], keys[key], "{key} after {change}");
        }
        assert_eq!(answer["overrides"], json!(overrides), "after {change}");
        assert_eq!(answer["defaults"], defaults());
        assert_eq!(server.anonymous.get(AUTO_END).await.expect(200), answer);
    }
    server.anonymous.send("PUT", AUTO_END, b"{}").await.refused(401, "not_authenticated");
    server.api.send("PUT", "/api/v1/streams/8/auto-end", b"{}").await.refused(404, "stream_not_found");
}

/// Everything that a whole number of seconds is not.
fn no_seconds() -> Vec<Value> {
    let mut wrong: Vec<Value> = [-1, 0, 86_401, i64::MAX].into_iter().map(Value::from).collect();
    wrong.extend([json!(1e18), json!(1.5), json!("300"), json!("text"), json!(true), json!([]), json!({})]);
    wrong
}

/// Promise H14.
#[tokio::test]
async fn whatever_is_wrong_with_a_change_is_named_and_nothing_changes() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    let before = server.anonymous.get(AUTO_END).await.expect(200);
    let window = |days: Value, from: Value, to: Value| json!({"days": days, "from": from, "to": to});
    let fine = window(json!(["mon"]), json!("10:00"), json!("12:00"));
    let mut cases = Vec::new();
    for wrong in no_seconds() {
        cases.push((json!({"timeout_seconds": wrong}), "timeout_seconds"));
        cases.push((json!({"warnings_seconds": [60, wrong]}), "warnings_seconds[1]"));
    }
    for wrong in [json!(60), json!("60"), json!({}), json!(true)] {
        cases.push((json!({"warnings_seconds": wrong}), "warnings_seconds"));
    }
    cases.push((json!({"warnings_seconds": [60, null]}), "warnings_seconds[1]"));
    cases.push((json!({"warnings_seconds": [60, 30, 60]}), "warnings_seconds[2]"));
    cases.push((json!({"warnings_seconds": (1..=17).collect::<Vec<_>>()}), "warnings_seconds"));
    for wrong in [json!(1), json!("yes"), json!([])] {
        cases.push((json!({"enabled": wrong}), "enabled"));
        cases.push((json!({"only_when_queue_empty": wrong}), "only_when_queue_empty"));
    }
    for wrong in [json!("Mars/Olympus"), json!(""), json!("europe moscow"), json!(3), json!("x".repeat(60_000))] {
        cases.push((json!({"time_zone": wrong}), "time_zone"));
    }
    for wrong in [json!("all"), json!({}), json!(1), json!(vec![&fine; 65])] {
        cases.push((json!({"windows": wrong}), "windows"));
    }
    for (wrong, field) in [
        (json!("mon"), "windows[1]"),
        (json!(null), "windows[1]"),
        (json!({"from": "10:00", "to": "12:00"}), "windows[1].days"),
        (window(json!([]), json!("10:00"), json!("12:00")), "windows[1].days"),
        (window(json!("tue"), json!("10:00"), json!("12:00")), "windows[1].days"),
        (window(json!(["tue", "tue"]), json!("10:00"), json!("12:00")), "windows[1].days"),
        (window(json!(["tue", "tuesday"]), json!("10:00"), json!("12:00")), "windows[1].days"),
        (window(json!(["tue", 2]), json!("10:00"), json!("12:00")), "windows[1].days[1]"),
        (window(json!(["tue"]), json!("9:00"), json!("12:00")), "windows[1].from"),
        (window(json!(["tue"]), json!("24:00"), json!("12:00")), "windows[1].from"),
        (window(json!(["tue"]), json!(10), json!("12:00")), "windows[1].from"),
        (json!({"days": ["tue"], "to": "12:00"}), "windows[1].from"),
        (window(json!(["tue"]), json!("10:00"), json!("24:01")), "windows[1].to"),
        (window(json!(["tue"]), json!("10:00"), json!("noon")), "windows[1].to"),
        (json!({"days": ["tue"], "from": "12:00"}), "windows[1].to"),
        (window(json!(["tue"]), json!("10:00"), json!("10:00")), "windows[1]"),
        (window(json!(["mon"]), json!("11:59"), json!("13:00")), "windows[1]"),
        // Sunday's reaches into Monday.
        (window(json!(["sun"]), json!("23:00"), json!("10:01")), "windows[1]"),
    ] {
        cases.push((json!({"windows": [fine, wrong]}), field));
    }
    for (change, field) in cases {
        let shown: String = change.to_string().chars().take(100).collect();
        for language in ["en", "ru"] {
            let api = server.api.with("Accept-Language", language);
            let refused = put(&api, &change).await.refused(422, "validation_error");
            assert_eq!(named(&refused), [field], "{shown}");
            let message = refused["details"]["fields"][0]["message"].as_str().unwrap();
            assert!(message.chars().count() < 300, "{message}");
            assert_eq!(message.contains(|c| ('а'..='я').contains(&c)), language == "ru", "{shown}: {message}");
        }
        // The same where a stream is created or edited, and then nothing of that is done either.
        let settings = json!({"name": "New", "settings": {"auto_end": change}});
        let refused = server.api.post("/api/v1/streams", settings.clone()).await.refused(422, "validation_error");
        assert_eq!(named(&refused), [format!("settings.auto_end.{field}")], "{shown}");
        let edited = server.api.send("PATCH", "/api/v1/streams/7", settings.to_string().as_bytes()).await;
        assert_eq!(named(&edited.refused(422, "validation_error")), [format!("settings.auto_end.{field}")]);
    }
    let several = json!({"timeout_seconds": 0, "enabled": "no", "time_zone": "x"});
    let refused = put(&server.api, &several).await.refused(422, "validation_error");
    assert_eq!(named(&refused), ["enabled", "timeout_seconds", "time_zone"], "all that is wrong is told");
    assert_eq!(server.anonymous.get(AUTO_END).await.expect(200), before);
    let streams = server.anonymous.get("/api/v1/streams").await.expect(200);
    assert_eq!((&streams["total"], &streams["items"][0]["name"]), (&json!(1), &json!("Stream 7")));
}

#[tokio::test]
async fn a_stream_can_be_created_and_edited_with_its_settings() {
    let server = Server::start().await;
    let body = json!({"id": 7, "name": "Jazz", "settings": {"auto_end": {"timeout_seconds": 5, "enabled": null}}});
    server.api.post("/api/v1/streams", body).await.expect(201);
    let auto_end = server.anonymous.get(AUTO_END).await.expect(200);
    assert_eq!((&auto_end["timeout_seconds"], &auto_end["overrides"]), (&json!(5), &json!(["timeout_seconds"])));
    let edit = async |body: Value| server.api.send("PATCH", "/api/v1/streams/7", body.to_string().as_bytes()).await;
    let edited = edit(json!({"settings": {"auto_end": {"enabled": false, "timeout_seconds": null}}})).await.expect(200);
    assert_eq!(edited["name"], "Jazz", "who names no name changes none");
    let auto_end = server.anonymous.get(AUTO_END).await.expect(200);
    assert_eq!(auto_end["overrides"], json!(["enabled"]));
    let both = edit(json!({"name": "Blues", "settings": {"auto_end": {"only_when_queue_empty": true}}})).await;
    assert_eq!(both.expect(200)["name"], "Blues");
    assert_eq!(
        server.anonymous.get(AUTO_END).await.expect(200)["overrides"],
        json!(["enabled", "only_when_queue_empty"])
    );
    edit(json!({"settings": {}})).await.expect(200);
    for (body, field) in [
        (json!({}), "name"),
        (json!({"settings": null}), "name"),
        (json!({"settings": 5}), "settings"),
        (json!({"settings": {"auto_end": []}}), "settings.auto_end"),
        (json!({"settings": {}, "name": ""}), "name"),
    ] {
        assert_eq!(named(&edit(body.clone()).await.refused(422, "validation_error")), [field], "{body}");
    }
    server.api.send("PATCH", "/api/v1/streams/8", br#"{"settings":{}}"#).await.refused(404, "stream_not_found");
}

/// Promise H17.
#[tokio::test]
async fn an_empty_stream_tells_everywhere_when_it_ends() {
    let server = Server::start().await;
    server.playing(&["a.mp3"]).await;
    let auto_end = server.anonymous.get(AUTO_END).await.expect(200);
    assert_eq!((&auto_end["is_active"], &auto_end["held"]), (&json!(true), &Value::Null));
    let status = server.anonymous.get(STATUS).await.expect(200);
    let state = server.anonymous.get("/api/v1/queue/7/state").await.expect(200);
    // Nobody has listened since it began, as its player said a moment later.
    let [began, empty] = [&status["started_at"], &auto_end["started_at"]].map(|at| at.as_str().unwrap());
    assert!(began <= empty, "{began} {empty}");
    for key in ["started_at", "timeout_at"] {
        assert!(auto_end[key].is_string(), "{auto_end}");
        assert_eq!((&status["auto_end"][key], &state["auto_end_timer"][key]), (&auto_end[key], &auto_end[key]));
    }
    for told in [&auto_end, &status["auto_end"], &state["auto_end_timer"]] {
        assert!((270..=300).contains(&told["remaining_seconds"].as_u64().unwrap()), "{told}");
    }
    assert_eq!(status["auto_end"]["held"], Value::Null);
    // A timer that runs obeys at once.
    let long = put(&server.api, &json!({"timeout_seconds": 86_400})).await.expect(200);
    assert!((86_370..=86_400).contains(&long["remaining_seconds"].as_u64().unwrap()), "{long}");
    assert_eq!(long["started_at"], auto_end["started_at"]);
    let never = put(&server.api, &json!({"enabled": false})).await.expect(200);
    assert_eq!(
        (&never["is_active"], &never["timeout_at"], &never["started_at"]),
        (&json!(false), &Value::Null, &Value::Null)
    );
    assert_eq!(server.anonymous.get(STATUS).await.expect(200)["auto_end"], Value::Null);
    assert_eq!(server.anonymous.get("/api/v1/queue/7/state").await.expect(200)["auto_end_timer"], Value::Null);
}

#[tokio::test]
async fn a_keep_alive_begins_the_time_anew_each_time() {
    let server = Server::start().await;
    server.api.post(KEEP_ALIVE, json!({})).await.refused(404, "stream_not_found");
    server.api.post("/api/v1/streams", json!({"id": 7, "name": "x"})).await.expect(201);
    server.api.post(KEEP_ALIVE, json!({})).await.refused(409, "stream_not_running");
    server.anonymous.post(KEEP_ALIVE, json!({})).await.refused(401, "not_authenticated");
    server.playing(&["a.mp3"]).await;
    let first = server.anonymous.get(AUTO_END).await.expect(200);
    let kept = kept_after(&server.api, &first).await;
    assert_eq!(server.anonymous.get(AUTO_END).await.expect(200)["timeout_at"], kept["timeout_at"]);
}

/// The answer to a keep-alive that was later than this state. One may come in the very millisecond of what was before.
async fn kept_after(api: &Client, before: &Value) -> Value {
    let mut kept = before.clone();
    for _ in 0..100 {
        if kept["timeout_at"] != before["timeout_at"] {
            break;
        }
        let reply = api.send("POST", KEEP_ALIVE, b"").await;
        assert_eq!(reply.header("idempotency-replayed"), None);
        kept = reply.expect(200);
    }
    // Times of one form can be compared as texts.
    for key in ["started_at", "timeout_at"] {
        assert!(kept[key].as_str() > before[key].as_str(), "{key}: {before} {kept}");
    }
    kept
}

/// Promise H9.
#[tokio::test]
async fn a_keep_alive_with_a_key_is_done_each_time() {
    let server = Server::start().await;
    server.playing(&["a.mp3"]).await;
    let first = server.anonymous.get(AUTO_END).await.expect(200);
    let keyed = server.api.with("Idempotency-Key", "k");
    let second = kept_after(&keyed, &first).await;
    let third = kept_after(&keyed, &second).await;
    assert_eq!(server.anonymous.get(AUTO_END).await.expect(200)["timeout_at"], third["timeout_at"]);
}

#[tokio::test]
async fn a_warning_that_was_given_can_be_read_until_the_end_is_put_off() {
    let server = Server::start().await;
    let body = json!({"id": 7, "name": "x", "settings": {"auto_end": {"timeout_seconds": 1_000, "warnings_seconds": [999, 500]}}});
    server.api.post("/api/v1/streams", body).await.expect(201);
    server.playing(&["a.mp3"]).await;
    let warnings = server.read_when(WARNINGS, "a warning", |warnings| warnings != &json!([])).await;
    let auto_end = server.anonymous.get(AUTO_END).await.expect(200);
    assert_eq!(warnings.as_array().unwrap().len(), 1);
    let warning = &warnings[0];
    assert_eq!((&warning["seconds"], &warning["timeout_at"]), (&json!(999), &auto_end["timeout_at"]));
    assert!((900..=999).contains(&warning["remaining_seconds"].as_u64().unwrap()), "{warning}");
    assert!(warning["given_at"].as_str() > auto_end["started_at"].as_str(), "{warning}");
    server.api.post(KEEP_ALIVE, json!({})).await.expect(200);
    assert_eq!(server.anonymous.get(WARNINGS).await.expect(200), json!([]));
    server.anonymous.get("/api/v1/streams/8/warnings").await.refused(404, "stream_not_found");
}

#[tokio::test]
async fn a_stream_that_ended_by_itself_says_so() {
    let server = Server::start().await;
    let body = json!({"id": 7, "name": "x", "settings": {"auto_end": {"timeout_seconds": 1}}});
    server.api.post("/api/v1/streams", body).await.expect(201);
    server.playing(&["a.mp3"]).await;
    server.read_when(STATUS, "the end", |status| status["status"] == "stopped").await;
    let status = server.api.get(STATUS).await.expect(200);
    assert_eq!((&status["end_reason"], &status["ended_by"]), (&json!("auto_end"), &Value::Null));
    assert!(status["empty_seconds"].as_u64() >= Some(1), "{status}");
    assert_eq!((&status["auto_end"], &status["session"]), (&Value::Null, &json!(1)));
    let refused = server.anonymous.get("/listen/7").await.refused(404, "stream_not_running");
    assert_eq!(refused["details"], json!({"stream": 7, "end_reason": "auto_end", "ended_at": status["ended_at"]}));
    server.read_when("/api/v1/streams/7/sessions", "the session", |sessions| sessions["total"] == 1).await;
    let sessions = server.api.get("/api/v1/streams/7/sessions").await.expect(200);
    let session = &sessions["items"][0];
    assert_eq!(
        (&session["reason"], &session["ended_by"], &session["detail"]),
        (&json!("auto_end"), &Value::Null, &Value::Null)
    );
    assert_eq!(session["ended_at"], status["ended_at"]);
}
