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
        b"\xef\xbb\xbf{}",
        b"\x00\x01\x02",
        deep.as_bytes(),
    ];
    let move_path = format!("/api/v1/queue/7/items/{item}/move");
    for (method, path) in [
        ("POST", "/api/v1/queue/7/items"),
        ("POST", "/api/v1/streams"),
        ("PATCH", "/api/v1/streams/7"),
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
    for size in [65 * 1024, 500 * 1024, 8 * 1024 * 1024] {
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
