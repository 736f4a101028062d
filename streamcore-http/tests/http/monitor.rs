//! Figures of the machine and the server, and what happened lately.

use std::time::Duration;

use serde_json::{Value, json};
use streamcore::{EndCause, FailureKind, FailureReason, StreamId, Timestamp};

use crate::common::{Server, server::STREAM};

const ACTIVITY: &str = "/api/system/activity";
const HISTORY: &str = "/api/v1/metrics/history";

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().map(|map| map.keys().map(String::as_str).collect()).unwrap_or_default()
}

fn types(page: &Value) -> Vec<&str> {
    page["events"].as_array().expect("events").iter().map(|event| event["type"].as_str().expect("a type")).collect()
}

#[tokio::test]
async fn the_system_is_told_under_the_names_of_both_older_clients() {
    let server = Server::start().await;
    server.playing(&["a.mp3", "b.mp3"]).await;
    let system = server.anonymous.get("/api/v1/metrics/system").await.expect(200);
    assert_eq!(system["status"], "ok", "{system}");
    assert_eq!(keys(&system["system"]), ["cpu", "disk", "memory"]);
    assert_eq!(keys(&system["system"]["cpu"]), ["cores", "percent"]);
    assert_eq!(keys(&system["cpu"]), ["cores", "load_average", "usage_percent"]);
    assert_eq!(keys(&system["memory"]), ["available_gb", "total_gb", "usage_percent", "used_gb"]);
    assert_eq!(keys(&system["network"]), ["bytes_recv", "bytes_sent"]);
    let memory = &system["system"]["memory"];
    assert_eq!(keys(memory), ["available_bytes", "percent", "total_bytes", "used_bytes"]);
    let [total, available] = ["total_bytes", "available_bytes"].map(|key| memory[key].as_f64().unwrap());
    let percent = memory["percent"].as_f64().unwrap();
    assert!((percent - (total - available) * 100.0 / total).abs() < 0.06, "to a decimal: {memory}");
    assert!((system["memory"]["total_gb"].as_f64().unwrap() - total / f64::from(1 << 30)).abs() < 0.006, "{system}");
    assert_eq!(system["system"]["cpu"]["percent"], system["cpu"]["usage_percent"]);
    assert!(system["cpu"]["usage_percent"].is_number() && system["cpu"]["cores"].as_u64() > Some(0), "{system}");
    assert_eq!(system["streams"], json!({"active": 1, "listeners": 0}));
    assert_eq!(system["queue"], json!({"size": 2, "operations": 3}), "two additions and a hand-over");
    let requests = system["http"]["requests"].as_u64().unwrap();
    assert!(requests >= 3 && system["http"]["duration_samples"] == requests, "{system}");
    let short = server.anonymous.get("/api/system/metrics").await.expect(200);
    let wanted = [
        "collected_at",
        "cpu_percent",
        "db_connections_active",
        "db_connections_idle",
        "disk_percent",
        "ram_percent",
        "uptime_seconds",
    ];
    assert_eq!(keys(&short), wanted);
    assert_eq!((&short["db_connections_active"], &short["db_connections_idle"]), (&Value::Null, &Value::Null));
    for key in ["cpu_percent", "ram_percent"] {
        let percent = short[key].as_f64().unwrap();
        let tenths = (percent * 10.0 - (percent * 10.0).round()).abs();
        assert!((0.0..=100.0).contains(&percent) && tenths < 1e-9, "{short}");
    }
}

