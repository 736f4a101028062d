//! Bad input, and what the running server answers to it: one table. A precise 4xx, or it is taken and passed over with a reason.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use streamcore_tests::{
    Options, Server,
    elsewhere::{Asked, Elsewhere},
    http::{self, Response},
    media::{MP3, ToneFile},
    wait,
};

const ITEMS: &str = "/api/v1/queue/1/items";
const BATCH: &str = "/api/v1/queue/1/items/batch";
const UPLOAD: &str = "/api/v1/tracks/upload";

/// An answer takes this long at the most, whatever is asked.
const IN_TIME: Duration = Duration::from_secs(15);

fn server(allow: &str) -> Server {
    let config = format!("[remote]\nallow = [{allow}]\n[http]\nbody_timeout_seconds = 2\n");
    let server = Server::start_with(Options { config: Some(config), ..Options::default() });
    ToneFile::wav("a.wav", 400, 2).write(&server.media_dir());
    let _ = server.call("POST", "/api/v1/streams", Some(&json!({"id": 1, "name": "Test"}))).expect(201);
    server
}

/// One line of the table: asks, and checks status and word.
#[track_caller]
fn row(what: &str, status: u16, error: &str, ask: impl FnOnce() -> Response) -> Value {
    let begin = Instant::now();
    let answer = ask();
    let took = begin.elapsed();
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    let details: String = body["details"].to_string().chars().take(120).collect();
    println!(
        "{what:<52} {} {:<24} {:>6} ms {details}",
        answer.status,
        body["error"].as_str().unwrap_or("-"),
        took.as_millis()
    );
    assert_eq!((answer.status, body["error"].as_str().unwrap_or("-")), (status, error), "{what}: {text}");
    assert!(took < IN_TIME, "{what}: {took:?}");
    body
}

fn send(server: &Server, method: &str, target: &str, more: &[(&str, &str)], body: &[u8]) -> Response {
    let authorization = format!("Bearer {}", server.token());
    let headers = [&[("Authorization", authorization.as_str())], more].concat();
    http::request(server.address(), method, target, &headers, Some(body)).expect("answered")
}

