//! Bodies that nobody should send: each gets a precise refusal, never a 5xx.

use serde_json::json;

use crate::common::Server;

/// Promise H2.
#[tokio::test]
async fn bodies_that_are_no_json_object_are_422() {
    let server = Server::start().await;
    let item = server.add("a.mp3").await["id"].as_str().unwrap().to_owned();
    let deep = format!("{{\"metadata\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000));
    let bodies: Vec<&[u8]> = vec![
        b"",
        b" ",
        b"{",
        b"nonsense",
        b"[]",
        b"null",
        b"42",
        b"\"text\"",
        b"{\"url\":\"a.mp3\"",
        b"{\"url\":\"a.mp3\"} trailing",
        b"{\"url\":\"\\ud800\"}",
        b"{\"url\":\"\xff\xfe\"}",
        b"{\"url\":1e999}",
        b"{\"url\":\"a.mp3\",\"url\":\"b.mp3\"}",
        b"{\"metadata\":{\"a\":1,\"\\u0061\":1}}",
        b"\xef\xbb\xbf{}",
        b"\x00\x01\x02",
        deep.as_bytes(),
    ];
    let move_path = format!("/api/v1/queue/7/items/{item}/move");
    for (method, path) in [
        ("POST", "/api/v1/queue/7/items"),
        ("POST", "/api/v1/queue/7/items/batch"),
        ("POST", "/api/v1/queue/7/jump"),
        ("PUT", "/api/v1/queue/7/repeat"),
        ("PUT", "/api/v1/queue/7/mode"),
        ("POST", "/api/v1/streams"),
        ("PATCH", "/api/v1/streams/7"),
        ("POST", "/api/v1/streams/7/seek"),
        ("PUT", "/api/v1/streams/7/auto-end"),
        ("POST", "/api/v1/streams/7/listeners"),
        ("PATCH", move_path.as_str()),
    ] {
        for body in &bodies {
            let refused = server.api.send(method, path, body).await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            assert_eq!(refused.status, 422, "{method} {path} {shown}");
            refused.refused(422, "malformed_body");
        }
    }
}

/// Promise H2.
#[tokio::test]
async fn every_wrong_field_of_an_add_is_named() {
    let server = Server::start().await;
    let (long_title, long_url) = ("x".repeat(501), "x".repeat(4_097));
    for (body, fields) in [
        (json!({}), vec!["url"]),
        (json!({"url": null}), vec!["url"]),
        (json!({"url": 5}), vec!["url"]),
        (json!({"url": ""}), vec!["url"]),
        (json!({"url": "   "}), vec!["url"]),
        (json!({"url": "a\u{0}b.mp3"}), vec!["url"]),
        (json!({"url": "a\nb.mp3"}), vec!["url"]),
        (json!({"url": long_url}), vec!["url"]),
        (json!({"url": "a.mp3", "title": ""}), vec!["title"]),
        (json!({"url": "a.mp3", "title": long_title}), vec!["title"]),
        (json!({"url": "a.mp3", "title": "a\u{1b}[31mb"}), vec!["title"]),
        (json!({"url": "a.mp3", "title": "a\u{2028}b"}), vec!["title"]),
        (json!({"url": "a.mp3", "title": ["a"]}), vec!["title"]),
        (json!({"url": "a.mp3", "duration": -1}), vec!["duration"]),
        (json!({"url": "a.mp3", "duration": 1e300}), vec!["duration"]),
        (json!({"url": "a.mp3", "duration": "12"}), vec!["duration"]),
        (json!({"url": "a.mp3", "source": "vinyl"}), vec!["source"]),
        (json!({"url": "a.mp3", "source": 1}), vec!["source"]),
        (json!({"url": "a.mp3", "metadata": []}), vec!["metadata"]),
        (json!({"url": "a.mp3", "metadata": {"x": "y".repeat(17_000)}}), vec!["metadata"]),
        (json!({"url": "a.mp3", "requested_by": 1.5}), vec!["requested_by"]),
        (json!({"url": "a.mp3", "requested_by": 9_007_199_254_740_992_i64}), vec!["requested_by"]),
        (json!({"url": "a.mp3", "requested_by": u64::MAX}), vec!["requested_by"]),
        (json!({"url": "a.mp3", "added_by": 7}), vec!["added_by"]),
        (json!({"url": 1, "title": 2, "duration": "x"}), vec!["url", "title", "duration"]),
    ] {
        let refused = server.api.post("/api/v1/queue/7/items", body.clone()).await.refused(422, "validation_error");
        let named: Vec<_> =
            refused["details"]["fields"].as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
        assert_eq!(named, fields, "{body}");
    }
    assert_eq!(server.anonymous.get("/api/v1/queue/7").await.expect(200)["total"], 0);
}

/// Every route with every kind of nonsense in each of its parts: refused, never a 5xx.
///
/// Promise H2.
#[tokio::test]
async fn no_input_of_any_kind_is_a_server_error() {
    let server = Server::start().await;
    server.playing(&["a.mp3", "b.mp3"]).await;
    let nil = "00000000-0000-0000-0000-000000000000";
    let bodies: Vec<Vec<u8>> = [
        "",
        "{",
        "null",
        "[]",
        "{}",
        "\u{0}",
        "\"x\"",
        r#"{"items":[]}"#,
        r#"{"items":[{}]}"#,
        r#"{"items":{"url":1}}"#,
        r#"{"position_seconds":1e308}"#,
        r#"{"position":-0.0}"#,
        r#"{"position":9007199254740993}"#,
        r#"{"seed":-1}"#,
        r#"{"item_id":"00000000-0000-0000-0000-000000000000"}"#,
        r#"{"mode":null}"#,
        r#"{"repeat":[]}"#,
        r#"{"priority":"x"}"#,
        r#"{"name":"\u202e"}"#,
        r#"{"url":"\u0000"}"#,
        r#"{"track_id":"x"}"#,
        r#"{"url":"a.mp3","title":"\ud83d\ude00","tier":null,"duration":0}"#,
        r#"{"status":"playing"}"#,
        r#"{"timeout_seconds":-0.0,"windows":[{"days":[1],"from":null}]}"#,
        r#"{"time_zone":"\u0000","warnings_seconds":[[]]}"#,
        r#"{"settings":{"auto_end":{"windows":{}}}}"#,
        r#"{"joined":[1e308],"left":[{}],"source":"\ud83d\ude00"}"#,
        r#"{"items":[{"id":1,"position":-1}]}"#,
        r#"{"title":"x","url":"a.mp3","artist":7}"#,
    ]
    .into_iter()
    .map(|body| body.as_bytes().to_vec())
    .chain([vec![0xff; 100], b"\xed\xa0\x80".to_vec()])
    .collect();
    let queries = [
        "",
        "?limit=1&offset=1",
        "?limit=-1",
        "?cursor=%00",
        "?q=%ff&limit=0",
        "?from_mode=fifo&to_mode=fair",
        "?channel_id=x",
        "?priority=%F0%9F%98%80",
        "?filename=..%2F..%2Fetc",
        "?limit=18446744073709551616",
    ];
    let headers = [
        ("If-Match", "\"1\", W/\"\", *x"),
        ("Idempotency-Key", "k"),
        ("Idempotency-Key", ""),
        ("If-None-Match", ",,\""),
    ];
    let mut sent = 0;
    for route in streamcore_http::routes() {
        if route.template.starts_with("/listen") {
            continue;
        }
        for (stream, item) in
            [("7", nil), ("-9007199254740991", "x"), (nil, "%00"), ("x", "%ff"), ("99999999999999999999", "7")]
        {
            let path = route
                .template
                .replace("{stream}", stream)
                .replace("{item}", item)
                .replace("{track}", item)
                .replace("{file}", item);
            let method = route.method.as_str();
            let reads = method == "GET" || method == "DELETE";
            for (n, query) in queries.iter().enumerate() {
                let (name, value) = headers[n % headers.len()];
                let api = server.api.with(name, value);
                let bodies = if reads || n > 1 { &bodies[n % bodies.len()..][..1] } else { &bodies[..] };
                for body in bodies {
                    let reply = api.send(method, &format!("{path}{query}"), if reads { b"" } else { body }).await;
                    assert!(
                        reply.status < 500,
                        "{method} {path}{query} {:?}: {reply:?}",
                        String::from_utf8_lossy(body)
                    );
                    sent += 1;
                }
            }
        }
    }
    assert!(sent > 2_000, "{sent}");
    server.anonymous.get("/health").await.expect(200);
}

/// Texts that read as what they are not.
#[tokio::test]
async fn a_title_that_turns_the_text_around_it_is_refused() {
    let server = Server::start().await;
    for code in (0x202a..=0x202e).chain(0x2066..=0x2069) {
        let text = format!("a{}b", char::from_u32(code).unwrap());
        for (path, body, field) in [
            ("/api/v1/queue/7/items", json!({"url": "a.mp3", "title": text}), "title"),
            ("/api/v1/queue/7/items", json!({"url": "a.mp3", "added_by": text}), "added_by"),
            ("/api/v1/streams", json!({"name": text}), "name"),
        ] {
            let refused = server.api.post(path, body).await.refused(422, "validation_error");
            let found = &refused["details"]["fields"][0];
            assert_eq!(found["field"], field);
            assert!(found["message"].as_str().unwrap().contains(&format!("U+{code:04X}")), "{found}");
        }
    }
    let named = server.add("a\u{202e}3pm.exe.mp3").await;
    assert_eq!(named["title"], "a3pm", "a name of a file is cleaned, not refused");
}

#[tokio::test]
async fn whole_numbers_may_be_spelled_as_json_likes() {
    let server = Server::start().await;
    let item = server.add("a.mp3").await;
    server.add("b.mp3").await;
    let path = format!("/api/v1/queue/7/items/{}/move", item["id"].as_str().unwrap());
    let moved = server.api.send("PATCH", &path, br#"{"position":1.0}"#).await.expect(200);
    assert_eq!(moved["items"][1]["id"], item["id"]);
    server.api.send("PATCH", &path, br#"{"position":0.5}"#).await.refused(422, "validation_error");
}

#[tokio::test]
async fn a_title_that_nobody_can_see_is_refused() {
    let server = Server::start().await;
    for title in [
        "",
        "  ",
        "\u{a0}\u{3000}",
        "\u{200b}",
        "\u{200e}\u{feff} \u{2060}",
        "\u{ad}",
        "\u{e0061}",
        "\u{3164}",
        "\u{2800}",
    ] {
        let body = json!({"url": "a.mp3", "title": title});
        let refused = server.api.post("/api/v1/queue/7/items", body).await.refused(422, "validation_error");
        assert_eq!(refused["details"]["fields"][0]["field"], "title", "{title:?}");
        let named = server.api.post("/api/v1/streams", json!({"name": title})).await;
        assert_eq!(named.refused(422, "validation_error")["details"]["fields"][0]["field"], "name", "{title:?}");
    }
    for title in ["👩\u{200d}🚀", "می\u{200c}خواهم", "\u{200e}a", "."] {
        let body = json!({"url": "a.mp3", "title": title});
        assert_eq!(server.api.post("/api/v1/queue/7/items", body).await.expect(201)["title"], title);
    }
}

#[tokio::test]
async fn media_without_a_title_that_can_be_seen_is_called_by_its_path() {
    let server = Server::start().await;
    assert_eq!(server.add("\u{200b}.mp3").await["title"], "\u{200b}.mp3");
}

#[tokio::test]
async fn what_is_just_within_the_limits_is_taken() {
    let server = Server::start().await;
    let body = json!({"url": "ы".repeat(2_048), "title": "ы".repeat(500), "duration": null, "title2": null});
    let item = server.api.post("/api/v1/queue/7/items", body).await.expect(201);
    assert_eq!(item["title"].as_str().unwrap().chars().count(), 500);
    server.api.post("/api/v1/queue/7/items", json!({"url": "a.mp3", "metadata": null})).await.expect(201);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_413() {
    let server = Server::start().await;
    for size in [65 * 1024, 500 * 1024, 10 * 1024 * 1024] {
        let body = format!("{{\"url\":\"{}\"}}", "x".repeat(size));
        let refused = server.api.send("POST", "/api/v1/queue/7/items", body.as_bytes()).await;
        assert_eq!(refused.refused(413, "body_too_long")["details"]["limit"], 65_536, "{size}");
    }
}

#[tokio::test]
async fn a_chunked_body_is_read_and_limited_too() {
    use tokio::io::AsyncWriteExt;
    let server = Server::start().await;
    for (chunks, status) in
        [(vec![r#"{"url":"#.to_owned(), r#""a.mp3"}"#.to_owned()], 201), (vec!["x".repeat(70_000)], 413)]
    {
        let mut socket = tokio::net::TcpStream::connect(server.api.address).await.unwrap();
        let mut request = server.api.head("POST", "/api/v1/queue/7/items");
        request += "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        for chunk in chunks {
            request += &format!("{:x}\r\n{chunk}\r\n", chunk.len());
        }
        request += "0\r\n\r\n";
        socket.write_all(request.as_bytes()).await.unwrap();
        let raw = crate::common::client::read_to_end(&mut socket).await;
        assert_eq!(crate::common::client::parse(&raw, false).status, status);
    }
}

#[tokio::test]
async fn odd_query_strings_do_no_harm() {
    let server = Server::start().await;
    for query in ["%", "%ff=%ff", "a=b&&&=", "limit=5&limit=x", "limit=%35", "=", "?", "&".repeat(2_000).as_str()] {
        let reply = server.anonymous.get(&format!("/api/v1/queue/7?{query}")).await;
        assert!(reply.status == 200 || reply.status == 422, "{query}: {}", reply.status);
    }
}
