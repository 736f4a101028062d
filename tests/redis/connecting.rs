//! Connecting, and being refused.

use streamcore_redis::{Config, ConnectError, Health, RedisStore};
use streamcore_tests::redis::RedisServer;

use crate::support::block_on;

#[test]
fn a_store_connects_and_answers() {
    block_on(async {
        let server = RedisServer::start();
        let store = RedisStore::connect(Config::from_url(&server.url()).unwrap()).await.unwrap();
        assert_eq!(store.health(), Health::Up);
        store.close().await;
    });
}

#[test]
fn nobody_there_is_told_with_the_address() {
    block_on(async {
        let mut server = RedisServer::start();
        server.kill();
        let refused = RedisStore::connect(Config::from_url(&server.url()).unwrap()).await.unwrap_err();
        assert!(matches!(&refused, ConnectError::Unreachable { .. }), "{refused:?}");
        assert!(refused.to_string().contains(&server.port().to_string()), "{refused}");
    });
}
