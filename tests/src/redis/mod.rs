//! Real Redis servers, each on a free port and in a folder of its own, killed when dropped, and when the tests end however they end.
//!
//! - [`RedisServer`] is one, with any settings, users and TLS; it can be killed, restarted, stopped and continued.
//! - [`Cluster`] is six, three primaries with a replica each.
//! - [`Sentinels`] is a primary with two replicas, and three Sentinels that choose another one when it dies.
//! - [`Proxy`] stands between a client and a server, and can lose what the server answers.

mod cluster;
mod proxy;
mod sentinels;
mod server;
mod tls;

pub use self::{
    cluster::Cluster,
    proxy::{Answers, Proxy},
    sentinels::Sentinels,
    server::{Login, RedisServer},
    tls::Certificates,
};
