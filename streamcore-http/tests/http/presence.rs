//! Who listens, and the sessions that ended: `/listeners` and `/sessions`.

use serde_json::{Value, json};
use streamcore::EndCause;

use crate::common::{Client, Server, client::Reply, server::STREAM};

const LISTENERS: &str = "/api/v1/streams/7/listeners";
const SESSIONS: &str = "/api/v1/streams/7/sessions";
const STATUS: &str = "/api/v1/streams/7/status";

fn summary(answer: &Value) -> (u64, bool) {
    (answer["listeners_count"].as_u64().expect("a count"), answer["listeners_known"] == true)
}

#[tokio::test]
async fn each_way_to_tell_is_understood_and_answered_with_what_is_known() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    let nobody = server.anonymous.get(LISTENERS).await.expect(200);
    let empty = json!({"channel_id": 7, "listeners_count": 0, "listeners_known": true, "sources": []});
    assert_eq!(nobody, empty);
    for (told, count, known) in [
        (json!({"listeners_count": 5}), 5, true),
        (json!({"listeners_count": 0, "listeners": null}), 0, true),
        (json!({"listeners": ["a", "b", 7, "7", -100]}), 4, true),
        (json!({"joined": ["c", "a"], "left": [-100, "nobody"]}), 4, true),
        (json!({"left": ["a"]}), 3, true),
        (json!({"joined": []}), 3, true),
        (json!({"listeners": ["only"]}), 1, true),
        (json!({"unknown": true}), 0, false),
        (json!({"joined": ["d"]}), 1, false),
        (json!({"listeners": []}), 0, true),
    ] {
        let answer = server.api.post(LISTENERS, told.clone()).await.expect(200);
        assert_eq!(summary(&answer), (count, known), "{told}");
        let source = &answer["sources"][0];
        assert_eq!((&source["source"], &source["listeners_count"]), (&json!("default"), &json!(count)), "{told}");
        assert_eq!((&source["known"], source["heard_at"].is_string()), (&json!(known), true), "{told}");
        assert_eq!((source["fresh_until"].is_string(), source["gone_at"].is_string()), (known, !known), "{told}");
        assert_eq!(server.api.get(LISTENERS).await.expect(200), answer, "{told}");
    }
    server.anonymous.post(LISTENERS, json!({"listeners_count": 1})).await.refused(401, "not_authenticated");
    server
        .api
        .post("/api/v1/streams/8/listeners", json!({"listeners_count": 1}))
        .await
        .refused(404, "stream_not_found");
    server.anonymous.get("/api/v1/streams/8/listeners").await.refused(404, "stream_not_found");
}

