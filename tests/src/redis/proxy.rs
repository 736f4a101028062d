//! Between a client and a server: every request passes, and what becomes of the answers is up to the test.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

/// What becomes of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// They pass.
    Pass,
    /// They are lost, and the connection stays as long as they are.
    Lost,
    /// They come so much later.
    Late(Duration),
    /// Each n-th one is lost, and its connection breaks.
    CutEvery(usize),
    /// What `TIME` says differs by so many seconds.
    ClockOff(i64),
}

/// A proxy on a port of its own.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    answers: Mutex<Answers>,
    count: AtomicUsize,
    cuts: AtomicUsize,
    sockets: Mutex<Vec<TcpStream>>,
    over: AtomicBool,
}

impl Proxy {
    /// In front of the server on this port.
    ///
    /// # Panics
    /// If there is no free port.
    #[must_use]
    pub fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let state = Arc::new(State {
            answers: Mutex::new(Answers::Pass),
            count: AtomicUsize::new(0),
            cuts: AtomicUsize::new(0),
            sockets: Mutex::default(),
            over: AtomicBool::new(false),
        });
        let of = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                if of.over.load(SeqCst) {
                    return;
                }
                let Ok(client) = client else { continue };
                // Nobody there: the client finds its connection closed.
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                connect(&of, &client, &server);
            }
        });
        Self { port, state }
    }

    /// The URL that a store connects to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// From now on.
    pub fn answers(&self, answers: Answers) {
        *self.state.answers.lock().unwrap_or_else(PoisonError::into_inner) = answers;
    }

    /// How many answers were lost with their connection.
    #[must_use]
    pub fn cuts(&self) -> usize {
        self.state.cuts.load(SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.over.store(true, SeqCst);
        for socket in self.state.sockets.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
        // Wakes the thread that waits for the next client.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn connect(state: &Arc<State>, client: &TcpStream, server: &TcpStream) {
    let copy = |socket: &TcpStream| socket.try_clone().expect("a copy of a socket");
    state.sockets.lock().unwrap_or_else(PoisonError::into_inner).extend([copy(client), copy(server)]);
    let (mut from, mut to) = (copy(client), copy(server));
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    let (mut from, mut to, state) = (copy(server), copy(client), Arc::clone(state));
    std::thread::spawn(move || {
        let _ = answer(&state, &mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
}

/// Until the server, the client or a cut ends it.
fn answer(state: &State, from: &mut TcpStream, to: &mut TcpStream) -> std::io::Result<()> {
    let mut buffer = vec![0; 65_536];
    let mut has_lost = false;
    loop {
        let length = from.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        let part = &buffer[..length];
        let answers = *state.answers.lock().unwrap_or_else(PoisonError::into_inner);
        // No network loses something in between and goes on.
        if has_lost && answers != Answers::Lost {
            return Ok(());
        }
        match answers {
            Answers::Pass => to.write_all(part)?,
            Answers::Lost => has_lost = true,
            Answers::Late(by) => {
                std::thread::sleep(by);
                to.write_all(part)?;
            }
            Answers::CutEvery(n) => {
                if state.count.fetch_add(1, SeqCst) % n == n - 1 {
                    state.cuts.fetch_add(1, SeqCst);
                    return Ok(());
                }
                to.write_all(part)?;
            }
            Answers::ClockOff(by) => to.write_all(&clock_off(part, by))?,
        }
    }
}

/// The answer to `TIME` is the only one of two texts of which the first has ten digits.
fn clock_off(answer: &[u8], by: i64) -> Vec<u8> {
    const HEAD: &str = "*2\r\n$10\r\n";
    let text = String::from_utf8_lossy(answer);
    let Some((before, rest)) = text.split_once(HEAD) else { return answer.to_vec() };
    let Some((seconds, after)) = rest.split_at_checked(10) else { return answer.to_vec() };
    match seconds.parse::<i64>() {
        Ok(seconds) => format!("{before}{HEAD}{}{after}", seconds + by).into_bytes(),
        Err(_) => answer.to_vec(),
    }
}
