//! Whatever comes in: a precise 4xx, never a 5xx, and nothing is lost.

use std::{fs, os::unix::fs::symlink, time::Duration};

use serde_json::{Value, json};
use streamcore_tests::{Server, http, media::ToneFile};

const ITEMS: &str = "/api/v1/queue/1/items";

/// A server that plays `a.wav`, with `b.wav` waiting and all kinds of things in reach of its media directory.
fn server() -> (Server, Vec<String>) {
    let server = Server::start();
    let media = server.media_dir();
    for name in ["a.wav", "b.wav"] {
        ToneFile::wav(name, 400, 60).write(&media);
    }
    let outside = media.parent().expect("it has one").join("secret.wav");
    fs::copy(media.join("a.wav"), &outside).expect("copied");
    symlink(&outside, media.join("link.wav")).expect("linked");
    symlink(media.parent().expect("it has one"), media.join("up")).expect("linked");
    symlink(media.join("loop.wav"), media.join("loop.wav")).expect("linked");
    fs::write(media.join("text.mp3"), "not music at all\n".repeat(100)).expect("written");
    fs::write(media.join("empty.wav"), "").expect("written");
    fs::create_dir(media.join("folder.mp3")).expect("made");
    server.start_stream();
    let ids = ["a.wav", "b.wav"].map(|name| server.add(name)).to_vec();
    server.await_playing("a.wav", Duration::from_secs(5));
    (server, ids)
}

/// Refused with this status, and with the one body that all errors have.
#[track_caller]
fn refused(what: &str, answer: &http::Response, statuses: &[u16]) {
    let text = String::from_utf8_lossy(&answer.body);
    println!("{what:<58} {} {}", answer.status, text.chars().take(110).collect::<String>());
    assert!(statuses.contains(&answer.status), "{what}: {} instead of {statuses:?}: {text}", answer.status);
    let body = answer.json();
    assert!(body["error"].is_string() && body["message"].is_string() && !body["detail"].is_null(), "{what}: {text}");
}

#[test]
fn media_locations_that_cannot_be_played_are_refused() {
    let (server, _) = server();
    let absolute = server.media_dir().parent().expect("it has one").join("secret.wav");
    let absolute = absolute.to_str().expect("UTF-8");
    let file_url = format!("file://{absolute}");
    for url in [
        "../secret.wav",
        "a/../../secret.wav",
        "./../secret.wav",
        "..\\secret.wav",
        "%2e%2e/secret.wav",
        absolute,
        &file_url,
        "file:///etc/passwd",
        "/etc/passwd",
        "/proc/self/environ",
        "link.wav",
        "up/secret.wav",
        "loop.wav",
        "folder.mp3",
        ".",
        "",
        "text.mp3",
        "empty.wav",
        "no-such.wav",
        "a.wav\u{0}.mp3",
        "ftp://example.org/a.mp3",
        "javascript:alert(1)",
        "data:audio/mp3;base64,AAAA",
        &"x".repeat(5_000),
        &"d/".repeat(2_000),
    ] {
        let answer = server.call("POST", ITEMS, Some(&json!({"title": "x", "url": url})));
        refused(&format!("add {:.50}", url.escape_debug().to_string()), &answer, &[422]);
        assert!(!String::from_utf8_lossy(&answer.body).contains("root:"), "it reads /etc/passwd");
    }
    untouched(&server);
}

