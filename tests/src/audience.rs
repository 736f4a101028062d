//! Sockets that read all they get, and note when they got nothing.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::Instant};

/// How many connect at once.
const AT_ONCE: usize = 50;

#[derive(Debug, Clone, Copy)]
struct Heard {
    bytes: u64,
    last: Instant,
    longest_wait: Duration,
    connected: bool,
}

/// The listeners of one server. Lives as long as the tokio runtime in which it was connected.
#[derive(Debug, Clone)]
pub struct Audience(Arc<Mutex<Vec<Heard>>>);

/// What they heard.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// How many still listen.
    pub connected: usize,
    /// What the one with the least got.
    pub least_kbps: f64,
    /// What they got on average.
    pub mean_kbps: f64,
    /// The longest that anybody got nothing.
    pub longest_wait: Duration,
}

impl Audience {
    /// Connects so many, and waits until each was sent something.
    ///
    /// # Panics
    /// If one cannot connect.
    pub async fn connect(address: SocketAddr, target: &str, count: usize) -> Self {
        let nothing = Heard { bytes: 0, last: Instant::now(), longest_wait: Duration::ZERO, connected: true };
        let audience = Self(Arc::new(Mutex::new(vec![nothing; count])));
        for index in 0..count {
            let mut socket = TcpStream::connect(address).await.expect("connected");
            let request = format!("GET {target} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: bench\r\n\r\n");
            socket.write_all(request.as_bytes()).await.expect("sent");
            tokio::spawn(audience.clone().listen(index, socket));
            // Backlogs are short.
            while index >= AT_ONCE && audience.heard()[index - AT_ONCE].bytes == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        while audience.heard().iter().any(|heard| heard.bytes == 0) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        audience
    }

    fn heard(&self) -> MutexGuard<'_, Vec<Heard>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn listen(self, index: usize, socket: TcpStream) {
        // On the stack and not in the task: thousands of them need no buffer of their own.
        while socket.readable().await.is_ok() {
            let read = socket.try_read(&mut [0; 16 * 1024]);
            let mut all = self.heard();
            let heard = &mut all[index];
            match read {
                Ok(count) if count > 0 => {
                    let now = Instant::now();
                    heard.bytes += count as u64;
                    heard.longest_wait = heard.longest_wait.max(now - heard.last);
                    heard.last = now;
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Ok(_) | Err(_) => break,
            }
        }
        self.heard()[index].connected = false;
    }

    /// Forgets what was heard so far.
    pub fn begin(&self) {
        let now = Instant::now();
        for heard in self.heard().iter_mut() {
            (heard.bytes, heard.last, heard.longest_wait) = (0, now, Duration::ZERO);
        }
    }

    /// What was heard since the beginning, this long ago.
    #[must_use]
    pub fn outcome(&self, length: Duration) -> Outcome {
        let (all, now) = (self.heard(), Instant::now());
        let kbps = |bytes: u64| bytes as f64 * 8.0 / 1_000.0 / length.as_secs_f64();
        let bytes = || all.iter().map(|heard| heard.bytes);
        Outcome {
            connected: all.iter().filter(|heard| heard.connected).count(),
            least_kbps: kbps(bytes().min().unwrap_or(0)),
            mean_kbps: kbps(bytes().sum::<u64>()) / all.len() as f64,
            // Who waits still has waited.
            longest_wait: all.iter().map(|heard| heard.longest_wait.max(now - heard.last)).max().unwrap_or_default(),
        }
    }
}
