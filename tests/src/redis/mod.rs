//! Real Redis servers, each on a free port and in a folder of its own, killed when dropped.

mod server;

pub use self::server::RedisServer;