#[tokio::test]
async fn streams_are_told_in_sums_and_one_by_one() {
    let server = Server::start().await;
    for id in [3, 9] {
        server.api.post("/api/v1/streams", json!({"id": id, "name": format!("Stream {id}")})).await.expect(201);
    }
    server.playing(&["a.mp3", "b.mp3", "c.mp3"]).await;
    server.player.progress(STREAM, Duration::from_millis(12_500));
    server.player.listeners(STREAM, 4);
    let one = "/api/v1/metrics/streams/7";
    let seven = server.read_when(one, "four listen", |one| one["listeners_count"] == 4).await;
    assert_eq!((&seven["status"], &seven["queue_size"]), (&json!("playing"), &json!(3)));
    assert_eq!(seven["current_track"]["title"], "a");
    assert!(seven["position_seconds"].as_f64() >= Some(12.5) && seven["timestamp"].is_string(), "{seven}");
    assert_eq!((&seven["tracks_played"], &seven["errors_count"]), (&json!(1), &json!(0)));

    let page = server.anonymous.get("/api/v1/metrics/streams?limit=2").await.expect(200);
    for (key, value) in [
        ("active_streams", 1),
        ("total_active_streams", 1),
        ("total_listeners", 4),
        ("queue_size", 3),
        ("total_queue_items", 3),
        ("total", 3),
    ] {
        assert_eq!(page[key], value, "{key}: {page}");
    }
    let ids = |page: &Value| {
        page["streams"].as_array().unwrap().iter().map(|s| s["channel_id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((ids(&page), &page["next"]), (vec![3, 7], &json!("7")));
    assert_eq!(
        (&page["streams"][0]["status"], &page["streams"][0]["channel_name"]),
        (&json!("stopped"), &json!("Stream 3"))
    );
    assert_eq!((&page["streams"][0]["current_track"], &page["streams"][0]["queue_size"]), (&Value::Null, &json!(0)));
    assert_eq!(page["streams"][1]["queue_size"], 3);
    let rest = server.anonymous.get("/api/v1/metrics/streams?limit=2&cursor=7").await.expect(200);
    assert_eq!((ids(&rest), &rest["next"]), (vec![9], &Value::Null));

    server.anonymous.get("/api/v1/metrics/streams/8").await.refused(404, "stream_not_found");
    server.anonymous.get("/api/v1/metrics/streams/x").await.refused(422, "validation_error");
    for query in ["limit=0", "limit=101", "cursor=x"] {
        server.anonymous.get(&format!("/api/v1/metrics/streams?{query}")).await.refused(422, "validation_error");
    }
}

#[tokio::test]
async fn figures_over_time_are_there_from_the_first_sample_on() {
    let server = Server::start().await;
    let history = server.read_when(HISTORY, "a sample", |history| history["total"] != 0).await;
    assert_eq!((&history["resolution"], &history["resolution_seconds"]), (&json!("1m"), &json!(60)));
    assert_eq!((&history["next"], &history["total"]), (&Value::Null, &json!(1)));
    let entry = &history["items"][0];
    assert_eq!(entry["active_streams"], json!({"min": 0.0, "avg": 0.0, "max": 0.0}), "{entry}");
    assert!(entry["requests"].is_number() && entry["requests_in_flight"]["max"].is_number(), "{entry}");
    let at = entry["at"].as_str().unwrap();
    assert!(at.ends_with(":00.000Z"), "{at}");
    for (query, total) in [
        (format!("from={at}"), 1),
        (format!("from={at}&to={at}"), 0),
        (format!("to={at}"), 0),
        ("resolution=1h&from=0".to_owned(), 1),
        ("resolution=5m&from=2020-01-01T00:00:00Z&limit=1".to_owned(), 1),
        ("from=2020-01-01T00:00:00%2B03:00&to=2021-01-01T00:00:00Z".to_owned(), 0),
    ] {
        let slice = server.anonymous.get(&format!("{HISTORY}?{query}")).await.expect(200);
        assert_eq!(slice["total"], total, "{query}: {slice}");
    }
    let far = "9".repeat(500);
    for (query, field) in [
        ("resolution=2m", "resolution"),
        ("resolution=", "resolution"),
        ("resolution=1H", "resolution"),
        ("from=yesterday", "from"),
        ("from=-1", "from"),
        ("to=2026-02-30T00:00:00Z", "to"),
        ("to=2026-02-20", "to"),
        ("from=2&to=1", "from"),
        ("limit=0", "limit"),
        ("limit=1441", "limit"),
        ("limit=x", "limit"),
        (&format!("to={far}"), "to"),
    ] {
        let mut words = Vec::new();
        for language in ["en", "ru"] {
            let reply = server.anonymous.with("Accept-Language", language).get(&format!("{HISTORY}?{query}")).await;
            let refused = reply.refused(422, "validation_error");
            assert_eq!(refused["details"]["fields"][0]["field"], field, "{query}");
            words.push(refused["details"]["fields"][0]["message"].clone());
        }
        assert_ne!(words[0], words[1], "{query}");
    }
}

#[tokio::test]
async fn what_happened_is_told_newest_first_in_the_readers_language() {
    let server = Server::start().await;
    server.playing(&["a.mp3", "b.mp3"]).await;
    server.player.fail(STREAM, FailureReason::new(FailureKind::Broken, "no"));
    server.read_when(ACTIVITY, "the failure", |page| page["total"] == 4).await;
    server.api.post("/api/v1/streams/7/stop", json!({})).await.expect(200);
    server.activity.track_added(StreamId::new(9), "Прелюдия", Timestamp::from_millis(5));
    let page = server.read_when(ACTIVITY, "the end", |page| page["total"] == 6).await;
    let all = ["track_added", "stream_stopped", "stream_error", "stream_started", "track_added", "track_added"];
    assert_eq!(types(&page), all);
    let ids: Vec<_> = page["events"].as_array().unwrap().iter().map(|event| event["id"].as_u64().unwrap()).collect();
    assert!(ids.is_sorted_by(|newer, older| newer > older) && ids[0] < 1 << 53, "{ids:?}");
    let added = &page["events"][0];
    assert_eq!(added["created_at"], "1970-01-01T00:00:00.005Z");
    assert_eq!(added["details"], json!({"channel_id": 9, "title": "Прелюдия", "count": 1}));
    assert_eq!(added["user_email"], Value::Null);
    let failed = &page["events"][2];
    assert_eq!((&failed["details"]["reason"], &failed["details"]["detail"]), (&json!("broken"), &json!("no")));

    let russian = server.anonymous.with("Accept-Language", "ru");
    let reply = russian.get(ACTIVITY).await;
    assert_eq!((reply.header("content-language"), reply.header("vary")), (Some("ru"), Some("Accept-Language")));
    assert_eq!(reply.expect(200)["events"][1]["message"], "поток 7 остановлен");
    assert_eq!(page["events"][1]["message"], "stream 7 was stopped");

    for (query, wanted) in [
        ("type=stream_stopped", vec!["stream_stopped"]),
        ("type=user_approved", vec![]),
        ("type=", all.to_vec()),
        ("search=STREAM%207", all[1..].to_vec()),
        ("search=%D0%BF%D1%80%D0%95%D0%BB", vec!["track_added"]),
        ("limit=2", vec!["track_added", "stream_stopped"]),
        ("limit=1&offset=3", vec!["stream_started"]),
        ("offset=9007199254740991", vec![]),
    ] {
        assert_eq!(types(&server.anonymous.get(&format!("{ACTIVITY}?{query}")).await.expect(200)), wanted, "{query}");
    }
    assert_eq!(russian.get(&format!("{ACTIVITY}?search=stream")).await.expect(200)["total"], 0, "its own language");
    let long = format!("search={}", "x".repeat(101));
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("offset=-1", "offset"),
        ("offset=9007199254740992", "offset"),
        ("type=stream", "type"),
        (&long, "search"),
    ] {
        let refused = server.anonymous.get(&format!("{ACTIVITY}?{query}")).await.refused(422, "validation_error");
        assert_eq!(refused["details"]["fields"][0]["field"], field, "{query}");
    }
    let just = format!("{ACTIVITY}?search={}", "%D1%8B".repeat(100));
    assert_eq!(server.anonymous.get(&just).await.expect(200)["total"], 0, "characters, not bytes");
}

/// Who did it, and what was wrong with a stream, is not for everybody, neither to read nor to find by searching.
#[tokio::test]
async fn names_are_told_to_who_shows_the_token() {
    let server = Server::start().await;
    server.playing(&["a.mp3"]).await;
    server.api.post("/api/v1/streams/7/stop", json!({})).await.expect(200);
    server.api.post("/api/v1/streams/7/start", json!({})).await.expect(200);
    server.host.end(STREAM, EndCause::Error { detail: "the disk of anna".to_owned() }).await.expect("it ends");
    server.read_when(ACTIVITY, "both ends", |page| page["total"] == 5).await;
    let full = server.api.get(ACTIVITY).await.expect(200);
    assert_eq!(types(&full), ["stream_error", "stream_started", "stream_stopped", "stream_started", "track_added"]);
    assert_eq!(full["events"][0]["details"]["detail"], "the disk of anna");
    assert_eq!(full["events"][2]["details"]["ended_by"], "service token");
    for stranger in [server.anonymous.clone(), server.anonymous.with("Authorization", "Bearer wrong-token")] {
        let seen = stranger.get(ACTIVITY).await;
        let text = String::from_utf8_lossy(&seen.body).into_owned();
        assert!(!text.contains("anna") && !text.contains("service token"), "{text}");
        let mut wanted = full.clone();
        for event in wanted["events"].as_array_mut().unwrap() {
            let details = event["details"].as_object_mut().unwrap();
            details.retain(|key, _| key != "ended_by" && key != "detail");
        }
        assert_eq!(seen.expect(200), wanted, "all else is told");
    }
    for client in [&server.api, &server.anonymous] {
        assert_eq!(client.get(&format!("{ACTIVITY}?search=anna")).await.expect(200)["total"], 0);
    }
}
