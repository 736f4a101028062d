//! Streamcore's shared store: queues, streams, the library and idempotency keys on Redis, standalone, behind Sentinels, or as a Cluster.
//!
//! [`RedisStore`] is a handle on it, cheap to clone. See `docs/redis.md` for the keys, for what is lost when, and for what it costs.

mod advisory_lock;
mod changes;
mod clock;
mod config;
mod connection;
mod error;
mod health;
mod idempotency;
mod inspect;
mod keys;
mod library;
mod queue;
mod record;
mod registry;
mod reply;
mod script;
mod store;

pub use self::{
    advisory_lock::{AdvisoryLock, LockError},
    config::{Config, DEFAULT_PREFIX},
    connection::MAX_WAITING,
    error::ConnectError,
    health::Health,
    inspect::{Inspection, Node},
    store::RedisStore,
};
