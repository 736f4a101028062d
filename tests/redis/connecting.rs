//! Connecting, and being refused: each says what is in the way and what to do, in time, and never the password.

use std::{
    io::{Read, Write},
    net::TcpListener,
    time::{Duration, Instant},
};

use streamcore::queue::Queue;
use streamcore_redis::{Config, ConnectError, Health, RedisStore};
use streamcore_tests::redis::{Certificates, RedisServer};

use crate::{
    faults::{add, causes, state},
    support::block_on,
};

/// What `docs/redis.md` says that a user needs.
pub(crate) const LEAST_RIGHTS: &str =
    "~streamcore:* &streamcore:changes -@all +@read +@write -@dangerous +eval +evalsha +time +info +subscribe +publish";

async fn connect(url: &str) -> Result<RedisStore, ConnectError> {
    RedisStore::connect(Config::from_url(url)?.with_connect_timeout(Duration::from_secs(2))).await
}

/// Connecting is refused, in time, and says this.
async fn refused(config: Result<Config, ConnectError>, says: &str) -> ConnectError {
    let begin = Instant::now();
    let config = config.expect("a URL that can be read").with_connect_timeout(Duration::from_secs(2));
    let error = RedisStore::connect(config).await.expect_err("a refusal");
    println!("{}", causes(&error));
    assert!(causes(&error).contains(says), "{says}: {}", causes(&error));
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    error
}

#[test]
fn a_store_connects_and_answers() {
    block_on(async {
        let server = RedisServer::start();
        let store = connect(&server.url()).await.unwrap();
        assert_eq!(store.health(), Health::Up);
        store.close().await;
    });
}

#[test]
fn urls_that_mean_nothing_are_told_with_the_reason() {
    let cases = [
        ("", "relative URL"),
        ("localhost:6379", "scheme"),
        ("http://h", "http://"),
        ("redis:", "host"),
        ("redis://", "host"),
        ("redis://:secret@", "host"),
        ("redis://h:0", "port 0"),
        ("redis://h:65536", "port"),
        ("redis://h:port", "port"),
        ("redis://h/256", "no database"),
        ("redis://h/-1", "no database"),
        ("redis://h/0/1", "no database"),
        ("redis://h/zero", "no database"),
        ("redis://secret@h", "no password"),
        ("redis://h?node=g:1", "node"),
        ("redis://h?password=secret", "password"),
        ("redis-cluster://h/1", "only database 0"),
        ("redis-cluster://h?node=g", "host:port"),
        ("redis-cluster://h?sentinelServiceName=s", "sentinelServiceName"),
        ("redis-sentinel://h", "sentinelServiceName=NAME"),
        ("redis-sentinel://h?sentinelServiceName=", "sentinelServiceName=NAME"),
        ("redis-sentinel://h?sentinelServiceName=s&node=g:0", "host:port"),
    ];
    for (url, says) in cases {
        match Config::from_url(url) {
            Err(error @ ConnectError::Url { .. }) => {
                let text = causes(&error);
                assert!(text.contains(says), "{url}: {text}");
                assert!(!text.contains("secret"), "{url}: {text}");
            }
            other => panic!("{url}: {other:?}"),
        }
    }
    for url in [
        "redis://h",
        "redis://h:1/15",
        "redis://:secret@h",
        "REDIS://h/",
        "redis://[::1]:7000",
        "redis-cluster://h:1/0?node=g:2",
        "redis-sentinel://h/3?sentinelServiceName=s&sentinelUsername=u&sentinelPassword=secret",
    ] {
        let config = Config::from_url(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert!(!format!("{config:?} {}", config.server()).contains("secret"), "{config:?}");
    }
    for prefix in ["", "a b", "a{b}", &"a".repeat(65)] {
        assert!(Config::from_url("redis://h").unwrap().with_prefix(prefix).is_err(), "{prefix}");
    }
    assert!(Config::from_url("redis://h").unwrap().with_ca(b"").unwrap_err().to_string().contains("rediss"));
}

/// Promise D9.
#[test]
fn the_least_rights_suffice_and_odd_passwords_are_understood() {
    block_on(async {
        let user = format!("user app on >p@ss:w/ö?rd#%1 {LEAST_RIGHTS}");
        let server = RedisServer::with_users(&["user default off", &user]);
        let url = format!("redis://app:p%40ss%3Aw%2F%C3%B6%3Frd%23%251@127.0.0.1:{}", server.port());
        let store = connect(&url).await.unwrap();
        let other = connect(&url).await.unwrap();
        let mut changes = other.changes();
        for n in 0..4 {
            add(&store, n).await.unwrap();
        }
        assert!(futures::StreamExt::next(&mut changes).await.is_some());
        assert_eq!(state(&store).await, (4, 4));
        assert!(!format!("{store:?}").contains("ss:w"), "{store:?}");
    });
}

/// Promise D9.
#[test]
fn who_may_not_is_told_what() {
    block_on(async {
        let no_keys = LEAST_RIGHTS.replace("~streamcore:*", "~other:*");
        let no_channel = LEAST_RIGHTS.replace("&streamcore:changes", "&other");
        let no_scripts = LEAST_RIGHTS.replace("+eval ", "").replace("+evalsha ", "");
        let users = [
            "user default off".to_owned(),
            format!("user app on >first {LEAST_RIGHTS}"),
            format!("user keys on >first {no_keys}"),
            format!("user channel on >first {no_channel}"),
            format!("user scripts on >first {no_scripts}"),
        ];
        let server = RedisServer::with_users(&users.each_ref().map(String::as_str));
        let at = |login: &str| Config::from_url(&format!("redis://{login}@127.0.0.1:{}", server.port()));
        for (login, says) in [
            ("app:secret", "check both"),
            (":secret", "check both"),
            ("keys:first", "streamcore:{registry}:format"),
            ("channel:first", "streamcore:changes"),
            ("scripts:first", "eval"),
        ] {
            let error = refused(at(login), says).await;
            assert!(!causes(&error).contains("secret") && !format!("{error:?}").contains("secret"), "{error:?}");
        }
        let nobody = Config::from_url(&format!("redis://127.0.0.1:{}", server.port()));
        refused(nobody, "check both").await;
    });
}

#[test]
fn nobody_there_is_told_with_the_address() {
    block_on(async {
        let mut server = RedisServer::start();
        server.kill();
        let refused = refused(Config::from_url(&server.url()), &server.port().to_string()).await;
        assert!(matches!(&refused, ConnectError::Unreachable { .. }), "{refused:?}");
    });
}

#[test]
fn whoever_is_not_redis_is_told_in_time() {
    block_on(async {
        for (answer, says) in [(&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], "no Redis"), (b"", "no answer for 2 s")] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = listener.local_addr().unwrap().port();
            std::thread::spawn(move || {
                let mut open = Vec::new();
                for socket in listener.incoming().flatten() {
                    let mut socket = socket;
                    let _ = socket.read(&mut [0; 1_024]);
                    let _ = socket.write_all(answer);
                    // Silent, and not gone.
                    open.push(socket);
                }
            });
            refused(Config::from_url(&format!("redis://127.0.0.1:{port}")), says).await;
        }
    });
}

