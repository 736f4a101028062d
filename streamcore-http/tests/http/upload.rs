//! `POST /api/v1/tracks/upload`: a file that is read as it comes.

use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::common::{Server, client};

const UPLOAD: &str = "/api/v1/tracks/upload";

#[tokio::test]
async fn a_file_becomes_a_track_that_can_be_queued() {
    let server = Server::start().await;
    let body = vec![7; 3 * 1024 * 1024];
    let reply = server.api.send("POST", &format!("{UPLOAD}?filename=my%20song.mp3&artist=Me"), &body).await;
    let location = reply.header("location").unwrap().to_owned();
    let track = reply.expect(201);
    assert_eq!(
        (&track["url"], &track["title"], &track["artist"]),
        (&json!("uploads/my song.mp3"), &json!("my song"), &json!("Me"))
    );
    assert_eq!(server.api.get(&location).await.expect(200), track);
    let item = server.api.post("/api/v1/queue/7/items", json!({"track_id": track["id"]})).await.expect(201);
    assert_eq!((&item["title"], &item["metadata"]["artist"]), (&json!("my song"), &json!("Me")));
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told() {
    let server = Server::with(|settings, _| {
        settings.max_upload_bytes = 1_000;
        settings.max_tracks = 1;
    })
    .await;
    for (query, field) in [
        ("", "filename"),
        ("?filename=", "filename"),
        ("?filename=%00", "filename"),
        ("?filename=%E2%80%AE3pm.mp3", "filename"),
        ("?filename=../up.mp3", "filename"),
        ("?filename=missing.mp3", "file"),
        ("?filename=a.mp3&title=%E2%80%8B", "title"),
        (&format!("?filename={}.mp3", "x".repeat(300)), "filename"),
    ] {
        let refused =
            server.api.send("POST", &format!("{UPLOAD}{query}"), b"abc").await.refused(422, "validation_error");
        assert_eq!(refused["details"]["fields"][0]["field"], field, "{query}");
    }
    for size in [1_001, 500_000] {
        let refused = server.api.send("POST", &format!("{UPLOAD}?filename=a.mp3"), &vec![0; size]).await;
        assert_eq!(refused.refused(413, "file_too_long")["details"]["limit"], 1_000);
    }
    let full = server.api.send("POST", &format!("{UPLOAD}?filename=full.mp3"), b"abc").await.refused(503, "not_stored");
    assert!(!full.to_string().contains("disk"), "what the system says is for the log");
    server.api.send("POST", &format!("{UPLOAD}?filename=a.mp3"), &[0; 1_000]).await.expect(201);
    server.api.send("POST", &format!("{UPLOAD}?filename=b.mp3"), b"abc").await.refused(400, "library_full");
    server.anonymous.send("POST", &format!("{UPLOAD}?filename=b.mp3"), b"abc").await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn a_file_without_a_length_is_limited_too_and_one_that_stops_is_given_up() {
    let server = Server::with(|settings, _| {
        settings.max_upload_bytes = 100_000;
        settings.body_timeout = Duration::from_millis(200);
    })
    .await;
    for (size, ends, status) in [(50_000, true, 201), (150_000, true, 413), (50_000, false, 400)] {
        let mut socket = tokio::net::TcpStream::connect(server.api.address).await.unwrap();
        let mut head = server.api.head("POST", &format!("{UPLOAD}?filename={size}{ends}.mp3"));
        head += "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(format!("{size:x}\r\n{}\r\n", "x".repeat(size)).as_bytes()).await.unwrap();
        if ends {
            let _ = socket.write_all(b"0\r\n\r\n").await;
        }
        let raw = client::read_to_end(&mut socket).await;
        assert_eq!(client::parse(&raw, false).status, status, "{size} {ends}");
    }
}

#[tokio::test]
async fn only_so_many_files_are_on_their_way_at_once() {
    let server = Server::with(|settings, _| settings.max_uploads = 1).await;
    let mut slow = tokio::net::TcpStream::connect(server.api.address).await.unwrap();
    let head = server.api.head("POST", &format!("{UPLOAD}?filename=slow.mp3"));
    slow.write_all(format!("{head}Content-Length: 10\r\nConnection: close\r\n\r\nabc").as_bytes()).await.unwrap();
    let path = format!("{UPLOAD}?filename=quick.mp3");
    let refused = async {
        loop {
            let reply = server.api.send("POST", &path, b"abc").await;
            if reply.status == 503 {
                return reply;
            }
            let id = reply.expect(201)["id"].as_str().unwrap().to_owned();
            server.api.delete(&format!("/api/v1/tracks/{id}")).await.expect(200);
        }
    };
    let refused = tokio::time::timeout(Duration::from_secs(10), refused).await.expect("the slow one holds its place");
    assert_eq!(refused.refused(503, "too_many_uploads")["details"]["limit"], 1);
    slow.write_all(b"defghij").await.unwrap();
    let raw = client::read_to_end(&mut slow).await;
    assert_eq!(client::parse(&raw, false).status, 201);
    server.api.send("POST", &path, b"abc").await.expect(201);
}

/// Promise H9.
#[tokio::test]
async fn a_file_that_comes_again_under_its_key_is_stored_once() {
    let server = Server::start().await;
    let keyed = server.api.with("Idempotency-Key", "k");
    let path = format!("{UPLOAD}?filename=a.mp3");
    let first = keyed.send("POST", &path, b"abc").await;
    let again = keyed.send("POST", &path, b"abc").await;
    assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &first.body));
    keyed.send("POST", &path, b"abcd").await.refused(409, "idempotency_key_reused");
    // Of two files of one length a digest tells.
    let digested = |key, of| server.api.with("Idempotency-Key", key).with("Content-Digest", of);
    keyed_digest_differs(digested("d", "sha-256=:YWJj:"), digested("d", "sha-256=:eHl6:"), &path).await;
    assert_eq!(server.api.get("/api/v1/tracks").await.expect(200)["total"], 2);
}

async fn keyed_digest_differs(one: client::Client, two: client::Client, path: &str) {
    let path = path.replace("a.mp3", "b.mp3");
    one.send("POST", &path, b"abc").await.expect(201);
    two.send("POST", &path, b"xyz").await.refused(409, "idempotency_key_reused");
}

#[tokio::test]
async fn a_key_needs_the_length_of_its_file() {
    let server = Server::start().await;
    let mut socket = tokio::net::TcpStream::connect(server.api.address).await.unwrap();
    let mut head = server.api.with("Idempotency-Key", "k").head("POST", &format!("{UPLOAD}?filename=a.mp3"));
    head += "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let raw = client::read_to_end(&mut socket).await;
    let refused = client::parse(&raw, false).refused(422, "validation_error");
    assert_eq!(refused["details"]["fields"][0]["field"], "Content-Length");
    assert_eq!(server.api.get("/api/v1/tracks").await.expect(200)["total"], 0);
}