#[tokio::test]
async fn sources_are_counted_together_with_those_of_the_player() {
    let server = Server::start().await;
    server.playing(&["a.mp3"]).await;
    server.player.listeners(STREAM, 2);
    let tell = async |told: Value| server.api.post(LISTENERS, told).await.expect(200);
    tell(json!({"source": "telegram:agent-1", "listeners": ["a", "b", "c"]})).await;
    let status = server.read_when(STATUS, "all are counted", |status| status["listeners_count"] == 5).await;
    assert_eq!((&status["listeners_known"], &status["peak_listeners"]), (&json!(true), &json!(5)));
    assert_eq!((&status["total_listeners"], &status["auto_end"]), (&json!(5), &Value::Null));
    let answer = server.api.get(LISTENERS).await.expect(200);
    let sources: Vec<_> =
        answer["sources"].as_array().unwrap().iter().map(|s| (&s["source"], &s["listeners_count"])).collect();
    assert_eq!(sources, [(&json!("player"), &json!(2)), (&json!("telegram:agent-1"), &json!(3))]);
    assert_eq!(answer["sources"][0]["fresh_until"], Value::Null, "its end would be noticed");

    // Nobody known and somebody perhaps: nothing ends on a guess.
    server.player.listeners(STREAM, 0);
    tell(json!({"source": "telegram:agent-1", "listeners_count": 0})).await;
    server.read_when(STATUS, "nobody", |status| status["auto_end"].is_object()).await;
    assert_eq!(summary(&tell(json!({"source": "telegram:agent-1", "unknown": true})).await), (0, false));
    let status = server.anonymous.get(STATUS).await.expect(200);
    assert_eq!((&status["listeners_known"], &status["auto_end"]["held"]), (&json!(false), &json!("audience_unknown")));
    let auto_end = server.anonymous.get("/api/v1/streams/7/auto-end").await.expect(200);
    assert_eq!((&auto_end["is_active"], &auto_end["held"]), (&json!(true), &json!("audience_unknown")));
    assert_eq!(server.anonymous.get("/api/v1/queue/7/state").await.expect(200)["auto_end_timer"]["held"], Value::Null);
    let back = tell(json!({"source": "telegram:agent-1", "listeners": ["z"]})).await;
    assert_eq!(summary(&back), (1, true));
    assert_eq!(server.anonymous.get(STATUS).await.expect(200)["auto_end"], Value::Null);
    server.player.listeners_unknown(STREAM);
    server.read_when(LISTENERS, "the player is lost", |answer| answer["listeners_known"] == false).await;
    let lost = server.api.get(LISTENERS).await.expect(200);
    assert_eq!((&lost["listeners_count"], &lost["sources"][0]["known"]), (&json!(1), &json!(false)));
}

/// Promise H15.
#[tokio::test]
async fn whatever_is_wrong_is_named_and_nothing_of_it_is_taken() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    let before = server.api.post(LISTENERS, json!({"listeners_count": 3})).await.expect(200);
    let mut cases = vec![
        (json!({}), "listeners_count"),
        (json!({"source": "default", "listeners_count": null}), "listeners_count"),
        (json!({"listeners_count": 1, "listeners": []}), "listeners"),
        (json!({"listeners_count": 1, "unknown": true}), "unknown"),
        (json!({"listeners": [], "left": ["a"]}), "left"),
        (json!({"unknown": true, "joined": ["a"], "left": ["a"]}), "joined"),
        (json!({"listeners": "a"}), "listeners"),
        (json!({"listeners": 5}), "listeners"),
        (json!({"listeners": {"a": 1}}), "listeners"),
        (json!({"joined": "a"}), "joined"),
        (json!({"joined": ["a"], "left": [""]}), "left[0]"),
        (json!({"listeners": ["x".repeat(1_000_000)]}), "listeners[0]"),
        (json!({"listeners": ["ы".repeat(65)]}), "listeners[0]"),
        (json!({"listeners": vec!["x"; 10_001]}), "listeners"),
        (json!({"left": vec![7; 10_001]}), "left"),
    ];
    for wrong in [json!(-1), json!(1e18), json!(1.5), json!("5"), json!("text"), json!(true), json!([]), json!({})] {
        cases.push((json!({"listeners_count": wrong}), "listeners_count"));
    }
    for wrong in [json!(""), json!("a\u{0}b"), json!(1.5), json!(1e30), json!(null), json!(true), json!([]), json!({})]
    {
        cases.push((json!({"listeners": ["a", wrong]}), "listeners[1]"));
    }
    for wrong in [json!(false), json!("true"), json!(1)] {
        cases.push((json!({"unknown": wrong}), "unknown"));
    }
    for wrong in ["", " ", "a b", "юг", "a\n", "player", &"x".repeat(65)] {
        cases.push((json!({"source": wrong, "listeners_count": 1}), "source"));
    }
    for wrong in [json!(7), json!(["a"]), json!(true)] {
        cases.push((json!({"source": wrong, "listeners_count": 1}), "source"));
    }
    for (told, field) in cases {
        let shown: String = told.to_string().chars().take(100).collect();
        let mut words = Vec::new();
        for language in ["en", "ru"] {
            let reply = server.api.with("Accept-Language", language).post(LISTENERS, told.clone()).await;
            let refused = reply.refused(422, "validation_error");
            let fields = refused["details"]["fields"].as_array().unwrap();
            assert_eq!(fields.iter().map(|f| f["field"].as_str().unwrap()).collect::<Vec<_>>(), [field], "{shown}");
            words.push(fields[0]["message"].as_str().unwrap().to_owned());
        }
        assert!(words.iter().all(|words| words.chars().count() < 300), "{words:?}");
        assert!(words[0] != words[1] && words[1].contains(|c| ('а'..='я').contains(&c)), "{shown}: {words:?}");
    }
    let many = server.api.post(LISTENERS, json!({"joined": vec!["x"; 10_001]})).await.refused(422, "validation_error");
    assert_eq!(many["details"]["limit"], 10_000);
    assert!(many["message"].as_str().unwrap().contains("listeners_count"), "{many}");
    assert_eq!(server.api.get(LISTENERS).await.expect(200), before);
}

