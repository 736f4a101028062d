//! ETag, `If-None-Match`, `If-Match`.

use serde_json::json;

use crate::common::Server;

/// Promise H3.
#[tokio::test]
async fn who_has_the_revision_already_gets_304() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    let first = server.anonymous.get("/api/v1/queue/7").await;
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!(tag, "\"1\"");
    for given in [tag.clone(), format!("W/{tag}"), "\"0\", \"1\"".to_owned(), "*".to_owned()] {
        let again = server.anonymous.with("If-None-Match", &given).get("/api/v1/queue/7").await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{given}");
        assert_eq!(again.header("etag"), Some("\"1\""));
    }
    server.add("b.mp3").await;
    let changed = server.anonymous.with("If-None-Match", &tag).get("/api/v1/queue/7").await;
    assert_eq!(changed.header("etag"), Some("\"2\""));
    assert_eq!(changed.expect(200)["total"], 2);
}

/// Every mutation of a queue, each ready to succeed once, in this order.
async fn mutations(server: &Server) -> Vec<(&'static str, String, &'static str)> {
    let mut items = Vec::new();
    for name in ["a.mp3", "b.mp3", "c.mp3", "d.mp3"] {
        let item = server.add(name).await;
        items.push(item["id"].as_str().expect("an id").to_owned());
    }
    let queue = |rest: &str| format!("/api/v1/queue/7{rest}");
    let item = queue(&format!("/items/{}", items[0]));
    vec![
        ("POST", queue("/items"), r#"{"url":"e.mp3"}"#),
        ("POST", queue("/items/batch"), r#"{"items":[{"url":"f.mp3"}]}"#),
        ("PATCH", format!("{item}/move"), r#"{"position":1}"#),
        ("PUT", format!("{item}/position"), r#"{"position":0}"#),
        ("DELETE", item, ""),
        ("POST", queue("/undo"), ""),
        ("POST", queue("/shuffle"), r#"{"seed":1}"#),
        ("PUT", queue("/repeat"), r#"{"repeat":"one"}"#),
        ("PUT", queue("/mode"), r#"{"mode":"fair"}"#),
        ("POST", queue("/migrate?from_mode=fair&to_mode=priority"), ""),
        ("POST", queue("/skip"), "{}"),
        ("DELETE", queue(""), ""),
        ("POST", queue("/restore"), ""),
    ]
}

/// Promise H3.
#[tokio::test]
async fn what_is_done_to_a_playing_queue_counts_only_for_the_revision_it_is_meant_for() {
    let server = Server::start().await;
    let items = server.playing(&["a.mp3", "b.mp3", "c.mp3", "d.mp3"]).await;
    server.api.post("/api/v1/queue/7/skip", json!({})).await.expect(200);
    let id = |n: usize| items[n]["id"].as_str().expect("an id");
    for (path, body) in [
        ("/api/v1/queue/7/jump".to_owned(), json!({"item_id": id(3)})),
        ("/api/v1/queue/7/previous".to_owned(), json!({})),
        (format!("/api/v1/queue/7/history/{}/replay", id(0)), json!({})),
        ("/api/v1/queue/7/skip".to_owned(), json!({})),
    ] {
        let now = server.anonymous.get("/api/v1/queue/7").await.expect(200)["revision"].as_u64().unwrap();
        for wrong in ["\"0\"", "\"999\"", "\"abc\""] {
            let refused = server.api.with("If-Match", wrong).post(&path, body.clone()).await;
            assert_eq!(refused.refused(412, "revision_mismatch")["details"]["current_revision"], now, "{path}");
        }
        let done = server.api.with("If-Match", &format!("\"{now}\"")).post(&path, body).await;
        assert!(done.status < 300, "{path}: {done:?}");
        let after = server.anonymous.get("/api/v1/queue/7").await.expect(200)["revision"].as_u64().unwrap();
        assert!(after > now, "{path} changed something");
    }
}

/// Promise H3.
#[tokio::test]
async fn a_mutation_meant_for_another_revision_is_refused() {
    let server = Server::start().await;
    for (method, path, body) in mutations(&server).await {
        let now = server.anonymous.get("/api/v1/queue/7").await.expect(200)["revision"].as_u64().unwrap();
        for wrong in ["\"0\"", "\"999\"", "\"abc\"", "abc", "\"0\", \"999\""] {
            let refused = server.api.with("If-Match", wrong).send(method, &path, body.as_bytes()).await;
            assert_eq!(refused.header("etag"), Some(format!("\"{now}\"").as_str()));
            let refused = refused.refused(412, "revision_mismatch");
            assert_eq!(refused["details"]["current_revision"], now, "{method} {path}");
        }
        let right = format!("\"{now}\"");
        let done = server.api.with("If-Match", &right).send(method, &path, body.as_bytes()).await;
        assert!(done.status < 300, "{method} {path}: {done:?}");
        let after = server.anonymous.get("/api/v1/queue/7").await.expect(200)["revision"].as_u64().unwrap();
        assert!(after > now, "{method} {path} changed something");
        assert_eq!(done.header("etag"), Some(format!("\"{after}\"").as_str()), "{method} {path}");
    }
}

/// Promise H5.
#[tokio::test]
async fn an_add_meant_for_another_revision_creates_no_stream() {
    let server = Server::start().await;
    let body = json!({"url": "a.mp3"});
    for wrong in ["\"5\"", "\"abc\"", "\"5\", \"6\""] {
        let refused = server.api.with("If-Match", wrong).post("/api/v1/queue/7/items", body.clone()).await;
        assert_eq!(refused.refused(412, "revision_mismatch")["details"]["current_revision"], 0, "{wrong}");
        server.anonymous.get("/api/v1/streams/7").await.refused(404, "stream_not_found");
    }
    server.api.with("If-Match", "\"0\"").post("/api/v1/queue/7/items", body).await.expect(201);
    assert_eq!(server.anonymous.get("/api/v1/streams/7").await.status, 200);
}

/// Found by a reviewer: whether the placeholder plays is in the body, and not in the revision.
#[tokio::test]
async fn an_empty_list_is_always_told_for_it_also_tells_of_the_placeholder() {
    let server = Server::start().await;
    server.api.post("/api/v1/streams", json!({ "id": 7, "name": "Seven" })).await.expect(201);
    let stopped = server.anonymous.get("/api/v1/queue/7").await;
    let tag = stopped.header("etag").unwrap().to_owned();
    assert_eq!(stopped.expect(200)["is_placeholder"], false);
    server.api.post("/api/v1/streams/7/start", json!({})).await.expect(200);
    let started = server.anonymous.with("If-None-Match", &tag).get("/api/v1/queue/7").await.expect(200);
    assert_eq!(started["is_placeholder"], true);
}

#[tokio::test]
async fn the_star_and_one_of_several_revisions_match() {
    let server = Server::start().await;
    server.add("a.mp3").await;
    let body = json!({"url": "b.mp3"});
    server.api.with("If-Match", "*").post("/api/v1/queue/7/items", body.clone()).await.expect(201);
    server.api.with("If-Match", "\"9\", \"2\"").post("/api/v1/queue/7/items", body).await.expect(201);
}

#[tokio::test]
async fn a_skip_with_a_revision_skips_what_was_current_in_it() {
    let server = Server::start().await;
    server.playing(&["a.mp3", "b.mp3"]).await;
    let page = server.queue_when("a plays", |page| page["current_index"] == 1).await;
    let tag = format!("\"{}\"", page["revision"]);
    let skipped = server.api.with("If-Match", &tag).post("/api/v1/queue/7/skip", json!({})).await.expect(200);
    assert_eq!(skipped["next_item"]["title"], "b");
    let late = server.api.with("If-Match", &tag).post("/api/v1/queue/7/skip", json!({})).await;
    late.refused(412, "revision_mismatch");
    let late = server.api.with("If-Match", &tag).post("/api/v1/streams/7/skip", json!({})).await;
    late.refused(412, "revision_mismatch");
}