#[test]
fn a_replica_an_unknown_database_and_somebody_elses_data_are_told() {
    block_on(async {
        let server = RedisServer::start();
        let url = server.url();
        refused(Config::from_url(&format!("{url}/99")), "out of range").await;
        server.tell(&["SET", "streamcore:{registry}:format", "theirs"]);
        refused(Config::from_url(&url), "choose another prefix").await;
        server.tell(&["DEL", "streamcore:{registry}:format"]);
        server.tell(&["HSET", "streamcore:{registry}:format", "a", "b"]);
        refused(Config::from_url(&url), "choose another prefix").await;
        server.tell(&["DEL", "streamcore:{registry}:format"]);
        server.tell(&["SET", "streamcore:{registry}:format", "2"]);
        refused(Config::from_url(&url), "run the newer program").await;
        let elsewhere = Config::from_url(&url).unwrap().with_prefix("elsewhere").unwrap();
        RedisStore::connect(elsewhere).await.unwrap();
        server.tell(&["REPLICAOF", "127.0.0.1", "1"]);
        refused(Config::from_url(&url), "it is a replica").await;
    });
}

/// Promise D10.
#[test]
fn tls_is_spoken_with_who_the_authority_vouches_for() {
    block_on(async {
        let certificates = Certificates::new();
        let server = RedisServer::with_tls(&certificates);
        let secure = format!("rediss://localhost:{}", server.tls_port());
        let trusted = Config::from_url(&secure).unwrap().with_ca(certificates.authority()).unwrap();
        let store = RedisStore::connect(trusted).await.unwrap();
        assert!(add(&store, 1).await.unwrap().changed);
        refused(Config::from_url(&secure).unwrap().with_ca(Certificates::new().authority()), "certificate").await;
        refused(Config::from_url(&secure), "certificate").await;
        let plain_on_tls = Config::from_url(&format!("redis://127.0.0.1:{}", server.tls_port()));
        refused(plain_on_tls, &server.tls_port().to_string()).await;
        let tls_on_plain = Config::from_url(&format!("rediss://127.0.0.1:{}", server.port())).unwrap();
        refused(tls_on_plain.with_ca(certificates.authority()), &server.port().to_string()).await;
        let config = Config::from_url(&secure).unwrap();
        assert!(config.clone().with_ca(b"no certificate").unwrap_err().to_string().contains("PEM"));
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(config.with_ca(broken), Err(ConnectError::Tls { .. })));
    });
}
