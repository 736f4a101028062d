//! A disk that takes nothing more: changes are refused with the reason, playing goes on, and all is well when there is room again.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use serde_json::json;
use streamcore_tests::{Options, RawListener, Server, command, facts, media::ToneFile, process, tone::hear, wait};
use tempfile::TempDir;

const SOON: Duration = Duration::from_secs(5);
const SECONDS: u32 = 12;

/// A server that plays one tone while another waits, and which ignores the signal that a limit of file sizes sends.
fn playing(wrapper: Vec<String>, shell: &str, media: &Path) -> Server {
    ToneFile::wav("a.wav", 400, SECONDS).write(media);
    ToneFile::wav("b.wav", 700, 60).write(media);
    let server = Server::start_with(Options {
        args: vec!["--media-dir".to_owned(), media.to_str().expect("UTF-8").to_owned()],
        shell: Some(format!("trap '' XFSZ; {shell} exec \"$0\" \"$@\"")),
        wrapper,
        ..Options::default()
    });
    server.start_stream();
    server.await_status("placeholder", SOON);
    server
}

/// Everything that changes something is refused with this reason, and nothing changes; reading goes on.
fn assert_refuses(server: &Server, reason: &str) {
    let before = server.queue();
    let waiting = before["items"][1]["id"].as_str().expect("an id");
    let item = format!("/api/v1/queue/1/items/{waiting}");
    let add = json!({"url": "b.wav", "title": "x".repeat(400), "metadata": {"k": "v".repeat(12_000)}});
    for (method, target, body) in [
        ("POST", "/api/v1/queue/1/items", Some(add)),
        ("DELETE", item.as_str(), None),
        ("DELETE", "/api/v1/queue/1", None),
        ("PATCH", "/api/v1/streams/1", Some(json!({"name": "Other"}))),
        ("POST", "/api/v1/streams", Some(json!({"id": 2, "name": "Two"}))),
    ] {
        let answer = server.call(method, target, body.as_ref());
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        println!("{method:<6} {:<24.24} {} {text:.160}", target.trim_start_matches("/api/v1"), answer.status);
        assert_eq!(answer.status, 503, "{method} {target}: {text}");
        assert!(answer.header("retry-after").is_some(), "{method} {target}");
        let message = answer.json()["message"].as_str().unwrap_or_default().to_owned();
        assert!(message.contains(reason) && !message.contains('/'), "{method} {target}: {message}");
    }
    assert_health(server, "degraded", reason);
    let after = server.queue();
    assert_eq!((facts(&after["items"]), &after["revision"]), (facts(&before["items"]), &before["revision"]));
}

/// Promise H19: health and readiness tell of a store that takes no changes, and reads are fresh all the same.
fn assert_health(server: &Server, status: &str, reason: &str) {
    let health = server.call("GET", "/health", None).expect(200);
    let store = &health["dependencies"][0];
    let ready = server.call("GET", "/health/ready", None).expect(200);
    println!("health: {health}\nready: {ready}");
    assert_eq!(health["status"], status, "{health}");
    if status == "degraded" {
        assert!(
            store["message"].as_str().unwrap_or_default().contains(reason) && store["since"].is_string(),
            "{store}"
        );
        assert_eq!((&ready["status"], &ready["reason"]), (&json!("degraded"), &store["message"]));
    } else {
        assert_eq!(ready, json!({"status": "ready", "reason": null}));
    }
    let page = server.call("GET", "/api/v1/queue/1", None);
    assert!(page.status == 200 && page.header("x-stale-since").is_none(), "reads are fresh");
}

