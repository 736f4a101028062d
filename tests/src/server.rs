//! The real binary in a directory of its own.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    events::Logged,
    http::{self, Response},
    process, wait,
};

const TOKEN: &str = "token-of-the-test-harness";
const START: Duration = Duration::from_secs(30);

/// How to start it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// More arguments.
    pub args: Vec<String>,
    /// A settings file.
    pub config: Option<String>,
    /// How many files it may have open.
    pub max_files: Option<u32>,
    /// What is run before the server, as a shell's words: it ends in the server's own command by `exec "$0" "$@"`.
    pub shell: Option<String>,
    /// A program with arguments that runs the server or its shell.
    pub wrapper: Vec<String>,
}

/// A running server. Dropping it kills it; if the test failed, its log is shown.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    directory: TempDir,
    options: Options,
    banner: Vec<String>,
}

impl Server {
    /// Starts one with nothing in it.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(Options::default())
    }

    /// Starts one with these options.
    #[must_use]
    pub fn start_with(options: Options) -> Self {
        Self::start_in(tempfile::tempdir().expect("a directory"), options)
    }

    /// Starts one in this directory, on whatever is there.
    #[must_use]
    pub fn start_in(directory: TempDir, options: Options) -> Self {
        if let Some(config) = &options.config {
            fs::write(directory.path().join("settings.toml"), config).expect("written");
        }
        let (child, address, banner) = spawn(directory.path(), &options);
        Self { child, address, directory, options, banner }
    }

    /// Starts it again on the same data, after it ended or was killed.
    pub fn restart(&mut self) {
        assert!(self.child.try_wait().expect("its own child").is_some(), "it still runs");
        (self.child, self.address, self.banner) = spawn(self.directory.path(), &self.options);
    }

    /// Kills it as a power cut would.
    pub fn kill_9(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Asks it to end, and waits for that.
    pub fn terminate(&mut self, deadline: Duration) -> (ExitStatus, Duration) {
        process::signal(self.pid(), "TERM");
        wait::until("the server's end after SIGTERM", deadline, || self.child.try_wait().expect("its own child"))
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether the process is there.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("its own child").is_none()
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A URL on it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The token for changes.
    #[must_use]
    pub fn token(&self) -> &'static str {
        TOKEN
    }

    /// What it printed at its start.
    #[must_use]
    pub fn banner(&self) -> &[String] {
        &self.banner
    }

    /// What it logged so far, all its starts together.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(log_path(self.directory.path())).unwrap_or_default()
    }

    /// The events of this name that it logged so far, all its starts together.
    #[must_use]
    pub fn events(&self, name: &str) -> Vec<Logged> {
        Logged::all(&self.log()).into_iter().filter(|event| event.name == name).collect()
    }

    /// Waits until there are so many events of this name; returns the last of them.
    #[must_use]
    pub fn await_event(&self, name: &str, count: usize, deadline: Duration) -> Logged {
        wait::until(&format!("event {name}, number {count}"), deadline, || self.events(name).into_iter().nth(count - 1))
            .0
    }

    /// Where tracks go.
    #[must_use]
    pub fn media_dir(&self) -> PathBuf {
        self.directory.path().join("data/media")
    }

    /// Where it keeps its state.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// A request with the token and, if given, a JSON body.
    #[must_use]
    pub fn call(&self, method: &str, target: &str, body: Option<&Value>) -> Response {
        let authorization = format!("Bearer {TOKEN}");
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        let body = body.map(Value::to_string);
        http::request(self.address, method, target, &headers, body.as_deref().map(str::as_bytes))
            .unwrap_or_else(|error| panic!("{method} {target}: {error}"))
    }

    /// Makes stream 1 and starts it.
    pub fn start_stream(&self) {
        let _ = self.call("POST", "/api/v1/streams", Some(&json!({"id": 1, "name": "Test"}))).expect(201);
        let _ = self.call("POST", "/api/v1/streams/1/start", None).expect(200);
    }

    /// Adds a file of the media directory to stream 1; returns the item's id.
    #[must_use]
    pub fn add(&self, path: &str) -> String {
        let body = json!({"title": path, "url": path});
        let item = self.call("POST", "/api/v1/queue/1/items", Some(&body)).expect(201);
        item["id"].as_str().expect("an id").to_owned()
    }

    /// The queue of stream 1.
    #[must_use]
    pub fn queue(&self) -> Value {
        self.call("GET", "/api/v1/queue/1", None).expect(200)
    }

    /// The titles of stream 1's list, in order.
    #[must_use]
    pub fn titles(&self) -> Vec<String> {
        let queue = self.queue();
        let items = queue["items"].as_array().expect("a list");
        items.iter().map(|item| item["title"].as_str().expect("a title").to_owned()).collect()
    }

    /// The status of stream 1.
    #[must_use]
    pub fn status(&self) -> Value {
        self.call("GET", "/api/v1/streams/1/status", None).expect(200)
    }

    /// The title of what stream 1 plays.
    #[must_use]
    pub fn now_playing(&self) -> Option<String> {
        let status = self.status();
        (status["status"] == "playing").then(|| status["current_item"]["title"].as_str().map(str::to_owned))?
    }

    /// Waits until stream 1 has this status; returns how long that took.
    pub fn await_status(&self, status: &str, deadline: Duration) -> Duration {
        wait::until(&format!("status {status}"), deadline, || (self.status()["status"] == status).then_some(())).1
    }

    /// Waits until stream 1 plays the item with this title; returns how long that took.
    pub fn await_playing(&self, title: &str, deadline: Duration) -> Duration {
        let playing = || (self.now_playing().as_deref() == Some(title)).then_some(());
        wait::until(&format!("{title} to play"), deadline, playing).1
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- log of the server:\n{}---", self.log());
        }
    }
}

