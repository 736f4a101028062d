//! `/api/openapi.json`, and whether the server does what it says there.

use serde_json::{Value, json};

use crate::common::{Server, server::STREAM};

/// What a value has that its schema does not allow; the little of JSON Schema that the document uses.
fn contradictions(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(target) = schema["$ref"].as_str() {
        let target = document.pointer(target.trim_start_matches('#')).expect("a schema");
        return contradictions(document, target, value, at, found);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        contradictions(document, part, value, at, found);
    }
    for several in ["anyOf", "oneOf"] {
        if let Some(schemas) = schema[several].as_array() {
            let fits = |schema: &Value| {
                let mut found = Vec::new();
                contradictions(document, schema, value, at, &mut found);
                found.is_empty()
            };
            if !schemas.iter().any(fits) {
                found.push(format!("{at}: {value} is none of {several}"));
            }
        }
    }
    let fits = match schema["type"].as_str() {
        None => true,
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("number") => value.is_number(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("null") => value.is_null(),
        Some(other) => panic!("a type that this does not know: {other}"),
    };
    if !fits {
        found.push(format!("{at}: {value} is no {}", schema["type"]));
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        found.push(format!("{at}: {value} is not listed"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            found.push(format!("{at}: {name} is missing"));
        }
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            contradictions(document, schema, value, &format!("{at}.{name}"), found);
        }
    }
    for (n, value) in value.as_array().into_iter().flatten().enumerate() {
        if let Some(schema) = schema.get("items") {
            contradictions(document, schema, value, &format!("{at}[{n}]"), found);
        }
    }
}

/// A schema's parts, all of which may describe one value.
fn parts<'a>(document: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    if let Some(target) = schema["$ref"].as_str() {
        return parts(document, document.pointer(target.trim_start_matches('#')).expect("a schema"));
    }
    let several = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|several| schema[several].as_array()).flatten();
    let inner: Vec<_> = several.flat_map(|part| parts(document, part)).collect();
    if inner.is_empty() { vec![schema] } else { inner }
}

/// What a value holds that its schema does not know, at any depth.
fn undescribed(document: &Value, schemas: &[&Value], value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) if schemas.iter().any(|schema| schema["properties"].is_object()) => {
            for (name, value) in map {
                let known: Vec<_> = schemas.iter().filter_map(|schema| schema["properties"].get(name)).collect();
                let inner: Vec<_> = known.iter().flat_map(|schema| parts(document, schema)).collect();
                if known.is_empty() {
                    found.push(format!("{at}.{name}"));
                }
                undescribed(document, &inner, value, &format!("{at}.{name}"), found);
            }
        }
        Value::Array(values) => {
            let items = schemas.iter().filter_map(|schema| schema.get("items"));
            let inner: Vec<_> = items.flat_map(|schema| parts(document, schema)).collect();
            values.iter().for_each(|value| undescribed(document, &inner, value, &format!("{at}[]"), found));
        }
        _ => {}
    }
}

