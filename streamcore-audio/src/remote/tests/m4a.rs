//! MP4 files behind a URL: the index may be at the end, and only it is fetched.

use std::{
    ops::Range,
    sync::atomic::{AtomicU64, Ordering},
};

use streamcore::FailureKind;

use super::*;
use crate::decode::tests::{formats, sine};

/// What nobody should fetch: it lies between the samples and the index.
const FILLING: usize = 100 << 20;

/// An MP4 whose index is at its end, and where in it the filling would be.
fn index_last() -> (Vec<u8>, usize) {
    let mut bytes = formats::mp4(&sine(440.0, 44_100, 44_100), 44_100, &[], &[]);
    let samples = 44_100 * 4 + 8;
    let at = bytes.windows(4).position(|name| name == b"mdat").unwrap() - 4;
    bytes[at..at + 4].copy_from_slice(&u32::try_from(samples + FILLING).unwrap().to_be_bytes());
    (bytes, at + samples)
}

/// Sends a part of it, with the filling.
fn send(
    stream: &mut TcpStream,
    bytes: &[u8],
    filled: usize,
    part: Range<usize>,
    sent: &AtomicU64,
) -> std::io::Result<()> {
    let mut at = part.start;
    while at < part.end {
        let zeros = [0; 16 << 10];
        let piece = match at {
            at if at < filled => &bytes[at..filled],
            at if at < filled + FILLING => &zeros[..zeros.len().min(filled + FILLING - at)],
            at => &bytes[at - FILLING..],
        };
        let piece = &piece[..piece.len().min(16 << 10)];
        stream.write_all(piece)?;
        sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
        at += piece.len();
    }
    Ok(())
}

/// Promise A12.
#[test]
fn of_an_m4a_of_100_megabytes_the_check_fetches_its_beginning_and_its_index() {
    let (_dir, root) = root(config());
    let (bytes, filled) = index_last();
    let total = bytes.len() + FILLING;
    let sent = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&sent);
    let server = Server::new(move |asked, stream| {
        let first = asked.offset();
        write!(
            stream,
            "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes {first}-{}/{total}\r\nETag: \"v1\"\r\n\r\n",
            total - first,
            total - 1
        )?;
        send(stream, &bytes, filled, first..total, &count)
    });
    let url = server.url("/long.m4a");
    let info = root.remote(&url).unwrap().check(&url).unwrap();
    assert_eq!(info.duration, Some(Duration::from_secs(1)));
    let (requests, checked) = (server.asked().len(), sent.load(Ordering::Relaxed));
    let (pcm, end) = play(&root, &url, Duration::ZERO, ALL);
    assert_eq!((pcm.len(), end), (44_100, Some(Ok(()))));
    let played = sent.load(Ordering::Relaxed) - checked;
    println!("of {total} bytes: check {checked} in {requests} requests, playing {played}");
    assert!(checked < 24 << 20, "{checked} bytes in {requests} requests");
    assert!(requests <= 4, "{requests} requests");
}

/// Promise A12.
#[test]
fn an_index_at_the_end_that_cannot_be_asked_for_is_refused_with_that_reason() {
    let (_dir, root) = root(config());
    let bytes = formats::mp4(&sine(440.0, 44_100, 44_100), 44_100, &[], &[]);
    let server = Server::new(move |_, stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len())?;
        stream.write_all(&bytes)
    });
    let url = server.url("/a.m4a");
    let reason = root.remote(&url).unwrap().check(&url).unwrap_err();
    assert_eq!(reason.kind, FailureKind::Unsupported, "{reason}");
    assert!(reason.detail.contains("index is at its end"), "{reason}");
}

#[test]
fn the_artist_in_the_tags_of_a_file_behind_a_url_is_told() {
    let (_dir, root) = root(config());
    let text = |id: &[u8], text: &[u8]| [id, &[0, 0, 0, text.len() as u8, 0, 0], text].concat();
    let frames = [text(b"TIT2", b"\x03Tit\xE2\x80\xAEle"), text(b"TPE1", b"\x03Some\nbody")].concat();
    let tag = [b"ID3\x04\0\0\0\0\0".as_slice(), &[frames.len() as u8], &frames].concat();
    let bytes = [tag, crate::encode_mp3(&sine(440.0, 44_100, 44_100), 44_100, 128).unwrap()].concat();
    let server = Server::new(move |asked, stream| file(asked, stream, &bytes));
    let url = server.url("/a.mp3");
    let info = root.remote(&url).unwrap().check(&url).unwrap();
    assert_eq!((info.title.as_str(), info.artist.as_deref()), ("Title", Some("Some body")));
}
