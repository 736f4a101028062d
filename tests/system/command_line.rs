//! What the binary says and how it exits when it cannot run.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use streamcore_tests::{Options, Server, command, process, wait};

fn run(arguments: &[&str], prepare: impl FnOnce(&std::path::Path, &mut Command)) -> (Output, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let mut command = command(directory.path());
    command.args(arguments);
    prepare(directory.path(), &mut command);
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    println!("{arguments:?}: {} {said}", output.status);
    (output, said)
}

#[test]
fn check_config_prints_what_is_in_effect_and_why() {
    let (output, _) = run(&["check-config", "--listen", "127.0.0.1:9"], |directory, command| {
        fs::write(directory.join("s.toml"), "[queue]\nmax_items = 7\n").expect("written");
        command.arg("--config").arg(directory.join("s.toml")).env("STREAMCORE_API_TOKEN", "not-to-be-printed");
    });
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    let has = |key: &str, origin: &str| said.lines().any(|line| line.starts_with(key) && line.ends_with(origin));
    assert!(
        has("listen = \"127.0.0.1:9\"", "# --listen")
            && has("max_items = 7", "# file")
            && has("sample_rate", "# default")
    );
    assert!(said.contains("from STREAMCORE_API_TOKEN") && !said.contains("not-to-be-printed"));
}

#[test]
fn bad_settings_exit_with_64_and_one_message() {
    let (output, said) = run(&["check-config"], |directory, command| {
        fs::write(directory.join("s.toml"), "[queue]\nmax_itmes = 7\n").expect("written");
        command.arg("--config").arg(directory.join("s.toml"));
    });
    assert_eq!(output.status.code(), Some(64));
    assert!(said.contains("max_itmes") && said.contains("s.toml"), "{said}");
    for arguments in [&["--listen", "nowhere"][..], &["--api-token", "short"], &["--no-such-flag"], &["frobnicate"]] {
        assert_eq!(run(arguments, |_, _| ()).0.status.code(), Some(64), "{arguments:?}");
    }
}

#[test]
fn a_port_in_use_is_named() {
    let server = Server::start();
    let address = server.address().to_string();
    let (output, said) = run(&["--listen", &address], |_, _| ());
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains(&address) && said.contains("--listen"), "{said}");
}

#[test]
fn a_data_directory_that_cannot_be_made_is_named() {
    let (output, said) = run(&["--listen", "127.0.0.1:0"], |directory, _| {
        fs::write(directory.join("data"), "a file is in the way").expect("written");
    });
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("data directory") && said.contains("--data-dir"), "{said}");
}

#[test]
fn a_store_in_use_is_named() {
    let server = Server::start();
    let (output, said) = run(&["--listen", "127.0.0.1:0"], |_, command| {
        command.arg("--data-dir").arg(server.data_dir());
    });
    assert_ne!(output.status.code(), Some(0));
    assert!(said.contains("streamcore.sqlite3") || said.contains("in use"), "{said}");
}

#[test]
fn the_token_is_shown_by_the_first_start_only() {
    let directory = tempfile::tempdir().expect("a directory");
    let banner = || {
        let log = fs::File::create(directory.path().join("out")).expect("a file");
        let mut command = command(directory.path());
        command.args(["--listen", "127.0.0.1:0"]).stdout(log).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let read = || fs::read_to_string(directory.path().join("out")).ok().filter(|text| text.contains("Try next"));
        let (text, _) = wait::until("the banner", Duration::from_secs(10), read);
        process::signal(child.id(), "TERM");
        assert_eq!(child.wait().expect("it ends").code(), Some(0));
        text
    };
    let (first, second) = (banner(), banner());
    let path = directory.path().join("data/api-token");
    let token = fs::read_to_string(&path).expect("it is kept");
    assert!(first.contains(token.trim()), "{first}");
    assert!(!second.contains(token.trim()) && second.contains("api-token"), "{second}");
    assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
}

/// A request whose body never comes: it holds up the orderly end.
fn half_a_request(server: &Server) -> std::net::TcpStream {
    let mut socket = std::net::TcpStream::connect(server.address()).expect("connected");
    let head = format!(
        "POST /api/v1/queue/1/items HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 100\r\n\r\n{{",
        server.token()
    );
    socket.write_all(head.as_bytes()).expect("sent");
    wait::let_play(Duration::from_millis(300));
    socket
}

#[test]
fn the_end_comes_within_the_grace_period_whatever_is_unfinished() {
    let config = Some("shutdown_grace_seconds = 2".to_owned());
    let mut server = Server::start_with(Options { config, ..Options::default() });
    let _busy = half_a_request(&server);
    let (status, took) = server.terminate(Duration::from_secs(2));
    println!("ended after {took:?}");
    assert_eq!(status.code(), Some(0), "{status}");
    assert!(took > Duration::from_millis(500), "the request held it up");
}

#[test]
fn a_second_signal_ends_at_once() {
    let mut server = Server::start();
    let _busy = half_a_request(&server);
    process::signal(server.pid(), "INT");
    let noticed = || server.log().contains("SIGINT").then_some(());
    wait::until("the first signal to be noticed", Duration::from_secs(5), noticed);
    let begin = Instant::now();
    let (status, _) = server.terminate(Duration::from_secs(2));
    println!("after the second signal: {status} within {:?}", begin.elapsed());
    assert_eq!(status.code(), Some(143), "{status}");
}
