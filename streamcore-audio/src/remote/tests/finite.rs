//! Finite files: exact, resumed, and given up for a reason.

use std::{net::Shutdown, sync::atomic::AtomicBool, sync::atomic::Ordering};

use streamcore::{FailureKind, Source};

use super::*;
use crate::{decode::tests::sine, encode_mp3, write_wav};

fn wav(seconds: usize) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    write_wav(dir.path().join("a.wav"), &sine(440.0, 44_100, 44_100 * seconds), 44_100).unwrap();
    std::fs::read(dir.path().join("a.wav")).unwrap()
}

fn mp3(seconds: usize) -> Vec<u8> {
    encode_mp3(&sine(440.0, 44_100, 44_100 * seconds), 44_100, 128).unwrap()
}

/// Promise A12.
#[test]
fn a_file_behind_a_url_is_what_it_is_on_disk() {
    let (dir, root) = root(config());
    for (name, bytes) in [("a.mp3", mp3(5)), ("a.wav", wav(5))] {
        std::fs::write(dir.path().join(name), &bytes).unwrap();
        let server = Server::new(move |asked, stream| file(asked, stream, &bytes));
        for from in [0, 10, 2_345, 4_900, 60_000].map(Duration::from_millis) {
            let local = play(&root, name, from, ALL);
            let remote = play(&root, &server.url("/a b/x"), from, ALL);
            assert_eq!(remote.1, Some(Ok(())), "{name} from {from:?}");
            assert!(local.0 == remote.0, "{name} from {from:?}: {} and {} samples", local.0.len(), remote.0.len());
            if from.is_zero() {
                assert_eq!(server.asked().len(), 1, "{name}: who plays from the beginning asks once");
            }
        }
        let first = &server.asked()[0];
        assert_eq!(first.path, "/a%20b/x");
        assert_eq!(first.header("accept-encoding"), Some("identity"));
        for unwanted in ["icy-metadata", "referer", "cookie", "authorization"] {
            assert_eq!(first.header(unwanted), None);
        }
    }
}

/// Promise A12.
#[test]
fn a_broken_connection_goes_on_where_it_broke() {
    let (dir, root) = root(config());
    let bytes = wav(10);
    std::fs::write(dir.path().join("a.wav"), &bytes).unwrap();
    let server = Server::new(move |asked, stream| {
        // Each connection brings 300,000 bytes and a refusal comes in between.
        if asked.nth % 2 == 1 {
            return write!(stream, "HTTP/1.1 503 Service Unavailable\r\n\r\n");
        }
        let most = bytes.len().min(asked.offset() + 300_000);
        let (first, total) = (asked.offset(), bytes.len());
        write!(
            stream,
            "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes {first}-{}/{total}\r\nETag: \"v1\"\r\n\r\n",
            total - first,
            total - 1
        )?;
        stream.write_all(&bytes[first..most])?;
        stream.shutdown(Shutdown::Both)
    });
    let local = play(&root, "a.wav", Duration::ZERO, ALL);
    let remote = play(&root, &server.url("/a.wav"), Duration::ZERO, ALL);
    assert_eq!(remote.1, Some(Ok(())));
    assert!(local.0 == remote.0);
    let resumed: Vec<_> = server.asked().iter().filter(|asked| asked.offset() > 0).cloned().collect();
    assert!(resumed.len() >= 5);
    assert!(resumed.iter().all(|asked| asked.header("if-range") == Some("\"v1\"")));
}

