//! The binary from outside: the order of its start, and what it does when nobody reads what it prints.

use std::{
    fs::{self, File},
    net::TcpListener,
    os::{fd::OwnedFd, unix::net::UnixStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The server on a data directory below `directory`, with nothing of the developer's environment.
fn server(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_streamcore-server"));
    command.env_clear().current_dir(directory).arg("--data-dir").arg("data").args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// An output that nobody reads: each write to it fails with a broken pipe.
fn broken_pipe() -> Stdio {
    let (ours, _theirs) = UnixStream::pair().expect("a pair of sockets");
    Stdio::from(OwnedFd::from(ours))
}

/// Kills what a failed test leaves running.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until the log has this line.
fn await_line(log: &Path, part: &str) -> String {
    let begin = Instant::now();
    loop {
        let text = fs::read_to_string(log).unwrap_or_default();
        // A line without its end is still being written.
        if let Some(line) = text.split_inclusive('\n').find(|line| line.contains(part) && line.ends_with('\n')) {
            return line.to_owned();
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "never logged: {part}\n{text}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_start_that_finds_its_port_taken_makes_no_token() {
    let directory = tempfile::tempdir().expect("a directory");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();

    let output = server(directory.path(), &["--listen", &address]).stderr(Stdio::piped()).output().expect("it runs");

    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(&address), "{said}");
    assert!(!directory.path().join("data/api-token").exists(), "the next start would not show it");
}

#[test]
fn check_config_ends_quietly_when_nobody_reads_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut command = server(directory.path(), &["check-config"]);
    let output = command.stdout(broken_pipe()).stderr(Stdio::piped()).output().expect("it runs");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn a_complaint_that_nobody_reads_keeps_its_exit_code() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut command = server(directory.path(), &["--listen", "nowhere"]);
    let status = command.stderr(broken_pipe()).status().expect("it runs");
    assert_eq!(status.code(), Some(64), "{status}");
}

#[test]
fn a_server_whose_terminal_is_gone_runs_and_logs_how_it_began() {
    let directory = tempfile::tempdir().expect("a directory");
    let log = directory.path().join("log");
    let mut command = server(directory.path(), &["--listen", "127.0.0.1:0"]);
    command.stdout(broken_pipe()).stderr(File::create(&log).expect("a file"));
    let mut running = Running(command.spawn().expect("it starts"));

    let line = await_line(&log, " serving ");

    let version = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
    for part in [version.as_str(), "address=127.0.0.1:", "data_dir=data", "media_dir=data/media", "resumed=0"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    let killed = Command::new("kill").arg("-TERM").arg(running.0.id().to_string()).status().expect("kill runs");
    assert!(killed.success());
    assert_eq!(running.0.wait().expect("it ends").code(), Some(0));
}
