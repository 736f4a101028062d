//! `streamcore-redis` on real Redis servers, each test with its own. Run by `tests/run`.

mod connecting;
mod queue;
mod support;
