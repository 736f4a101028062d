//! `streamcore-redis` on real Redis servers, each test with its own. Run by `tests/run`.

mod cases;
mod connecting;
mod faults;
mod hands;
mod idempotency;
mod library;
mod queue;
mod queue_format;
mod queue_hostile;
mod queue_order;
mod queue_raw;
mod quickstart;
mod registry;
mod suites;
mod support;