fn log_path(directory: &Path) -> PathBuf {
    directory.join("server.log")
}

/// The server's binary: the one named by the environment, or the one built beside this test.
///
/// # Panics
/// If there is none, with how to get one.
#[must_use]
pub fn binary() -> PathBuf {
    let path = std::env::var_os("STREAMCORE_SERVER_BIN").map_or_else(
        || {
            let test = std::env::current_exe().expect("a test has a path");
            test.ancestors().nth(2).expect("target/debug").join("streamcore-server")
        },
        PathBuf::from,
    );
    assert!(
        path.is_file(),
        "there is no server at {}; run `cargo build -p streamcore-server` or set STREAMCORE_SERVER_BIN",
        path.display()
    );
    path
}

/// A command for the binary with a clean environment: what the developer has set must not change what is tested.
#[must_use]
pub fn command(directory: &Path) -> Command {
    prepared(Command::new(binary()), directory)
}

fn prepared(mut command: Command, directory: &Path) -> Command {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("STREAMCORE_")) {
        command.env_remove(name);
    }
    command.env("STREAMCORE_DATA_DIR", directory.join("data")).stdin(Stdio::null());
    command
}

fn spawn(directory: &Path, options: &Options) -> (Child, SocketAddr, Vec<String>) {
    let log = fs::OpenOptions::new().create(true).append(true).open(log_path(directory)).expect("a log");
    let mut words = options.wrapper.clone();
    if let Some(shell) = &options.shell {
        words.extend(["sh", "-c", shell].map(str::to_owned));
    } else if let Some(files) = options.max_files {
        words.extend(["sh", "-c", &format!("ulimit -n {files} && exec \"$0\" \"$@\"")].map(str::to_owned));
    }
    let mut command = match words.split_first() {
        None => command(directory),
        Some((program, arguments)) => {
            let mut wrapped = Command::new(program);
            wrapped.args(arguments).arg(binary());
            prepared(wrapped, directory)
        }
    };
    command.args(["--listen", "127.0.0.1:0"]).env("STREAMCORE_API_TOKEN", TOKEN).env("STREAMCORE_LOG", "info");
    if options.config.is_some() {
        command.arg("--config").arg(directory.join("settings.toml"));
    }
    command.args(&options.args).stdout(Stdio::piped()).stderr(log);
    let mut child = command.spawn().expect("the server starts");

    let (lines, printed) = mpsc::channel();
    let stdout = child.stdout.take().expect("piped");
    std::thread::spawn(move || {
        BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| lines.send(line))
    });
    let deadline = Instant::now() + START;
    let mut banner = Vec::new();
    let mut address = None;
    // The banner comes in one piece: when its URL is there, the rest is about to be.
    let mut patience = START;
    while let Ok(line) = printed.recv_timeout(patience.min(deadline.saturating_duration_since(Instant::now()))) {
        if let Some(url) = line.trim().strip_prefix("Page").map(str::trim) {
            address = url.trim_start_matches("http://").trim_end_matches('/').parse().ok();
            patience = Duration::from_millis(100);
        }
        banner.push(line);
    }
    let Some(address) = address else {
        let _ = child.kill();
        let log = fs::read_to_string(log_path(directory)).unwrap_or_default();
        panic!("the server printed no URL within {START:?}; printed: {banner:?}; log: {log}");
    };
    (child, address, banner)
}

/// Items as they were answered, without the moments at which they are expected: those are estimates, and anew each time.
///
/// # Panics
/// If it is no list of items.
#[must_use]
pub fn facts(items: &Value) -> Vec<Value> {
    let mut items = items.as_array().expect("a list of items").clone();
    for item in &mut items {
        item.as_object_mut().expect("an item").remove("expected_at").expect("every item has an estimate, or null");
    }
    items
}
