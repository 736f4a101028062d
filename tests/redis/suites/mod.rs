//! What every adapter has to keep, once more where Redis is not one server with all rights: on a Cluster, behind Sentinels that fail over, with
//! the least rights.

mod cluster;
mod sentinel;

use std::sync::LazyLock;

use streamcore_tests::redis::{Cluster, RedisServer};

use crate::{
    connecting::LEAST_RIGHTS,
    support::{OnRedis, block_on},
};

/// All tests of this program use one: it ends with it.
static CLUSTER: LazyLock<Cluster> = LazyLock::new(Cluster::start);

async fn on_cluster() -> OnRedis {
    OnRedis::shared(&CLUSTER.url()).await
}

/// Its user may do what the page about Redis says, on the keys and the channels of tests.
static CAREFUL: LazyLock<RedisServer> = LazyLock::new(|| {
    let rights = LEAST_RIGHTS.replace("~streamcore:*", "~test-*").replace("&streamcore:changes", "&test-*");
    RedisServer::with_users(&["user default off", &format!("user app on >secret {rights}")])
});

async fn with_least_rights() -> OnRedis {
    OnRedis::shared(&format!("redis://app:secret@127.0.0.1:{}", CAREFUL.port())).await
}

macro_rules! suites {
    ($($place:ident: $fixture:path;)*) => {$(
        mod $place {
            use super::*;

            mod queue {
                use super::*;
                streamcore::queue_conformance!(fixture = $fixture, block_on = block_on);
            }

            mod registry {
                use super::*;
                streamcore::registry_conformance!(fixture = $fixture, block_on = block_on);
            }

            mod library {
                use super::*;
                streamcore::library_conformance!(fixture = $fixture, block_on = block_on);
            }

            mod idempotency {
                use super::*;
                streamcore::idempotency_conformance!(fixture = $fixture, block_on = block_on);
            }
        }
    )*};
}

suites! {
    clustered: on_cluster;
    least_rights: with_least_rights;
}
