//! Starting on Redis: what is refused and how it is told, whose Redis it is, and that nothing of the embedded store appears.

use std::{
    fs,
    time::{Duration, Instant},
};

use streamcore_tests::{Options, Server, command, media::ToneFile, redis::RedisServer, wait};

const SOON: Duration = Duration::from_secs(5);

/// A server on this Redis.
pub(crate) fn on(redis: &RedisServer) -> Server {
    Server::start_with(Options { args: vec!["--redis-url".to_owned(), redis.url()], ..Options::default() })
}

/// Tries to start one; the exit code and what it said.
fn refused(variables: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let mut command = command(directory.path());
    command.args(["--listen", "127.0.0.1:0"]).args(arguments).envs(variables.iter().copied());
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    println!("{arguments:?}: {} {said}", output.status);
    let data = directory.path().join("data");
    assert!(!data.join("api-token").exists(), "the next start would not show it");
    (output.status.code(), said)
}

#[test]
fn what_redis_keeps_is_there_after_a_restart_and_no_other_store_is_made() {
    let redis = RedisServer::start();
    let mut server = on(&redis);
    ToneFile::wav("a.wav", 400, 60).write(&server.media_dir());
    server.start_stream();
    let id = server.add("a.wav");
    server.await_playing("a.wav", SOON);
    let (status, _) = server.terminate(Duration::from_secs(10));
    assert_eq!(status.code(), Some(0));
    let begin = Instant::now();
    server.restart();
    server.await_playing("a.wav", SOON);
    assert_eq!(server.queue()["items"][0]["id"], id.as_str());
    assert!(begin.elapsed() < Duration::from_secs(8), "it waited for itself: {:?}", begin.elapsed());
    let files = fs::read_dir(server.data_dir()).expect("a directory").map(|entry| entry.expect("read").file_name());
    let mut files: Vec<_> = files.map(|name| name.to_string_lossy().into_owned()).collect();
    files.sort();
    assert_eq!(files, ["media", "server.lock"]);
    assert!(server.log().contains("using Redis"), "{}", server.log());
}

#[test]
fn a_redis_that_cannot_be_used_is_named_by_its_setting_and_never_by_its_password() {
    let redis = RedisServer::start();
    let _ = redis.tell(&["CONFIG", "SET", "requirepass", "hunter2-right"]);
    let at = format!("127.0.0.1:{}", redis.port());
    let nobody = {
        let mut gone = RedisServer::start();
        gone.kill();
        gone.port()
    };
    let variable = "STREAMCORE_REDIS_URL";
    for (url, told) in [
        (format!("redis://:hunter2-wrong@{at}"), "check both in the URL"),
        (format!("redis://{at}"), "check both in the URL"),
        (format!("redis://:hunter2@127.0.0.1:{nobody}"), "check the address"),
        (format!("redis-sentinel://:hunter2@127.0.0.1:{nobody}?sentinelServiceName=x"), "check"),
        (format!("redis-cluster://:hunter2@127.0.0.1:{nobody}"), "check the address"),
        (format!("rediss://:hunter2-right@{at}"), "127.0.0.1"),
        (format!("redis:/:hunter2@{at}"), "redis.url"),
        (format!("http://:hunter2@{at}"), "redis://"),
    ] {
        let (code, said) = refused(&[(variable, &url)], &[]);
        assert_eq!(code, Some(64), "{url}: {said}");
        assert!(said.contains("redis.url") && said.contains(variable) && said.contains(told), "{url}: {said}");
        assert!(!said.contains("hunter2") && !said.contains("panicked"), "{url}: {said}");
    }
    let right = format!("redis://:hunter2-right@{at}");
    let output = {
        let directory = tempfile::tempdir().expect("a directory");
        command(directory.path()).arg("check-config").env(variable, &right).output().expect("it runs")
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains(&format!("# url: redis://:(redacted)@{at}, from {variable}")), "{said}");
}

#[test]
fn keys_of_another_program_are_left_alone() {
    let redis = RedisServer::start();
    assert_eq!(redis.ask(&["SET", "streamcore:{registry}:format", "theirs"]).as_deref(), Some("+OK\r\n"));
    let (code, said) = refused(&[], &["--redis-url", &redis.url()]);
    assert_eq!(code, Some(64));
    assert!(said.contains("streamcore:{registry}:format") && said.contains("prefix"), "{said}");
    assert_eq!(redis.ask(&["DBSIZE"]).as_deref(), Some(":1\r\n"));
}

#[test]
fn a_second_server_on_the_same_keys_is_refused_and_one_with_other_keys_is_not() {
    let redis = RedisServer::start();
    let first = on(&redis);
    let begin = Instant::now();
    let (code, said) = refused(&[], &["--redis-url", &redis.url()]);
    println!("refused after {:?}", begin.elapsed());
    assert_eq!(code, Some(1));
    let named = format!("process {}", first.pid());
    assert!(said.contains(&named) && said.contains("--take-over") && said.contains("redis.prefix"), "{said}");
    let config = Some("[redis]\nprefix = \"other\"".to_owned());
    let _other =
        Server::start_with(Options { args: vec!["--redis-url".to_owned(), redis.url()], config, ..Options::default() });
    let args = vec!["--redis-url".to_owned(), redis.url(), "--take-over".to_owned()];
    let _second = Server::start_with(Options { args, ..Options::default() });
    let told = || first.log().contains("another server uses this Redis, too").then_some(());
    wait::until("the first server to notice", Duration::from_secs(10), told);
}

#[test]
fn a_server_that_ended_without_a_word_holds_up_another_one_for_ten_seconds_at_the_most() {
    let redis = RedisServer::start();
    let mut first = on(&redis);
    first.kill_9();
    let begin = Instant::now();
    let second = on(&redis);
    println!("another server on another data directory begins {:?} after the kill", begin.elapsed());
    assert!(begin.elapsed() < Duration::from_secs(14), "{:?}", begin.elapsed());
    assert!(second.log().contains("waiting until it is known to be gone"), "{}", second.log());
}
