//! `streamcore-redis` on real Redis servers, each test with its own. Run by `tests/run`.

mod connecting;
mod queue;
mod queue_format;
mod queue_hostile;
mod queue_order;
mod queue_raw;
mod support;