/// Promise H15.
#[tokio::test]
async fn as_many_as_may_be_named_can_be_named() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    let ids = |round: usize| (0..10_000).map(|n| format!("{round}-{n}-{}", "x".repeat(110))).collect::<Vec<_>>();
    let answer = server.api.post(LISTENERS, json!({"joined": ids(0), "left": ids(1)})).await.expect(200);
    assert_eq!(summary(&answer), (10_000, true));
    let too_long = json!({"listeners_count": 1, "else": "x".repeat(3 * 1024 * 1024)});
    server.api.post(LISTENERS, too_long).await.refused(413, "body_too_long");
    for round in 1..10 {
        let answer = server.api.post(LISTENERS, json!({"joined": ids(round)})).await.expect(200);
        assert_eq!(summary(&answer), (10_000 * (round as u64 + 1), true));
    }
    let refused = server.api.post(LISTENERS, json!({"joined": ["one more"]})).await;
    assert_eq!(refused.refused(409, "too_many_listener_ids")["details"]["limit"], 100_000);
    assert_eq!(summary(&server.anonymous.get(LISTENERS).await.expect(200)), (100_000, true));
}

#[tokio::test]
async fn one_source_more_than_there_may_be_is_refused() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    for n in 0..64 {
        server.api.post(LISTENERS, json!({"source": format!("s-{n}"), "listeners_count": 1})).await.expect(200);
    }
    let refused = server.api.post(LISTENERS, json!({"source": "s-64", "listeners_count": 1})).await;
    assert_eq!(refused.refused(409, "too_many_sources")["details"]["limit"], 64);
    let known = server.api.post(LISTENERS, json!({"source": "s-63", "listeners_count": 2})).await.expect(200);
    assert_eq!(summary(&known), (65, true));
}

#[tokio::test]
async fn what_was_told_of_a_stopped_stream_counts_from_its_start_on() {
    let server = Server::start().await;
    server.api.post("/api/v1/streams", json!({"id": 7, "name": "x"})).await.expect(201);
    server.api.post(LISTENERS, json!({"source": "early", "listeners": ["a"]})).await.expect(200);
    server.playing(&["a.mp3"]).await;
    let status = server.anonymous.get(STATUS).await.expect(200);
    assert_eq!((&status["listeners_count"], &status["auto_end"]), (&json!(1), &Value::Null));
}

/// Promise H9. An agent may make its key from the body; its reports must not be taken for silence.
#[tokio::test]
async fn a_report_with_a_key_is_taken_each_time() {
    let server = Server::start().await;
    server.playing(&["a.mp3"]).await;
    for key in ["k", "not a key"] {
        let keyed = server.api.with("Idempotency-Key", key);
        let told = json!({"joined": ["a"]});
        keyed.post(LISTENERS, told.clone()).await.expect(200);
        server.api.post(LISTENERS, json!({"left": ["a"]})).await.expect(200);
        let again = keyed.post(LISTENERS, told).await;
        assert_eq!(again.header("idempotency-replayed"), None);
        assert_eq!(summary(&again.expect(200)), (1, true));
        let other = keyed.post(LISTENERS, json!({"listeners": []})).await.expect(200);
        assert_eq!(summary(&other), (0, true), "another report under the same key");
    }
}

