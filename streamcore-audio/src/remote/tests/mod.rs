//! A server that misbehaves, and what becomes of those who play from it.

mod bad;
mod finite;
mod live;
mod m4a;
mod on_air;
mod resolver;
mod secure;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use streamcore::FailureReason;

use super::*;
use crate::decode::{Feed, Job, spawn};

pub(super) fn block_on<T>(work: impl Future<Output = T>) -> T {
    futures::executor::block_on(work)
}

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// How many came before it.
    pub(super) nth: usize,
    pub(super) path: String,
    pub(super) head: String,
}

impl Asked {
    pub(super) fn header(&self, wanted: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
    }

    pub(super) fn offset(&self) -> usize {
        let range = self.header("range").expect("we always ask for a range");
        range.strip_prefix("bytes=").unwrap().strip_suffix('-').unwrap().parse().unwrap()
    }
}

/// A server on loopback that answers as it is told, on a thread per connection.
pub(super) struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(super) fn new(answer: impl Fn(&Asked, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (requests, answer) = (Arc::clone(&asked), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, requests, answer) = (stream.unwrap(), Arc::clone(&requests), Arc::clone(&answer));
                thread::spawn(move || {
                    let Some(head) = head(&mut stream) else { return };
                    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    let request = {
                        let mut requests = requests.lock().unwrap();
                        let request = Asked { nth: requests.len(), path, head };
                        requests.push(request.clone());
                        request
                    };
                    // Whoever hangs up on us makes this fail: as it should be.
                    let _ = answer(&request, &mut stream);
                });
            }
        });
        Self { address, asked }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.extend_from_slice(&byte);
    }
    String::from_utf8(head).ok()
}

/// Answers as a good file server does.
pub(super) fn file(asked: &Asked, stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    let (first, total) = (asked.offset(), bytes.len());
    if first >= total {
        return write!(stream, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */{total}\r\n\r\n");
    }
    write!(
        stream,
        "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes {first}-{}/{total}\r\nETag: \"v1\"\r\n\r\n",
        total - first,
        total - 1
    )?;
    stream.write_all(&bytes[first..])
}

/// Loopback is allowed, and patience is short.
pub(super) fn config() -> RemoteConfig {
    RemoteConfig {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        header_timeout: Duration::from_millis(700),
        read_timeout: Duration::from_millis(700),
        rate_window: Duration::from_millis(600),
        retry_for: Duration::from_secs(3),
        ..RemoteConfig::default()
    }
}

pub(super) fn root(config: RemoteConfig) -> (tempfile::TempDir, crate::source::Root) {
    let dir = tempfile::tempdir().unwrap();
    let root = crate::source::Root::new(dir.path()).unwrap().with_remote(Remote::new(config));
    (dir, root)
}

/// Plays a location at 44,100 Hz to its end, or to this many samples: the left channel and how it ended.
pub(super) fn play(
    root: &crate::source::Root,
    url: &str,
    from: Duration,
    most: usize,
) -> (Vec<f32>, Option<Result<(), FailureReason>>) {
    let feeds = spawn(
        Job { root: root.clone(), url: url.to_owned(), from, rate: 44_100, abandoned: Default::default() },
        || (),
    );
    let mut left = Vec::new();
    while left.len() < most {
        match feeds.recv().unwrap() {
            Feed::Pcm(pcm) => left.extend(pcm.chunks(2).map(|pair| pair[0])),
            Feed::End(end) => return (left, Some(end)),
        }
    }
    (left, None)
}

pub(super) const ALL: usize = usize::MAX;

pub(super) fn largest_step(pcm: &[f32]) -> f32 {
    pcm.windows(2).fold(0.0, |most, pair| most.max((pair[1] - pair[0]).abs()))
}