/// Promise H11.
#[tokio::test]
async fn real_answers_are_what_the_document_says() {
    let server = Server::start().await;
    let document = server.anonymous.get("/api/openapi.json").await.expect(200);
    let items = server.playing(&["a.mp3", "b.mp3", "c.mp3", "d.mp3"]).await;
    server.player.fail(STREAM, streamcore::FailureReason::new(streamcore::FailureKind::Broken, "no"));
    server.queue_when("b plays", |page| page["current_playing"]["title"] == "b").await;
    let track = server.api.post("/api/v1/tracks", json!({"url": "t.mp3"})).await.expect(201);
    let (queue, stream) = ("/api/v1/queue/{stream}", "/api/v1/streams/{stream}");
    let item = items[3]["id"].as_str().unwrap();
    let position = r#"{"position": 2}"#;
    let mut seen = 0;
    for (method, template, rest, body) in [
        ("GET", queue.to_owned(), "", ""),
        ("POST", format!("{queue}/items"), "", r#"{"url": "e.mp3", "duration": 1.5}"#),
        ("POST", format!("{queue}/items/batch"), "", r#"{"items": [{"url": "e.mp3"}]}"#),
        ("POST", format!("{queue}/import"), "", "e.mp3"),
        ("PATCH", format!("{queue}/items/{{item}}/move"), "", position),
        ("PUT", format!("{queue}/items/{{item}}/position"), "", position),
        ("POST", format!("{queue}/shuffle"), "", ""),
        ("POST", format!("{queue}/undo"), "", ""),
        ("DELETE", format!("{queue}/items/{{item}}"), "", ""),
        ("GET", format!("{queue}/history"), "?limit=1", ""),
        ("POST", format!("{queue}/skip"), "", ""),
        ("POST", format!("{queue}/previous"), "", ""),
        ("GET", format!("{queue}/repeat"), "", ""),
        ("PUT", format!("{queue}/repeat"), "", r#"{"repeat": "all"}"#),
        ("GET", format!("{queue}/mode"), "", ""),
        ("PUT", format!("{queue}/mode"), "", r#"{"mode": "fair"}"#),
        ("POST", format!("{queue}/migrate"), "?from_mode=fair&to_mode=fifo", ""),
        ("GET", format!("{queue}/state"), "", ""),
        ("GET", format!("{queue}/stats"), "", ""),
        ("DELETE", queue.to_owned(), "", ""),
        ("POST", format!("{queue}/restore"), "", ""),
        ("GET", "/api/v1/streams".to_owned(), "?limit=1", ""),
        ("POST", "/api/v1/streams".to_owned(), "", r#"{"name": "New"}"#),
        ("GET", stream.to_owned(), "", ""),
        ("PATCH", stream.to_owned(), "", r#"{"name": "Seven"}"#),
        ("GET", format!("{stream}/status"), "", ""),
        ("GET", format!("{stream}/auto-end"), "", ""),
        (
            "PUT",
            format!("{stream}/auto-end"),
            "",
            r#"{"timeout_seconds": 900, "windows": [{"days": ["mon"], "from": "01:00", "to": "02:00"}]}"#,
        ),
        ("POST", format!("{stream}/auto-end/keep-alive"), "", ""),
        ("GET", format!("{stream}/warnings"), "", ""),
        ("POST", format!("{stream}/listeners"), "", r#"{"source": "a", "unknown": true}"#),
        ("POST", format!("{stream}/listeners"), "", r#"{"source": "b", "listeners": [1, "x"]}"#),
        ("GET", format!("{stream}/listeners"), "", ""),
        ("POST", format!("{stream}/seek"), "", r#"{"position_seconds": 1.5}"#),
        ("POST", format!("{stream}/pause"), "", ""),
        ("POST", format!("{stream}/resume"), "", ""),
        ("POST", format!("{stream}/skip"), "", ""),
        ("POST", format!("{stream}/stop"), "", ""),
        ("GET", format!("{stream}/status"), "", ""),
        ("GET", format!("{stream}/sessions"), "", ""),
        ("POST", format!("{stream}/start"), "", ""),
        ("GET", "/api/v1/tracks".to_owned(), "", ""),
        ("POST", "/api/v1/tracks".to_owned(), "", r#"{"url": "u.mp3"}"#),
        ("POST", "/api/v1/tracks/upload".to_owned(), "?filename=z.mp3", "z"),
        ("GET", "/api/v1/tracks/{track}".to_owned(), "", ""),
        ("PATCH", "/api/v1/tracks/{track}".to_owned(), "", r#"{"artist": "Bach"}"#),
        ("DELETE", "/api/v1/tracks/{track}".to_owned(), "", ""),
        ("GET", "/api/v1/media".to_owned(), "", ""),
        ("GET", "/api/playlist".to_owned(), "?channel_id=7", ""),
        ("POST", "/api/playlist".to_owned(), "?channel_id=7", r#"{"url": "p.mp3"}"#),
        (
            "PATCH",
            "/api/playlist/reorder".to_owned(),
            "?channel_id=7",
            r#"{"items": [{"id": "6c84fb90-12c4-11e1-840d-7b25c5ee775a", "position": 0}]}"#,
        ),
        ("GET", "/api/v1/metrics/system".to_owned(), "", ""),
        ("GET", "/api/v1/metrics/streams".to_owned(), "", ""),
        ("GET", "/api/v1/metrics/streams/{stream}".to_owned(), "", ""),
        ("GET", "/api/v1/metrics/history".to_owned(), "?resolution=1h", ""),
        ("GET", "/api/system/metrics".to_owned(), "", ""),
        ("GET", "/api/system/activity".to_owned(), "", ""),
        ("GET", "/api/openapi.json".to_owned(), "", ""),
        ("GET", "/health".to_owned(), "", ""),
        ("GET", "/health/live".to_owned(), "", ""),
        ("GET", "/readyz".to_owned(), "", ""),
    ] {
        let path =
            template.replace("{stream}", "7").replace("{item}", item).replace("{track}", track["id"].as_str().unwrap());
        let reply = server.api.send(method, &format!("{path}{rest}"), body.as_bytes()).await;
        let described =
            &document["paths"][&template][method.to_ascii_lowercase()]["responses"][reply.status.to_string()];
        let schema = &described["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {template} answers {}, which is not described: {reply:?}", reply.status);
        assert_eq!(described["headers"]["ETag"].is_object(), reply.header("etag").is_some(), "{method} {template}");
        let answer = reply.json();
        let mut found = Vec::new();
        contradictions(&document, schema, &answer, "", &mut found);
        assert_eq!(found, Vec::<String>::new(), "{method} {template}");
        if template == "/api/openapi.json" {
            continue;
        }
        undescribed(&document, &parts(&document, schema), &answer, "", &mut found);
        assert_eq!(found, Vec::<String>::new(), "{method} {template} answers what is not described");
        seen += 1;
    }
    assert!(seen > 50);
    let refused = server.anonymous.send("POST", "/api/v1/queue/7/items", b"").await.refused(401, "not_authenticated");
    let mut found = Vec::new();
    contradictions(&document, &json!({"$ref": "#/components/schemas/Error"}), &refused, "", &mut found);
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn the_document_is_cached_until_it_changes() {
    let server = Server::start().await;
    let first = server.anonymous.get("/api/openapi.json").await;
    assert_eq!(
        (first.header("content-type"), first.header("cache-control")),
        (Some("application/json"), Some("no-cache"))
    );
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!(first.expect(200)["openapi"], "3.1.0");
    let again = server.anonymous.with("If-None-Match", &tag).get("/api/openapi.json").await;
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[tokio::test]
async fn the_document_says_who_may_call_what() {
    let server = Server::start().await;
    let document = server.anonymous.get("/api/openapi.json").await.expect(200);
    for route in streamcore_http::routes() {
        let operation = &document["paths"][route.template][route.method.as_str().to_ascii_lowercase()];
        let needs_token = route.access == streamcore_http::Access::Token;
        let tells_who = route.method == "GET"
            && (route.template == "/metrics"
                || ["/status", "/sessions", "/listeners", "/activity"].iter().any(|end| route.template.ends_with(end)));
        let security = match (needs_token, tells_who) {
            (true, _) => json!([{"token": []}]),
            (false, true) => json!([{}, {"token": []}]),
            (false, false) => json!([]),
        };
        assert_eq!(operation["security"], security, "{} {}", route.method, route.template);
        let named = operation["parameters"].as_array().unwrap().iter().filter_map(|p| p["$ref"].as_str());
        let has_key = named.clone().any(|name| name.ends_with("/idempotency_key"));
        let holds_a_while = ["/listeners", "/keep-alive"].iter().any(|end| route.template.ends_with(end));
        let takes_key = route.method == "POST" && !holds_a_while;
        assert_eq!((has_key, route.takes_key), (takes_key, takes_key), "{} {}", route.method, route.template);
        for name in ["stream", "item", "track", "file"] {
            let in_path = route.template.contains(&format!("{{{name}}}"));
            assert_eq!(named.clone().any(|n| n == format!("#/components/parameters/{name}")), in_path);
        }
    }
}
