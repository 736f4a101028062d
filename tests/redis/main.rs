//! `streamcore-redis` on real Redis servers, each test with its own. Run by `tests/run`.

mod cases;
mod connecting;
mod faults;
mod hands;
mod idempotency;
mod library;
mod queue;
mod registry;
mod support;