/// Promise A12.
#[test]
fn what_cannot_go_on_is_told_with_its_reason() {
    let (_dir, root) = root(RemoteConfig { retry_for: Duration::from_millis(700), ..config() });
    // How a server goes on after half of the file, and what is told.
    let again: [(&str, &str); 6] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 882044\r\nETag: \"v1\"\r\n\r\n", "another one now"),
        (
            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 441022-900000/900001\r\nETag: \"v1\"\r\n\r\n",
            "another one",
        ),
        (
            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 441022-882043/882044\r\nETag: \"v2\"\r\n\r\n",
            "another one",
        ),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", "403"),
        ("HTTP/1.1 500 Internal Server Error\r\n\r\n", "did not come back within 700ms"),
        // A wait that no clock can show.
        ("HTTP/1.1 503 No\r\nRetry-After: 18446744073709551615\r\n\r\n", "did not come back within 700ms"),
    ];
    for (answer, told) in again {
        let bytes = wav(5);
        let server = Server::new(move |asked, stream| {
            if asked.nth > 0 {
                return stream.write_all(answer.as_bytes());
            }
            write!(
                stream,
                "HTTP/1.1 206 Partial Content\r\nContent-Length: 882044\r\nContent-Range: bytes 0-882043/882044\r\nETag: \"v1\"\r\n\r\n"
            )?;
            stream.write_all(&bytes[..441_022])
        });
        let (pcm, end) = play(&root, &server.url("/a.wav"), Duration::ZERO, ALL);
        let reason = end.unwrap().unwrap_err();
        assert_eq!(reason.kind, FailureKind::Broken, "{reason}");
        assert!(reason.detail.contains(told) && reason.detail.contains("connection was lost"), "{reason}");
        assert!((pcm.len() as f64 / 44_100.0 - 2.5).abs() < 0.1, "what came is played: {}", pcm.len());
    }
    // Without ranges nothing is tried.
    let bytes = wav(5);
    let server = Server::new(move |_, stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len())?;
        stream.write_all(&bytes[..441_022])
    });
    let reason = play(&root, &server.url("/a.wav"), Duration::ZERO, ALL).1.unwrap().unwrap_err();
    assert_eq!(reason.kind, FailureKind::Broken);
    assert_eq!(
        reason.detail,
        "the connection was lost after 441022 of 882044 bytes, and the server cannot go on in the middle"
    );
    assert_eq!(server.asked().len(), 1);
}

/// What a server answers that gives no more than `most` bytes at a time, of a file that it says to be of `total` bytes.
fn part(asked: &Asked, stream: &mut TcpStream, bytes: &[u8], most: usize, total: usize) -> std::io::Result<()> {
    let first = asked.offset();
    let part = &bytes[first.min(bytes.len())..bytes.len().min(first + most)];
    write!(
        stream,
        "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes {first}-{}/{total}\r\nETag: \"v1\"\r\n\r\n",
        part.len(),
        first + part.len().max(1) - 1
    )?;
    stream.write_all(part)
}

/// Promise A12.
#[test]
fn a_server_that_gives_a_part_at_a_time_is_asked_for_the_rest() {
    let (dir, root) = root(RemoteConfig { retry_for: Duration::from_millis(700), ..config() });
    let bytes = wav(5);
    std::fs::write(dir.path().join("a.wav"), &bytes).unwrap();
    let whole = bytes.clone();
    let server = Server::new(move |asked, stream| part(asked, stream, &whole, 300_000, whole.len()));
    let (local, remote) =
        (play(&root, "a.wav", Duration::ZERO, ALL), play(&root, &server.url("/x"), Duration::ZERO, ALL));
    assert_eq!(remote.1, Some(Ok(())));
    assert!(local.0 == remote.0, "{} and {} samples", local.0.len(), remote.0.len());
    let offsets: Vec<_> = server.asked().iter().map(Asked::offset).collect();
    assert_eq!(offsets, [0, 300_000, 600_000]);

    // It says that there is more, and never gives it.
    let half = bytes[..441_022].to_vec();
    let server = Server::new(move |asked, stream| part(asked, stream, &half, usize::MAX >> 1, 882_044));
    let (pcm, end) = play(&root, &server.url("/x"), Duration::ZERO, ALL);
    let reason = end.unwrap().unwrap_err();
    assert_eq!(reason.kind, FailureKind::Broken);
    assert!(reason.detail.starts_with("the server ended its answer too early"), "{reason}");
    assert!((pcm.len() as f64 / 44_100.0 - 2.5).abs() < 0.1, "what came is played: {}", pcm.len());
    assert!(server.asked().len() < 10, "asked {} times", server.asked().len());
}