#[test]
fn values_of_the_wrong_kind_and_size_are_refused() {
    let (server, ids) = server();
    let long = "t".repeat(501);
    for (what, body) in [
        ("title too long", json!({"title": long, "url": "a.wav"})),
        ("title empty", json!({"title": "", "url": "a.wav"})),
        ("title a number", json!({"title": 7, "url": "a.wav"})),
        ("title with a line break", json!({"title": "a\nb", "url": "a.wav"})),
        ("no url", json!({"title": "x"})),
        ("url null", json!({"title": "x", "url": null})),
        ("url a list", json!({"title": "x", "url": ["a.wav"]})),
        ("negative duration", json!({"title": "x", "url": "a.wav", "duration": -1})),
        ("huge duration", json!({"title": "x", "url": "a.wav", "duration": 1e300})),
        ("metadata a text", json!({"title": "x", "url": "a.wav", "metadata": "x"})),
        ("metadata too large", json!({"title": "x", "url": "a.wav", "metadata": {"k": "v".repeat(17_000)}})),
        ("unknown source", json!({"title": "x", "url": "a.wav", "source": "tape"})),
        ("a page without a resolver", json!({"title": "x", "url": "https://example.org/watch", "source": "youtube"})),
        ("a list", json!([])),
        ("a text", json!("a.wav")),
    ] {
        refused(what, &server.call("POST", ITEMS, Some(&body)), &[422]);
    }
    let place = |position: Value| {
        server.call("PATCH", &format!("{ITEMS}/{}/move", ids[1]), Some(&json!({"position": position})))
    };
    refused("move beyond the end", &place(json!(99)), &[400]);
    refused("move to 2^53 - 1", &place(json!(9_007_199_254_740_991_u64)), &[400]);
    refused("move onto the current item", &place(json!(0)), &[409]);
    for position in [
        json!(-1),
        json!(1.5),
        json!(1e30),
        json!(-9.3e18),
        json!(18_446_744_073_709_551_615_u64),
        json!("1"),
        json!(null),
        json!({}),
    ] {
        refused(&format!("move to {position}"), &place(position), &[422]);
    }
    untouched(&server);
}

#[test]
fn unknown_things_are_not_found() {
    let (server, ids) = server();
    let unknown = "00000000-0000-4000-8000-000000000000";
    refused("remove an item that is not UTF-8", &server.call("DELETE", &format!("{ITEMS}/%ff"), None), &[422]);
    for id in [unknown, "not-a-uuid", "%00", "..%2f..", &"9".repeat(400)] {
        refused(&format!("remove item {id:.30}"), &server.call("DELETE", &format!("{ITEMS}/{id}"), None), &[404]);
        let to = json!({"position": 1});
        refused(
            &format!("move item {id:.30}"),
            &server.call("PATCH", &format!("{ITEMS}/{id}/move"), Some(&to)),
            &[404],
        );
    }
    for id in ["abc", "1.5", "9007199254740993", "-99999999999999999999999", "%31%00", "1e3"] {
        refused(
            &format!("queue of stream {id}"),
            &server.call("GET", &format!("/api/v1/queue/{id}"), None),
            &[404, 422],
        );
        refused(
            &format!("start of stream {id}"),
            &server.call("POST", &format!("/api/v1/streams/{id}/start"), None),
            &[404, 422],
        );
    }
    refused("status of an unknown stream", &server.call("GET", "/api/v1/streams/77/status", None), &[404]);
    refused("start of an unknown stream", &server.call("POST", "/api/v1/streams/77/start", None), &[404]);
    refused("listen to an unknown stream", &server.call("GET", "/listen/77", None), &[404]);
    refused("an address that is none", &server.call("GET", "/api/v1/quux", None), &[404]);
    refused("a method that is none", &server.call("PUT", "/api/v1/queue/1", None), &[405]);
    refused(
        "a stream that exists",
        &server.call("POST", "/api/v1/streams", Some(&json!({"id": 1, "name": "x"}))),
        &[409],
    );
    refused("deleting a running stream", &server.call("DELETE", "/api/v1/streams/1", None), &[409]);
    refused("removing what plays", &server.call("DELETE", &format!("{ITEMS}/{}", ids[0]), None), &[409]);
    for query in ["limit=0", "limit=-1", "limit=1e9", "limit=99999999999999999999", "offset=-1", "offset=x"] {
        refused(query, &server.call("GET", &format!("/api/v1/queue/1?{query}"), None), &[422]);
    }
    for body in [json!({"item_id": "nonsense"}), json!({"item_id": 7})] {
        refused(&format!("skip {body}"), &server.call("POST", "/api/v1/queue/1/skip", Some(&body)), &[422]);
    }
    untouched(&server);
}

