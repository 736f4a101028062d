//! Stations: no end, and they come back when they drop.

use std::time::Instant;

use streamcore::{FailureKind, Source};

use super::*;
use crate::{decode::tests::sine, encode::FrameHeader, encode_mp3};

/// Frames of a tone without a tag, as a station sends them.
fn tone(hz: f64, seconds: usize) -> Vec<u8> {
    let mp3 = encode_mp3(&sine(hz, 44_100, 44_100 * seconds), 44_100, 128).unwrap();
    mp3[FrameHeader::parse(&mp3).unwrap().bytes..].to_vec()
}

fn station(stream: &mut TcpStream) -> std::io::Result<()> {
    write!(stream, "HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\nicy-name: Radio M\u{fc}hle \r\nicy-br: 128\r\n\r\n")
}

fn cycles(pcm: &[f32]) -> usize {
    pcm.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count()
}

/// Promise A14.
#[test]
fn a_station_that_drops_comes_back_without_a_click_until_it_stays_away() {
    let (_dir, root) = root(RemoteConfig { retry_for: Duration::from_millis(1_500), ..config() });
    let (low, high) = (tone(440.0, 4), tone(880.0, 4));
    let server = Server::new(move |asked, stream| match asked.nth {
        0 => {
            station(stream)?;
            stream.write_all(&low[..low.len() - 100]) // in the middle of a frame
        }
        1 | 3 => write!(stream, "HTTP/1.0 404 File Not Found\r\n\r\n"), // the studio is away
        2 => {
            station(stream)?;
            stream.write_all(&high[50..]) // as one joins
        }
        _ => write!(stream, "HTTP/1.0 503 Service Unavailable\r\n\r\n"),
    });
    let begin = Instant::now();
    let (pcm, end) = play(&root, &server.url("/live"), Duration::from_secs(3_600), ALL);
    let reason = end.unwrap().unwrap_err();
    assert_eq!(reason.kind, FailureKind::Stalled, "{reason}");
    assert!(reason.detail.contains("did not come back within 1.5s (last: the server answers 503"), "{reason}");
    assert!(begin.elapsed() < Duration::from_secs(6), "{:?}", begin.elapsed());
    let seconds = pcm.len() as f64 / 44_100.0;
    assert!((7.7..8.1).contains(&seconds), "{seconds} s of two times four");
    // Nothing jumps: 0.063 is the steepest that 880 Hz is.
    assert!(largest_step(&pcm) < 0.09, "a step of {}", largest_step(&pcm));
    assert!((435..445).contains(&cycles(&pcm[44_100..88_200])));
    let last = pcm.len() - 88_200;
    assert!((870..890).contains(&cycles(&pcm[last..last + 44_100])));
    assert!(pcm[pcm.len() - 5..].iter().all(|value| value.abs() < 0.02), "it ends faded out");
}

/// Promise A14.
#[test]
fn no_seam_clicks_wherever_the_connection_was_cut() {
    let (_dir, root) = root(RemoteConfig { retry_for: Duration::from_millis(400), ..config() });
    let low = tone(440.0, 2);
    let server = Server::new(move |asked, stream| match asked.nth {
        // Each ends at another place of the wave, and begins at another one.
        nth @ 0..8 => {
            station(stream)?;
            stream.write_all(&low[nth * 600..low.len() - nth * 500])
        }
        _ => write!(stream, "HTTP/1.0 404 File Not Found\r\n\r\n"),
    });
    let (pcm, end) = play(&root, &server.url("/live"), Duration::ZERO, ALL);
    assert_eq!(end.unwrap().unwrap_err().kind, FailureKind::Stalled);
    assert!(pcm.len() > 44_100 * 10, "{} samples", pcm.len());
    // 440 Hz at half of full scale rises by 0.031 a sample.
    assert!(largest_step(&pcm) < 0.05, "a step of {}", largest_step(&pcm));
}

/// Promise A14.
#[test]
fn other_formats_come_back_as_well() {
    for (name, bytes) in [("aac", &include_bytes!("tone.aac")[..]), ("ogg", &include_bytes!("tone.ogg")[..])] {
        let (_dir, root) = root(config());
        let server = Server::new(move |_, stream| {
            station(stream)?;
            stream.write_all(&bytes[..bytes.len() - 30])
        });
        // Three connections and more, with their waits in between.
        let (pcm, end) = play(&root, &server.url("/live"), Duration::ZERO, 44_100 * 3);
        assert_eq!(end, None, "{name} goes on");
        let heard = pcm.iter().filter(|value| value.abs() > 0.02).count();
        assert!(heard > 44_100 * 2, "{name}: {heard} samples are not silence");
        assert!(largest_step(&pcm) < 0.09, "{name}: a step of {}", largest_step(&pcm));
        assert!(server.asked().len() >= 3);
    }
}