/// Promise H9.
#[tokio::test]
async fn reports_and_keep_alives_push_nobodys_key_out() {
    let server = Server::with(|settings, _| settings.max_idempotency_keys = 3).await;
    server.playing(&["a.mp3"]).await;
    let (items, item) = ("/api/v1/queue/7/items", json!({"url": "b.mp3"}));
    let keyed = server.api.with("Idempotency-Key", "k");
    let added = keyed.post(items, item.clone()).await.expect(201);
    for n in 0..10 {
        let keyed = server.api.with("Idempotency-Key", &format!("beat-{n}"));
        keyed.post(LISTENERS, json!({"listeners_count": 0})).await.expect(200);
        keyed.post("/api/v1/streams/7/auto-end/keep-alive", json!({})).await.expect(200);
    }
    let again = keyed.post(items, item).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.expect(201), added);
}

#[tokio::test]
async fn sessions_that_ended_are_listed_newest_first() {
    let server = Server::start().await;
    server.anonymous.get(SESSIONS).await.refused(404, "stream_not_found");
    server.playing(&["a.mp3", "b.mp3"]).await;
    let empty = server.anonymous.get(SESSIONS).await.expect(200);
    assert_eq!(empty, json!({"items": [], "next": null, "total": 0}), "one that runs is not listed");
    server.api.post(LISTENERS, json!({"listeners": ["a", "b"]})).await.expect(200);
    server.api.post(LISTENERS, json!({"listeners": ["c"]})).await.expect(200);
    for _ in 0..3 {
        server.api.post("/api/v1/streams/7/stop", json!({})).await.expect(200);
        server.api.post("/api/v1/streams/7/start", json!({})).await.expect(200);
    }
    let page = server.anonymous.get(&format!("{SESSIONS}?limit=2")).await.expect(200);
    let numbers =
        |page: &Value| page["items"].as_array().unwrap().iter().map(|s| s["number"].clone()).collect::<Vec<_>>();
    assert_eq!((numbers(&page), &page["next"], &page["total"]), (vec![json!(3), json!(2)], &json!("2"), &json!(3)));
    let rest = server.api.get(&format!("{SESSIONS}?limit=2&cursor=2")).await.expect(200);
    assert_eq!((numbers(&rest), &rest["next"]), (vec![json!(1)], &Value::Null));
    let first = &rest["items"][0];
    for (key, value) in [
        ("reason", json!("manual")),
        ("ended_by", json!("service token")),
        ("detail", Value::Null),
        ("empty_seconds", Value::Null),
        ("peak_listeners", json!(2)),
        ("total_listeners", json!(3)),
        ("tracks_played", json!(1)),
        ("errors_count", json!(0)),
    ] {
        assert_eq!(first[key], value, "{key}: {first}");
    }
    assert!(first["started_at"].as_str() < first["ended_at"].as_str(), "{first}");
    assert!(first["duration_seconds"].is_u64());
    let status = server.api.get(STATUS).await.expect(200);
    assert_eq!((&status["session"], &status["ended_by"], &status["ended_at"]), (&json!(4), &Value::Null, &Value::Null));
    assert_eq!((&status["peak_listeners"], &status["total_listeners"]), (&json!(1), &json!(1)));
    for query in ["limit=0", "limit=101", "limit=x", "cursor=x", "cursor=-1", "cursor=1.5"] {
        server.anonymous.get(&format!("{SESSIONS}?{query}")).await.refused(422, "validation_error");
    }
}

/// Whoever shows no token, or not the right one.
fn strangers(server: &Server) -> Vec<Client> {
    let wrong =
        ["Bearer wrong-token", "Bearer test-token-012345678", "Basic dGVzdA==", "Bearer", "test-token-0123456789"];
    let mut strangers = vec![server.anonymous.clone()];
    strangers.extend(wrong.map(|wrong| server.anonymous.with("Authorization", wrong)));
    strangers
}

