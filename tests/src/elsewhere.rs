//! Somebody else's server, on loopback: it answers as it is told, also in ways that no good server does.

use std::{
    fmt::Write as _,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

/// A request that came, and the way to answer it.
#[derive(Debug)]
pub struct Asked {
    /// How many came before it.
    pub nth: usize,
    /// The path and the query.
    pub target: String,
    /// The whole head.
    pub head: String,
    /// Where the answer goes.
    pub socket: TcpStream,
    over: Arc<AtomicBool>,
}

impl Asked {
    /// Answers with a head of these lines and a body.
    ///
    /// # Errors
    /// Whatever the socket says: who asked may hang up.
    pub fn answer(&mut self, status: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<()> {
        let mut head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        self.socket.write_all(format!("{head}\r\n").as_bytes())?;
        self.socket.write_all(body)
    }

    /// Answers with this file, or the part of it that was asked for.
    ///
    /// # Errors
    /// Whatever the socket says.
    pub fn file(&mut self, bytes: &[u8]) -> io::Result<()> {
        let range = self
            .head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("range: bytes=").map(str::to_owned));
        let from = range.and_then(|range| range.split('-').next()?.parse().ok()).unwrap_or(0);
        let part = bytes.get(from..).unwrap_or_default();
        let length = part.len().to_string();
        let range = format!("bytes {from}-{}/{}", bytes.len().saturating_sub(1), bytes.len());
        self.answer(
            "206 Partial Content",
            &[("Content-Length", &length), ("Content-Range", &range), ("ETag", "\"one\"")],
            part,
        )
    }

    /// Sends these bytes over and over, so many at a time, with this pause between, until nobody listens any more.
    ///
    /// # Errors
    /// Whatever the socket says in the end.
    pub fn drip(&mut self, bytes: &[u8], at_a_time: usize, pause: Duration) -> io::Result<()> {
        self.socket.set_nodelay(true)?;
        for piece in bytes.chunks(at_a_time.max(1)).cycle() {
            if self.over.load(SeqCst) {
                return Ok(());
            }
            self.socket.write_all(piece)?;
            std::thread::sleep(pause);
        }
        Ok(())
    }
}

/// The server. Dropping it ends it.
#[derive(Debug)]
pub struct Elsewhere {
    address: SocketAddr,
    targets: Arc<Mutex<Vec<String>>>,
    over: Arc<AtomicBool>,
}

impl Elsewhere {
    /// Starts one that answers each request on a thread of its own.
    ///
    /// # Panics
    /// If there is no port.
    #[must_use]
    pub fn start(answer: impl Fn(Asked) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (targets, over) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (seen, ended, answer) = (targets.clone(), over.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                if ended.load(SeqCst) {
                    return;
                }
                let (seen, over, answer) = (seen.clone(), ended.clone(), answer.clone());
                std::thread::spawn(move || {
                    if let Some(asked) = read(socket, &seen, over) {
                        // Who asked may have hung up: that is for the test to know.
                        drop(answer(asked));
                    }
                });
            }
        });
        Self { address, targets, over }
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A URL on it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What was asked for so far.
    #[must_use]
    pub fn targets(&self) -> Vec<String> {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.over.store(true, SeqCst);
        // Wakes who waits for the next connection.
        drop(TcpStream::connect(self.address));
    }
}

fn read(mut socket: TcpStream, seen: &Mutex<Vec<String>>, over: Arc<AtomicBool>) -> Option<Asked> {
    socket.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 65_536 {
        let mut byte = [0];
        socket.read_exact(&mut byte).ok()?;
        head.extend_from_slice(&byte);
    }
    let head = String::from_utf8(head).ok()?;
    let target = head.split(' ').nth(1)?.to_owned();
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    seen.push(target.clone());
    let nth = seen.len() - 1;
    Some(Asked { nth, target, head, socket, over })
}