#[test]
fn titles_between_the_bytes_are_not_heard_and_the_old_status_line_is_understood() {
    let (_dir, root) = root(config());
    let low = tone(440.0, 4);
    let plain = low.clone();
    let server = Server::new(move |asked, stream| {
        if asked.nth > 0 {
            return Ok(());
        }
        write!(stream, "ICY 200 OK\r\nicy-notice1:<BR>listen<BR>\r\nicy-name:Old\r\nicy-metaint:1000\r\n\r\n")?;
        for (n, piece) in low.chunks(1_000).enumerate() {
            stream.write_all(piece)?;
            let title: &[u8] = if n % 3 == 0 { b"\x02StreamTitle='\xFF\xFB\x90\x64 noise';......." } else { b"\0" };
            stream.write_all(title)?;
        }
        Ok(())
    });
    let whole = Server::new(move |asked, stream| {
        if asked.nth > 0 {
            return Ok(());
        }
        station(stream)?;
        stream.write_all(&plain)
    });
    let (with, _) = play(&root, &server.url("/live"), Duration::ZERO, 44_100 * 3);
    let (without, _) = play(&root, &whole.url("/live"), Duration::ZERO, 44_100 * 3);
    assert!(with[..44_100 * 3] == without[..44_100 * 3], "titles are heard");
}

#[test]
fn a_check_of_a_station_tells_its_name_and_no_length() {
    let (_dir, root) = root(config());
    let low = tone(440.0, 4);
    let server = Server::new(move |_, stream| {
        // Some claim a length.
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 54000000\r\nicy-name: ")?;
        stream.write_all(b"Caf\xe9 del Mar\r\n\r\n")?;
        loop {
            stream.write_all(&low)?;
        }
    });
    let url = server.url("/;stream.mp3");
    let info = root.remote(&url).unwrap().check(&url).unwrap();
    assert_eq!((info.title.as_str(), info.duration, info.source), ("Café del Mar", None, Source::Stream));
    assert_eq!(info.url, url);
}

#[test]
fn what_has_no_length_and_ends_as_it_should_has_ended() {
    let (_dir, root) = root(config());
    let low = tone(440.0, 2);
    let server = Server::new(move |_, stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n", low.len())?;
        stream.write_all(&low)?;
        write!(stream, "\r\n0\r\n\r\n")
    });
    let (pcm, end) = play(&root, &server.url("/x"), Duration::ZERO, ALL);
    assert_eq!(end, Some(Ok(())));
    assert!((pcm.len() as f64 / 44_100.0 - 2.0).abs() < 0.1);
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_file_without_a_length_is_not_played_twice() {
    let (_dir, root) = root(config());
    let low = tone(440.0, 2);
    let server = Server::new(move |_, stream| {
        // It breaks off: the last chunk promises more.
        write!(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n", low.len() + 1_000)?;
        stream.write_all(&low)
    });
    let (pcm, end) = play(&root, &server.url("/x"), Duration::ZERO, 44_100 * 5);
    let reason = end.expect("it is played twice").unwrap_err();
    assert_eq!(reason.kind, FailureKind::Broken);
    assert!(reason.detail.contains("begins from the beginning again"), "{reason}");
    assert!((pcm.len() as f64 / 44_100.0 - 2.0).abs() < 0.1);
}

#[test]
fn who_does_not_read_for_a_while_loses_nothing() {
    let (dir, root) = root(RemoteConfig { buffer_bytes: 64 << 10, ..config() });
    let low = tone(440.0, 20);
    std::fs::write(dir.path().join("a.mp3"), &low).unwrap();
    let server = Server::new(move |asked, stream| {
        if asked.nth == 0 {
            station(stream)?;
            stream.write_all(&low)?;
            let _ = stream.read(&mut [0]);
            Ok(())
        } else {
            Ok(())
        }
    });
    let feeds = spawn(
        Job {
            root: root.clone(),
            url: server.url("/x"),
            from: Duration::ZERO,
            rate: 44_100,
            abandoned: Default::default(),
        },
        || (),
    );
    // A pause of twice every time limit.
    thread::sleep(Duration::from_millis(1_400));
    let mut left = Vec::new();
    while left.len() < 44_100 * 15 {
        let Feed::Pcm(pcm) = feeds.recv().unwrap() else { panic!("it goes on") };
        left.extend(pcm.chunks(2).map(|pair| pair[0]));
    }
    let (local, _) = play(&root, "a.mp3", Duration::ZERO, 44_100 * 15);
    assert_eq!(left[..44_100 * 15], local[..44_100 * 15]);
    assert_eq!(server.asked().len(), 1, "the pause cost no connection");
}