#[test]
fn wrong_and_missing_tokens_come_first() {
    let (server, ids) = server();
    let right = server.token();
    let (longer, basic, no_scheme) = (format!("Bearer {right}x"), format!("Basic {right}"), right.to_owned());
    let shorter = format!("Bearer {}", &right[..right.len() - 1]);
    let long = format!("Bearer {}", "x".repeat(4_000));
    for token in ["", "Bearer", "Bearer ", "Bearer x", &longer, &shorter, &basic, &no_scheme, &long] {
        let headers: &[(&str, &str)] = if token.is_empty() { &[] } else { &[("Authorization", token)] };
        for (method, target, body) in [
            ("POST", ITEMS.to_owned(), "{\"url\":\"../x\"}"),
            ("POST", "/api/v1/queue/1/skip".to_owned(), ""),
            ("DELETE", format!("{ITEMS}/{}", ids[1]), ""),
            ("DELETE", "/api/v1/queue/1".to_owned(), ""),
            ("POST", "/api/v1/streams/1/stop".to_owned(), ""),
            ("DELETE", "/api/v1/streams/77".to_owned(), ""),
        ] {
            let answer =
                http::request(server.address(), method, &target, headers, Some(body.as_bytes())).expect("answered");
            refused(&format!("{method} {target:.24} with {token:.30}"), &answer, &[401]);
        }
    }
    untouched(&server);
}

#[test]
fn bytes_that_are_not_json_or_not_even_http_are_refused() {
    let (server, _) = server();
    let authorization = format!("Bearer {}", server.token());
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    let post = |body: &[u8]| http::request(server.address(), "POST", ITEMS, &headers, Some(body)).expect("answered");
    let deep = "[".repeat(100_000);
    for (what, body) in [
        ("nothing", &b""[..]),
        ("half an object", b"{\"title\": "),
        ("invalid UTF-8", b"{\"title\": \"\xff\xfe\", \"url\": \"a.wav\"}"),
        ("a lone surrogate", br#"{"title": "\ud800", "url": "a.wav"}"#),
        ("NaN", b"{\"title\": \"x\", \"url\": \"a.wav\", \"duration\": NaN}"),
        ("bytes", &[0, 1, 2, 3, 255]),
    ] {
        refused(what, &post(body), &[422]);
    }
    refused("brackets without end", &post(deep.as_bytes()), &[413, 422]);
    refused("a body of 4 MB", &post(&vec![b' '; 4 << 20]), &[413]);
    let large_chunk = format!(
        "POST {ITEMS} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{:x}\r\n",
        8 << 20
    );
    let answer = http::exchange(server.address(), &[large_chunk.as_bytes(), &vec![b' '; 8 << 20]].concat(), false);
    // Some of what was sent is not read, so the connection may be reset before the answer is seen.
    println!("a chunk of 8 MB: {:?}", answer.as_ref().map(|answer| answer.status));
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status == 413));

    for (what, bytes) in [
        ("no HTTP", &b"HELO example.org\r\n\r\n"[..]),
        ("bytes", &[0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3]),
        ("a header without a name", b"GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n"),
        ("two lengths", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
        ("a negative length", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
    ] {
        let answer = http::exchange(server.address(), bytes, false);
        println!("{what}: {:?}", answer.as_ref().map(|answer| answer.status));
        assert!(answer.is_err() || answer.is_ok_and(|answer| (400..500).contains(&answer.status)), "{what}");
    }
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-Filler: y\r\n".repeat(5_000));
    let answer = http::exchange(server.address(), many.as_bytes(), false);
    println!("5,000 headers: {:?}", answer.as_ref().map(|answer| answer.status));
    assert!(answer.is_err() || answer.is_ok_and(|answer| (400..500).contains(&answer.status)));
    untouched(&server);
}

/// After all of it: the same queue, still playing, still healthy, and no panic in the log.
#[track_caller]
fn untouched(server: &Server) {
    assert_eq!(server.titles(), ["a.wav", "b.wav"]);
    assert_eq!(server.now_playing().as_deref(), Some("a.wav"));
    assert_eq!(server.call("GET", "/health", None).status, 200);
    assert!(!server.log().contains("panicked"), "{}", server.log());
}
