//! Two kinds of listeners: ffmpeg, as people's players are, and a raw socket that notes when each byte came.

use std::{
    fs,
    io::{BufReader, Write as _},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{http, mp3, process, tone::RATE, wait};

/// What ffmpeg heard: its decoder's output, mono, at [`RATE`].
#[derive(Debug)]
pub struct Recording {
    /// The samples.
    pub samples: Vec<f32>,
    /// What ffmpeg complained about; empty if all was well.
    pub complaints: String,
}

/// ffmpeg listening to a URL.
#[derive(Debug)]
pub struct Recorder {
    child: Child,
    directory: TempDir,
}

impl Recorder {
    /// Listens until told to stop.
    #[must_use]
    pub fn start(url: &str) -> Self {
        Self::spawn(url, None)
    }

    /// Listens for this long, as `ffmpeg -t` does, and returns what it heard.
    #[must_use]
    pub fn listen_for(url: &str, seconds: u32) -> Recording {
        let mut recorder = Self::spawn(url, Some(seconds));
        let limit = Duration::from_secs(u64::from(seconds) + 30);
        wait::until("ffmpeg to have heard enough", limit, || recorder.child.try_wait().expect("its own child"));
        recorder.stop()
    }

    fn spawn(url: &str, seconds: Option<u32>) -> Self {
        process::require("ffmpeg");
        let directory = tempfile::tempdir().expect("a directory");
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-v", "error", "-xerror", "-i", url]);
        if let Some(seconds) = seconds {
            command.args(["-t", &seconds.to_string()]);
        }
        command.args(["-map", "0:a", "-ac", "1", "-ar", &RATE.to_string(), "-f", "f32le", "-flush_packets", "1"]);
        command.arg(directory.path().join("heard.f32"));
        let complaints = fs::File::create(directory.path().join("complaints")).expect("a file");
        let child = command.stdout(Stdio::null()).stderr(complaints).spawn().expect("ffmpeg starts");
        Self { child, directory }
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has decoded its first samples: from here on everything is heard.
    pub fn await_sound(&self) {
        let path = self.directory.path().join("heard.f32");
        let heard = || fs::metadata(&path).ok().filter(|metadata| metadata.len() > 0).map(drop);
        wait::until("ffmpeg to hear something", Duration::from_secs(20), heard);
    }

    /// Stops listening.
    #[must_use]
    pub fn stop(mut self) -> Recording {
        if self.child.try_wait().expect("its own child").is_none() {
            process::signal(self.pid(), "INT");
            wait::until("ffmpeg to end", Duration::from_secs(10), || self.child.try_wait().expect("its own child"));
        }
        let bytes = fs::read(self.directory.path().join("heard.f32")).unwrap_or_default();
        let complaints = fs::read_to_string(self.directory.path().join("complaints")).unwrap_or_default();
        Recording { samples: to_samples(&bytes), complaints }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Decodes MP3 bytes with ffmpeg.
fn decode(bytes: &[u8]) -> Vec<f32> {
    let directory = tempfile::tempdir().expect("a directory");
    let path: PathBuf = directory.path().join("heard.mp3");
    fs::write(&path, bytes).expect("written");
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-f", "mp3", "-i"])
        .arg(path)
        .args(["-ac", "1", "-ar", &RATE.to_string(), "-f", "f32le", "-"])
        .output()
        .expect("ffmpeg runs");
    to_samples(&output.stdout)
}

fn to_samples(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

#[derive(Debug, Default)]
struct Heard {
    bytes: Vec<u8>,
    /// When the byte at this offset, and those before it, had come.
    marks: Vec<(usize, Instant)>,
    end: Option<Result<(), String>>,
}

/// A listener on a plain socket.
#[derive(Debug)]
pub struct RawListener {
    heard: Arc<Mutex<Heard>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl RawListener {
    /// Connects and reads in the background.
    ///
    /// # Panics
    /// If the answer is not 200 with a chunked body.
    #[must_use]
    pub fn connect(address: SocketAddr, target: &str) -> Self {
        let mut socket = TcpStream::connect(address).expect("connected");
        socket.set_read_timeout(Some(Duration::from_secs(15))).expect("set");
        write!(socket, "GET {target} HTTP/1.1\r\nHost: {address}\r\n\r\n").expect("sent");
        let mut reader = BufReader::new(socket);
        let (status, headers) = http::read_head(&mut reader).expect("an answer");
        assert_eq!(status, 200, "{headers:?}");
        assert!(headers.contains(&("transfer-encoding".to_owned(), "chunked".to_owned())), "{headers:?}");
        let (heard, stop) = (Arc::new(Mutex::new(Heard::default())), Arc::new(AtomicBool::new(false)));
        let (heard_by_thread, told_to_stop) = (heard.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            while !told_to_stop.load(Ordering::Relaxed) {
                let chunk = http::read_chunk(&mut reader);
                let mut heard = heard_by_thread.lock().unwrap_or_else(PoisonError::into_inner);
                match chunk {
                    Ok(Some(chunk)) => {
                        heard.bytes.extend(chunk);
                        let length = heard.bytes.len();
                        heard.marks.push((length, Instant::now()));
                    }
                    Ok(None) => return heard.end = Some(Ok(())),
                    Err(error) => return heard.end = Some(Err(error.to_string())),
                }
            }
        });
        Self { heard, stop, thread: Some(thread) }
    }

    fn read<T>(&self, look: impl FnOnce(&Heard) -> T) -> T {
        look(&self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many bytes came so far.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.read(|heard| heard.bytes.len())
    }

    /// The longest time in which nothing came, within the time given.
    #[must_use]
    pub fn longest_pause(&self, from: Instant, to: Instant) -> Duration {
        self.read(|heard| {
            let times = heard.marks.iter().map(|(_, at)| *at).filter(|at| (from..=to).contains(at));
            let moments: Vec<_> = std::iter::once(from).chain(times).chain([to]).collect();
            moments.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
        })
    }

    /// Waits for the end of the broadcast: `Ok` if it was the clean end of a chunked body.
    ///
    /// # Errors
    /// What broke it off.
    pub fn await_end(&self, deadline: Duration) -> Result<(), String> {
        wait::until("the end of the broadcast", deadline, || self.read(|heard| heard.end.clone())).0
    }

    /// What was heard so far, decoded.
    #[must_use]
    pub fn samples(&self) -> Vec<f32> {
        decode(&self.read(|heard| heard.bytes.clone()))
    }

    /// When the MP3 frame came that holds this sample.
    ///
    /// # Panics
    /// If it did not come.
    #[must_use]
    pub fn arrival_of_sample(&self, sample: usize) -> Instant {
        self.read(|heard| {
            let frames = mp3::frames(&heard.bytes);
            let frame = frames.get(sample / mp3::SAMPLES_PER_FRAME).expect("the sample was heard");
            heard.marks.iter().find(|(length, _)| *length >= frame.end).expect("the frame came").1
        })
    }
}

impl Drop for RawListener {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