#[test]
fn nobody_is_told_to_upload_what_is_behind_a_url() {
    let (_dir, root) = root(config());
    // The whole file came, and it is half of one.
    let half = wav(5)[..441_022].to_vec();
    let server = Server::new(move |asked, stream| file(asked, stream, &half));
    let reason = play(&root, &server.url("/x.wav"), Duration::ZERO, ALL).1.unwrap().unwrap_err();
    assert_eq!(reason.detail, "broke off after 2.5 s of 5.0 s; use another address");
}

#[test]
fn whatever_ends_a_fetch_its_reader_learns_it() {
    let remote = Remote::new(config());
    let pipe = Arc::new(pipe::Pipe::new(100));
    let fetch = fetch::Fetch {
        client: remote.client().unwrap(),
        url: Url::parse("http://127.0.0.1/x").unwrap(),
        pipe: Arc::clone(&pipe),
        seed: 0,
    };
    pipe.push(b"abc");
    drop(fetch); // as a panic does, or the end of the runtime
    let wanted = Arc::new(());
    let patience = Patience { wanted: Arc::downgrade(&wanted), until: Some(Instant::now() + Duration::from_secs(5)) };
    assert_eq!(pipe.read(&mut [0; 10], &patience).unwrap(), 3, "what came is read first");
    pipe.read(&mut [0; 10], &patience).unwrap_err();
    let reason = pipe.failure().expect("it has ended");
    assert_eq!(reason.kind, FailureKind::Other);
    assert!(reason.detail.contains("a fault of this server"), "{reason}");
}

#[test]
fn a_server_without_ranges_can_begin_in_the_middle_all_the_same() {
    let (dir, root) = root(config());
    for (name, bytes) in [("a.mp3", mp3(5)), ("a.wav", wav(5))] {
        std::fs::write(dir.path().join(name), &bytes).unwrap();
        let server = Server::new(move |_, stream| {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len())?;
            stream.write_all(&bytes)
        });
        let from = Duration::from_millis(2_345);
        let (local, remote) = (play(&root, name, from, ALL), play(&root, &server.url("/x"), from, ALL));
        assert_eq!(remote.1, Some(Ok(())), "{name}");
        assert!(local.0 == remote.0, "{name}: {} and {} samples", local.0.len(), remote.0.len());
    }
}

#[test]
fn a_check_tells_title_length_and_the_one_form_of_the_url() {
    let (_dir, root) = root(config());
    let bytes = mp3(5);
    let server = Server::new(move |asked, stream| file(asked, stream, &bytes));
    let url = server.url("/Tone_of%20A.mp3?key=1#part");
    let info = root.remote(&url).unwrap().check(&url).unwrap();
    assert_eq!(info.url, server.url("/Tone_of%20A.mp3?key=1"));
    assert_eq!((info.title.as_str(), info.source), ("Tone of A", Source::Stream));
    assert_eq!(info.duration, Some(Duration::from_secs(5)));
}

#[test]
fn a_playback_that_nobody_wants_any_more_hangs_up() {
    let (_dir, root) = root(config());
    let hung_up = Arc::new(AtomicBool::new(false));
    let noticed = Arc::clone(&hung_up);
    let bytes = wav(5);
    let server = Server::new(move |_, stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n")?;
        stream.write_all(&bytes)?;
        // Silent now, and listening: an end of the connection is all that can come.
        let _ = stream.read(&mut [0]);
        noticed.store(true, Ordering::Release);
        Ok(())
    });
    let patient = RemoteConfig { read_timeout: Duration::from_secs(60), ..config() };
    let root = root.with_remote(Remote::new(patient));
    // The player stays: only this playback ends.
    let feeds = spawn(
        Job {
            root: root.clone(),
            url: server.url("/x.wav"),
            from: Duration::ZERO,
            rate: 44_100,
            abandoned: Default::default(),
        },
        || (),
    );
    let mut seconds = 0.0;
    while seconds < 4.5 {
        let Feed::Pcm(pcm) = feeds.recv().unwrap() else { panic!("it goes on") };
        seconds += pcm.len() as f64 / 2.0 / 44_100.0;
    }
    assert!(!hung_up.load(Ordering::Acquire));
    let dropped = std::time::Instant::now();
    drop(feeds);
    while !hung_up.load(Ordering::Acquire) {
        assert!(dropped.elapsed() < Duration::from_secs(2), "it hangs up at once");
        thread::yield_now();
    }
}
