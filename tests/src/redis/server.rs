//! One `redis-server`.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::Certificates;
use crate::process;

/// How long a server may take to answer after its start.
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts a server and kills it when its standard input ends, which it does however the tests end.
const KEEPER: &str = r#""$@" </dev/null >/dev/null 2>&1 & echo $!; read -r _; kill -9 $!; wait"#;

/// A `redis-server` of its own: started, killed, restarted with the same data on the same port.
#[derive(Debug)]
pub struct RedisServer {
    folder: TempDir,
    port: u16,
    settings: Vec<String>,
    login: Option<Login>,
    keeper: Option<(Child, u32)>,
}

/// Who asks in [`RedisServer::ask`], where a server has users.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
}

impl RedisServer {
    /// Starts one that syncs every write to the disk before it answers.
    ///
    /// # Panics
    /// If there is no `redis-server`, or it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::with(&["--appendonly", "yes", "--appendfsync", "always"])
    }

    /// Starts one with these settings.
    ///
    /// # Panics
    /// If there is no `redis-server`, or it does not start.
    #[must_use]
    pub fn with(settings: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self::in_folder(folder, settings.iter().map(|setting| (*setting).to_owned()).collect(), None)
    }

    /// Starts one with these users, each a line as in an ACL file, and an `admin` of the harness who may do anything.
    ///
    /// # Panics
    /// If there is no `redis-server`, or it does not start: a line may be wrong.
    #[must_use]
    pub fn with_users(users: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("users.acl");
        let login = Login { user: "admin".to_owned(), password: "harness".to_owned() };
        let lines = format!("user admin on >{} ~* &* +@all\n{}\n", login.password, users.join("\n"));
        std::fs::write(&file, lines).expect("the file of users");
        let settings = vec!["--aclfile".to_owned(), file.display().to_string()];
        Self::in_folder(folder, settings, Some(login))
    }

    /// Starts one that also speaks TLS, on [`tls_port`](Self::tls_port), with these certificates.
    ///
    /// # Panics
    /// If there is no `redis-server`, or it does not start.
    #[must_use]
    pub fn with_tls(certificates: &Certificates) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut settings = vec!["--tls-auth-clients".to_owned(), "no".to_owned()];
        settings.extend(certificates.settings(folder.path()));
        settings.extend(["--tls-port".to_owned(), free_port().to_string()]);
        Self::in_folder(folder, settings, None)
    }

    /// Starts a Sentinel that watches over this primary, `host port`, under this name.
    ///
    /// # Panics
    /// If there is no `redis-server`, or it does not start.
    pub(super) fn sentinel(name: &str, primary: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let settings = format!(
            "sentinel monitor {name} {primary} 2\nsentinel down-after-milliseconds {name} 1000\n\
             sentinel failover-timeout {name} 4000\n"
        );
        std::fs::write(folder.path().join("sentinel.conf"), settings).expect("the Sentinel's file");
        Self::in_folder(folder, Vec::new(), None)
    }

    fn in_folder(folder: TempDir, settings: Vec<String>, login: Option<Login>) -> Self {
        process::require("redis-server");
        let mut server = Self { folder, port: free_port(), settings, login, keeper: None };
        // Somebody else may have taken the port meanwhile.
        for _ in 0..5 {
            if server.try_start() {
                return server;
            }
            server.port = free_port();
        }
        panic!("redis-server does not start with {:?}", server.settings);
    }

    /// The URL that a store connects to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The port of TLS.
    ///
    /// # Panics
    /// If it was started without.
    #[must_use]
    pub fn tls_port(&self) -> u16 {
        let mut settings = self.settings.iter().skip_while(|setting| *setting != "--tls-port");
        settings.nth(1).and_then(|port| port.parse().ok()).expect("a server with TLS")
    }

    /// Who may do anything.
    ///
    /// # Panics
    /// If it was started without users.
    #[must_use]
    pub fn admin(&self) -> Login {
        self.login.clone().expect("a server with users")
    }

    /// Starts it if it does not run, and waits until it answers.
    ///
    /// # Panics
    /// If it does not start.
    pub fn restart(&mut self) {
        assert!(self.try_start(), "redis-server on port {} does not answer", self.port);
    }

    /// Whether it is this one that answers in the end, and not somebody else on its port.
    fn try_start(&mut self) -> bool {
        self.kill();
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "sh", "redis-server"]);
        // A Sentinel writes into its file of settings, which therefore comes first.
        let file = self.folder.path().join("sentinel.conf");
        if file.exists() {
            command.arg(file).arg("--sentinel");
        } else {
            command.args(["--save", ""]);
        }
        command.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--dir"]);
        command.arg(self.folder.path()).args(&self.settings).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut keeper = command.spawn().expect("a shell");
        let mut line = String::new();
        BufReader::new(keeper.stdout.take().expect("its output")).read_line(&mut line).expect("a process id");
        let pid = line.trim().parse().expect("a process id");
        self.keeper = Some((keeper, pid));
        let (begin, own) = (Instant::now(), format!("process_id:{pid}\r\n"));
        while begin.elapsed() < PATIENCE {
            match self.ask(&["INFO", "server"]) {
                Some(answer) if answer.contains(&own) => return !self.is_loading(),
                Some(answer) if answer.contains("process_id:") => return false,
                _ if !Path::new(&format!("/proc/{pid}")).exists() => return false,
                _ => std::thread::sleep(Duration::from_millis(10)),
            }
        }
        false
    }

    /// Waits until it has read its data.
    fn is_loading(&self) -> bool {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            if self.ask(&["PING"]).is_some_and(|answer| !answer.starts_with("-LOADING")) {
                return false;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        true
    }

    /// Its process.
    ///
    /// # Panics
    /// If it does not run.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.keeper.as_ref().expect("a server that runs").1
    }

    /// Kills it (SIGKILL). Its data stays for [`restart`](Self::restart).
    pub fn kill(&mut self) {
        if let Some((mut keeper, _)) = self.keeper.take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }

    /// Stops it (SIGSTOP): connections stay, and nothing is answered until it [goes on](Self::resume).
    pub fn pause(&self) {
        process::signal(self.pid(), "STOP");
    }

    /// Lets it go on after [`pause`](Self::pause).
    pub fn resume(&self) {
        process::signal(self.pid(), "CONT");
    }

    /// Sends it a command and answers with what it says, as the protocol has it; none if it cannot be reached. For short answers.
    #[must_use]
    pub fn ask(&self, command: &[&str]) -> Option<String> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        connection.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        if let Some(Login { user, password }) = &self.login {
            exchange(&mut connection, &["AUTH", user, password])?;
        }
        exchange(&mut connection, command)
    }

    /// Sends it a command that it must carry out, and answers with what it says.
    ///
    /// # Panics
    /// If it cannot be reached, or refuses.
    pub fn tell(&self, command: &[&str]) -> String {
        let answer = self.ask(command).unwrap_or_else(|| panic!("{command:?}: no answer on port {}", self.port));
        assert!(!answer.starts_with('-'), "{command:?}: {answer}");
        answer
    }

    /// How many clients are connected to it, without the one that asks.
    ///
    /// # Panics
    /// If it cannot be reached.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.tell(&["CLIENT", "LIST"]).matches("addr=").count() / 2 - 1
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn exchange(connection: &mut TcpStream, command: &[&str]) -> Option<String> {
    let mut request = format!("*{}\r\n", command.len());
    for part in command {
        request += &format!("${}\r\n{part}\r\n", part.len());
    }
    connection.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    loop {
        let mut part = [0; 65_536];
        let length = connection.read(&mut part).ok()?;
        answer.extend_from_slice(part.get(..length)?);
        let text = String::from_utf8_lossy(&answer);
        // A long text says how long it is.
        let whole = text.strip_prefix('$').and_then(|rest| rest.split_once("\r\n")).and_then(|(size, rest)| {
            let size: usize = size.parse().ok()?;
            Some(rest.len() >= size + 2)
        });
        if length == 0 || whole.unwrap_or(text.ends_with("\r\n")) {
            return Some(text.into_owned());
        }
    }
}

/// A port that nobody listens on now, and that no outgoing connection takes: a server that is restarted needs it again.
pub(super) fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    for _ in 0..1_000 {
        // Other test programs begin elsewhere.
        let nth = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(std::process::id().wrapping_mul(7_919));
        let port = 10_000 + u16::try_from(nth % 20_000).expect("a small number");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free between 10000 and 30000");
}