/// Promise H18.
#[tokio::test]
async fn who_said_it_is_told_to_who_shows_the_token() {
    let server = Server::start().await;
    server.playing(&["a.mp3"]).await;
    let told = json!({"source": "telegram:-100777", "listeners": ["a", "b"]});
    let full = server.api.post(LISTENERS, told).await.expect(200);
    assert_eq!(full["sources"][0]["source"], "telegram:-100777", "{full}");
    assert_eq!(server.api.get(LISTENERS).await.expect(200), full);
    for stranger in strangers(&server) {
        let totals = json!({"channel_id": 7, "listeners_count": 2, "listeners_known": true, "sources": []});
        assert_eq!(stranger.get(LISTENERS).await.expect(200), totals);
    }
    server.api.post("/api/v1/streams/7/stop", json!({})).await.expect(200);
    server.api.post("/api/v1/streams/7/start", json!({})).await.expect(200);
    server.host.end(STREAM, EndCause::Error { detail: "the disk of anna".to_owned() }).await.expect("it ends");
    server.read_when(SESSIONS, "both sessions", |sessions| sessions["total"] == 2).await;
    let sessions = server.api.get(SESSIONS).await.expect(200);
    let (failed, stopped) = (&sessions["items"][0], &sessions["items"][1]);
    assert_eq!((&failed["detail"], &stopped["ended_by"]), (&json!("the disk of anna"), &json!("service token")));
    for stranger in strangers(&server) {
        let seen = stranger.get(SESSIONS).await;
        assert!(!names_somebody(&seen), "{seen:?}");
        let mut wanted = sessions.clone();
        for item in wanted["items"].as_array_mut().expect("sessions") {
            (item["ended_by"], item["detail"]) = (Value::Null, Value::Null);
        }
        assert_eq!(seen.expect(200), wanted, "all else is told");
    }
    server.api.post("/api/v1/streams/7/start", json!({})).await.expect(200);
    server.api.post("/api/v1/streams/7/stop", json!({})).await.expect(200);
    let status = server.api.get(STATUS).await.expect(200);
    assert_eq!(status["ended_by"], "service token");
    for stranger in strangers(&server) {
        let mut wanted = status.clone();
        wanted["ended_by"] = Value::Null;
        assert_eq!(stranger.get(STATUS).await.expect(200), wanted, "all else is told");
        for path in ["auto-end", "warnings"] {
            let seen = stranger.get(&format!("/api/v1/streams/7/{path}")).await;
            assert!(seen.status == 200 && !names_somebody(&seen), "{seen:?}");
        }
        let seen = stranger.get("/listen/7").await;
        assert!(seen.status == 404 && !names_somebody(&seen), "{seen:?}");
    }
}

fn names_somebody(reply: &Reply) -> bool {
    let text = String::from_utf8_lossy(&reply.body);
    ["service token", "anna", "telegram"].iter().any(|name| text.contains(name))
}

/// Promise H16.
#[tokio::test]
async fn who_comes_to_listen_too_late_is_told_how_it_ended() {
    let server = Server::start().await;
    let refused = server.anonymous.get("/listen/7").await.refused(404, "stream_not_running");
    assert_eq!(refused["details"], json!({"stream": 7}), "of what never was nothing is known");
    server.playing(&["a.mp3"]).await;
    let status = server.api.post("/api/v1/streams/7/stop", json!({})).await.expect(200);
    assert_eq!((&status["end_reason"], &status["ended_by"]), (&json!("manual"), &json!("service token")));
    let refused = server.anonymous.get("/listen/7.mp3").await.refused(404, "stream_not_running");
    let wanted = json!({"stream": 7, "end_reason": "manual", "ended_at": status["ended_at"]});
    assert_eq!(refused["details"], wanted);
    assert_eq!(server.anonymous.send("HEAD", "/listen/7", b"").await.status, 404);
}
