//! `streamcore-redis` on real Redis servers, each test with its own. Run by `tests/run`.

mod cases;
mod connecting;
mod queue;
mod hands;
mod registry;
mod support;