#[test]
fn what_is_too_much_double_or_without_end_gets_a_precise_refusal() {
    let server = server("");
    let add = |body: Value| server.call("POST", ITEMS, Some(&body));
    let items =
        |count: usize| -> Vec<Value> { (0..count).map(|n| json!({"url": "a.wav", "title": n.to_string()})).collect() };

    let body = row("10,000 items at once", 422, "validation_error", || {
        server.call("POST", BATCH, Some(&json!({"items": items(10_000)})))
    });
    assert!(body.to_string().contains("1000"), "it names the limit: {body}");
    row("1,001 items at once", 422, "validation_error", || {
        server.call("POST", BATCH, Some(&json!({"items": items(1_001)})))
    });
    let mut one_wrong = items(20);
    one_wrong[13]["url"] = json!("no-such.wav");
    let body = row("20 items, the 14th is wrong", 422, "validation_error", || {
        server.call("POST", BATCH, Some(&json!({"items": one_wrong})))
    });
    assert_eq!(body["details"]["fields"][0]["field"], "items[13].url");
    assert!(server.titles().is_empty(), "of a batch that is refused nothing is added");
    let body =
        row("a title of 10 MB", 413, "body_too_long", || add(json!({"url": "a.wav", "title": "x".repeat(10 << 20)})));
    assert!(body["details"]["limit"].is_u64(), "{body}");
    row("a title of 501 characters", 422, "validation_error", || {
        add(json!({"url": "a.wav", "title": "x".repeat(501)}))
    });
    row("a title that turns the text around (U+202E)", 422, "validation_error", || {
        add(json!({"url": "a.wav", "title": "a\u{202e}3pm"}))
    });
    row("a title of zero-width characters", 422, "validation_error", || {
        add(json!({"url": "a.wav", "title": "\u{200b}\u{200d}"}))
    });
    row("a JSON key twice", 422, "malformed_body", || {
        send(&server, "POST", ITEMS, &[], br#"{"url": "a.wav", "title": "one", "title": "two"}"#)
    });

    let stream = json!({"id": 7, "name": "Seven"});
    let _ = server.call("POST", "/api/v1/streams", Some(&stream)).expect(201);
    row("a stream's id twice", 409, "stream_exists", || server.call("POST", "/api/v1/streams", Some(&stream)));
    let with_key = |key: &str, title: &str| {
        let body = json!({"url": "a.wav", "title": title}).to_string();
        send(&server, "POST", ITEMS, &[("Idempotency-Key", key)], body.as_bytes())
    };
    let first = row("an Idempotency-Key for the first time", 201, "-", || with_key("k", "one"));
    let again = row("the same request under it", 201, "-", || with_key("k", "one"));
    assert_eq!(first, again, "answered as before");
    row("another request under it", 409, "idempotency_key_reused", || with_key("k", "two"));
    row("a key of 256 characters", 422, "validation_error", || with_key(&"k".repeat(256), "two"));
    row("a key with a space", 422, "validation_error", || with_key("a b", "two"));
    assert_eq!(server.titles(), ["one"]);

    // The head promises more than ever comes.
    let begin = Instant::now();
    let mut socket = TcpStream::connect(server.address()).expect("connected");
    socket.set_read_timeout(Some(IN_TIME)).expect("set");
    let head = format!(
        "POST {ITEMS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nTransfer-Encoding: chunked\r\n\r\n",
        server.token()
    );
    socket.write_all(head.as_bytes()).expect("sent");
    let mut drip = socket.try_clone().expect("cloned");
    let dripping = std::thread::spawn(move || {
        while drip.write_all(b"1\r\n \r\n").is_ok() && begin.elapsed() < IN_TIME {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    let line = String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned();
    println!("{:<52} {line} after {} ms", "a body that never ends, a byte at a time", begin.elapsed().as_millis());
    assert!(line.starts_with("HTTP/1.1 408") && begin.elapsed() < IN_TIME, "{line:?} after {:?}", begin.elapsed());
    drop(socket);
    dripping.join().expect("ended");
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[test]
fn uploads_that_are_no_good_leave_nothing() {
    let server = server("");
    let tone = std::fs::read(server.media_dir().join("a.wav")).expect("read");
    let upload = |name: &str, body: &[u8]| {
        send(&server, "POST", &format!("{UPLOAD}?filename={name}"), &[("Content-Type", "audio/mpeg")], body)
    };
    let media = || server.call("GET", "/api/v1/media", None).expect(200)["items"].as_array().map_or(0, Vec::len);
    row("an upload that is a page", 422, "validation_error", || {
        upload("a.mp3", b"<!doctype html><html><body>404</body></html>")
    });
    row("an upload of nothing", 422, "validation_error", || upload("a.mp3", b""));
    row("an upload that is a program", 422, "validation_error", || {
        upload("a.mp3", &[b"\x7fELF\x02\x01\x01".as_slice(), &[0; 5_000]].concat())
    });
    row("an upload without a name", 422, "validation_error", || send(&server, "POST", UPLOAD, &[], &tone));
    for name in
        ["..%2F..%2Fescape.wav", "..%5Cescape.wav", "%2Fetc%2Fescape.wav", "a%00b.wav", "con%0Atrol.wav", ".hidden.wav"]
    {
        let answer = upload(name, &tone);
        let text = String::from_utf8_lossy(&answer.body).chars().take(150).collect::<String>();
        println!("{:<52} {} {text}", format!("an upload with the name {name}"), answer.status);
        assert!(answer.status == 422 || answer.status == 201, "{text}");
        if answer.status == 201 {
            let url = answer.json()["url"].as_str().expect("a url").to_owned();
            assert!(!url.contains("..") && !url.starts_with('/') && !url.contains('\\'), "{url}");
            assert!(server.media_dir().join(&url).is_file(), "{url} is in the media directory");
        }
    }
    for folder in [server.data_dir(), server.data_dir().parent().expect("it has one").to_owned()] {
        assert!(!folder.join("escape.wav").exists(), "it got out of the media directory");
    }
    let before = media();
    let length = (1_u64 << 40).to_string();
    row("an upload that says it has 1 TB", 413, "file_too_long", || {
        let head = format!(
            "POST {UPLOAD}?filename=a.mp3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\nContent-Length: {length}\r\n\r\n",
            server.token()
        );
        http::exchange(server.address(), head.as_bytes(), false).expect("answered")
    });
    // Half of it, and then the sender is gone.
    let mut socket = TcpStream::connect(server.address()).expect("connected");
    let head = format!(
        "POST {UPLOAD}?filename=half.wav HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
        server.token(),
        tone.len()
    );
    socket.write_all(head.as_bytes()).expect("sent");
    socket.write_all(&tone[..tone.len() / 2]).expect("sent");
    wait::let_play(Duration::from_millis(300));
    drop(socket);
    let clean = || {
        let names = walk(&server.media_dir()).into_iter().chain(walk(&server.data_dir()));
        (!names.into_iter().any(|name| name.contains("half"))).then_some(())
    };
    wait::until("nothing to be left of an interrupted upload", Duration::from_secs(15), clean);
    println!("{:<52} nothing is left of it", "an upload that breaks off in the middle");
    assert_eq!(media(), before, "what was refused left something");
    assert_eq!(server.call("GET", "/api/v1/tracks?q=half", None).expect(200)["total"], 0);
    row("a good upload after all that", 201, "-", || upload("good.wav", &tone));
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

fn walk(folder: &std::path::Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .flat_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() { walk(&entry.path()) } else { vec![name] }
        })
        .collect()
}

/// Names with a public and a private address need a name server of one's own: `streamcore-audio/src/remote/tests/guard.rs` has one.
#[test]
fn urls_that_lead_inside_are_refused_in_every_spelling() {
    let server = server("");
    let elsewhere = Elsewhere::start(|mut asked| asked.answer("200 OK", &[], b"it was reached"));
    let port = elsewhere.address().port();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "0",
        "[::]",
    ] {
        let url = format!("http://{host}:{port}/a.mp3");
        let body = row(&url, 422, "validation_error", || server.call("POST", ITEMS, Some(&json!({"url": url}))));
        // Not every machine's resolver knows a name with a dot behind it; none may lead there.
        let reason = body["details"]["reason"].as_str().unwrap_or_default();
        assert!(reason == "forbidden" || host == "localhost." && reason == "not_found", "{body}");
    }
    for url in [
        "http://10.0.0.1/a.mp3",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[fd00::1]/a.mp3",
        "http://[fe80::1]/",
        "http://224.0.0.1/a",
        "ftp://8.8.8.8/a.mp3",
        "http://user:secret@8.8.8.8/a.mp3",
        "http://8.8.8.8:22/a.mp3",
    ] {
        row(url, 422, "validation_error", || server.call("POST", ITEMS, Some(&json!({"url": url}))));
    }
    assert_eq!(elsewhere.targets(), Vec::<String>::new(), "somebody was asked");
}

#[test]
fn servers_that_misbehave_are_given_up_with_a_reason_in_bounded_time() {
    let server = server("\"127.0.0.1/32\"");
    let mp3 = ToneFile { name: "live.mp3".into(), hz: 700, seconds: 4, rate: 44_100, encoder: MP3 };
    mp3.write(&server.media_dir());
    let sound = std::fs::read(server.media_dir().join("live.mp3")).expect("read");
    let elsewhere = Elsewhere::start(move |asked| misbehave(asked, &sound));
    for (path, reason) in [
        ("/a-byte-a-second", "stalled"),
        ("/no-answer", "stalled"),
        ("/loop", "unreadable"),
        ("/to-a-private-address", "forbidden"),
        ("/to-the-cloud", "forbidden"),
        ("/to-a-file", "forbidden"),
        ("/noise-without-end", "unsupported"),
        ("/missing", "not_found"),
        ("/closes", "unreadable"),
    ] {
        let url = elsewhere.url(path);
        let body = row(path, 422, "validation_error", || server.call("POST", ITEMS, Some(&json!({"url": url}))));
        assert_eq!(body["details"]["reason"], reason, "{path}: {body}");
    }
    let page = json!({"url": elsewhere.url("/a-page")});
    row("/a-page: no sound but a page", 422, "resolver_missing", || server.call("POST", ITEMS, Some(&page)));
    assert!(
        elsewhere.targets().iter().filter(|target| target.starts_with("/loop")).count() < 12,
        "{:?}",
        elsewhere.targets()
    );
    // Sound without end is a station: taken, without a length, until somebody skips it.
    let station = json!({"url": elsewhere.url("/station"), "title": "station"});
    let item = row("/station: sound that never ends", 201, "-", || server.call("POST", ITEMS, Some(&station)));
    assert!(item["duration"].is_null() && item["source"] == "stream", "{item}");
    let _ = server.call("POST", "/api/v1/streams/1/start", None).expect(200);
    server.await_playing("station", Duration::from_secs(10));
    wait::let_play(Duration::from_secs(2));
    let _ = server.call("POST", "/api/v1/queue/1/skip", None).expect(200);
    let newest = || server.call("GET", "/api/v1/queue/1/history?limit=1", None).expect(200)["items"][0].clone();
    let (entry, _) =
        wait::until("its end", Duration::from_secs(5), || Some(newest()).filter(|entry| entry["title"] == "station"));
    assert_eq!(entry["outcome"], "skipped", "{entry}");
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

fn misbehave(mut asked: Asked, sound: &[u8]) -> std::io::Result<()> {
    let audio = ("Content-Type", "audio/mpeg");
    match asked.target.split('?').next().unwrap_or_default() {
        "/a-byte-a-second" => {
            asked.answer("200 OK", &[audio, ("Content-Length", "400000")], b"")?;
            asked.drip(sound, 1, Duration::from_secs(1))
        }
        "/no-answer" => asked.socket.read_exact(&mut [0]),
        "/loop" => asked.answer("302 Found", &[("Location", "/loop?again")], b""),
        "/to-a-private-address" => asked.answer("302 Found", &[("Location", "http://10.0.0.1/a.mp3")], b""),
        "/to-the-cloud" => {
            asked.answer("307 Temporary Redirect", &[("Location", "http://169.254.169.254/latest")], b"")
        }
        "/to-a-file" => asked.answer("302 Found", &[("Location", "file:///etc/passwd")], b""),
        "/a-page" => {
            asked.answer("200 OK", &[("Content-Type", "text/html")], b"<!doctype html><title>Not music</title>")
        }
        "/noise-without-end" => {
            asked.answer("200 OK", &[audio], b"")?;
            asked.drip(&[b'x'; 65_536], 65_536, Duration::from_millis(5))
        }
        "/closes" => Ok(()),
        "/station" => {
            asked.answer("200 OK", &[audio, ("icy-name", "Station")], b"")?;
            asked.drip(sound, 8_192, Duration::from_millis(100))
        }
        _ => asked.answer("404 Not Found", &[], b""),
    }
}
