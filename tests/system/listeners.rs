//! Many listeners, odd listeners, and what they are told.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use streamcore_tests::{Audience, Options, RawListener, Recorder, Server, http, media::ToneFile, wait};

const SOON: Duration = Duration::from_secs(5);

fn listeners(server: &Server) -> u64 {
    server.status()["listeners_count"].as_u64().expect("a number")
}

/// A listener that has sent its request and has read nothing yet.
fn connect(server: &Server, target: &str, more: &str) -> TcpStream {
    let mut socket = TcpStream::connect(server.address()).expect("connected");
    socket.set_read_timeout(Some(Duration::from_secs(15))).expect("set");
    write!(socket, "GET {target} HTTP/1.0\r\n{more}\r\n").expect("sent");
    socket
}

#[test]
fn two_hundred_listeners_wait_neither_for_a_stuck_one_nor_for_a_slow_one() {
    const CROWD: usize = 200;
    let config = "[audio]\nbitrate_kbps = 320\n[http]\nwrite_timeout_seconds = 4\n";
    let server = Server::start_with(Options { config: Some(config.to_owned()), ..Options::default() });
    ToneFile::wav("a.wav", 400, 120).write(&server.media_dir());
    server.start_stream();
    let _ = server.add("a.wav");
    server.await_playing("a.wav", SOON);

    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let crowd = runtime.block_on(Audience::connect(server.address(), "/listen/1", CROWD));
    let _stuck = connect(&server, "/listen/1", "");
    let mut slow = connect(&server, "/listen/1", "");
    // A tenth of what it is sent.
    let slow = std::thread::spawn(move || {
        while matches!(slow.read(&mut [0; 1_000]), Ok(1..)) {
            wait::let_play(Duration::from_millis(250));
        }
    });
    wait::until("all to listen", SOON, || (listeners(&server) == CROWD as u64 + 2).then_some(()));
    let begun = Instant::now();
    crowd.begin();
    wait::until("both to be gone", Duration::from_secs(60), || (listeners(&server) == CROWD as u64).then_some(()));
    let heard = crowd.outcome(begun.elapsed());
    println!("a stuck and a slow listener were gone after {:?}; the others: {heard:?}", begun.elapsed());
    assert_eq!(heard.connected, CROWD);
    // Who waited for the stuck one would wait for its write timeout of 4 s. (How long a round takes is the benchmark's matter.)
    assert!(heard.longest_wait < Duration::from_millis(1_500), "{heard:?}");
    // Whoever is asked right before a round has had half a second less by then.
    assert!(heard.least_kbps > 280.0, "{heard:?}");
    assert_eq!(server.log().matches("event=\"listener_dropped\"").count(), 2, "{}", server.log());
    drop(_stuck);
    let _ = slow.join();
}

#[test]
fn who_asks_for_titles_gets_each_when_it_is_heard() {
    const SECOND: usize = 16_000;
    let server = Server::start();
    for (name, hz) in [("it's; 'a'; b.wav", 400), ("Ödön.wav", 600)] {
        ToneFile::wav(name, hz, 6).write(&server.media_dir());
    }
    server.start_stream();
    let socket = connect(&server, "/listen/1", "Icy-MetaData: 1\r\n");
    let mut reader = BufReader::new(socket);
    let mut interval = None;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a head");
        let line = line.trim().to_ascii_lowercase();
        interval = interval.or_else(|| line.strip_prefix("icy-metaint:").and_then(|n| n.trim().parse::<usize>().ok()));
        if line.is_empty() {
            break;
        }
    }
    let interval = interval.expect("icy-metaint");
    assert_eq!(interval, 16_000);

    let (mut titles, mut heard) = (Vec::new(), 0);
    while titles.len() < 4 {
        let mut audio = vec![0; interval];
        reader.read_exact(&mut audio).expect("audio");
        heard += interval;
        assert!(heard < 60 * SECOND, "waited in vain; so far: {titles:?}");
        let mut blocks = [0];
        reader.read_exact(&mut blocks).expect("a length");
        let mut text = vec![0; usize::from(blocks[0]) * 16];
        reader.read_exact(&mut text).expect("metadata");
        if !text.is_empty() {
            titles.push((heard, String::from_utf8(text).expect("UTF-8").trim_end_matches('\0').to_owned()));
            if titles.len() == 1 {
                // The placeholder has no title; now comes what has one.
                let _ = server.add("it's; 'a'; b.wav");
                let _ = server.add("Ödön.wav");
            }
        }
    }
    let told: Vec<_> = titles.iter().map(|(_, title)| title.as_str()).collect();
    // The quote before a semicolon would end the title.
    let first = "StreamTitle='it's; 'a\u{2019}; b.wav';";
    assert_eq!(told, ["StreamTitle='';", first, "StreamTitle='Ödön.wav';", "StreamTitle='';"]);
    // Where they are told is where they are heard: six seconds apart, as exactly as the interval allows.
    for pair in titles[1..].windows(2) {
        let apart = pair[1].0 - pair[0].0;
        assert!((5 * SECOND..=7 * SECOND).contains(&apart), "{titles:?}");
    }
}

#[test]
fn a_full_server_and_a_full_stream_refuse_politely_until_somebody_leaves() {
    for config in ["[audio]\nmax_listeners = 2\n", "[http]\nmax_listeners = 2\n"] {
        let server = Server::start_with(Options { config: Some(config.to_owned()), ..Options::default() });
        server.start_stream();
        server.await_status("placeholder", SOON);
        let one = RawListener::connect(server.address(), "/listen/1");
        let _two = RawListener::connect(server.address(), "/listen/1");
        let ask = || http::request(server.address(), "GET", "/listen/1", &[], None).expect("an answer");
        let refused = ask();
        assert_eq!((refused.status, refused.header("retry-after").is_some()), (503, true), "{config}");
        assert_eq!(refused.json()["error"], "too_many_listeners");
        drop(one);
        wait::until("a free place", Duration::from_secs(2), || (listeners(&server) == 1).then_some(()));
        let _three = RawListener::connect(server.address(), "/listen/1");
    }
}

#[test]
fn a_pls_file_leads_ffmpeg_to_the_broadcast() {
    let server = Server::start();
    server.start_stream();
    server.await_status("placeholder", SOON);
    let file = http::request(server.address(), "GET", "/listen/1.pls", &[], None).expect("an answer");
    assert_eq!((file.status, file.header("content-type")), (200, Some("audio/x-scpls")));
    let text = String::from_utf8(file.body).expect("text");
    let url = text.lines().find_map(|line| line.strip_prefix("File1=")).expect("an entry");
    let heard = Recorder::listen_for(url, 2);
    assert_eq!(heard.complaints, "");
    assert!(heard.samples.len() > 80_000, "{} samples", heard.samples.len());
}
