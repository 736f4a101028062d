//! Servers that mean no good, and those that mean well and fail: each gets its reason, in bounded time.

use std::time::Instant;

use streamcore::{FailureKind, media::MediaInfo};

use super::*;
use crate::{decode::tests::sine, encode_mp3};

type Answer = fn(&Asked, &mut TcpStream) -> std::io::Result<()>;

fn check(url: &str) -> Result<MediaInfo, FailureReason> {
    let small = RemoteConfig { max_bytes: 1 << 20, ..config() };
    let (_dir, root) = root(small);
    root.remote(url).unwrap().check(url)
}

fn drip(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    for byte in bytes.iter().cycle() {
        stream.write_all(&[*byte])?;
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Promise A13.
#[test]
fn each_kind_of_bad_server_gets_its_reason_in_time() {
    use FailureKind::*;
    let table: [(&str, Answer, FailureKind, &str); 28] = [
        (
            "a byte at a time",
            |_, s| {
                write!(s, "HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n")?;
                drip(s, b"ID3")
            },
            Stalled,
            "less than 500 bytes a second",
        ),
        (
            "a byte at a time, live",
            |_, s| {
                write!(s, "HTTP/1.1 200 OK\r\n\r\n")?;
                drip(s, b"\xFF\xFB")
            },
            Stalled,
            "less than 500 bytes a second",
        ),
        ("a head a byte at a time", |_, s| drip(s, b"HTTP/1.1 200 OK\r\nX: "), Stalled, "did not answer within"),
        (
            "no answer",
            |_, s| {
                let _ = s.read(&mut [0]);
                Ok(())
            },
            Stalled,
            "did not answer within",
        ),
        (
            "silence behind the head",
            |_, s| {
                write!(s, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")?;
                let _ = s.read(&mut [0]);
                Ok(())
            },
            Stalled,
            "sent nothing for",
        ),
        ("a closed door", |_, _| Ok(()), Unreadable, "ended the connection"),
        (
            "a huge head",
            |_, s| {
                write!(s, "HTTP/1.1 200 OK\r\nX: ")?;
                s.write_all(&vec![b'x'; 200_000])?;
                write!(s, "\r\n\r\n")
            },
            Unreadable,
            "a head of more than 64 KiB",
        ),
        (
            "a thousand headers",
            |_, s| {
                write!(s, "HTTP/1.1 200 OK\r\n")?;
                for n in 0..1_000 {
                    write!(s, "X-{n}: 1\r\n")?;
                }
                write!(s, "\r\n")
            },
            Unreadable,
            "100 lines",
        ),
        ("not HTTP", |_, s| write!(s, "220 mail.example ESMTP\r\n"), Unreadable, "not HTTP"),
        (
            "a redirect loop",
            |a, s| write!(s, "HTTP/1.1 302 Found\r\nLocation: {}\r\n\r\n", if a.path == "/x" { "/y" } else { "/x" }),
            Unreadable,
            "in a circle",
        ),
        (
            "redirects without end",
            |a, s| write!(s, "HTTP/1.1 302 Found\r\nLocation: {}x\r\n\r\n", a.path),
            Unreadable,
            "more than 5 times",
        ),
        ("a redirect to nowhere", |_, s| write!(s, "HTTP/1.1 302 Found\r\n\r\n"), Unreadable, "without saying where"),
        (
            "a redirect into the house",
            |_, s| write!(s, "HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/secret\r\n\r\n"),
            Forbidden,
            "private, not public",
        ),
        (
            "a redirect to the cloud",
            |_, s| write!(s, "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://0xa9fea9fe/latest\r\n\r\n"),
            Forbidden,
            "link-local, not public",
        ),
        (
            "a redirect to a file",
            |_, s| write!(s, "HTTP/1.1 301 Moved\r\nLocation: file:///etc/passwd\r\n\r\n"),
            Forbidden,
            "scheme \"file\"",
        ),
        (
            "a redirect with a password",
            |_, s| write!(s, "HTTP/1.1 302 Found\r\nLocation: http://me:secret@127.0.0.1/\r\n\r\n"),
            Forbidden,
            "a user name or a password",
        ),
        (
            "a page",
            |_, s| write!(s, "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n<!doctype html><title>x</title>"),
            ResolverMissing,
            "this is a web page, not audio",
        ),
        (
            "a playlist",
            |_, s| write!(s, "HTTP/1.1 200 OK\r\n\r\n[playlist]\nFile1=http://h/x"),
            Unsupported,
            "this is a playlist",
        ),
        (
            "text",
            |_, s| {
                write!(s, "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\nContent-Type: audio/mpeg\r\n\r\n")?;
                s.write_all(&b"It was a bright cold day in April. ".repeat(1_429)[..50_000])
            },
            Unsupported,
            "not audio",
        ),
        (
            "text without an end",
            |_, s| {
                write!(s, "HTTP/1.1 200 OK\r\n\r\n")?;
                loop {
                    s.write_all(&[b'x'; 10_000])?;
                }
            },
            Unsupported,
            "not audio",
        ),
        ("nothing", |_, s| write!(s, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), Unsupported, "not audio"),
        (
            "too much",
            |_, s| write!(s, "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n"),
            Unsupported,
            "raise remote.max_bytes",
        ),
        (
            "something packed",
            |_, s| write!(s, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"),
            Unsupported,
            "packed",
        ),
        (
            "not found",
            |_, s| write!(s, "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<!doctype html>"),
            NotFound,
            "404 Not Found",
        ),
        ("forbidden", |_, s| write!(s, "HTTP/1.1 403 Forbidden\r\n\r\n"), Unreadable, "403 Forbidden"),
        (
            "overloaded",
            |_, s| write!(s, "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 120\r\n\r\n"),
            Unreadable,
            "try again in 120 s",
        ),
        (
            "nothing but titles",
            |_, s| {
                write!(s, "HTTP/1.1 200 OK\r\nicy-metaint: 1\r\n\r\n")?;
                loop {
                    s.write_all(&b"\xFF\0".repeat(5_000))?;
                }
            },
            Unsupported,
            "a title after every 1 bytes, and at least 256",
        ),
        (
            "overloaded for ever",
            |_, s| write!(s, "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 18446744073709551615\r\n\r\n"),
            Unreadable,
            "try again in 86400 s",
        ),
    ];
    for (what, answer, kind, detail) in table {
        let server = Server::new(answer);
        let begin = Instant::now();
        let url = server.url("/x?key=hidden");
        let reason = check(&url).unwrap_err();
        let took = begin.elapsed();
        println!("{what:<28} {took:>8.1?}  {reason}");
        assert_eq!(reason.kind, kind, "{what}: {reason}");
        assert!(reason.detail.contains(detail), "{what}: {reason}");
        assert!(!reason.detail.contains("hidden") && !reason.detail.contains("secret@"), "{what}: {reason}");
        assert!(took < Duration::from_secs(6), "{what}: {took:?}");
        assert!(server.asked().len() <= 7, "{what}: asked {} times", server.asked().len());
    }
}

#[test]
fn what_is_refused_is_refused_without_a_connection() {
    let server = Server::new(|asked, stream| file(asked, stream, b"secret"));
    let (_dir, closed) = root(RemoteConfig { allow: Vec::new(), ..config() });
    let (_dir, off) = root(RemoteConfig { enabled: false, ..config() });
    let port = server.url("").rsplit_once(':').unwrap().1.to_owned();
    for host in ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]", "0x7f.1"] {
        let url = format!("http://{host}:{port}/x");
        for root in [&closed, &off] {
            let reason = root.remote(&url).unwrap().check(&url).unwrap_err();
            assert_eq!(reason.kind, FailureKind::Forbidden, "{url}");
        }
        let reason = play(&closed, &url, Duration::ZERO, ALL).1.unwrap().unwrap_err();
        assert_eq!(reason.kind, FailureKind::Forbidden, "when it is played as well");
    }
    assert!(server.asked().is_empty());
}

/// A name that leads somewhere else each time it is asked for.
#[derive(Debug, Default)]
struct Rebinding(std::sync::atomic::AtomicUsize);

impl Resolve for Rebinding {
    fn resolve<'a>(&'a self, _: &'a str) -> futures::future::BoxFuture<'a, std::io::Result<Vec<std::net::IpAddr>>> {
        let nth = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let address = if nth == 0 { [127, 0, 0, 1] } else { [127, 0, 0, 2] };
        Box::pin(async move { Ok(vec![address.into()]) })
    }
}

/// Promise A11.
#[test]
fn a_name_is_looked_up_once_for_each_connection_and_that_address_is_used() {
    let mp3 = encode_mp3(&sine(440.0, 44_100, 44_100), 44_100, 128).unwrap();
    let server = Server::new(move |asked, stream| file(asked, stream, &mp3));
    let config = RemoteConfig { allow: vec!["127.0.0.1".parse().unwrap()], ..config() };
    let zone = Arc::new(Rebinding::default());
    let remote = Remote::with(config, Arc::clone(&zone) as Arc<dyn Resolve>, dial::public_roots());
    let url = server.url("/x").replace("127.0.0.1", "rebind.example");
    let wanted = Arc::new(());
    let patience = Patience::while_wanted(Arc::downgrade(&wanted));
    remote.open(&url, patience.clone(), Wanted::Play { from: Duration::ZERO }).unwrap();
    assert_eq!(zone.0.load(std::sync::atomic::Ordering::Relaxed), 1);
    assert!(server.asked()[0].header("host").unwrap().starts_with("rebind.example:"));
    let Err(reason) = remote.open(&url, patience, Wanted::Play { from: Duration::ZERO }) else { panic!("refused") };
    assert_eq!(reason.kind, FailureKind::Forbidden, "the second answer is checked like the first");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_good_redirect_is_followed_and_a_body_is_audio_whatever_it_is_called() {
    let mp3 = encode_mp3(&sine(440.0, 44_100, 44_100), 44_100, 128).unwrap();
    let server = Server::new(move |asked, stream| match asked.path.as_str() {
        "/5" => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n", mp3.len())?;
            stream.write_all(&mp3)
        }
        path => {
            let next = path[1..].parse::<u32>().unwrap() + 1;
            write!(stream, "HTTP/1.1 30{} Moved\r\nLocation: ./{next}\r\n\r\n", [1, 2, 3, 7, 8][next as usize - 1])
        }
    });
    let info = check(&server.url("/0")).unwrap();
    assert_eq!((info.url, info.title.as_str()), (server.url("/0"), "0"), "what was asked for is what is queued");
}
