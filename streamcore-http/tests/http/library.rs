//! `/api/v1/tracks`, items made of tracks, and lists that are imported.

use std::time::Duration;

use serde_json::{Value, json};

use crate::common::Server;

const TRACKS: &str = "/api/v1/tracks";
const UNKNOWN: &str = "6c84fb90-12c4-11e1-840d-7b25c5ee775a";

async fn track(server: &Server, body: Value) -> Value {
    server.api.post(TRACKS, body).await.expect(201)
}

fn path(track: &Value) -> String {
    format!("{TRACKS}/{}", track["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_track_is_added_read_changed_and_deleted() {
    let server = Server::start().await;
    let body = json!({"url": "./bach/air.mp3", "title": "Air", "artist": "Bach", "metadata": {"album": "Suites"}, "added_by": "anna"});
    let reply = server.api.post(TRACKS, body).await;
    let location = reply.header("location").map(str::to_owned);
    let added = reply.expect(201);
    assert_eq!(location, Some(path(&added)));
    assert_eq!(
        (&added["url"], &added["duration"], &added["source"]),
        (&json!("bach/air.mp3"), &json!(180.5), &json!("file"))
    );
    assert_eq!(server.api.get(&path(&added)).await.expect(200), added);
    let edit = json!({"title": "Air in G", "artist": null, "metadata": {}});
    let edited = server.api.send("PATCH", &path(&added), edit.to_string().as_bytes()).await.expect(200);
    assert_eq!(
        (&edited["title"], &edited["artist"], &edited["metadata"]),
        (&json!("Air in G"), &Value::Null, &json!({}))
    );
    assert_eq!((&edited["url"], &edited["added_at"]), (&added["url"], &added["added_at"]));
    let moved = server.api.send("PATCH", &path(&added), br#"{"url": "https://radio.example/live"}"#).await.expect(200);
    assert_eq!(
        (&moved["source"], &moved["duration"], &moved["title"]),
        (&json!("stream"), &Value::Null, &json!("Air in G"))
    );
    server.api.delete(&path(&added)).await.expect(200);
    for method in ["GET", "DELETE"] {
        server.api.send(method, &path(&added), b"").await.refused(404, "track_not_found");
    }
    server.api.send("PATCH", &path(&added), b"{}").await.refused(404, "track_not_found");
    server.api.get("/api/v1/tracks/nonsense").await.refused(404, "track_not_found");
}

#[tokio::test]
async fn what_is_wrong_with_a_track_is_named() {
    let server = Server::with(|settings, _| settings.max_tracks = 2).await;
    for (body, field) in [
        (json!({}), "url"),
        (json!({"url": "missing.mp3"}), "url"),
        (json!({"url": "a.mp3", "title": "\u{200b}"}), "title"),
        (json!({"url": "a.mp3", "artist": "a\u{202e}b"}), "artist"),
        (json!({"url": "a.mp3", "artist": "x".repeat(501)}), "artist"),
        (json!({"url": "a.mp3", "duration": "long"}), "duration"),
        (json!({"url": "a.mp3", "metadata": 1}), "metadata"),
    ] {
        let refused = server.api.post(TRACKS, body.clone()).await.refused(422, "validation_error");
        assert_eq!(refused["details"]["fields"][0]["field"], field, "{body}");
    }
    let a = track(&server, json!({"url": "a.mp3"})).await;
    let again = server.api.post(TRACKS, json!({"url": "./a.mp3"})).await.refused(409, "track_exists");
    assert_eq!(again["details"]["track_id"], a["id"]);
    for bad in [r#"{"title": ""}"#, r#"{"artist": 5}"#, r#"{"duration": -1}"#, r#"{"url": "missing.mp3"}"#] {
        server.api.send("PATCH", &path(&a), bad.as_bytes()).await.refused(422, "validation_error");
    }
    assert_eq!(server.api.get(&path(&a)).await.expect(200), a, "a refused edit changes nothing");
    track(&server, json!({"url": "b.mp3"})).await;
    let full = server.api.post(TRACKS, json!({"url": "c.mp3"})).await.refused(400, "library_full");
    assert_eq!(full["details"]["limit"], 2);
}

#[tokio::test]
async fn tracks_are_found_by_their_words_page_by_page() {
    let server = Server::start().await;
    for (n, title) in ["Prelude in C", "Prelude in D", "Air", "Прелюдия"].iter().enumerate() {
        track(&server, json!({"url": format!("{n}.mp3"), "title": title, "artist": "J. S. Bach"})).await;
    }
    let all = server.api.get(TRACKS).await.expect(200);
    assert_eq!((all["items"].as_array().unwrap().len(), &all["total"], &all["next"]), (4, &json!(4), &Value::Null));
    let first = server.api.get("/api/v1/tracks?q=bach%20PREL&limit=1").await.expect(200);
    assert_eq!((&first["items"][0]["title"], &first["total"]), (&json!("Prelude in C"), &json!(2)));
    let next: String = form_urlencoded::byte_serialize(first["next"].as_str().unwrap().as_bytes()).collect();
    let second = server.api.get(&format!("/api/v1/tracks?q=bach%20PREL&limit=1&cursor={next}")).await.expect(200);
    assert_eq!((&second["items"][0]["title"], &second["next"]), (&json!("Prelude in D"), &Value::Null));
    server.api.get("/api/v1/tracks?cursor=x").await.refused(422, "validation_error");
    server.anonymous.get(TRACKS).await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn an_item_can_be_made_of_a_track_and_keeps_its_copy() {
    let server = Server::start().await;
    let body = json!({"url": "air.mp3", "title": "Air", "artist": "Bach", "duration": 99, "metadata": {"album": "Suites", "mood": "calm"}});
    let air = track(&server, body).await;
    let items = "/api/v1/queue/7/items";
    let item = server.api.post(items, json!({"track_id": air["id"], "metadata": {"mood": "solemn"}})).await.expect(201);
    assert_eq!((&item["track_id"], &item["title"], &item["url"]), (&air["id"], &json!("Air"), &json!("air.mp3")));
    assert_eq!(item["duration"], 99);
    assert_eq!(item["metadata"], json!({"album": "Suites", "mood": "solemn", "artist": "Bach"}));
    let named = server.api.post(items, json!({"track_id": air["id"], "title": "Mine"})).await.expect(201);
    assert_eq!(named["title"], "Mine");
    server.api.delete(&path(&air)).await.expect(200);
    let listed = server.anonymous.get("/api/v1/queue/7").await.expect(200);
    assert_eq!(listed["items"][0]["title"], "Air");
    for (body, field) in [
        (json!({"track_id": UNKNOWN}), "track_id"),
        (json!({"track_id": "x"}), "track_id"),
        (json!({"track_id": UNKNOWN, "url": "a.mp3"}), "url"),
    ] {
        let refused = server.api.post(items, body).await.refused(422, "validation_error");
        assert_eq!(refused["details"]["fields"][0]["field"], field);
    }
}

/// Promise H10.
#[tokio::test]
async fn a_list_is_imported_wholly_or_not_at_all() {
    let server = Server::start().await;
    let import = "/api/v1/queue/7/import";
    let list = "#EXTM3U\n#EXTINF:215,Bach - Air\nbach/air.mp3\n\n#EXTINF:-1,a\u{202e}b\nhttps://radio.example/live\nlast.mp3\n";
    let added = server.api.send("POST", import, list.as_bytes()).await.expect(201);
    let titles: Vec<_> =
        added["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Air", "ab", "last"]);
    assert_eq!(
        (&added["items"][0]["metadata"]["artist"], &added["items"][0]["duration"]),
        (&json!("Bach"), &json!(180.5))
    );
    let pls = "[playlist]\nFile1=https://radio.example/x\nTitle1=X\nLength1=60\nNumberOfEntries=1\n";
    let added = server.api.send("POST", &format!("{import}?priority=1"), pls.as_bytes()).await.expect(201);
    assert_eq!((&added["items"][0]["position"], &added["items"][0]["duration"]), (&json!(0), &json!(60)));
    let refused =
        server.api.send("POST", import, b"a.mp3\n# comment\nmissing.mp3\n").await.refused(422, "validation_error");
    assert_eq!(refused["details"]["fields"][0]["field"], "lines[3].url");
    for (bytes, line) in [
        (&b""[..], None),
        (b"a.mp3\n#EXT-X-TARGETDURATION:5\n", Some(2)),
        (b"a.mp3\nb\x07.mp3", Some(2)),
        (b"\xff\xfea\0", None),
    ] {
        let refused = server.api.send("POST", import, bytes).await.refused(422, "unreadable_list");
        assert_eq!(refused["details"]["line"].as_u64(), line, "{refused}");
    }
    let long = "a.mp3\n".repeat(1_001);
    let refused = server.api.send("POST", import, long.as_bytes()).await.refused(422, "unreadable_list");
    assert_eq!(refused["details"], json!({"limit": 1_000, "line": 1_001}));
    let russian =
        server.api.with("Accept-Language", "ru").send("POST", import, b"").await.refused(422, "unreadable_list");
    assert!(russian["message"].as_str().unwrap().starts_with("список пуст"), "{russian}");
    assert_eq!(server.anonymous.get("/api/v1/queue/7").await.expect(200)["total"], 4);
}

#[tokio::test]
async fn media_that_cannot_be_reached_now_is_no_fault_of_the_request() {
    let server = Server::start().await;
    let track = server.api.post("/api/v1/tracks", json!({"url": "a.mp3"})).await.expect(201);
    let one = format!("/api/v1/tracks/{}", track["id"].as_str().unwrap());
    let wanted = json!({"url": "unmounted.mp3"});
    for reply in [
        server.api.post("/api/v1/queue/7/items", wanted.clone()).await,
        server.api.post("/api/v1/tracks", wanted.clone()).await,
        server.api.send("PATCH", &one, wanted.to_string().as_bytes()).await,
    ] {
        assert!(reply.header("retry-after").is_some(), "{reply:?}");
        reply.refused(503, "media_unavailable");
    }
}

#[tokio::test]
async fn a_track_does_not_take_the_location_of_another() {
    let server = Server::start().await;
    let first = server.api.post("/api/v1/tracks", json!({"url": "a.mp3"})).await.expect(201);
    let second = server.api.post("/api/v1/tracks", json!({"url": "b.mp3"})).await.expect(201);
    let one = format!("/api/v1/tracks/{}", second["id"].as_str().unwrap());
    let refused = server.api.send("PATCH", &one, json!({"url": "./a.mp3"}).to_string().as_bytes()).await;
    assert_eq!(refused.refused(409, "track_exists")["details"]["track_id"], first["id"]);
    server.api.send("PATCH", &one, json!({"url": "b.mp3"}).to_string().as_bytes()).await.expect(200);
    assert_eq!(server.api.get(&one).await.expect(200)["url"], "b.mp3");
}

#[tokio::test]
async fn media_may_take_longer_than_other_answers_if_a_setting_says_so() {
    let server = Server::with(|settings, _| {
        settings.answer_timeout = Duration::from_millis(200);
        settings.check_limit = Some(Duration::from_secs(15));
    })
    .await;
    let slow = json!({"url": "tardy.mp3"});
    server.api.post("/api/v1/queue/7/items", slow.clone()).await.expect(201);
    let track = server.api.post("/api/v1/tracks", slow.clone()).await.expect(201);
    let one = format!("/api/v1/tracks/{}", track["id"].as_str().unwrap());
    server.api.send("PATCH", &one, slow.to_string().as_bytes()).await.expect(200);
    server.api.post("/api/v1/queue/7/items/batch", json!({"items": [slow]})).await.expect(201);
}
