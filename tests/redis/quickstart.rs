//! The example on Redis does what its README says.

use std::process::Command;

use streamcore_tests::{binary, redis::RedisServer};

#[test]
fn the_quickstart_prints_what_its_readme_says() {
    let redis = RedisServer::start();
    let example = binary().with_file_name("example-redis-quickstart");
    assert!(example.is_file(), "run `cargo build -p example-redis-quickstart` first, as tests/run does");
    let run = || {
        let output = Command::new(&example).arg(redis.url()).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let printed = run() + &run();
    let readme = include_str!("../../examples/redis-quickstart/README.md");
    let promised = readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an output");
    assert_eq!(printed, promised);
}