/// Plays across a disk that takes nothing (`block`) and then takes something again (`unblock`), twice: in the middle of a track, and at its end.
fn plays_on(server: &Server, reason: &str, block: impl Fn(), unblock: impl Fn()) {
    let listener = RawListener::connect(server.address(), "/listen/1");
    let (_, begin) = (server.add("a.wav"), Instant::now());
    server.await_playing("a.wav", SOON);
    let _ = server.add("b.wav");
    wait::let_play(Duration::from_secs(1));

    block();
    assert_refuses(server, reason);
    wait::let_play(Duration::from_secs(2));
    assert_refuses(server, reason);
    unblock();
    let add = json!({"url": "b.wav", "title": "after"});
    let add = || Some(server.call("POST", "/api/v1/queue/1/items", Some(&add))).filter(|answer| answer.status == 201);
    let (_, recovered) = wait::until("changes to be taken again", Duration::from_secs(15), add);
    println!("changes are taken again {recovered:?} after there is room");
    assert_health(server, "healthy", "");
    assert_eq!(server.titles(), ["a.wav", "b.wav", "after"]);
    assert_eq!(server.now_playing().as_deref(), Some("a.wav"), "the track outlasts all of this");

    block();
    server.await_status("placeholder", Duration::from_secs(u64::from(SECONDS) + 5));
    wait::let_play(Duration::from_secs(1));
    unblock();
    let by_itself = server.await_playing("b.wav", Duration::from_secs(20));
    println!("the stream goes on by itself {by_itself:?} after there is room");
    assert_eq!(server.titles(), ["b.wav", "after"]);
    wait::let_play(Duration::from_secs(2));
    let pause = listener.longest_pause(begin, Instant::now());
    let tone = hear(&listener.samples(), 400).expect("it was heard");
    println!(
        "heard: {:.2} ms of {SECONDS} s missing, {} breaks; the longest pause of bytes was {pause:?}",
        tone.missing_ms(SECONDS.into()),
        tone.splices.len() + tone.dips.len()
    );
    assert!(tone.is_whole() && tone.missing_ms(SECONDS.into()).abs() <= 5.0, "{tone:?}");
    assert!(hear(&listener.samples(), 700).is_some(), "the next track was heard");
    assert!(pause < Duration::from_secs(2), "listeners were left without a byte for {pause:?}");
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

fn limit_files(server: &Server, bytes: &str) {
    let limit = format!("--fsize={bytes}:unlimited");
    let status =
        Command::new("prlimit").args(["--pid", &server.pid().to_string(), &limit]).status().expect("prlimit runs");
    assert!(status.success(), "prlimit {limit}: {status}");
}

/// By a limit of the process, which needs no rights: no file takes a byte.
#[test]
fn when_nothing_can_be_written_changes_are_refused_and_playing_goes_on() {
    process::require("prlimit");
    let media = tempfile::tempdir().expect("a directory");
    let server = playing(Vec::new(), "", media.path());
    plays_on(&server, "cannot write to its disk", || limit_files(&server, "0"), || limit_files(&server, "unlimited"));
}

/// A file system of 4 MB that only the server sees. Where the kernel lets nobody mount one, the limit of the process stands in: what is
/// then not seen is only the words for a full disk.
#[test]
fn when_the_disk_is_full_changes_are_refused_and_playing_goes_on() {
    process::require("prlimit");
    let media = tempfile::tempdir().expect("a directory");
    let Some(wrapper) = own_mounts() else {
        println!("this machine lets nobody mount: a limit of file sizes stands in for the full disk");
        let server = playing(Vec::new(), "", media.path());
        return plays_on(
            &server,
            "cannot write to its disk",
            || limit_files(&server, "0"),
            || limit_files(&server, "unlimited"),
        );
    };
    println!("a file system of 4 MB, by {}", wrapper.join(" "));
    let shell =
        "mkdir -p \"$STREAMCORE_DATA_DIR\" && mount -t tmpfs -o size=4m tmpfs \"$STREAMCORE_DATA_DIR\" || exit 1;";
    let server = playing(wrapper, shell, media.path());
    let filler = seen_by(&server).join("filler");
    let fill = || {
        let mut file = fs::File::create(&filler).expect("a file");
        while file.write_all(&[0; 4_096]).is_ok() {}
    };
    plays_on(&server, "disk is full", fill, || fs::remove_file(&filler).expect("removed"));
}

/// The data directory as the server sees it, by its own mounts.
fn seen_by(server: &Server) -> PathBuf {
    let path = server.data_dir();
    PathBuf::from(format!("/proc/{}/root", server.pid())).join(path.strip_prefix("/").expect("absolute"))
}

/// What gives a process mounts of its own: as root, or by a user namespace where those are allowed.
fn own_mounts() -> Option<Vec<String>> {
    let works = |words: &[&str]| {
        let scratch = TempDir::new().expect("a directory");
        let mount = Command::new(words[0])
            .args(&words[1..])
            .args(["mount", "-t", "tmpfs", "tmpfs"])
            .arg(scratch.path())
            .output();
        mount.is_ok_and(|output| output.status.success())
    };
    let ways: [&[&str]; 2] = [&["unshare", "--mount"], &["unshare", "--user", "--map-root-user", "--mount"]];
    ways.into_iter().find(|words| works(words)).map(|words| words.iter().map(|word| (*word).to_owned()).collect())
}

#[test]
fn a_data_directory_that_cannot_be_written_is_named_at_the_start_and_loses_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    let data = directory.path().join("data");
    let mut server = Server::start_in(directory, Options::default());
    ToneFile::wav("a.wav", 400, 60).write(&server.media_dir());
    server.start_stream();
    let _ = server.add("a.wav");
    server.await_playing("a.wav", SOON);
    let _ = server.terminate(Duration::from_secs(10));
    let store = fs::read_dir(&data).expect("a directory").map(|entry| entry.expect("read").path());
    let all: Vec<_> = store.filter(|path| path.is_file()).chain([data.clone()]).collect();
    let set = |mode: &str| {
        let status = Command::new("chmod").arg(mode).args(&all).status().expect("chmod runs");
        assert!(status.success());
    };

    set("a-w");
    let output = without_privileges(&command(data.parent().expect("it has one"))).output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    set("u+w");
    println!("read-only: {}, {told}", output.status);
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains(data.to_str().expect("UTF-8")) && told.contains("writ"), "{told}");
    assert!(!told.contains("panicked"), "{told}");

    server.restart();
    server.await_playing("a.wav", SOON);
}

/// The same command, bound by permissions also if the tests run as root.
fn without_privileges(command: &Command) -> Command {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let mut bound = if is_root {
        let mut setpriv = Command::new("setpriv");
        setpriv.arg("--bounding-set=-dac_override,-dac_read_search").arg(command.get_program());
        setpriv
    } else {
        Command::new(command.get_program())
    };
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => bound.env(name, value),
            None => bound.env_remove(name),
        };
    }
    bound.args(["--listen", "127.0.0.1:0"]);
    bound
}
